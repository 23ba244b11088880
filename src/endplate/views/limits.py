"""What is not known, what lies outside the trials, and what a comparison with them cannot show."""

from dataclasses import dataclass

from endplate.facts.fitted_range import fitted_range
from endplate.views.html import page_field, render
from endplate.views.qualification.page import LIMITS as OF_COMPARISON
from endplate.views.qualification.studied import Studied, reasons, studied
from endplate.views.qualification.trial import Evidence
from endplate.views.quantity import number

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
# Respect, what of it trials tried by its bounds, and one step beyond them.
_RESPECTS = {
    "dose": (
        "Dose",
        "from {low} of the smallest to {high} of the largest dose in trials of the product",
        "a factor of {step}",
    ),
    "age": ("Age", "{low} to {high} years", "{step} years"),
    "interval": (
        "Time since the last treatment",
        "at least {low} of the label's least interval",
        "a factor of {step}",
    ),
    "line_grade": (
        "Lines before treatment",
        "at least {low} grades above the first",
        "{step} grade",
    ),
    "burden": (
        "Scale before treatment",
        "{low} to {high} standard deviations about the mean in trials",
        "{step} standard deviation",
    ),
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

    limits: tuple[str, ...] = page_field("limits of the whole")
    respects: tuple[Respect, ...] = page_field(
        "what trials tried, and what counts as one step beyond"
    )
    comparison: tuple[str, ...] = page_field("what a comparison with trials cannot show")
    skipped: tuple[tuple[str, int, str], ...] = page_field("figures not predicted, by reason")
    studied: tuple[Studied, ...] = page_field("trials and people of each use")

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
    name, tried, step = _RESPECTS[code]
    row = fitted_range(code)
    ends = {"low": row.low, "high": row.high, "step": row.one_beyond}
    told = {end: number(value, 2) for end, value in ends.items() if value is not None}
    return Respect(name, tried.format(**told), step.format(**told), row.note)
