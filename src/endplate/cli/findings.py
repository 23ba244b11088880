"""Findings as lines to read on a terminal."""

import os
import shutil
import sys
from textwrap import wrap

from endplate.case import Plan
from endplate.facts.sources import source
from endplate.safety import LEVELS, CheckResult, Finding

COLOURS = {"stop": "31;1", "caution": "33;1", "unknown": "35;1", "note": "36;1", "clear": "32;1"}
HEADINGS = {
    "stop": "STOP: do not go on before this is settled",
    "caution": "CAUTION: off label, or a reason to weigh",
    "unknown": "UNKNOWN: cannot be checked until it is stated",
    "note": "NOTE",
}
SUMMARIES = {
    "stop": "Stop: at least one finding speaks against this plan as it is.",
    "caution": "Caution: no stop, but findings to weigh.",
    "unknown": "Unknown: nothing against the plan, but not everything could be checked.",
    "clear": "Clear: no label fact speaks against this plan.",
}
LEGEND = "[not verified]: from memory or one source alone; no text that carries it was read."
SET_ASIDE = "Stop, set aside: every stop has a written reason in the plan."


def check_text(plan: Plan, result: CheckResult) -> str:
    """Result of a check as text, grouped by level."""
    width = min(100, shutil.get_terminal_size((88, 24)).columns)
    summary = (
        SET_ASIDE if result.level == "stop" and not result.open_stops else SUMMARIES[result.level]
    )
    lines = [_head(plan), *_understood(result), "", _painted(summary, result.level)]
    for level in reversed(LEVELS):
        findings = [finding for finding in result.findings if finding.level == level]
        if findings:
            lines += ["", _painted(f"{HEADINGS[level]} ({len(findings)})", level)]
            for finding in findings:
                lines += _finding(finding, width)
    if any(finding.source and not finding.verified for finding in result.findings):
        lines += ["", *_indented(LEGEND, width, "  ")]
    return "\n".join(lines) + "\n"


def _head(plan: Plan) -> str:
    treatment = plan.treatment
    areas = ", ".join(name.replace("_", " ") for name in treatment.indications)
    return printable(f"{plan.name}: {treatment.product} for {areas}, {treatment.region} label")


def _understood(result: CheckResult) -> list[str]:
    return [
        printable(f'  "{word.written[:60]}" understood as {word.preferred} ({word.path})')
        for word in result.understood
    ]


def _finding(finding: Finding, width: int) -> list[str]:
    # The rule's name is what `endplate why` and an override ask for.
    lines = ["", *_indented(f"{finding.title} ({finding.rule})", width, "  ")]
    lines += _indented(finding.reason, width)
    if finding.override:
        lines += _indented(f"Set aside: {finding.override}", width)
    if finding.source:
        mark = "" if finding.verified else " [not verified]"
        cited = source(finding.source).cited(finding.locator)
        lines += _indented(f"Source: {cited}{mark}", width)
    return lines


def _indented(text: str, width: int, indent: str = "      ") -> list[str]:
    lines = wrap(text, max(20, width), initial_indent=indent, subsequent_indent=indent)
    return [printable(line) for line in lines]


def printable(text: str) -> str:
    """Text without the control characters that a plan's words could bring to a terminal."""
    return "".join(char if char.isprintable() else "?" for char in text)


def _colour() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


def _painted(text: str, level: str) -> str:
    return f"\x1b[{COLOURS[level]}m{text}\x1b[0m" if _colour() else text
