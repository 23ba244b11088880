"""What the page shows of some results, as HTML made off the event loop."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

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
from endplate.views.plan import (
    counted_sentence,
    course_sentence,
    dose_sentence,
    event_times,
    provenance,
)
from endplate.views.plan import title as plan_title
from endplate.views.stage import Stage, stage
from endplate.views.timeline import NARROW, WIDE, axis, axis_days, timeline
from endplate.views.words import known, word

SECTIONS, STAGE = "sections.html.j2", "stage.html.j2"
NARROW_COURSES = 3


@dataclass(frozen=True)
class NamedResult:
    """The result of a plan, with the name of the plan."""

    name: str
    result: Result


@dataclass(frozen=True)
class Course:
    """One area: its name, onset, peak and wearing off, and its course as a picture."""

    name: str
    times: str
    picture: str


@dataclass(frozen=True)
class Front:
    """What is shown first: `stages` and `drawings` of each plan; `index` is the open one."""

    title: str
    glance: str
    people: int
    index: int
    stages: tuple[Stage, ...]
    drawings: tuple[str, ...]
    silenced: str


@dataclass(frozen=True)
class Rest:
    """What follows below the stage: the comparison, then the open plan in full."""

    compared: tuple[tuple[str, str], ...]
    notes: tuple[str, ...]
    plans: int
    courses: tuple[Course, ...]
    benefits: tuple[str, ...]
    harms: tuple[str, ...]
    findings: tuple[tuple[str, str, int], ...]
    limits: str
    run: str


def front(plans: Sequence[NamedResult], index: int) -> Front:
    """The stage of the open plan, with those of the others beside it where there are any."""
    result = plans[index].result
    stages = tuple(
        stage(plan.result, f"s{i}", [other.result for other in plans if other is not plan])
        for i, plan in enumerate(plans)
    )
    if len(plans) > 1:
        drawings = [
            fragment(STAGE, "small_look", plan.name, plan_title(plan.result), drawn)
            for plan, drawn in zip(plans, stages, strict=True)
        ]
    else:
        drawings = [fragment(STAGE, "look", drawn) for drawn in stages]
    return Front(
        title=plan_title(result),
        glance=glance(result),
        people=result.provenance.people or 0,
        index=index,
        stages=stages,
        drawings=tuple(drawings),
        silenced=stages[index].silenced,
    )


def glance(result: Result) -> str:
    """What an injector looks for first: the course in a sentence, dose and sites, the check."""
    areas = result.indications
    lines = []
    for code in areas:
        sentence = course_sentence(result, code)
        area = f"{escape(word('indication', code))}: " if len(areas) > 1 else ""
        if sentence:
            lines.append(f'<p class="glance">{area}<b>{escape(sentence)}</b></p>')
        if counted := counted_sentence(result.timing_of(code)):
            lines.append(f'<p class="quiet">{escape(counted)}</p>')
    badges = "".join(
        f'<span class="badge {level}">{count} {escape(name.lower())}</span>'
        for level, name, count in counts(result.findings)
    )
    check = badges or '<span class="badge note">no findings</span>'
    lines.append(f'<p class="fc-dose-line">{escape(dose_sentence(result))} {check}</p>')
    return "".join(lines)


def rest(plans: Sequence[NamedResult], index: int, narrow: bool) -> Rest:
    """Everything below the stage."""
    result = plans[index].result
    areas = result.indications
    # three courses are side by side, each as narrow as on a phone
    width = NARROW if narrow or len(areas) >= NARROW_COURSES else WIDE
    compared, notes = _comparison(plans) if len(plans) > 1 else ((), ())
    return Rest(
        compared=compared,
        notes=notes,
        plans=len(plans),
        courses=tuple(_course(result, code, width) for code in areas),
        benefits=_benefits(result),
        harms=_harms(result),
        findings=counts(result.findings),
        limits=fragment(SECTIONS, "limit_list", result.limits),
        run=fragment(SECTIONS, "run_facts", provenance(result)),
    )


def _comparison(
    plans: Sequence[NamedResult],
) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Name and rows of each block of the comparison, and its notes."""
    comparison = compare([plan.result for plan in plans], [plan.name for plan in plans])
    blocks = (
        (b.name, fragment(SECTIONS, "compared", b, comparison.names)) for b in comparison.blocks
    )
    return tuple(blocks), comparison.notes


def _course(result: Result, code: str, width: float) -> Course:
    picture = timeline(result, code, width)
    horizon = axis_days(result, code)
    return Course(
        name=word("indication", code),
        times=fragment(SECTIONS, "answer_cards", {"answers": event_times(result, code)}),
        picture=fragment(STAGE, "course", picture, axis(width), horizon) if picture else "",
    )


def _benefits(result: Result) -> tuple[str, ...]:
    """The key, then each area's name and what it rests on, then each of its endpoints."""
    has_parts = any(parts_of(item) for item in result.outcomes)
    pieces = [fragment(SECTIONS, "outcome_legend", legend() if has_parts else ())]
    areas = result.indications
    for code in areas:
        groups = (*measure_groups(result, code), *outcome_groups(result, code))
        if groups:
            heading = word("indication", code) if len(areas) > 1 else ""
            pieces.append(fragment(STAGE, "area_head", heading, widened_words(result, code)))
        pieces += [fragment(SECTIONS, "outcome_rows_of", group) for group in groups]
    return tuple(pieces) if len(pieces) > 1 else ()


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
