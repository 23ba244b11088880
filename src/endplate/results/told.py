"""A result in a few lines, for a terminal and for a notebook."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from endplate.results.result import Outcome, Result, TimeQuantiles

_ROWS = 12  # of a table in a notebook
_EVENTS = {"onset_d": "onset", "peak_d": "peak", "duration_d": "duration"}


def lines_of(result: "Result") -> dict[str, str]:
    """What a result says in short: heading and words."""
    plan, made = result.plan, result.provenance
    told = {
        "plan": f"{plan.name or 'plan'}: {plan.dose_u:g} U {plan.product}, "
        f"{', '.join(result.indications)}",
        "people": f"{made.people}, seed {made.seed}, {made.days} days",
    }
    if result.findings:
        worst = result.findings[0].level
        told["label check"] = f"{len(result.findings)} findings, the worst: {worst}"
    several = len(result.indications) > 1
    for code in result.indications:
        of = f", {code}" if several else ""
        best = best_outcome(result, code)
        if best is not None:
            told[f"best{of}"] = (
                f"{best.endpoint} {best.value:.3g} {best.unit} on day {best.day:g} "
                f"(90 % interval {best.low:.3g} to {best.high:.3g})"
            )
        for event, time in result.timing_of(code).items():
            told[f"{_EVENTS[event]}{of}"] = _time(time, result.horizon_d)
    return told


def best_outcome(result: "Result", indication: str) -> "Outcome | None":
    """The first endpoint of an area on the day on which it is farthest from placebo."""
    rows = result.shares_of(indication) or result.means_of(indication)
    own = [row for row in rows if row.endpoint == rows[0].endpoint]
    return max(own, key=lambda row: abs(row.value - (row.placebo or 0.0)), default=None)


def _time(time: "TimeQuantiles", horizon_d: float) -> str:
    told = _days(time.median, horizon_d)
    if time.p25 is not None and time.p75 is not None and time.p25 < horizon_d:
        told += f" (half of people {time.p25:.0f} to {_days(time.p75, horizon_d)})"
    return told


def _days(day: float | None, horizon_d: float) -> str:
    """A time; one at the end of the run was cut off there."""
    if day is None:
        return "no day"
    return f"more than {horizon_d:.0f} d" if day >= horizon_d else f"{day:.0f} d"


def short_text(result: "Result") -> str:
    """A result in a few lines."""
    told = lines_of(result)
    first = told.pop("plan")
    kept = [(name, words) for name, words in told.items() if not name.startswith(("onset", "peak"))]
    return "\n".join([f"Result of {first}", *(f"  {name}: {words}" for name, words in kept)])


def table_html(heading: str, columns: Mapping[str, Sequence[Any]]) -> str:
    """A heading and the first rows of a table, for a notebook.

    Parameters
    ----------
    heading : str
        What the table tells.
    columns : dict
        Columns by name.
    """
    names = "".join(f"<th style='text-align:left'>{escape(name)}</th>" for name in columns)
    rows = list(zip(*columns.values(), strict=True))
    told = "".join(
        "<tr>" + "".join(f"<td style='text-align:left'>{_cell(v)}</td>" for v in row) + "</tr>"
        for row in rows[:_ROWS]
    )
    more = f"<p>{len(rows) - _ROWS} more rows</p>" if len(rows) > _ROWS else ""
    return f"<p>{escape(heading)}</p><table><tr>{names}</tr>{told}</table>{more}"


def _cell(value: Any) -> str:
    if value is None:
        return ""
    return escape(f"{value:.4g}" if isinstance(value, float) else str(value))


def short_html(result: "Result") -> str:
    """A result as a small table."""
    rows = "".join(
        f"<tr><th style='text-align:left'>{escape(name)}</th>"
        f"<td style='text-align:left'>{escape(words)}</td></tr>"
        for name, words in lines_of(result).items()
    )
    return f"<table>{rows}</table>"
