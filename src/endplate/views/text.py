"""The answer for a terminal: findings, timing, benefits beside trials, side effects, limits."""

import textwrap
from collections.abc import Iterable

from endplate.results.result import Result
from endplate.views.cycles import cycle_areas
from endplate.views.finding import finding_rows
from endplate.views.harm import harm_groups, warnings
from endplate.views.outcome import (
    SHARE,
    OutcomeGroup,
    legend,
    measure_groups,
    outcome_groups,
    widened_words,
)
from endplate.views.plan import counted_sentence, event_times, title
from endplate.views.words import word

WIDTH = 88
Rows = list[tuple[str, ...]]


def summary(result: Result) -> str:
    """The whole result as plain text, at most `WIDTH` columns wide."""
    result.require_finite()
    parts = [title(result), _findings(result)]
    areas = result.indications
    for code in areas:
        name = f", {word('indication', code).lower()}" if len(areas) > 1 else ""
        parts += [_timing(result, code, name), _outcomes(result, code, name)]
        parts.append(_sure(result, code, name))
    parts += [_cycles(result), _harms(result), _limits(result), _made(result)]
    return "\n\n".join(part for part in parts if part) + "\n"


def columns(rows: Rows, right: Iterable[int] = (), gap: int = 2) -> str:
    """Rows as aligned columns; columns numbered in `right` are aligned to the right.

    Rare events are written short, so that the columns stay narrow.

    Examples
    --------
    >>> print(columns([("day", "people"), ("7", "71")], right=(1,)))
    day  people
    7        71
    """
    rows = [tuple(_short(cell) for cell in row) for row in rows]
    widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
    sides = set(right)
    return "\n".join(
        (" " * gap)
        .join(
            cell.rjust(width) if index in sides else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        .rstrip()
        for row in rows
    )


def _short(cell: str) -> str:
    return cell.replace("fewer than 1", "<1").replace("more than 99", ">99")


def indented(text: str, first: str = "  ", rest: str = "  ") -> str:
    """A paragraph wrapped to the width."""
    return textwrap.fill(
        text, WIDTH, initial_indent=first, subsequent_indent=rest, break_on_hyphens=False
    )


def _findings(result: Result) -> str:
    rows = finding_rows(result.findings)
    if not rows:
        return "Check against the label: no findings"
    lines = ["Check against the label"]
    for row in rows:
        mark = "" if row.verified else " [not verified]"
        lines.append(indented(f"{row.level_name.upper()}: {row.title}{mark}", rest="      "))
        if row.reason:
            lines.append(indented(row.reason, "      ", "      "))
        if row.override:
            lines.append(indented(f"Set aside: {row.override}", "      ", "      "))
    return "\n".join(lines)


def _timing(result: Result, indication: str, name: str) -> str:
    rows: Rows = [
        (f"  {time.name}", time.range, time.median, time.half)
        for time in event_times(result, indication)
    ]
    head = (f"  When{name} (model)", "9 of 10 people", "middle person", "half of people")
    if not rows:
        return f"When{name}: none of the virtual people has a response to time."
    counted = counted_sentence(result.timing_of(indication))
    return "\n".join([columns([head, *rows])[2:], *([indented(counted)] if counted else [])])


def _outcomes(result: Result, indication: str, name: str) -> str:
    origin = "(model; trials as published, * not verified)"
    parts = [
        _grouped(f"Benefits on average{name} {origin}", measure_groups(result, indication)),
        _grouped(f"Benefits out of 100 people{name} {origin}", outcome_groups(result, indication)),
    ]
    return "\n\n".join(part for part in parts if part)


def _sure(result: Result, indication: str, name: str) -> str:
    """How sure the middle person's times are, what the columns mean, and what is widened."""
    lines = [
        indented(f"{time.name}: {time.sure}", rest="    ")
        for time in event_times(result, indication)
        if time.sure
    ]
    if not lines:
        return ""
    meant = " ".join(f"{short.capitalize()}: {meaning}." for _, short, meaning in legend())
    lines.append(indented(f"Range: model and trials together. {meant}"))
    if widened := widened_words(result, indication):
        lines.append(indented(widened))
    return "\n".join([f"How sure the middle person's days{name} and the ranges are", *lines])


def _grouped(heading: str, groups: tuple[OutcomeGroup, ...]) -> str:
    if not groups:
        return ""
    lines = [heading]
    for group in groups:
        share = group.unit == SHARE
        unit = "" if share else f" ({group.unit})"
        lines.append(indented(f"{group.name}, {group.rater}{unit}", rest="    "))
        named = [word("part", part.code, "short") for part in group.rows[0].parts]
        rows: Rows = [("    day", "of 100" if share else "mean", "range", "placebo", *named)]
        rows += [
            (f"    {r.day}", r.value, r.range, r.placebo or "?", *(p.range for p in r.parts))
            for r in group.rows
        ]
        figures = columns(rows, right=(1, 3)).splitlines()
        lines.append(figures[0])
        for line, row in zip(figures[1:], group.rows, strict=True):
            lines.append(line)
            trials = [f"{t.trial} {t.arm} {t.value}{'' if t.verified else '*'}" for t in row.trials]
            if trials:
                lines.append(indented("trials: " + "; ".join(trials), "      ", "        "))
    return "\n".join(lines)


def _cycles(result: Result) -> str:
    parts = []
    for area in cycle_areas(result):
        head = ("  no", "day", "benefit", "before next", "lasts", "respond", "antibodies", "lost")
        rows: Rows = [head]
        for r in area.rows:
            day = r.day.split(" (")[0]  # the middle person's: the page has the range
            cells = (day, r.benefit, r.before_next, r.lasts, r.responding, r.antibodies, r.lost)
            rows.append((f"  {r.number}", *cells))
        parts.append(
            f"Treated again and again: {area.name.lower()}, {area.unit} (model; people out of "
            f"100)\n{columns(rows, right=(5, 6, 7))}"
        )
    return "\n\n".join(parts)


def _harms(result: Result) -> str:
    rows: Rows = [("  side effect", "of 100", "range", "placebo", "starts, lasts", "from")]
    for group in harm_groups(result):
        for card in group.cards:
            origin = card.origin + ("" if card.verified else "*")
            rows.append(
                (
                    f"  {card.name}",
                    card.value,
                    card.range,
                    card.background or "?",
                    card.short_course,
                    origin,
                )
            )
    if len(rows) == 1:
        return ""
    told = warnings(card for group in harm_groups(result) for card in group.cards)
    return "\n".join(
        [
            f"Side effects out of 100 people (* not verified)\n{columns(rows, right=(1, 3))}",
            *(indented(f"{name}: {words}", "  ", "    ") for name, words in told),
        ]
    )


def _limits(result: Result) -> str:
    lines = [indented(line, "  - ", "    ") for line in result.limits]
    return "\n".join(["What is not known", *lines]) if lines else ""


def _made(result: Result) -> str:
    made = result.provenance
    return indented(
        f"endplate {made.version}, facts {made.facts_hash}, "
        f"seed {made.seed}, {made.people} virtual people",
        "",
        "",
    )
