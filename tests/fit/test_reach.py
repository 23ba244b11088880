"""The stored reach of a neighbour is the one that the stored fit gives."""

import numpy as np
import pytest

from endplate.facts.harms import neighbour_gates
from endplate.facts.table import text_rows
from endplate.fit import reach
from endplate.people import model

# One gate of each kind of tissue and of a label's and a trial's protocol: all take minutes.
TRIED = (
    ("eyelid_ptosis", "glabellar_lines"),
    ("dysphagia", "cervical_dystonia"),
    ("muscular_weakness", "cervical_dystonia"),
    ("urinary_retention", "overactive_bladder"),
)
PRINTED = 0.01  # four digits are stored; a hundredth leaves room for another machine


def test_the_stored_reach_belongs_to_the_stored_fit(monkeypatch):
    own = tuple(g for g in neighbour_gates() if (g.term, g.calibrated_on) in TRIED)
    assert len(own) == len(TRIED)
    monkeypatch.setattr(reach, "neighbour_gates", lambda: own)
    found = reach.calibrated_reach(np.asarray(model.stored_vector()))
    stored = {
        (row["term"], row["calibrated_on"]): row["estimate"] for row in text_rows("fitted_reach")
    }
    for key, value in found.items():
        assert value == pytest.approx(float(stored[key]), rel=PRINTED), key
