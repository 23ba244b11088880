"""The parts of a plan: the patient, the treatment and its sites, repeats, stops set aside."""

import datetime
from dataclasses import dataclass

from endplate.case.schema import Grades, entry


@dataclass(frozen=True)
class PreviousTreatment:
    """One earlier injection of a botulinum toxin."""

    date: datetime.date = entry("date", "day it was given")
    product: str = entry("word", "product given", vocabulary="product")
    indication: str | None = entry(
        "word", "what it was given for", vocabulary="indication", any_word=True, default=None
    )
    dose_u: float | None = entry(
        "number", "total dose", unit="U", above=0, high=50000, default=None
    )
    reaction: str | None = entry("text", "reaction to it, in words", default=None)


@dataclass(frozen=True)
class Patient:
    """The person treated; None means not stated, an empty tuple means asked and none."""

    age_y: float | None = entry("number", "age", unit="y", low=0, high=120, default=None)
    sex: str | None = entry("word", "sex", vocabulary="sex", default=None)
    weight_kg: float | None = entry("number", "body mass", unit="kg", low=1, high=500, default=None)
    height_cm: float | None = entry(
        "number", "body height", unit="cm", low=30, high=260, default=None
    )
    conditions: tuple[str, ...] | None = entry(
        "names", "diseases and states, [] for none", vocabulary="condition", default=None
    )
    medications: tuple[str, ...] | None = entry(
        "names", "medicines taken, [] for none", vocabulary="medication", default=None
    )
    allergies: tuple[str, ...] | None = entry(
        "names", "allergies, [] for none", vocabulary="allergy", default=None
    )
    baseline: Grades = entry(
        "grades",
        "scores before treatment, at contraction, or at rest under the name with _rest",
        default=Grades(),
    )
    previous: tuple[PreviousTreatment, ...] | None = entry(
        "tables", "earlier toxin treatments, [] for none", of=PreviousTreatment, default=None
    )


@dataclass(frozen=True)
class Site:
    """One injection; x of `at_mm` is lateral on the named side, y up, z depth from the skin."""

    dose_u: float = entry("number", "dose", unit="U", above=0, high=50000)
    side: str = entry("word", "side of the body", vocabulary="side")
    muscle: str | None = entry(
        "word", "muscle aimed at", vocabulary="muscle", any_word=True, default=None
    )
    at_mm: tuple[float, float, float] | None = entry(
        "position", "place on the chart", unit="mm", default=None
    )
    volume_ml: float | None = entry(
        "number", "volume, when stated", unit="mL", above=0, high=100, default=None
    )
    indication: str | None = entry(
        "word", "area it belongs to", vocabulary="indication", any_word=True, default=None
    )
    product: str | None = entry(
        "word", "the treatment's product, when repeated here", vocabulary="product", default=None
    )


@dataclass(frozen=True)
class Treatment:
    """What is given on one day; sites come from the label's protocol, from a list, or both."""

    date: datetime.date = entry("date", "day of treatment")
    product: str = entry("word", "product", vocabulary="product")
    indications: tuple[str, ...] = entry(
        "words",
        "what is treated, one name or several",
        vocabulary="indication",
        any_word=True,
        key="indication",
    )
    vial_u: float = entry("number", "content of the vial", unit="U", above=0, high=50000)
    diluent_ml: float = entry("number", "diluent put into the vial", unit="mL", above=0, high=100)
    region: str = entry("word", "whose label applies", vocabulary="region", default="US")
    protocol: str | None = entry(
        "choice", "places the label's sites", choices=("label",), default=None
    )
    dose_u: float | None = entry(
        "number", "total of the label's sites", unit="U", above=0, high=50000, default=None
    )
    sites: tuple[Site, ...] = entry("tables", "the injections", of=Site, key="site", default=())
    confirmed: tuple[str, ...] = entry(
        "names", "what the label asks for and is met", vocabulary="requirement", default=()
    )
    not_met: tuple[str, ...] = entry(
        "names", "what the label asks for and is not met", vocabulary="requirement", default=()
    )


@dataclass(frozen=True)
class Override:
    """Why one stop does not hold in this case, in the words of the person who decides."""

    rule: str = entry("text", "rule of the stop")
    reason: str = entry("text", "why it does not hold here")
    about: str | None = entry(
        "text", "value of the finding, where a rule stops more than once", default=None
    )


@dataclass(frozen=True)
class Repeat:
    """More treatments like the planned one: at a fixed interval, or once its effect is lost.

    Exactly one of `interval_d`, `again_at` and `again_when_lost` is stated. The last two look at
    the main scale of the first indication; `not_before_d` left out is the label's interval.
    """

    cycles: float = entry(
        "number", "treatments in all, this one included", low=2, high=20, whole=True
    )
    interval_d: float | None = entry(
        "number", "days from one treatment to the next", unit="d", low=14, high=730, default=None
    )
    again_at: float | None = entry(
        "number",
        "treat again when the scale is back at this level, in the unit of the scale",
        low=0,
        high=2000,
        default=None,
    )
    again_when_lost: float | None = entry(
        "number",
        "treat again when this share of the largest benefit is lost",
        above=0,
        high=1,
        default=None,
    )
    not_before_d: float | None = entry(
        "number",
        "least days between treatments, the label's interval unless stated",
        unit="d",
        low=14,
        high=730,
        default=None,
    )
    antibodies: str = entry(
        "choice",
        "how often antibodies come: as in trials, as in long-term clinics, or never",
        choices=("trial_like", "clinic_like", "none"),
        default="trial_like",
    )
