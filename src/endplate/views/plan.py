"""The plan and the timing of a result as rows to show."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from endplate.results.result import (
    QUANTILES,
    TIMES,
    PatientSummary,
    PlanSummary,
    Result,
    TimeQuantiles,
)
from endplate.views.outcome import middle_words
from endplate.views.quantity import (
    DAYS_PER_WEEK,
    date_range,
    date_text,
    day_range,
    days,
    number,
    people,
    plain_time,
    read_date,
)
from endplate.views.words import known, word


@dataclass(frozen=True)
class Fact:
    """One entry of a list of facts: what, how much, and where the figure comes from."""

    name: str
    value: str
    origin: str = "entered"


@dataclass(frozen=True)
class EventTime:
    """When something happens, as a range of days with dates."""

    name: str
    range: str
    dates: str
    median: str
    half: str
    definition: str
    sure: str
    quantiles: dict[str, float]


def event_times(result: Result, indication: str) -> tuple[EventTime, ...]:
    """Onset, peak and wearing off of one indication."""
    start = read_date(result.plan.date)
    horizon = result.horizon_d
    timing = result.timing_of(indication)
    return tuple(_event_time(key, timing[key], start, horizon) for key in TIMES if key in timing)


def course_sentence(result: Result, indication: str) -> str:
    """What one area does, in one sentence: the middle person first, then half of people.

    Empty where no time was computed.
    """
    timing, horizon_d = result.timing_of(indication), result.horizon_d
    parts = []
    if "onset_d" in timing:
        parts.append(f"works from day {max(1, round(timing['onset_d'].median or 0))}")
    if "peak_d" in timing:
        parts.append(f"best at {_moment(timing['peak_d'].median or 0.0)}")
    if "duration_d" in timing:
        lasts = timing["duration_d"]
        median_d = lasts.median or 0.0
        if median_d >= horizon_d:
            parts.append(f"still there after {plain_time(horizon_d)}")
        else:
            parts.append(f"gone after about {plain_time(median_d)}")
        low_d, high_d = lasts.p25 or 0.0, lasts.p75 or 0.0
        parts[-1] += f"; half of people {_half(low_d, high_d, horizon_d)}"
    sentence = ", ".join(parts)
    return f"{sentence[:1].upper()}{sentence[1:]}." if sentence else ""


def counted_sentence(timing: Mapping[str, TimeQuantiles]) -> str:
    """Whom the times of an area are of, where some people never have an event; else empty."""
    with_event = {
        key: people(time.percent_with_event)
        for key, time in timing.items()
        if time.percent_with_event is not None and time.percent_with_event < 99.5
    }
    if not with_event:
        return ""
    if len(with_event) == len(timing) and len(set(with_event.values())) == 1:
        (count,) = set(with_event.values())
        return f"These times are of the {count} of 100 people who notice it; the others never do."
    listed = ", ".join(f"{word('timing', k).lower()}: {n}" for k, n in with_event.items())
    return f"These times are of those who have the event ({listed} of 100 people), not of the rest."


def _moment(time_d: float) -> str:
    return f"day {time_d:.0f}" if time_d < 11 else f"week {time_d / DAYS_PER_WEEK:.0f}"


def _half(low_d: float, high_d: float, horizon_d: float) -> str:
    """Between which weeks, or days where the first is within two weeks."""
    if high_d >= horizon_d:
        return f"after {plain_time(min(low_d, horizon_d))} or later"
    if low_d < 14:
        return f"between day {low_d:.0f} and day {high_d:.0f}"
    return f"between {low_d / DAYS_PER_WEEK:.0f} and {high_d / DAYS_PER_WEEK:.0f} weeks"


def dose_sentence(result: Result) -> str:
    """Dose, sites and volume in one sentence."""
    plan = result.plan
    volume_ml = sum(site.volume_ml for site in plan.sites)
    each = {(round(site.dose_u, 4), round(site.volume_ml, 5)) for site in plan.sites}
    sites = "1 site" if len(plan.sites) == 1 else f"{len(plan.sites)} sites"
    parts = f"{number(plan.dose_u, 2)} U in {sites}"
    if len(each) == 1 and len(plan.sites) > 1:
        dose_u, one_ml = each.pop()
        return f"{parts}, each {number(dose_u, 2)} U in {number(one_ml, 3)} mL."
    return f"{parts}, {number(volume_ml, 3)} mL in all."


def _event_time(name: str, time: TimeQuantiles, start: date | None, horizon_d: float) -> EventTime:
    quantiles = {quantile: float(getattr(time, quantile)) for quantile in QUANTILES}
    low, high = quantiles["p05"], quantiles["p95"]
    return EventTime(
        name=word("timing", name),
        range=day_range(low, high, horizon_d),
        dates=date_range(start, low, high, horizon_d),
        median=days(quantiles["median"], horizon_d),
        half=day_range(quantiles["p25"], quantiles["p75"], horizon_d),
        definition="; ".join(part for part in (time.definition, time.counted) if part),
        sure=middle_words(time, horizon_d),
        quantiles=quantiles,
    )


def title(result: Result) -> str:
    """Product, dose and areas in one line."""
    plan = result.plan
    areas = ", ".join(word("indication", code).lower() for code in plan.indications)
    return f"{plan.product} {number(plan.dose_u, 2)} U for {areas}"


def plan_facts(result: Result) -> tuple[Fact, ...]:
    """What the plan says, in the order a clinician reads it."""
    plan = result.plan
    facts = [Fact("Treatment date", _date(plan.date))]
    if plan.vial_u and plan.diluent_ml:
        strength = plan.vial_u / plan.diluent_ml
        facts.append(
            Fact(
                "Vial",
                f"{number(plan.vial_u, 2)} U in {number(plan.diluent_ml, 2)} mL "
                f"({number(strength, 1)} U/mL)",
            )
        )
    facts.append(Fact("Sites", _sites(plan), site_origin(result)))
    facts.append(Fact("Patient", _patient(plan.patient)))
    facts.extend(_baseline(plan.patient))
    facts.append(Fact("Earlier treatments", _previous(plan)))
    facts.append(Fact("Label region", plan.region or "not stated"))
    return tuple(facts)


def _date(value: str | None) -> str:
    day = read_date(value)
    return date_text(day) if day else "not stated"


def _sites(plan: PlanSummary) -> str:
    volume_ml = sum(site.volume_ml for site in plan.sites)
    return f"{len(plan.sites)}, {number(volume_ml, 3)} mL in all"


def site_origin(result: Result) -> str:
    """Where the sites come from: the label, or the plan that states them."""
    origins = {site.origin for site in result.plan.sites}
    return "label" if origins == {"label"} else "entered"


def _patient(patient: PatientSummary) -> str:
    parts = []
    if patient.age_y is not None:
        parts.append(f"{number(patient.age_y)} years")
    if patient.sex:
        parts.append(patient.sex)
    if patient.weight_kg is not None:
        parts.append(f"{number(patient.weight_kg)} kg")
    return ", ".join(parts) or "not stated"


def _baseline(patient: PatientSummary) -> list[Fact]:
    grades = ("none", "mild", "moderate", "severe")
    facts = []
    for code, grade in patient.baseline.items():
        if code in known("scale"):
            facts.append(Fact(f"{word('scale', code)}, baseline", number(grade)))
            continue
        at_rest = " at rest" if code.endswith("_rest") else ""
        name = word("indication", code.removesuffix("_rest")) + at_rest
        whole = float(grade).is_integer() and 0 <= grade <= 3
        words = f" ({grades[int(grade)]})" if whole else ""
        facts.append(Fact(f"{name}, baseline", f"grade {number(grade)} of 3{words}"))
    return facts


def _previous(plan: PlanSummary) -> str:
    lines = []
    for earlier in plan.previous:
        dose = "unknown dose" if earlier.dose_u is None else f"{number(earlier.dose_u, 2)} U"
        area = earlier.indication
        words = f" ({word('indication', area).lower()})" if area else ""
        lines.append(f"{dose} {earlier.product} on {_date(earlier.date)}{words}")
    return "; ".join(lines) or "none stated"


def provenance(result: Result) -> tuple[Fact, ...]:
    """What made the result, so that it can be made again."""
    names = {
        "version": "endplate version",
        "facts_hash": "Facts hash",
        "seed": "Seed",
        "people": "Virtual people",
        "days": "Days",
        "command": "Command",
    }
    facts = ((name, getattr(result.provenance, key)) for key, name in names.items())
    return tuple(Fact(name, str(value), "") for name, value in facts if value is not None)
