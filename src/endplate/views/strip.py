"""Rows of marks on one axis, drawn in percent of the width so that they fit any screen."""

from dataclasses import dataclass
from functools import lru_cache

from endplate.views.quantity import number
from endplate.views.svg import tag, text, title

GRID = (0, 25, 50, 75, 100)
_MODEL_Y = 15
_LANE_Y, _LANE_STEP = 27, 5
_TRIAL_STEP = 18  # from the model, or the lowest lane, to the trials
_INSET = 2.5  # percent of the width kept free at both ends, so that marks are not cut


@dataclass(frozen=True)
class Mark:
    """One figure of a trial: where it lies, its tooltip, and how it is drawn."""

    value: float
    label: str
    placebo: bool
    verified: bool


@dataclass(frozen=True)
class Lane:
    """One thin line under the model's figure: its ends, tooltip and class."""

    low: float
    high: float
    label: str
    kind: str


def place(value: float, limits: tuple[float, float] = (0.0, 100.0)) -> str:
    """A value as an x position in percent of the width."""
    low, high = limits
    share = (min(max(value, low), high) - low) / (high - low)
    return f"{_INSET + share * (100 - 2 * _INSET):.2f}%"


def outcome_strip(
    value: float,
    low: float,
    high: float,
    placebo: float | None,
    marks: tuple[Mark, ...],
    lanes: tuple[Lane, ...] = (),
    grid: tuple[float, ...] = GRID,
) -> str:
    """Model value with its interval, its parts under it, then trials; the axis spans the grid."""
    last = _LANE_Y + _LANE_STEP * (len(lanes) - 1) if lanes else _MODEL_Y
    trial_y = last + (_TRIAL_STEP - 4 if lanes else _TRIAL_STEP)
    height = trial_y + 13 if marks else last + (7 if lanes else 13)
    limits = grid[0], grid[-1]
    ends = {"x1": place(low, limits), "x2": place(high, limits)}
    parts = [_grid_lines(grid, height)]
    parts.append(tag("line", y1=_MODEL_Y, y2=_MODEL_Y, class_="ci", **ends))
    parts += [_lane(one, _LANE_Y + _LANE_STEP * i, limits) for i, one in enumerate(lanes)]
    if placebo is not None:
        parts.append(
            tag(
                "svg",
                tag("rect", x=-5, y=-5, width=10, height=10, class_="m-placebo"),
                x=place(placebo, limits),
                y=_MODEL_Y,
                overflow="visible",
            )
        )
    parts.append(tag("circle", cx=place(value, limits), cy=_MODEL_Y, r=6.5, class_="m-model"))
    parts.extend(_trial_mark(mark, trial_y, limits) for mark in marks)
    return tag("svg", *parts, class_="strip", width="100%", height=height, aria_hidden="true")


@lru_cache(maxsize=256)
def _grid_lines(grid: tuple[float, ...], height: int) -> str:
    limits = grid[0], grid[-1]
    return "".join(
        tag(
            "line", x1=place(g, limits), x2=place(g, limits), y1=2, y2=height, class_=_kind(g, grid)
        )
        for g in grid
    )


def _kind(value: float, grid: tuple[float, ...]) -> str:
    """Class of a grid line: nought stands out where figures lie on both sides of it or below."""
    return "grid nought" if value == 0 and grid[0] < 0 else "grid"


def _lane(lane: Lane, y: int, limits: tuple[float, float]) -> str:
    ends = {"x1": place(lane.low, limits), "x2": place(lane.high, limits)}
    return tag("line", title(lane.label), y1=y, y2=y, class_=f"part {lane.kind}", **ends)


def _trial_mark(mark: Mark, y: int, limits: tuple[float, float]) -> str:
    kind = "m-trial0" if mark.placebo else "m-trial"
    shape = tag(
        "path",
        title(mark.label),
        d="M0-6.5 6.5 0 0 6.5-6.5 0Z",
        class_=kind if mark.verified else f"{kind} open",
    )
    return tag("svg", shape, x=place(mark.value, limits), y=y, overflow="visible")


@lru_cache(maxsize=256)
def axis_strip(grid: tuple[float, ...] = GRID) -> str:
    """The numbers under a stack of strips."""
    limits = grid[0], grid[-1]
    marks = [
        text(number(g, 2), x=place(g, limits), y=12, class_="tick", text_anchor="middle")
        for g in grid
    ]
    return tag("svg", *marks, class_="strip", width="100%", height=16, aria_hidden="true")


def interval_strip(
    quantiles: dict[str, float], limits: tuple[float, float], ticks: tuple[float, ...] = ()
) -> str:
    """Median, middle half and middle 90 % on one axis."""
    parts = [tag("line", x1=place(t, limits), x2=place(t, limits), y1=0, y2=24, class_="grid")
             for t in ticks]  # fmt: skip
    for first, last, kind in (("p05", "p95", "iv90"), ("p25", "p75", "iv50")):
        x1, x2 = place(quantiles[first], limits), place(quantiles[last], limits)
        parts.append(tag("line", x1=x1, x2=x2, y1=12, y2=12, class_=kind))
    parts.append(
        tag("circle", cx=place(quantiles["median"], limits), cy=12, r=5.5, class_="m-model")
    )
    return tag("svg", *parts, class_="strip", width="100%", height=24, aria_hidden="true")


def value_strip(
    value: float, low: float, high: float, placebo: float | None, limits: tuple[float, float]
) -> str:
    """One value with its interval and, as a square, the figure for placebo."""
    parts = [
        tag("line", x1=place(end, limits), x2=place(end, limits), y1=2, y2=22, class_="grid")
        for end in limits
    ]
    ends = {"x1": place(low, limits), "x2": place(high, limits)}
    parts.append(tag("line", y1=12, y2=12, class_="ci", **ends))
    if placebo is not None:
        square = tag("rect", x=-4, y=-4, width=8, height=8, class_="m-placebo")
        parts.append(tag("svg", square, x=place(placebo, limits), y=12, overflow="visible"))
    parts.append(tag("circle", cx=place(value, limits), cy=12, r=5.5, class_="m-model"))
    return tag("svg", *parts, class_="strip", width="100%", height=24, aria_hidden="true")
