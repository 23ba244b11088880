"""Two to four plans side by side, every row on one scale."""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from endplate.arguments import one_of
from endplate.errors import EndplateError
from endplate.files.output import write_whole
from endplate.results.frames import pandas_frame, polars_frame
from endplate.results.plots import ForestRow, forest
from endplate.results.result import (
    QUANTILES,
    TIMES,
    CycleFigures,
    CycleQuantiles,
    Harm,
    Outcome,
    Result,
    TimeQuantiles,
)
from endplate.results.told import table_html
from endplate.views.finding import counts
from endplate.views.glyphs import interval_strip, value_strip
from endplate.views.html import PURPOSE, render
from endplate.views.outcome import (
    SHARE,
    axis_words,
    digits,
    figure,
    figure_range,
    on_key_days,
    unit_words,
)
from endplate.views.plan import title as plan_title
from endplate.views.quantity import day_range, days, number, people, people_range, round_grid
from endplate.views.text import columns, indented
from endplate.views.words import word

FEWEST, MOST = 2, 4
_FIRST = 3  # treatments of a repeated plan that are shown beside the last
PERCENT = (0.0, 100.0)


@dataclass(frozen=True)
class ComparisonCell:
    """One figure of one plan: its value and range in words and, for the JSON, as numbers."""

    text: str
    range: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    placebo: float | None = None
    picture: str = ""


@dataclass(frozen=True)
class ComparisonRow:
    """One figure across all plans."""

    name: str
    unit: str
    cells: tuple[ComparisonCell, ...]

    @property
    def placebo(self) -> str:
        """Placebo figures of the plans, one where they agree."""
        write = people if self.unit == SHARE else partial(number, digits=1)
        figures = [write(cell.placebo) for cell in self.cells if cell.placebo is not None]
        return " / ".join(dict.fromkeys(figures)) or "?"


@dataclass(frozen=True)
class ComparisonBlock:
    """Rows of one kind on one scale; `ends` are the two ends of that scale in words."""

    name: str
    rows: tuple[ComparisonRow, ...]
    ends: tuple[str, str] = ("", "")


@dataclass(frozen=True, repr=False)
class Comparison:
    """Everything a comparison shows."""

    names: tuple[str, ...] = field(metadata={"help": "short name of each plan"})
    titles: tuple[str, ...] = field(metadata={"help": "product, dose and areas of each plan"})
    blocks: tuple[ComparisonBlock, ...] = field(metadata={"help": "rows by kind"})
    notes: tuple[str, ...] = field(metadata={"help": "what must be kept in mind when comparing"})
    purpose: str = field(default=PURPOSE, metadata={"help": "what the page is for"})

    def __repr__(self) -> str:
        plans = (f"{n}: {t}" for n, t in zip(self.names, self.titles, strict=True))
        return f"Comparison of {'; '.join(plans)}"

    def _repr_html_(self) -> str:
        """Its figures plan by plan, for a notebook."""
        rows = [(row, one) for one in self.blocks for row in one.rows]
        columns: dict[str, list[Any]] = {"": [row.name for row, _ in rows]}
        for place, name in enumerate(self.names):
            cells = [row.cells[place] for row, _ in rows]
            columns[name] = [f"{c.text} ({c.range})" if c.range else c.text for c in cells]
        return table_html(repr(self), columns)

    @property
    def plot(self) -> "ComparisonPlots":
        """Figures of the comparison (Matplotlib): `forest`."""
        return ComparisonPlots(self)

    def to_polars(self) -> Any:
        """Every figure of every plan as a polars frame, in their order.

        Raises
        ------
        EndplateError
            Polars is not installed.
        """
        return polars_frame(self._columns())

    def to_pandas(self) -> Any:
        """Every figure of every plan as a pandas frame, in their order.

        Raises
        ------
        EndplateError
            pandas is not installed.
        """
        return pandas_frame(self._columns())

    def _columns(self) -> dict[str, list[Any]]:
        rows = [
            {"block": block.name, "figure": row.name, "unit": row.unit, "plan": name}
            | {key: getattr(cell, key) for key in ("value", "low", "high", "placebo")}
            for block in self.blocks
            for row in block.rows
            for name, cell in zip(self.names, row.cells, strict=True)
        ]
        return {key: [row[key] for row in rows] for key in rows[0]} if rows else {}

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
                cells = (f"{c.text} ({c.range})" if c.range else c.text for c in row.cells)
                rows.append((f"  {row.name}", *cells, *([row.placebo] if placebo else [])))
            parts.append(f"{block.name}\n{columns(rows)}")
        parts += [indented(note, "", "") for note in self.notes]
        return "\n\n".join(parts) + "\n"


