"""Small pictures of figures: icon arrays, strips of marks on an axis, and a syringe."""

from dataclasses import dataclass
from functools import lru_cache

from endplate.views.quantity import icons, number
from endplate.views.svg import tag, text, title

ROWS = 10
CELL = 12.0
PERSON = "M6 .7a2.4 2.4 0 1 1 0 4.8 2.4 2.4 0 0 1 0-4.8zM1.9 11.3V9.6a4.1 3.7 0 0 1 8.2 0v1.7z"
GRID = (0, 25, 50, 75, 100)
_MODEL_Y = 15
_LANE_Y, _LANE_STEP = 27, 5
_TRIAL_STEP = 18  # from the model, or the lowest lane, to the trials
_INSET = 2.5  # percent of the width kept free at both ends, so that marks are not cut
SYRINGE_LENGTH, SYRINGE_HEIGHT = 300.0, 26.0
SYRINGE_LEFT, SYRINGE_TOP = 14.0, 8.0


def icon_array(percent: float, background_percent: float | None, high: float | None) -> str:
    """An SVG of 100 people, filled row by row from the top left.

    People who would meet the event without the toxin too come first, those the toxin adds come
    next, a ring marks those who would join at the upper end of the range.
    """
    filled = icons(percent)
    background = min(filled, icons(background_percent or 0.0))
    return _array(background, filled, max(filled, icons(high if high is not None else percent)))


