"""Writes `report.html`: one file that a provider opens, shows and prints, with nothing to fetch."""

from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from endplate.errors import CannotWrite
from endplate.views import reading
from endplate.views.chart import Drawing, drawings, has_chart
from endplate.views.cycles import HEADINGS, CycleArea, cycle_areas
from endplate.views.finding import FindingRow, counts, finding_rows, set_aside, stops
from endplate.views.harm import HarmGroup, harm_groups
from endplate.views.muscle import MuscleRow, muscle_rows
from endplate.views.outcome import OutcomeGroup, measure_groups, outcome_groups
from endplate.views.parts import legend, parts_of, widened_words
from endplate.views.plan import Answer, Fact, answers, plan_facts, site_origin
from endplate.views.plan import provenance as made_by
from endplate.views.plan import title as plan_title
from endplate.views.timeline import NARROW, WIDE, timeline
from endplate.views.tissue import drawn_as, part, silenced
from endplate.views.words import known, word

TEMPLATES = Path(__file__).parent / "templates"
PURPOSE = (
    "For education, research and review of a plan by the professional who made it. "
    "It is no medical device and recommends no dose."
)


def _told(help_: str) -> Any:
    return field(metadata={"help": help_})


@dataclass(frozen=True)
class Area:
    """What the report says about one indication."""

    name: str = _told("indication in words")
    answers: tuple[Answer, ...] = _told("onset, peak and wearing off")
    timeline_wide: str = _told("course as SVG for a wide screen and for print")
    timeline_narrow: str = _told("course as SVG for a phone")
    outcomes: tuple[OutcomeGroup, ...] = _told("benefits out of 100 beside trial figures")
    measures: tuple[OutcomeGroup, ...] = _told("means and changes beside trial figures")
    widened: str = _told("that ranges are widened outside trials, empty where not")


@dataclass(frozen=True)
class ReportPage:
    """Everything `report.html` shows."""

    title: str = _told("product, dose and areas")
    purpose: str = _told("what the report is for")
    facts: tuple[Fact, ...] = _told("the plan")
    levels: tuple[tuple[str, str, int], ...] = _told("level, name and number of findings")
    stops: tuple[str, ...] = _told("titles of the findings that stop the plan")
    set_aside: tuple[tuple[str, str], ...] = _told("stops set aside, with the written reason")
    areas: tuple[Area, ...] = _told("one entry per indication")
    parts: tuple[tuple[str, str, str], ...] = _told("what makes a figure unsure, and its meaning")
    site_origin: str = _told("where the sites come from, label or entered")
    drawings: tuple[Drawing, ...] = _told("the charts with muscles and sites, none where unknown")
    muscles: tuple[MuscleRow, ...] = _told("where the dose goes and what it blocks")
    cycles: tuple[CycleArea, ...] = _told("all treatments of a repeated plan, by indication")
    cycle_headings: tuple[str, ...] = _told("headings of their tables")
    harms: tuple[HarmGroup, ...] = _told("side effects by mechanism")
    findings: tuple[FindingRow, ...] = _told("findings, worst first")
    limits: tuple[str, ...] = _told("what is not known")
    origins: tuple[tuple[str, str], ...] = _told("origin tags and their meaning")
    provenance: tuple[Fact, ...] = _told("what made the result")
    silenced: str = _told("what the toxin silences in the treated tissue")
    blocks: str = _told("how the chart shows what the model uses")
    part: str = _told("what a row of the table of places is")


def report_page(result: reading.Result) -> ReportPage:
    """The context of the report."""
    reading.checked(result)
    return ReportPage(
        title=plan_title(result),
        purpose=PURPOSE,
        facts=plan_facts(result),
        levels=counts(result),
        stops=stops(result),
        set_aside=set_aside(result),
        areas=tuple(
            Area(
                name=word("indication", code),
                answers=answers(result, code),
                timeline_wide=timeline(result, code, WIDE),
                timeline_narrow=timeline(result, code, NARROW),
                outcomes=outcome_groups(result, code),
                measures=measure_groups(result, code),
                widened=widened_words(result, code),
            )
            for code in reading.indications(result)
        ),
        parts=legend() if _has_parts(result) else (),
        site_origin=site_origin(result),
        drawings=drawings(result) if has_chart(result) else (),
        muscles=muscle_rows(result),
        cycles=(repeated := cycle_areas(result)),
        cycle_headings=HEADINGS if repeated else (),
        harms=harm_groups(result),
        findings=finding_rows(result),
        limits=tuple(str(line) for line in result.get("limits") or ()),
        origins=tuple((code, word("origin", code, "meaning")) for code in known("origin")),
        provenance=made_by(result),
        silenced=silenced(reading.indications(result)),
        blocks=drawn_as(reading.indications(result)),
        part=part(reading.indications(result)),
    )


def _has_parts(result: reading.Result) -> bool:
    return any(parts_of(item) for item in result.get("outcomes") or ())


def write_report(result: reading.Result, path: str | Path) -> Path:
    """Write the report of a result as one HTML file and return its path."""
    return save(report_text(result), path)


def report_text(result: reading.Result) -> str:
    """The report of a result as one HTML page."""
    return render("report.html.j2", report_page(result))


def render(template: str, page: Any) -> str:
    """A template filled with the fields of a page context."""
    return (
        _environment()
        .get_template(template)
        .render({f.name: getattr(page, f.name) for f in fields(page)})
    )


def fragment(template: str, macro: str, *given: Any) -> str:
    """One part of a page, for a page that is renewed part by part."""
    return str(getattr(_parts(template), macro)(*given))


@cache
def _parts(template: str) -> Any:
    return _environment().get_template(template).module


def save(text: str, path: str | Path) -> Path:
    """Write a text so that a killed run leaves no half file behind.

    Raises
    ------
    CannotWrite
        The folder is missing, not writable or full.
    """
    target = Path(path)
    draft = target.with_name(target.name + ".part")
    try:
        draft.write_text(text, encoding="utf-8")
        draft.replace(target)
    except OSError as fault:
        draft.unlink(missing_ok=True)
        raise CannotWrite(f"cannot write {target}: {fault.strerror}") from fault
    return target


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["drawn"] = Markup  # pictures are made by our own escaping writer
    return environment
