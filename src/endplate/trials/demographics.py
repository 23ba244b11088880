"""Ages and sexes of the people whom trials of a use enrolled, from what the trials printed.

The model and its fit know the people of trials by severity alone, so nothing else of a virtual
trial depends on them: they fill AGE and SEX of ADSL.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from endplate.facts.indications import indication as indication_row
from endplate.facts.indications import indications
from endplate.facts.trials import TrialFigure, trial_figures

LEAST_AGE_Y, MOST_AGE_Y = 18.0, 95.0  # trials of adults
UNKNOWN = -1
"""Age and sex in a part where no trial of the use says who was enrolled."""
_AGE, _FEMALE = "baseline_age", "baseline_female_pct"


@dataclass(frozen=True)
class Demographics:
    """Mean and spread of age [y], and share of women [1], weighed by the people of the trials.

    None where no trial says so of the use, or of a line where none says so of any line.
    """

    age_mean_y: float | None
    age_sd_y: float | None
    female_share: float | None


@cache
def demographics_of(indication: str) -> Demographics:
    """Who trials of a use enrolled; people with lines are alike in all their uses.

    The spread of ages is that of all uses together where none of a use is printed.
    """
    family = indication_row(indication).family
    every = {row.name for row in indications()}
    alike = {row.name for row in indications() if row.family == family == "lines"}
    ages, women = (
        _mean(_printed(what, {indication}) or _printed(what, alike)) for what in (_AGE, _FEMALE)
    )
    spread = next(
        _mean(found)
        for uses in ({indication}, alike, every)
        if (found := _printed(_AGE, uses, spread=True))
    )
    share = None if women is None else women / 100
    return Demographics(ages, None if ages is None else spread, share)


def _printed(endpoint: str, uses: set[str], spread: bool = False) -> list[tuple[float, float]]:
    """Printed values, or spreads between people, with the number of people of each."""
    return [
        (float(value), float(figure.n or 1))
        for figure in _at_entry(endpoint, uses)
        if (value := figure.sd if spread else figure.value)
    ]


def _at_entry(endpoint: str, uses: set[str]) -> Iterable[TrialFigure]:
    """Rows of adults at entry."""
    return (
        figure
        for figure in trial_figures()
        if figure.endpoint == endpoint and figure.indication in uses and not figure.population
    )


def _mean(rows: list[tuple[float, float]]) -> float | None:
    if not rows:
        return None
    return sum(value * n for value, n in rows) / sum(n for _, n in rows)
