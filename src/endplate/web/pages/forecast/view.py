"""What the page shows of some results, as markup made ready away from the page itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from endplate.results.result import Result
from endplate.views import compare
from endplate.views.finding import counts
from endplate.views.harm import harm_groups
from endplate.views.html import fragment
from endplate.views.outcome import (
    legend,
    measure_groups,
    outcome_groups,
    parts_of,
    widened_words,
)
from endplate.views.plan import event_times as answers
from endplate.views.plan import provenance
from endplate.views.plan import title as plan_title
from endplate.views.stage import Stage, stage
from endplate.views.timeline import NARROW, WIDE, axis, shown_days, timeline
from endplate.views.words import known, word

SECTIONS, STAGE = "sections.html.j2", "stage.html.j2"
MANY = 3


@dataclass(frozen=True)
class Named:
    """The result of one plan, by the name of the plan."""

    name: str
    result: Result


@dataclass(frozen=True)
class Course:
    """One area: its name, onset, peak and wearing off, and its course as a picture."""

    name: str
    answers: str
    picture: str


@dataclass(frozen=True)
class Front:
    """What is seen first; `stages` and `looks` one for each plan, `at` the open one."""

    title: str
    people: int
    at: int
    stages: tuple[Stage, ...]
    looks: tuple[str, ...]
    silenced: str


@dataclass(frozen=True)
class Rest:
    """What stands below the stage: the comparison, then the open plan in full."""

    compared: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    plans: int
    courses: tuple[Course, ...]
    benefits: tuple[str, ...]
    harms: tuple[str, ...]
    findings: tuple[tuple[str, str, int], ...]
    limits: str
    run: str


def front(every: Sequence[Named], at: int) -> Front:
    """The stage of the open plan, with those of the others beside it where there are any."""
    result = every[at].result
    stages = tuple(
        stage(one.result, f"s{i}", [other.result for other in every if other is not one])
        for i, one in enumerate(every)
    )
    if len(every) > 1:
        looks = [
            fragment(STAGE, "small_look", one.name, plan_title(one.result), own)
            for one, own in zip(every, stages, strict=True)
        ]
    else:
        looks = [fragment(STAGE, "look", own) for own in stages]
    people = result.provenance.people or 0
    return Front(plan_title(result), people, at, stages, tuple(looks), stages[at].silenced)


def rest(every: Sequence[Named], at: int, narrow: bool) -> Rest:
    """Everything below the stage."""
    result = every[at].result
    areas = result.indications
    # three courses stand beside each other, each as on a phone
    width = NARROW if narrow or len(areas) >= MANY else WIDE
    compared, notes = _compared(every) if len(every) > 1 else ((), ())
    return Rest(
        compared=compared,
        notes=notes,
        plans=len(every),
        courses=tuple(_course(result, code, width) for code in areas),
        benefits=_benefits(result),
        harms=_harms(result),
        findings=counts(result.findings),
        limits=fragment(SECTIONS, "limit_list", result.limits),
        run=fragment(SECTIONS, "run_facts", provenance(result)),
    )


def _compared(every: Sequence[Named]) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Name and rows of each block of the comparison, and what to keep in mind."""
    made = compare([one.result for one in every], [one.name for one in every])
    blocks = ((b.name, fragment(SECTIONS, "compared", b, made.names)) for b in made.blocks)
    return tuple(blocks), made.notes


def _course(result: Result, code: str, width: float) -> Course:
    drawn = timeline(result, code, width)
    horizon = shown_days(result, code)
    return Course(
        name=word("indication", code),
        answers=fragment(SECTIONS, "answer_cards", {"answers": answers(result, code)}),
        picture=fragment(STAGE, "course", drawn, axis(width), horizon) if drawn else "",
    )


def _benefits(result: Result) -> tuple[str, ...]:
    """The key, then each area's name and what it rests on, then each of its endpoints."""
    sure = any(parts_of(item) for item in result.outcomes)
    found = [fragment(SECTIONS, "outcome_legend", legend() if sure else ())]
    areas = result.indications
    for code in areas:
        groups = (*measure_groups(result, code), *outcome_groups(result, code))
        if groups:
            named = word("indication", code) if len(areas) > 1 else ""
            found.append(fragment(STAGE, "area_head", named, widened_words(result, code)))
        found += [fragment(SECTIONS, "outcome_rows_of", group) for group in groups]
    return tuple(found) if len(found) > 1 else ()


def _harms(result: Result) -> tuple[str, ...]:
    """One card for each side effect."""
    return tuple(
        fragment(SECTIONS, "harm_card", group.name, card)
        for group in harm_groups(result)
        for card in group.cards
    )


def harm_key() -> str:
    """What the icons of a side effect mean."""
    return fragment(SECTIONS, "harm_legend")


def course_key() -> str:
    """What the lines and bands of a course mean."""
    return fragment(SECTIONS, "course_legend")


def origin_key() -> str:
    """What label, trial, model and entered mean."""
    meanings = tuple((code, word("origin", code, "meaning")) for code in known("origin"))
    return fragment(SECTIONS, "origin_list", meanings)
