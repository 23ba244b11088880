"""The plan and the timing of a result as rows to show."""

from dataclasses import dataclass

from endplate.views import reading
from endplate.views.parts import middle_words
from endplate.views.quantity import date_range, date_text, day_range, days, number, read_date
from endplate.views.words import known, spaced, word


@dataclass(frozen=True)
class Fact:
    """One entry of a list of facts: what, how much, and where the figure comes from."""

    name: str
    value: str
    origin: str = "entered"


@dataclass(frozen=True)
class Answer:
    """When something happens, as a range of days with dates."""

    name: str
    range: str
    dates: str
    median: str
    half: str
    definition: str
    sure: str
    quantiles: dict[str, float]


def answers(result: reading.Result, indication: str) -> tuple[Answer, ...]:
    """Onset, peak and wearing off of one indication."""
    start = read_date(result["plan"].get("date"))
    horizon = reading.horizon_d(result)
    timing = reading.timing_of(result, indication)
    return tuple(
        _answer(key, timing[key], start, horizon) for key in reading.TIMES if key in timing
    )


def _answer(key, quantiles, start, horizon) -> Answer:
    low, high = quantiles["p05"], quantiles["p95"]
    half = day_range(quantiles["p25"], quantiles["p75"], horizon)
    return Answer(
        name=word("timing", key),
        range=day_range(low, high, horizon),
        dates=date_range(start, low, high, horizon),
        median=days(quantiles["median"], horizon),
        half=half,
        definition=str(quantiles.get("definition") or ""),
        sure=middle_words(quantiles, horizon),
        quantiles={q: float(quantiles[q]) for q in reading.QUANTILES},
    )


def title(result: reading.Result) -> str:
    """Product, dose and areas in one line."""
    plan = result["plan"]
    named = plan.get("indications") or ()
    areas = ", ".join(word("indication", code).lower() for code in named)
    return f"{plan['product']} {number(plan['dose_u'], 2)} U for {areas}"


def plan_facts(result: reading.Result) -> tuple[Fact, ...]:
    """What the plan says, in the order a clinician reads it."""
    plan = result["plan"]
    facts = [Fact("Treatment date", _date(plan.get("date")))]
    if plan.get("vial_u") and plan.get("diluent_ml"):
        strength = plan["vial_u"] / plan["diluent_ml"]
        facts.append(
            Fact(
                "Vial",
                f"{number(plan['vial_u'], 2)} U in {number(plan['diluent_ml'], 2)} mL "
                f"({number(strength, 1)} U/mL)",
            )
        )
    facts.append(Fact("Sites", _sites(plan), site_origin(result)))
    facts.append(Fact("Patient", _patient(plan.get("patient") or {})))
    facts.extend(_baseline(plan.get("patient") or {}))
    facts.append(Fact("Earlier treatments", _previous(plan.get("previous") or ())))
    facts.append(Fact("Label region", str(plan.get("region") or "not stated")))
    return tuple(facts)


def _date(value: str | None) -> str:
    day = read_date(value)
    return date_text(day) if day else "not stated"


def _sites(plan) -> str:
    sites = plan.get("sites") or ()
    volume = sum(site["volume_ml"] for site in sites)
    return f"{len(sites)}, {number(volume, 3)} mL in all"


def site_origin(result: reading.Result) -> str:
    """Where the sites come from: the label, or the plan that states them."""
    origins = {site.get("origin", "entered") for site in result["plan"].get("sites") or ()}
    return "label" if origins == {"label"} else "entered"


def _patient(patient) -> str:
    parts = []
    if patient.get("age_y") is not None:
        parts.append(f"{number(patient['age_y'])} years")
    if patient.get("sex"):
        parts.append(str(patient["sex"]))
    if patient.get("weight_kg") is not None:
        parts.append(f"{number(patient['weight_kg'])} kg")
    return ", ".join(parts) or "not stated"


def _baseline(patient) -> list[Fact]:
    grades = ("none", "mild", "moderate", "severe")
    facts = []
    for code, grade in (patient.get("baseline") or {}).items():
        if code in known("scale"):
            facts.append(Fact(f"{word('scale', code)}, baseline", number(grade)))
            continue
        at_rest = " at rest" if code.endswith("_rest") else ""
        name = word("indication", code.removesuffix("_rest")) + at_rest
        whole = float(grade).is_integer() and 0 <= grade <= 3
        words = f" ({grades[int(grade)]})" if whole else ""
        facts.append(Fact(f"{name}, baseline", f"grade {number(grade)} of 3{words}"))
    return facts


def _previous(previous) -> str:
    lines = []
    for given in previous:
        dose = "unknown dose" if given.get("dose_u") is None else f"{number(given['dose_u'], 2)} U"
        area = given.get("indication")
        words = f" ({word('indication', area).lower()})" if area else ""
        lines.append(f"{dose} {given['product']} on {_date(given['date'])}{words}")
    return "; ".join(lines) or "none stated"


def provenance(result: reading.Result) -> tuple[Fact, ...]:
    """What made the result, so that it can be made again."""
    made = result["provenance"]
    known = {
        "version": "endplate version",
        "facts_hash": "Facts hash",
        "seed": "Seed",
        "people": "Virtual people",
        "days": "Days",
        "command": "Command",
    }
    return tuple(
        Fact(known.get(key, spaced(key)), str(made[key]), "")
        for key in [*known, *(k for k in made if k not in known)]
        if made.get(key) is not None
    )
