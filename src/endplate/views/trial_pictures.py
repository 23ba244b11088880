"""Pictures of a virtual trial: courses of the arms, effects, power by size, the flow of people."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from endplate.views.svg import band_path, line_path, tag, text, title

WIDE, NARROW = 1040, 330
_TOP, _FOOT, _LEFT, _RIGHT = 18, 34, 44, 16
_ARMS = ("k2", "k1", "k0", "k3")
_CONTROL = "a-control"


class Frame(NamedTuple):
    """Plot area in pixels and the range of its axes."""

    width: int
    height: int
    x: tuple[float, float]
    y: tuple[float, float]

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Pixel of a point."""
        across = (x - self.x[0]) / ((self.x[1] - self.x[0]) or 1.0)
        up = (y - self.y[0]) / ((self.y[1] - self.y[0]) or 1.0)
        inner = self.height - _TOP - _FOOT
        return (
            _LEFT + across * (self.width - _LEFT - _RIGHT),
            _TOP + inner * (1.0 - up),
        )


def arm_class(index: int, control: bool) -> str:
    """Class of an arm's line: its colour in every picture."""
    return _CONTROL if control else _ARMS[index % len(_ARMS)]


def ticks(low: float, high: float, most: int) -> list[float]:
    """Round numbers inside a range, at most so many."""
    span = (high - low) or 1.0
    steps = (1.0, 2.0, 5.0)
    size = 10.0 ** (len(str(int(span))) - 4)
    while True:
        for step in steps:
            every = step * size
            first = -(-low // every)
            count = int((high + 1e-9 * span) // every - first) + 1
            if count <= most:
                return [round((first + i) * every, 10) for i in range(max(count, 0))]
        size *= 10.0


def courses(
    days: Sequence[float],
    rows: Sequence[dict[str, Any]],
    arms: dict[str, str],
    unit: str,
    width: int,
) -> str:
    """Means of one measure in every arm with the band of 9 of 10 trials; `arms` gives classes."""
    percent = 100.0 if unit == "%" else 1.0
    every = [percent * v for row in rows for key in ("p05", "p95", "mean") for v in row[key]]
    before = [row["before"] for row in rows if row["before"] is not None]
    low, high = min([0.0, *every]), max([*every, *before])
    if unit == "%":
        low, high = 0.0, 100.0
    frame = Frame(width, 250 if width == WIDE else 210, (0.0, max(days)), (low, high * 1.02))
    parts = _axes(frame, ticks(0, max(days), 8 if width == WIDE else 5), unit, "day")
    for row in rows:
        name = arms[row["arm"]]
        start = [] if row["before"] is None else [(0.0, row["before"])]
        line = [*start, *zip(days, (percent * v for v in row["mean"]), strict=True)]
        ends = [
            [
                frame.at(x, y)
                for x, y in [*start, *zip(days, (percent * v for v in row[key]), strict=True)]
            ]
            for key in ("p95", "p05")
        ]
        parts.append(tag("path", d=band_path(ends[0], ends[1]), class_=f"t-band {name}"))
        points = [frame.at(x, y) for x, y in line]
        parts.append(tag("path", d=line_path(points), class_=f"t-line {name}"))
        parts += [
            tag(
                "circle",
                title(f"{row['arm']}, day {x:g}: {y:.3g} {unit}"),
                cx=px,
                cy=py,
                r=3.5,
                class_=f"t-dot {name}",
            )
            for (x, y), (px, py) in zip(line, points, strict=True)
        ]
    words = f"Mean in each arm, {unit}, by day"
    return _svg(frame.width, frame.height, words, parts)


def _axes(frame: Frame, x_ticks: Sequence[float], unit: str, axis: str) -> list[str]:
    parts = []
    for value in ticks(*frame.y, 5):
        left, y = frame.at(frame.x[0], value)
        right, _ = frame.at(frame.x[1], value)
        parts.append(tag("line", x1=left, x2=right, y1=y, y2=y, class_="grid"))
        parts.append(text(f"{value:g}", x=left - 6, y=y + 4, text_anchor="end", class_="tick"))
    for value in x_ticks:
        x, y = frame.at(value, frame.y[0])
        parts.append(text(f"{value:g}", x=x, y=y + 17, text_anchor="middle", class_="tick"))
    parts.append(text(unit, x=2, y=11, class_="tick strong"))
    parts.append(
        text(
            axis,
            x=frame.width - _RIGHT,
            y=frame.height - 2,
            text_anchor="end",
            class_="tick strong",
        )
    )
    return parts


def forest(rows: Sequence[dict[str, Any]], unit: str, width: int) -> str:
    """Estimates of one unit with their intervals, and the published or true value where known."""
    low = min([0.0, *(row["low"] for row in rows)])
    high = max([0.0, *(row["high"] for row in rows)])
    each = 46 if width == WIDE else 58
    height = _TOP + _FOOT + each * len(rows)
    frame = Frame(width, height, (low, high), (0.0, 1.0))
    parts = []
    for value in ticks(low, high, 8 if width == WIDE else 4):
        x, y = frame.at(value, 0.0)
        name = "grid nought" if value == 0 else "grid"
        parts.append(tag("line", x1=x, x2=x, y1=_TOP, y2=y, class_=name))
        parts.append(text(f"{value:g}", x=x, y=y + 17, text_anchor="middle", class_="tick"))
    for i, row in enumerate(rows):
        y = _TOP + each * (i + 0.72)
        ends = [frame.at(row[key], 0)[0] for key in ("low", "high")]
        label = row["label"] if width == WIDE or len(row["label"]) < 46 else row["label"][:44] + "…"
        parts.append(text(label, x=_LEFT, y=y - 13, class_="heading"))
        parts.append(
            tag(
                "line",
                title(
                    f"{row['label']}: {row['estimate']:.3g} {unit}, {row['low']:.3g} to "
                    f"{row['high']:.3g}"
                ),
                x1=ends[0],
                x2=ends[1],
                y1=y,
                y2=y,
                class_="t-interval",
            )
        )
        x = frame.at(row["estimate"], 0)[0]
        parts.append(tag("rect", x=x - 5, y=y - 5, width=10, height=10, class_="m-model"))
        if row["truth"] is not None:
            x = frame.at(row["truth"], 0)[0]
            parts.append(tag("line", x1=x, x2=x, y1=y - 9, y2=y + 9, class_="t-truth"))
    parts.append(
        text(unit, x=width - _RIGHT, y=height - 2, text_anchor="end", class_="tick strong")
    )
    return _svg(width, height, f"Effects against the control, {unit}", parts)


def power_curve(rows: Sequence[dict[str, float]], width: int) -> str:
    """Power by people in the largest arm, with its Monte-Carlo error."""
    most = max(row["n"] for row in rows)
    frame = Frame(width, 250 if width == WIDE else 210, (0.0, most), (0.0, 100.0))
    parts = _axes(
        frame, ticks(0, most, 8 if width == WIDE else 4), "%", "people in the largest arm"
    )
    for level in (80.0, 90.0):
        left, y = frame.at(0.0, level)
        parts.append(tag("line", x1=left, x2=frame.at(most, level)[0], y1=y, y2=y, class_="event"))
    ends = [
        [
            frame.at(row["n"], min(100.0, max(0.0, row["percent"] + sign * 1.645 * row["se"])))
            for row in rows
        ]
        for sign in (1, -1)
    ]
    points = [frame.at(row["n"], row["percent"]) for row in rows]
    parts.append(tag("path", d=band_path(ends[0], ends[1]), class_="t-band k2"))
    parts.append(tag("path", d=line_path(points), class_="t-line k2"))
    parts += [
        tag(
            "circle",
            title(f"{row['n']:g} people: {row['percent']:.1f} %"),
            cx=x,
            cy=y,
            r=3.5,
            class_="t-dot k2",
        )
        for row, (x, y) in zip(rows, points, strict=True)
    ]
    return _svg(frame.width, frame.height, "Power by people in the largest arm", parts)


def _svg(width: int, height: int, words: str, parts: Sequence[str]) -> str:
    return tag(
        "svg",
        title(words),
        *parts,
        viewBox=f"0 0 {width} {height}",
        width=width,
        height=height,
        role="img",
        class_="timeline " + ("wide" if width == WIDE else "narrow"),
    )
