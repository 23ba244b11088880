"""Benefits from trials and labels as the patient's sheet shows them."""

from collections.abc import Sequence
from math import log

from endplate.facts.atlas import line_muscles
from endplate.facts.trials import BenefitFigure, TrialFigure, benefit_figures, trial_figures
from endplate.safety.view import View
from endplate.views.benefit import BEST_DAY, SHOWN_FIRST, Benefit
from endplate.views.icons import icon_array
from endplate.views.quantity import number, people, plain_time
from endplate.views.words import word

MAX_BENEFITS = 3
SAME_DOSE = 1.25  # planned and studied dose within this ratio pass for the same


def fact_benefits(view: View, area: str) -> tuple[Benefit, ...]:
    """Benefits of one use at the studied dose nearest to the plan's, main measure first."""
    product = view.plan.treatment.product
    if line_muscles(area):
        named = len(view.areas) > 1
        return _lines(product, area, named) if view.population == "adult" else ()
    rows = benefit_figures(product, area, view.population)
    nearest: dict[str, BenefitFigure] = {}
    for row in sorted(rows, key=lambda row: distance(row.dose_u, view.dose_in_u(area))):
        nearest.setdefault(row.endpoint, row)
    chosen = sorted(nearest.values(), key=lambda row: row.preference)
    most = 1 if len(view.areas) > 1 else MAX_BENEFITS
    return tuple(_benefit(row, len(view.areas) > 1) for row in chosen[:most])


def distance(studied_u: float | None, planned_u: float | None) -> float:
    """How far a studied dose lies from the planned one, as the log of their ratio.

    Examples
    --------
    >>> distance(120, 240) == distance(240, 120)
    True
    >>> distance(None, 100)
    0.0
    """
    return abs(log(studied_u / planned_u)) if studied_u and planned_u else 0.0


def is_studied(view: View, area: str) -> bool:
    """Whether a benefit was studied near the planned dose; true where either is not known."""
    planned_u = view.dose_in_u(area)
    rows = benefit_figures(view.plan.treatment.product, area, view.population)
    return not rows or min(distance(row.dose_u, planned_u) for row in rows) <= log(SAME_DOSE)


def _benefit(row: BenefitFigure, named: bool) -> Benefit:
    share = row.statistic == "percent"
    return Benefit(
        lines=word("indication", row.indication, "short" if named else "plain"),
        words=word("endpoint", row.endpoint, "plain"),
        when=plain_time(row.day),
        value=people(row.drug_value) if share else "",
        range="",
        placebo=people(row.placebo_value) if share else "",
        later="",
        picture=icon_array(row.drug_value, 0.0, None) if share else "",
        placebo_picture=icon_array(row.placebo_value, row.placebo_value, None) if share else "",
        told="" if share else _told(row),
        origin=origin(row.kind, row.dose_u),
        verified=row.verified,
    )


def origin(kind: str, dose_u: float | None) -> str:
    """Label or trial, and the dose behind the figure."""
    where = "label" if kind == "label" else "trial"
    return where if dose_u is None else f"{where}, {number(dose_u, 1)} units"


def _told(row: BenefitFigure) -> str:
    """A mean change, or a mean at the visit, in one sentence."""
    name = word("endpoint", row.endpoint, "plain")
    drug, placebo = (number(abs(v), 2) for v in (row.drug_value, row.placebo_value))
    start = "" if row.start_value is None else f" It was {number(row.start_value, 1)} at the start."
    if row.statistic == "mean_change":
        drug, placebo = f"down by {drug}", f"down by {placebo}"
    return (
        f"{name}: {drug} with the shots and {placebo} with a dummy shot, "
        f"{plain_time(row.day)} after.{'' if row.verified else '*'}{start}"
    )


def _lines(product: str, area: str, named: bool) -> tuple[Benefit, ...]:
    """The familiar measure of facial lines near its best day, from the table of trials."""
    rows = [
        row
        for row in trial_figures()
        if row.indication == area and row.statistic == "percent" and row.day is not None
    ]
    for endpoint in SHOWN_FIRST:
        for row in sorted(_of(rows, product, endpoint), key=_days_from_best):
            dummy = [
                other
                for other in _of(rows, "placebo", endpoint)
                if (other.trial_id, other.day) == (row.trial_id, row.day)
            ]
            if dummy:
                return (_line_benefit(row, dummy[0], named),)
    return ()


def _of(rows: Sequence[TrialFigure], product: str, endpoint: str) -> list[TrialFigure]:
    return [row for row in rows if (row.product, row.endpoint) == (product, endpoint)]


def _days_from_best(row: TrialFigure) -> tuple[float, bool]:
    return abs((row.day or 0.0) - BEST_DAY), not row.verified


def _line_benefit(row: TrialFigure, dummy: TrialFigure, named: bool) -> Benefit:
    return Benefit(
        lines=word("indication", row.indication, "short" if named else "plain"),
        words=word("endpoint", row.endpoint, "plain"),
        when=plain_time(row.day or 0.0),
        value=people(row.value),
        range="",
        placebo=people(dummy.value),
        later="",
        picture=icon_array(row.value, 0.0, None),
        placebo_picture=icon_array(dummy.value, dummy.value, None),
        origin=origin("measured", row.area_dose_u),
        verified=row.verified and dummy.verified,
    )