@dataclass(frozen=True)
class ComparisonPlots:
    """Figures of a comparison; each method returns the axes it drew on."""

    comparison: Comparison

    def forest(self, block: str | None = None, ax: Any = None, style: Any = None) -> Any:
        """Figures of one block of rows with their intervals, plan by plan.

        Parameters
        ----------
        block : str
            Name of a block, as the comparison lists them; the first with people out of 100 unless
            given.
        ax : matplotlib.axes.Axes
            Where to draw; a new figure unless given.
        style : str, Path, dict or list of them
            A style of Matplotlib, as `plt.style.use` takes it; the one in force unless given.

        Raises
        ------
        EndplateError
            There is no such block, it has no intervals, `ax` is no axes, or Matplotlib is not
            installed.
        """
        with_ends = {
            one.name: one
            for one in self.comparison.blocks
            if any(cell.low is not None for row in one.rows for cell in row.cells)
        }
        shares = [n for n, one in with_ends.items() if any(row.unit == SHARE for row in one.rows)]
        if not with_ends:
            raise EndplateError("The comparison has no interval to draw.")
        first = (shares or list(with_ends))[0]
        chosen = with_ends[first if block is None else one_of("block", block, with_ends)]
        unit = chosen.rows[0].unit
        rows = [
            ForestRow(f"{row.name}: {name}", cell.value, cell.low, cell.high, group=name)
            for row in chosen.rows
            if row.unit == unit
            for name, cell in zip(self.comparison.names, row.cells, strict=True)
            if cell.value is not None and cell.low is not None and cell.high is not None
        ]
        words = "People out of 100, 90 % interval" if unit == SHARE else f"[{unit}]"
        return forest(rows, words, chosen.name, ax=ax, style=style)