@lru_cache(512)
def _array(background: int, filled: int, upper: int) -> str:
    people = []
    for index in range(ROWS * ROWS):
        kind = _icon_kind(index, background, filled, upper)
        x, y = (index % ROWS) * CELL, (index // ROWS) * CELL
        people.append(tag("path", d=PERSON, class_=kind, transform=f"translate({x:g} {y:g})"))
    side = ROWS * CELL
    return tag("svg", *people, class_="icons", viewBox=f"0 0 {side:g} {side:g}", aria_hidden="true")


def _icon_kind(index: int, background: int, filled: int, upper: int) -> str:
    if index < background:
        return "i-bg"
    if index < filled:
        return "i-add"
    return "i-max" if index < upper else "i-no"


def strip_of_people(percent: float, kind: str) -> str:
    """An SVG of 100 squares in five rows, so many of them filled: an icon array for a table cell.

    `kind` is `i-add` for people with the toxin or `i-bg` for those without.
    """
    filled = icons(percent)
    squares = [f"M{index % 20 * 4} {index // 20 * 4}h3v3h-3z" for index in range(ROWS * ROWS)]
    return tag(
        "svg",
        tag("path", d="".join(squares[:filled]) or "M0 0", class_=kind),
        tag("path", d="".join(squares[filled:]) or "M0 0", class_="i-no"),
        class_="strip",
        viewBox="0 0 80 20",
        aria_hidden="true",
    )


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


def position(value: float, limits: tuple[float, float] = (0.0, 100.0)) -> str:
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
    ends = {"x1": position(low, limits), "x2": position(high, limits)}
    parts = [_grid_lines(grid, height)]
    parts.append(tag("line", y1=_MODEL_Y, y2=_MODEL_Y, class_="ci", **ends))
    parts += [_lane(lane, _LANE_Y + _LANE_STEP * i, limits) for i, lane in enumerate(lanes)]
    if placebo is not None:
        parts.append(
            tag(
                "svg",
                tag("rect", x=-5, y=-5, width=10, height=10, class_="m-placebo"),
                x=position(placebo, limits),
                y=_MODEL_Y,
                overflow="visible",
            )
        )
    parts.append(tag("circle", cx=position(value, limits), cy=_MODEL_Y, r=6.5, class_="m-model"))
    parts.extend(_trial_mark(mark, trial_y, limits) for mark in marks)
    return tag("svg", *parts, class_="strip", width="100%", height=height, aria_hidden="true")


@lru_cache(maxsize=256)
def _grid_lines(grid: tuple[float, ...], height: int) -> str:
    limits = grid[0], grid[-1]
    return "".join(
        tag(
            "line",
            x1=position(g, limits),
            x2=position(g, limits),
            y1=2,
            y2=height,
            class_=_line_kind(g, grid),
        )
        for g in grid
    )


def _line_kind(value: float, grid: tuple[float, ...]) -> str:
    """Class of a grid line: nought stands out where figures lie on both sides of it or below."""
    return "grid nought" if value == 0 and grid[0] < 0 else "grid"


def _lane(lane: Lane, y: int, limits: tuple[float, float]) -> str:
    ends = {"x1": position(lane.low, limits), "x2": position(lane.high, limits)}
    return tag("line", title(lane.label), y1=y, y2=y, class_=f"part {lane.kind}", **ends)


def _trial_mark(mark: Mark, y: int, limits: tuple[float, float]) -> str:
    kind = "m-trial0" if mark.placebo else "m-trial"
    shape = tag(
        "path",
        title(mark.label),
        d="M0-6.5 6.5 0 0 6.5-6.5 0Z",
        class_=kind if mark.verified else f"{kind} open",
    )
    return tag("svg", shape, x=position(mark.value, limits), y=y, overflow="visible")


@lru_cache(maxsize=256)
def axis_strip(grid: tuple[float, ...] = GRID) -> str:
    """The numbers under a stack of strips."""
    limits = grid[0], grid[-1]
    marks = [
        text(number(g, 2), x=position(g, limits), y=12, class_="tick", text_anchor="middle")
        for g in grid
    ]
    return tag("svg", *marks, class_="strip", width="100%", height=16, aria_hidden="true")


def interval_strip(
    quantiles: dict[str, float], limits: tuple[float, float], ticks: tuple[float, ...] = ()
) -> str:
    """Median, middle half and middle 90 % on one axis."""
    parts = [tag("line", x1=position(t, limits), x2=position(t, limits), y1=0, y2=24, class_="grid")
             for t in ticks]  # fmt: skip
    for first, last, kind in (("p05", "p95", "iv90"), ("p25", "p75", "iv50")):
        x1, x2 = position(quantiles[first], limits), position(quantiles[last], limits)
        parts.append(tag("line", x1=x1, x2=x2, y1=12, y2=12, class_=kind))
    parts.append(
        tag("circle", cx=position(quantiles["median"], limits), cy=12, r=5.5, class_="m-model")
    )
    return tag("svg", *parts, class_="strip", width="100%", height=24, aria_hidden="true")


def value_strip(
    value: float, low: float, high: float, placebo: float | None, limits: tuple[float, float]
) -> str:
    """One value with its interval and, as a square, the figure for placebo."""
    parts = [
        tag("line", x1=position(end, limits), x2=position(end, limits), y1=2, y2=22, class_="grid")
        for end in limits
    ]
    ends = {"x1": position(low, limits), "x2": position(high, limits)}
    parts.append(tag("line", y1=12, y2=12, class_="ci", **ends))
    if placebo is not None:
        square = tag("rect", x=-4, y=-4, width=8, height=8, class_="m-placebo")
        parts.append(tag("svg", square, x=position(placebo, limits), y=12, overflow="visible"))
    parts.append(tag("circle", cx=position(value, limits), cy=12, r=5.5, class_="m-model"))
    return tag("svg", *parts, class_="strip", width="100%", height=24, aria_hidden="true")


def syringe(size_ml: float, mark_ml: float, volume_ml: float) -> str:
    """A syringe lying on its side, the needle at the left, as SVG.

    Parameters
    ----------
    size_ml : [mL]
        What it holds.
    mark_ml : [mL]
        Distance of its marks.
    volume_ml : [mL]
        What is in it; more than it holds is drawn as full.
    """
    full = SYRINGE_LENGTH * min(volume_ml, size_ml) / size_ml
    marks = round(size_ml / mark_ml)
    every = next(step for step in (10, 5, 2, 1) if marks % step == 0 and marks / step >= 4)
    ticks = [_tick(n, marks, every, n * mark_ml) for n in range(marks + 1)]
    words = f"Syringe of {number(size_ml, 3)} mL filled to {number(volume_ml, 3)} mL"
    return tag(
        "svg",
        title(words),
        tag(
            "path", d=f"M{SYRINGE_LEFT},{SYRINGE_TOP + SYRINGE_HEIGHT / 2}h-13", class_="sy-needle"
        ),
        tag(
            "rect",
            x=SYRINGE_LEFT,
            y=SYRINGE_TOP,
            width=full,
            height=SYRINGE_HEIGHT,
            class_="sy-fluid",
        ),
        tag(
            "rect",
            x=SYRINGE_LEFT,
            y=SYRINGE_TOP,
            width=SYRINGE_LENGTH,
            height=SYRINGE_HEIGHT,
            rx=3,
            class_="sy-barrel",
        ),
        tag(
            "rect",
            x=SYRINGE_LEFT + full,
            y=SYRINGE_TOP + 2,
            width=5,
            height=SYRINGE_HEIGHT - 4,
            class_="sy-plunger",
        ),
        tag(
            "path",
            d=f"M{SYRINGE_LEFT + full + 5},{SYRINGE_TOP + SYRINGE_HEIGHT / 2}"
            f"H{SYRINGE_LEFT + SYRINGE_LENGTH + 14}",
            class_="sy-rod",
        ),
        *ticks,
        viewBox=f"0 0 {SYRINGE_LEFT + SYRINGE_LENGTH + 18:g} {SYRINGE_TOP + SYRINGE_HEIGHT + 22:g}",
        class_="syringe",
        role="img",
    )


def _tick(n: int, marks: int, every: int, at_ml: float) -> str:
    x = SYRINGE_LEFT + SYRINGE_LENGTH * n / marks
    long = n % every == 0
    line = tag(
        "path", d=f"M{x:.1f},{SYRINGE_TOP + SYRINGE_HEIGHT}v{-11 if long else -6}", class_="sy-mark"
    )
    if not long:
        return line
    return line + text(
        number(at_ml, 2),
        x=x,
        y=SYRINGE_TOP + SYRINGE_HEIGHT + 14,
        class_="tick",
        text_anchor="middle",
    )
