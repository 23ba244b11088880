"""What is not known, what lies outside the trials, and what a comparison with them cannot show."""

from collections.abc import Sequence
from dataclasses import dataclass

from endplate.facts.fitted_range import fitted_range
from endplate.report.html import _told, render
from endplate.report.qualification.page import LIMITS as OF_COMPARISON
from endplate.report.qualification.studied import Studied, reasons, studied
from endplate.report.qualification.trial import Evidence
from endplate.report.quantity import number

LIMITS = (
    "A forecast is for people like the patient, not for the patient: half of them lie outside the "
    "narrow band, one in ten outside the wide one. Plans outside the trials' doses, ages and "
    "products say so.",
    "Beyond the face, how people scatter and which muscle or nerve carries how much of a burden is "
    "assumed where no trial tells; every such row says so.",
    "Label facts rest on copies, manufacturer pages and monographs where the label itself was not "
    "read; figures without a second source are marked unverified wherever they are shown, and "
    "never make a stop.",
    "Muscle sizes and positions are averages; limbs and neck follow height, weight and sex. Some "
    "weaknesses (double vision, an uneven smile) have no counted rate to be set to.",
    "Not for emergencies. Trouble swallowing, speaking or breathing after an injection needs "
    "urgent care.",
)
"""The limits of the whole, as the README tells them."""
_RESPECTS = {
    "dose": ("Dose", "of the smallest to the largest dose that trials of the product gave"),
    "age": ("Age", "years"),
    "interval": ("Time since the last treatment", "of the label's least interval"),
    "line_grade": ("Lines before treatment", "grades above the first"),
    "burden": ("Scale before treatment", "standard deviations from the mean of the trials"),
}


@dataclass(frozen=True)
class Respect:
    """One respect in which a plan may lie outside the trials: what they tried, and one step on."""

    name: str
    tried: str
    step: str
    note: str


@dataclass(frozen=True)
class LimitsPage:
    """Everything that is shown of the limits."""

    limits: tuple[str, ...] = _told("limits of the whole")
    respects: tuple[Respect, ...] = _told("what trials tried, and what counts as one step beyond")
    comparison: tuple[str, ...] = _told("what a comparison with trials cannot show")
    skipped: tuple[tuple[str, int, str], ...] = _told("figures not predicted, by reason")
    studied: tuple[Studied, ...] = _told("trials and people of each use")

    @property
    def markup(self) -> str:
        """The page as HTML."""
        return render("limits.html.j2", self)


def limits_page(evidence: Evidence) -> LimitsPage:
    """The limits, with those of a table of figures."""
    return LimitsPage(
        limits=LIMITS,
        respects=tuple(_respect(code) for code in _RESPECTS),
        comparison=OF_COMPARISON,
        skipped=reasons(evidence.found.skipped),
        studied=studied(evidence.figures),
    )


def _respect(code: str) -> Respect:
    name, of = _RESPECTS[code]
    row = fitted_range(code)
    step = f"a factor of {number(row.one_beyond, 2)}"
    if code not in ("dose", "interval"):
        step = f"{number(row.one_beyond, 2)} more or less"
    return Respect(name, f"{_span([row.low, row.high])} {of}", step, row.note)


def _span(ends: Sequence[float | None]) -> str:
    """A range that may be open at one end.

    Examples
    --------
    >>> _span([18, 75]), _span([1, None])
    ('18 to 75', '1 or more')
    """
    low, high = (None if end is None else number(end, 2) for end in ends)
    if low is None:
        return f"up to {high}"
    return f"{low} or more" if high is None else f"{low} to {high}"
