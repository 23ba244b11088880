"""Draws how the replicates of a trial differ: as the fit says that trials of one dose do.

The fit's hierarchy (`fit/likelihood.py`) gives a trial one random effect, common to its treated
arms, and one to its placebo arms; each figure scatters further, by its definition and its visit.
Nobody can be given a share of responders: what the investigator, the subject or the visit finds is
shifted for all people of an arm, by as much as brings the endpoint that it sets to where the fit's
draw puts it. Two endpoints that one finder reads at one visit share the shift: a person has one
grade.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from endplate.facts.endpoints import endpoints, readings, symptom_scores
from endplate.trials.regimen import is_line

INVESTIGATOR, SUBJECT, NOTICE = range(3)
Z = (-3.0, -2.5, -2.0, -1.5, -1.0, -0.5, 0.0, 0.5, 1.0, 1.5, 2.0, 2.5, 3.0)
"""Standard deviations at which shifts are prepared."""
_RATERS = {"investigator": INVESTIGATOR, "subject": SUBJECT, "diary": NOTICE}
_TRIAL, _DEFINITION = 6011, 6013  # key draws of a trial, and of its definitions and visits
Numbers = NDArray[np.float64]


class ArmSpread(NamedTuple):
    """How an arm differs between trials: `shared` (finders,) and `shifts` (finders, visits, Z).

    `shared` [1] is the correlation of what a finder finds with the trial's own effect, `shifts` in
    the scatter of a visit, upward of the severity.
    """

    shared: Numbers
    shifts: Numbers

    @classmethod
    def read(cls, stored: dict[str, Any]) -> "ArmSpread | None":
        """From JSON; None where trials do not differ."""
        if not stored:
            return None
        return cls(np.array(stored["shared"]), np.array(stored["shifts"]))

    def stored(self) -> dict[str, Any]:
        """As JSON."""
        return {"shared": self.shared.tolist(), "shifts": self.shifts.tolist()}


def finders(indication: str) -> int:
    """How many find something of their own.

    Of lines the investigator, the subject and who notices a change; of scores each scale.
    """
    return len(symptom_scores(indication)) or 3


def finder_of(indication: str, code: str, main_scale: int) -> int | None:
    """Who finds an endpoint; None for both raters together."""
    if is_line(indication):
        return _RATERS.get(endpoints()[code].rater)
    names = [scale.scale for scale in symptom_scores(indication)]
    row = next(row for row in readings(indication) if row.endpoint == code)
    return names.index(row.scale) if row.scale in names else main_scale


def shifts_of(
    spread: ArmSpread, seed: int, arm: int, placebo: bool, replicate: NDArray[np.int64]
) -> NDArray[np.float32]:
    """By how much each person's trial is found worse, (finders, visits, subjects) [1].

    Treated arms of a replicate share the trial's effect, and so do placebo arms; definitions and
    visits scatter in each arm of its own, as in the likelihood. The arm of false positives is given
    the number of the control here: what is told apart there must be chance alone.
    """
    finders_, visits, _ = spread.shifts.shape
    each, place = np.unique(replicate, return_inverse=True)
    z = np.empty((finders_, visits, len(each)))
    shared = spread.shared[:, None]
    for i, one in enumerate(each):
        trial = np.random.default_rng((seed, int(one), _TRIAL, int(placebo))).standard_normal()
        own = np.random.default_rng((seed, int(one), _DEFINITION, arm))
        definitions = own.standard_normal((finders_, visits))
        z[..., i] = shared * trial + np.sqrt(1.0 - shared**2) * definitions
    found = np.empty_like(z)
    for finder in range(finders_):
        for visit in range(visits):
            found[finder, visit] = np.interp(z[finder, visit], Z, spread.shifts[finder, visit])
    return found[..., place].astype(np.float32)
