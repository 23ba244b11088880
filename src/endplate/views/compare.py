"""Two to four plans side by side, every row on one scale."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from endplate.views import reading
from endplate.views.compare_rows import OF_100, Block, Cell, Row, measure_blocks
from endplate.views.finding import counts
from endplate.views.html import PURPOSE, render, save
from endplate.views.plan import title as plan_title
from endplate.views.quantity import day_range, days, number, people, people_range
from endplate.views.strip import interval_strip, value_strip
from endplate.views.text import columns, indented
from endplate.views.words import word

FEWEST, MOST = 2, 4
PERCENT = (0.0, 100.0)


@dataclass(frozen=True)
class Comparison:
    """Everything a comparison shows."""

    names: tuple[str, ...] = field(metadata={"help": "short name of each plan"})
    titles: tuple[str, ...] = field(metadata={"help": "product, dose and areas of each plan"})
    blocks: tuple[Block, ...] = field(metadata={"help": "rows by kind"})
    notes: tuple[str, ...] = field(metadata={"help": "what must be kept in mind when comparing"})
    purpose: str = field(default=PURPOSE, metadata={"help": "what the page is for"})

    def as_dict(self) -> dict[str, Any]:
        """Names and figures without the pictures."""
        plain = asdict(self)
        for block in plain["blocks"]:
            for row in block["rows"]:
                for cell in row["cells"]:
                    del cell["picture"]
        return plain

    def as_text(self) -> str:
        """The comparison as a table for a terminal."""
        parts = ["\n".join(f"{n}: {t}" for n, t in zip(self.names, self.titles, strict=True))]
        for block in self.blocks:
            placebo = any(cell.placebo is not None for row in block.rows for cell in row.cells)
            rows: list[tuple[str, ...]] = [("", *self.names, *(["placebo"] if placebo else []))]
            for row in block.rows:
                told = (f"{c.text} ({c.range})" if c.range else c.text for c in row.cells)
                rows.append((f"  {row.name}", *told, *([row.placebo] if placebo else [])))
            parts.append(f"{block.name}\n{columns(rows)}")
        parts += [indented(note, "", "") for note in self.notes]
        return "\n\n".join(parts) + "\n"


def compare(results: Sequence[reading.Result], names: Sequence[str]) -> Comparison:
    """The comparison of two to four results.

    Raises
    ------
    ValueError
        There are fewer than two or more than four results.
    """
    if not FEWEST <= len(results) <= MOST:
        raise ValueError(f"compare takes {FEWEST} to {MOST} plans, not {len(results)}")
    for result in results:
        reading.checked(result)
    blocks = [
        _plans(results),
        *_timing(results),
        *_outcomes(results),
        *measure_blocks(results),
        _harms(results),
    ]
    return Comparison(
        names=tuple(names),
        titles=tuple(plan_title(result) for result in results),
        blocks=tuple(block for block in blocks if block.rows),
        notes=_notes(results),
    )


def short_names(given: Sequence[str]) -> list[str]:
    """Names of plans, numbered where two are alike.

    Examples
    --------
    >>> short_names(["low", "low", "high"])
    ['low', 'low (2)', 'high']
    """
    names: list[str] = []
    for name in given:
        seen = sum(other == name or other.startswith(f"{name} (") for other in names)
        names.append(f"{name} ({seen + 1})" if seen else name)
    return names


def write_comparison(comparison: Comparison, path: str | Path) -> Path:
    """Write a comparison as one HTML file and return its path."""
    return save(render("compare.html.j2", comparison), path)


def _plans(results: Sequence[reading.Result]) -> Block:
    plans = [result["plan"] for result in results]
    volumes = [sum(s["volume_ml"] for s in plan.get("sites") or ()) for plan in plans]
    rows = [
        Row("dose", "U", tuple(_number(plan["dose_u"], "U") for plan in plans)),
        Row("sites", "1", tuple(_number(len(plan.get("sites") or ()), "") for plan in plans)),
        Row("volume", "mL", tuple(_number(volume, "mL") for volume in volumes)),
        Row("findings", "1", tuple(_findings(result) for result in results)),
    ]
    return Block("Plan", tuple(rows))


def _number(value: float, unit: str) -> Cell:
    return Cell(f"{number(value, 3)} {unit}".strip(), value=float(value))


def _findings(result: reading.Result) -> Cell:
    told = ", ".join(f"{count} {name.lower()}" for _, name, count in counts(result))
    return Cell(told or "none", value=float(len(result.get("findings") or ())))


def _timing(results: Sequence[reading.Result]) -> list[Block]:
    blocks = []
    for code in _areas(results):
        timings = [
            reading.timing_of(r, code) if code in reading.indications(r) else {} for r in results
        ]
        longest = max((t["duration_d"]["p95"] for t in timings if "duration_d" in t), default=180)
        horizon = min(reading.horizon_d(r) for r in results)
        rows = tuple(
            Row(
                word("timing", key).lower(),
                "day",
                tuple(_time(t.get(key), horizon, (0.0, float(longest))) for t in timings),
            )
            for key in reading.TIMES
            if any(key in t for t in timings)
        )
        name = f"When, {word('indication', code).lower()}"
        blocks.append(Block(name, rows, ("0", days(longest))))
    return blocks


def _time(quantiles: Any, horizon_d: float, limits: tuple[float, float]) -> Cell:
    if not quantiles:
        return Cell("-")
    low, high = quantiles["p05"], quantiles["p95"]
    return Cell(
        days(quantiles["median"], horizon_d),
        day_range(low, high, horizon_d),
        quantiles["median"],
        low,
        high,
        picture=interval_strip({q: quantiles[q] for q in reading.QUANTILES}, limits),
    )


def _outcomes(results: Sequence[reading.Result]) -> list[Block]:
    blocks, areas = [], _areas(results)
    for code in areas:
        tables = [
            {(o["endpoint"], o["day"]): o for o in reading.outcomes_of(result, code)}
            for result in results
        ]
        shown = [
            (o["endpoint"], o["day"]) for r in results for o in reading.shown_outcomes(r, code)
        ]
        for endpoint in dict.fromkeys(endpoint for endpoint, _ in shown):
            days_seen = sorted({day for of, day in shown if of == endpoint})
            rows = tuple(
                Row(
                    f"day {number(day)}",
                    OF_100,
                    tuple(_people(t.get((endpoint, day)), "value", "placebo") for t in tables),
                )
                for day in days_seen
            )
            name = f"{word('endpoint', endpoint)}, {word('endpoint', endpoint, 'by')}"
            area = f" ({word('indication', code).lower()})" if len(areas) > 1 else ""
            blocks.append(Block(f"{name}, out of 100{area}", rows, ("0", "100 people")))
    return blocks


def _harms(results: Sequence[reading.Result]) -> Block:
    tables = [{h["term"]: h for h in result.get("harms") or ()} for result in results]
    rows = tuple(
        Row(
            word("harm", term),
            OF_100,
            tuple(_people(table.get(term), "percent", "background_percent") for table in tables),
        )
        for term in dict.fromkeys(term for table in tables for term in table)
    )
    return Block("Side effects out of 100", rows, ("0", "100 people"))


def _people(item: Any, key: str, placebo_key: str) -> Cell:
    if item is None:
        return Cell("-")
    value, low, high, placebo = item[key], item["low"], item["high"], item.get(placebo_key)
    return Cell(
        people(value),
        people_range(low, high),
        value,
        low,
        high,
        placebo,
        picture=value_strip(value, low, high, placebo, PERCENT),
    )


def _areas(results: Sequence[reading.Result]) -> list[str]:
    return list(dict.fromkeys(code for r in results for code in reading.indications(r)))


def _notes(results: Sequence[reading.Result]) -> tuple[str, ...]:
    notes = ["Ranges hold for 9 of 10 people; figures out of 100 carry a 90 % interval."]
    if len({result["plan"]["product"] for result in results}) > 1:
        notes.append("Units of one product are not units of another: do not compare the doses.")
    if len({result["provenance"].get("seed") for result in results}) > 1:
        notes.append("The plans ran with different seeds: small differences may be chance.")
    else:
        notes.append("The plans ran on the same virtual people.")
    return tuple(notes)
