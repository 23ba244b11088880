"""A hypothesis of one's own runs through the whole engine, as a class and without a closed form."""

import numpy as np

from endplate.model import AbstractTransmission, Model
from engine_cases import CODE, cohort, first_window, scenario_under


class Threshold(AbstractTransmission):
    """A junction works in proportion to its intact SNAP-25 above a fifth."""

    def working_fraction(self, intact, time_d, fatigue=0.0):
        return ((intact - 0.2) / 0.8).clip(0.0, 1.0)


def test_a_class_runs_through_the_engine():
    model = Model(transmission=Threshold)
    days = 60.0
    own, default = (
        first_window(cohort(), scenario_under(one), one, days) for one in (model, Model())
    )
    working = np.asarray(own.working)
    assert np.isfinite(working).all()
    assert 0.0 <= working.min() < 0.2
    assert working.max() <= 1.0
    lines = [np.asarray(window.courses[CODE].level[0]).mean() for window in (own, default)]
    # in proportion, without a margin of safety, more is silenced
    assert lines[0] < lines[1]
