"""Dose slopes: the table is what its script works out, and reproduces the counted shares."""

import csv
import importlib.util

import pytest

from endplate.facts.dose_slopes import dose_slope, share_at
from endplate.facts.store import table
from endplate.facts.trials import trial_figures


@pytest.fixture(scope="module")
def script(root):
    spec = importlib.util.spec_from_file_location("dose_slopes", root / "scripts/dose_slopes.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_table_is_what_the_script_works_out(script, tmp_path):
    """Two digits are printed; an optimiser of another version may move the last one."""
    script.write(tmp_path)
    with (tmp_path / "dose_slopes.csv").open(newline="", encoding="utf-8") as lines:
        again = list(csv.DictReader(lines))
    assert [row["term"] for row in again] == [row["term"] for row in table("dose_slopes")]
    for made, kept in zip(again, table("dose_slopes"), strict=True):
        for name in ("per_doubling_logit", "low", "high"):
            assert float(made[name]) == pytest.approx(float(kept[name]), abs=0.011), kept["term"]


def test_a_known_slope_is_found_again(script):
    """Large arms made with a slope of 1.0 and 5 % under placebo: the prior weighs nothing."""
    people = 100_000.0
    arms = [(0.0, 0.05 * people, people)]
    for dose_u in (50.0, 100.0, 200.0):
        share = 0.05 + 0.95 * share_at(0.1, 100.0, dose_u, 1.0)
        arms.append((dose_u, share * people, people))
    centre, low, high = script.slope(arms)
    assert centre == pytest.approx(1.0, abs=0.01)
    assert low < 1.0 < high


def test_neck_weakness_rises_as_counted():
    """From 500 U to 1000 U the trial counted 12 and 56 % of 17 and 18 people; wide by its size."""
    found = dose_slope("muscular_weakness", "cervical_dystonia", "abobotulinumtoxinA")
    assert found is not None
    assert share_at(0.24, 500, 1000, found.per_doubling_logit) == pytest.approx(0.5, abs=0.1)
    assert share_at(0.24, 500, 250, found.per_doubling_logit) == pytest.approx(0.1, abs=0.04)


@pytest.mark.parametrize("dose_u", [50, 100, 150, 200, 300])
def test_retention_of_the_bladder_trial_is_met_within_its_sampling(dose_u):
    """Each share lies within two standard errors of 55 people (11 points)."""
    found = dose_slope("urinary_retention", "overactive_bladder", "onabotulinumtoxinA")
    assert found is not None
    (counted,) = (
        f.value
        for f in trial_figures()
        if (f.trial_id, f.endpoint, f.dose_u) == ("DMOCHOWSKI2010_DOSE", "ae_retention", dose_u)
    )
    told = 2.3 + 97.7 * share_at(0.19, 150, dose_u, found.per_doubling_logit)
    assert told == pytest.approx(counted, abs=11)


def test_no_dose_gives_nothing_and_unknown_effects_have_no_slope():
    assert share_at(0.2, 100, 0, 1.0) == 0.0
    assert share_at(0.0, 100, 200, 1.0) == 0.0
    assert share_at(1.0, 100, 200, 1.0) == 1.0
    assert dose_slope("headache", "cervical_dystonia", "abobotulinumtoxinA") is None
