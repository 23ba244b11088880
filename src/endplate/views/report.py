"""Writes `report.html`: one file that a provider opens, shows and prints, with nothing to fetch."""

from dataclasses import dataclass
from pathlib import Path

from endplate.files.output import write_whole
from endplate.results.result import Result
from endplate.views.chart import Drawing, drawings, has_chart
from endplate.views.cycles import HEADINGS, CycleArea, cycle_areas
from endplate.views.finding import FindingRow, counts, finding_rows, set_aside, stops
from endplate.views.harm import HarmGroup, harm_groups
from endplate.views.html import PURPOSE, page_field, render
from endplate.views.muscle import MuscleRow, muscle_rows
from endplate.views.outcome import (
    OutcomeGroup,
    legend,
    measure_groups,
    outcome_groups,
    parts_of,
    widened_words,
)
from endplate.views.plan import (
    EventTime,
    Fact,
    counted_sentence,
    course_sentence,
    dose_sentence,
    event_times,
    plan_facts,
    site_origin,
)
from endplate.views.plan import provenance as made_by
from endplate.views.plan import title as plan_title
from endplate.views.timeline import NARROW, WIDE, timeline
from endplate.views.words import drawn_as, known, part_name, silenced, word


@dataclass(frozen=True)
class ReportArea:
    """What the report says about one indication."""

    name: str = page_field("indication in words")
    answers: tuple[EventTime, ...] = page_field("onset, peak and wearing off")
    timeline_wide: str = page_field("course as SVG for a wide screen and for print")
    timeline_narrow: str = page_field("course as SVG for a phone")
    outcomes: tuple[OutcomeGroup, ...] = page_field("benefits out of 100 beside trial figures")
    measures: tuple[OutcomeGroup, ...] = page_field("means and changes beside trial figures")
    widened: str = page_field("that ranges are widened outside trials, empty where not")
    sentence: str = page_field("onset, peak and wearing off in one sentence")
    counted: str = page_field("whom these times are of, where some never have an event")


@dataclass(frozen=True)
class ReportPage:
    """Everything `report.html` shows."""

    title: str = page_field("product, dose and areas")
    purpose: str = page_field("what the report is for")
    dose_line: str = page_field("dose, sites and volume in one sentence")
    facts: tuple[Fact, ...] = page_field("the plan")
    levels: tuple[tuple[str, str, int], ...] = page_field("level, name and number of findings")
    stops: tuple[str, ...] = page_field("titles of the findings that stop the plan")
    set_aside: tuple[tuple[str, str], ...] = page_field("stops set aside, with the written reason")
    areas: tuple[ReportArea, ...] = page_field("one entry per indication")
    parts: tuple[tuple[str, str, str], ...] = page_field(
        "what makes a figure unsure, and its meaning"
    )
    site_origin: str = page_field("where the sites come from, label or entered")
    drawings: tuple[Drawing, ...] = page_field(
        "the charts with muscles and sites, none where unknown"
    )
    muscles: tuple[MuscleRow, ...] = page_field("where the dose goes and what it blocks")
    cycles: tuple[CycleArea, ...] = page_field("all treatments of a repeated plan, by indication")
    cycle_headings: tuple[str, ...] = page_field("headings of their tables")
    harms: tuple[HarmGroup, ...] = page_field("side effects by mechanism")
    findings: tuple[FindingRow, ...] = page_field("findings, worst first")
    limits: tuple[str, ...] = page_field("what is not known")
    origins: tuple[tuple[str, str], ...] = page_field("origin tags and their meaning")
    provenance: tuple[Fact, ...] = page_field("what made the result")
    silenced: str = page_field("what the toxin silences in the treated tissue")
    blocks: str = page_field("how the chart shows what the model uses")
    part: str = page_field("what a row of the table of places is")


def report_page(result: Result) -> ReportPage:
    """The context of the report."""
    result.require_finite()
    return ReportPage(
        title=plan_title(result),
        purpose=PURPOSE,
        dose_line=dose_sentence(result),
        facts=plan_facts(result),
        levels=counts(result.findings),
        stops=stops(result.findings),
        set_aside=set_aside(result.findings),
        areas=tuple(
            ReportArea(
                name=word("indication", code),
                answers=event_times(result, code),
                timeline_wide=timeline(result, code, WIDE),
                timeline_narrow=timeline(result, code, NARROW),
                outcomes=outcome_groups(result, code),
                measures=measure_groups(result, code),
                widened=widened_words(result, code),
                sentence=course_sentence(result, code),
                counted=counted_sentence(result.timing_of(code)),
            )
            for code in result.indications
        ),
        parts=legend() if _has_parts(result) else (),
        site_origin=site_origin(result),
        drawings=drawings(result) if has_chart(result) else (),
        muscles=muscle_rows(result),
        cycles=(repeated := cycle_areas(result)),
        cycle_headings=HEADINGS if repeated else (),
        harms=harm_groups(result),
        findings=finding_rows(result.findings),
        limits=result.limits,
        origins=tuple((code, word("origin", code, "meaning")) for code in known("origin")),
        provenance=made_by(result),
        silenced=silenced(result.indications),
        blocks=drawn_as(result.indications),
        part=part_name(result.indications),
    )


def _has_parts(result: Result) -> bool:
    return any(parts_of(item) for item in result.outcomes)


def write_report(result: Result, path: str | Path) -> Path:
    """Write the report of a result as one HTML file and return its path."""
    return write_whole(report_text(result), path)


def report_text(result: Result) -> str:
    """The report of a result as one HTML page."""
    return render("report.html.j2", report_page(result))