def compare(results: Sequence[Result], names: Sequence[str]) -> Comparison:
    """The comparison of two to four results.

    Raises
    ------
    ValueError
        There are fewer than two or more than four results.
    """
    if not FEWEST <= len(results) <= MOST:
        raise ValueError(f"compare takes {FEWEST} to {MOST} plans, not {len(results)}")
    for result in results:
        result.require_finite()
    blocks = [
        _plans(results),
        *_timing(results),
        *_shares(results),
        *_means(results),
        _harms(results),
        *_cycles(results),
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
        alike = sum(other == name or other.startswith(f"{name} (") for other in names)
        names.append(f"{name} ({alike + 1})" if alike else name)
    return names


def write_comparison(comparison: Comparison, path: str | Path) -> Path:
    """Write a comparison as one HTML file and return its path."""
    return write_whole(render("compare.html.j2", comparison), path)


def _plans(results: Sequence[Result]) -> ComparisonBlock:
    plans = [result.plan for result in results]
    volumes = [sum(site.volume_ml for site in plan.sites) for plan in plans]
    rows = [
        ComparisonRow("dose", "U", tuple(_number(plan.dose_u, "U") for plan in plans)),
        ComparisonRow("sites", "1", tuple(_number(len(plan.sites), "") for plan in plans)),
        ComparisonRow("volume", "mL", tuple(_number(volume, "mL") for volume in volumes)),
        ComparisonRow("findings", "1", tuple(_findings(result) for result in results)),
    ]
    return ComparisonBlock("Plan", tuple(rows))


def _number(value: float, unit: str) -> ComparisonCell:
    return ComparisonCell(f"{number(value, 3)} {unit}".strip(), value=float(value))


def _findings(result: Result) -> ComparisonCell:
    by_level = counts(result.findings)
    text = ", ".join(f"{count} {name.lower()}" for _, name, count in by_level)
    return ComparisonCell(text or "none", value=float(len(result.findings)))


def _timing(results: Sequence[Result]) -> list[ComparisonBlock]:
    blocks = []
    for code in _areas(results):
        timings = [r.timing_of(code) if code in r.indications else {} for r in results]
        ends = [t["duration_d"].p95 or 0.0 for t in timings if "duration_d" in t]
        longest = max(ends, default=180.0)
        horizon_d = min(result.horizon_d for result in results)
        rows = tuple(
            ComparisonRow(
                word("timing", key).lower(),
                "day",
                tuple(_time(t.get(key), horizon_d, (0.0, float(longest))) for t in timings),
            )
            for key in TIMES
            if any(key in t for t in timings)
        )
        name = f"When, {word('indication', code).lower()}"
        blocks.append(ComparisonBlock(name, rows, ("0", days(longest))))
    return blocks


def _time(
    time: TimeQuantiles | None, horizon_d: float, limits: tuple[float, float]
) -> ComparisonCell:
    if time is None:
        return ComparisonCell("-")
    quantiles = {name: getattr(time, name) for name in QUANTILES}
    low, high, median = quantiles["p05"], quantiles["p95"], quantiles["median"]
    return ComparisonCell(
        days(median, horizon_d),
        day_range(low, high, horizon_d),
        median,
        low,
        high,
        picture=interval_strip(quantiles, limits),
    )


def _shares(results: Sequence[Result]) -> list[ComparisonBlock]:
    """Benefits out of 100 people, one block per endpoint."""
    blocks, areas = [], _areas(results)
    for code in areas:
        by_result = [result.shares_of(code) for result in results]
        tables = [{(item.endpoint, item.day): item for item in rows} for rows in by_result]
        on_days = [(o.endpoint, o.day) for rows in by_result for o in on_key_days(rows)]
        for endpoint in dict.fromkeys(endpoint for endpoint, _ in on_days):
            rows = tuple(
                ComparisonRow(
                    f"day {number(day)}",
                    SHARE,
                    tuple(_share(table.get((endpoint, day))) for table in tables),
                )
                for day in sorted({day for of, day in on_days if of == endpoint})
            )
            name = f"{word('endpoint', endpoint)}, {word('endpoint', endpoint, 'by')}"
            area = f" ({word('indication', code).lower()})" if len(areas) > 1 else ""
            blocks.append(ComparisonBlock(f"{name}, out of 100{area}", rows, ("0", "100 people")))
    return blocks


def _means(results: Sequence[Result]) -> list[ComparisonBlock]:
    """Means and changes of every plan, one block per endpoint on one scale."""
    blocks = []
    for code in _areas(results):
        by_result = [result.means_of(code) for result in results]
        on_days = [item for rows in by_result for item in on_key_days(rows)]
        for endpoint in dict.fromkeys(item.endpoint for item in on_days):
            tables = [
                {item.day: item for item in rows if item.endpoint == endpoint} for rows in by_result
            ]
            days_shown = {item.day for item in on_days if item.endpoint == endpoint}
            blocks.append(_means_of_one(endpoint, sorted(days_shown), tables))
    return blocks


def _means_of_one(
    endpoint: str, days_shown: list[float], tables: list[dict[float, Outcome]]
) -> ComparisonBlock:
    items = [item for table in tables for item in table.values()]
    reached = [0.0]
    for item in items:
        reached += [item.low, item.high, item.placebo or 0.0]
    grid = round_grid(min(reached), max(reached))
    limits = float(grid[0]), float(grid[-1])
    rows = tuple(
        ComparisonRow(
            f"day {number(day)}",
            unit_words(items[0]),
            tuple(_mean(table.get(day), limits) for table in tables),
        )
        for day in days_shown
    )
    name = f"{word('endpoint', endpoint)}, {axis_words(items[0])}"
    return ComparisonBlock(name, rows, (number(grid[0], 2), number(grid[-1], 2)))


def _mean(item: Outcome | None, limits: tuple[float, float]) -> ComparisonCell:
    if item is None:
        return ComparisonCell("-")
    return ComparisonCell(
        figure(item.value, item),
        figure_range(item),
        item.value,
        item.low,
        item.high,
        item.placebo,
        picture=value_strip(item.value, item.low, item.high, item.placebo, limits),
    )


def _harms(results: Sequence[Result]) -> ComparisonBlock:
    tables = [{harm.term: harm for harm in result.harms} for result in results]
    rows = tuple(
        ComparisonRow(word("harm", term), SHARE, tuple(_harm(table.get(term)) for table in tables))
        for term in dict.fromkeys(term for table in tables for term in table)
    )
    return ComparisonBlock("Side effects out of 100", rows, ("0", "100 people"))


def _cycles(results: Sequence[Result]) -> list[ComparisonBlock]:
    """Repeated treatments, one block per area: the first three of them and the last of each."""
    blocks = []
    for code in _areas(results):
        plans = [
            {row.cycle: row for row in result.cycles.rows if row.indication == code}
            if result.cycles is not None
            else {}
            for result in results
        ]
        numbers = sorted({n for plan in plans for n in plan if n <= _FIRST or n == max(plan)})
        rows = [row for n in numbers for row in _cycle_rows(n, [plan.get(n) for plan in plans])]
        name = f"Repeated treatment, {word('indication', code).lower()}"
        blocks.append(ComparisonBlock(name, tuple(rows)))
    return blocks


def _cycle_rows(number_of: int, plans: Sequence[CycleFigures | None]) -> list[ComparisonRow]:
    """What one treatment among several does in each plan; a plan without it has a dash."""
    unit = unit_words(next(plan for plan in plans if plan is not None))
    rows: list[tuple[str, str, Callable[[CycleFigures], ComparisonCell]]] = [
        ("day", "day", lambda c: _quantiles(c.day, 0)),
        ("largest benefit", unit, lambda c: _quantiles(c.peak_benefit, digits(c.unit))),
        ("left before the next", unit, lambda c: _quantiles(c.benefit_before_next, digits(c.unit))),
        ("wears off after", "day", lambda c: _quantiles(c.duration_d, 0)),
        ("responding", SHARE, lambda c: _percent(c.percent_responding)),
        ("with antibodies", SHARE, lambda c: _percent(c.percent_antibodies)),
        ("response lost", SHARE, lambda c: _percent(c.percent_secondary_nonresponse)),
    ]
    return [
        ComparisonRow(
            f"{number_of}: {name}",
            of,
            tuple(ComparisonCell("-") if plan is None else cell(plan) for plan in plans),
        )
        for name, of, cell in rows
    ]


def _quantiles(figures: CycleQuantiles, decimals: int) -> ComparisonCell:
    middle, low, high = figures.median, figures.p05, figures.p95
    if middle is None or low is None or high is None:
        return ComparisonCell("none")
    ends = (number(low, decimals), number(high, decimals))
    of = "" if ends[0] == ends[1] else " to ".join(ends)
    return ComparisonCell(number(middle, decimals), of, middle, low, high)


def _percent(value: float) -> ComparisonCell:
    return ComparisonCell(people(value), value=value)


def _share(item: Outcome | None) -> ComparisonCell:
    if item is None:
        return ComparisonCell("-")
    return _people(item.value, item.low, item.high, item.placebo)


def _harm(harm: Harm | None) -> ComparisonCell:
    if harm is None:
        return ComparisonCell("-")
    return _people(harm.percent, harm.low, harm.high, harm.background_percent)


def _people(value: float, low: float, high: float, placebo: float | None) -> ComparisonCell:
    return ComparisonCell(
        people(value),
        people_range(low, high),
        value,
        low,
        high,
        placebo,
        picture=value_strip(value, low, high, placebo, PERCENT),
    )


def _areas(results: Sequence[Result]) -> list[str]:
    return list(dict.fromkeys(code for result in results for code in result.indications))


def _notes(results: Sequence[Result]) -> tuple[str, ...]:
    notes = ["Ranges hold for 9 of 10 people; figures out of 100 carry a 90 % interval."]
    if any(result.cycles is not None for result in results):
        notes.append(
            "Rows before 'Repeated treatment' are about the first treatment of each plan; there, "
            "each row starts with the number of the treatment."
        )
    if len({result.plan.product for result in results}) > 1:
        notes.append("Units of one product are not units of another: do not compare the doses.")
    if len({result.provenance.seed for result in results}) > 1:
        notes.append("The plans ran with different seeds: small differences may be chance.")
    else:
        notes.append("The plans ran on the same virtual people.")
    return tuple(notes)
