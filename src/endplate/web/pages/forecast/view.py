"""What the page shows of some results, as markup made ready away from the page itself."""

from collections.abc import Sequence
from dataclasses import dataclass

from endplate.report import compare, reading
from endplate.report.finding import counts
from endplate.report.harm import harm_groups
from endplate.report.html import fragment
from endplate.report.outcome import measure_groups, outcome_groups
from endplate.report.parts import legend, parts_of, widened_words
from endplate.report.plan import answers, provenance
from endplate.report.plan import title as plan_title
from endplate.report.stage import Stage, stage
from endplate.report.timeline import NARROW, WIDE, axis, shown_days, timeline
from endplate.report.words import known, word

SECTIONS, STAGE = "sections.html.j2", "stage.html.j2"


@dataclass(frozen=True)
class Named:
    """The result of one plan, by the name of the plan."""

    name: str
    result: reading.Result


@dataclass(frozen=True)
class Course:
    """One area: its name, onset, peak and wearing off, and its course as a picture."""

    name: str
    answers: str
    picture: str


@dataclass(frozen=True)
class View:
    """Everything the page shows; `stages` and `looks` one for each plan, `at` the open one."""

    title: str
    people: int
    at: int
    stages: tuple[Stage, ...]
    looks: tuple[str, ...]
    compared: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    courses: tuple[Course, ...]
    benefits: tuple[str, ...]
    harms: tuple[str, ...]
    findings: tuple[tuple[str, str, int], ...]
    limits: str
    run: str
    silenced: str


def view(every: Sequence[Named], at: int, narrow: bool) -> View:
    """The view of the open plan, with the others beside it where there are any."""
    result = every[at].result
    stages = tuple(
        stage(one.result, f"s{i}", [other.result for other in every if other is not one])
        for i, one in enumerate(every)
    )
    comparison = None
    if len(every) > 1:
        comparison = compare([one.result for one in every], [one.name for one in every])
    return View(
        title=plan_title(result),
        people=int(result["provenance"].get("people") or 0),
        at=at,
        stages=stages,
        looks=tuple(
            fragment(STAGE, "small_look", one.name, plan_title(one.result), own)
            if comparison
            else fragment(STAGE, "look", own)
            for one, own in zip(every, stages, strict=True)
        ),
        compared=tuple(
            (block.name, fragment(SECTIONS, "compared", block, comparison.names))
            for block in comparison.blocks
        )
        if comparison
        else (),
        notes=comparison.notes if comparison else (),
        courses=tuple(_course(result, code, narrow) for code in reading.indications(result)),
        benefits=_benefits(result),
        harms=_harms(result),
        findings=counts(result),
        limits=fragment(SECTIONS, "limit_list", tuple(result.get("limits") or ())),
        run=fragment(SECTIONS, "run_facts", provenance(result)),
        silenced=stages[at].silenced,
    )


def _course(result: reading.Result, code: str, narrow: bool) -> Course:
    width = NARROW if narrow else WIDE
    drawn = timeline(result, code, width)
    horizon = shown_days(result, code)
    return Course(
        name=word("indication", code),
        answers=fragment(SECTIONS, "answer_cards", {"answers": answers(result, code)}),
        picture=fragment(STAGE, "course", drawn, axis(width), horizon) if drawn else "",
    )


def _benefits(result: reading.Result) -> tuple[str, ...]:
    """The key, then each area's name and what it rests on, then each of its endpoints."""
    sure = any(parts_of(item) for item in result.get("outcomes") or ())
    found = [fragment(SECTIONS, "outcome_legend", legend() if sure else ())]
    areas = reading.indications(result)
    for code in areas:
        groups = (*measure_groups(result, code), *outcome_groups(result, code))
        if groups:
            named = word("indication", code) if len(areas) > 1 else ""
            found.append(fragment(STAGE, "area_head", named, widened_words(result, code)))
        found += [fragment(SECTIONS, "outcome_rows_of", group) for group in groups]
    return tuple(found) if len(found) > 1 else ()


def _harms(result: reading.Result) -> tuple[str, ...]:
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
