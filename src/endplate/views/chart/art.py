"""What a picture of a body part consists of, and smooth outlines through points to draw it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from endplate.views.svg import Point, tag

Points = Sequence[Point]


@dataclass(frozen=True)
class Art:
    """The skin as path data, which also clips the muscles, and what is drawn around it.

    `behind` lies behind the skin, `under` under the muscles, `over` over them; `edged` says whether
    a line runs round the skin.
    """

    skin: str
    under: str
    over: str
    behind: str = ""
    edged: bool = True


def smooth(points: Points, closed: bool = False) -> str:
    """Path data of a curve through the points; a point that is given twice is a corner.

    Examples
    --------
    >>> smooth([(0, 0), (6, 0), (6, 6)])
    'M0,0C0,0 5,-1 6,0C7,1 6,6 6,6'
    """
    count = len(points)
    parts = [f"M{_at(points[0])}"]
    for i in range(count if closed else count - 1):
        before, start, end, after = (_pick(points, i + step, closed) for step in (-1, 0, 1, 2))
        if start == end:
            continue
        first = _toward(start, before, end)
        second = _toward(end, after, start)
        parts.append(f"C{_at(first)} {_at(second)} {_at(end)}")
    return "".join(parts) + ("Z" if closed else "")


def both(half: Points) -> list[Point]:
    """A closed outline from its half on the positive side, from the top to the foot."""
    return [*half, *((-x, y) for x, y in reversed(half))]


def mirror(points: Points) -> list[Point]:
    """The points on the other side of the middle."""
    return [(-x, y) for x, y in points]


def strokes(kind: str, *lines: Points) -> str:
    """Open curves of one class."""
    return "".join(tag("path", d=smooth(line), class_=kind) for line in lines)


def paired(kind: str, *lines: Points) -> str:
    """Open curves of one class on both sides of the middle."""
    return strokes(kind, *lines, *(mirror(line) for line in lines))


def area(kind: str, points: Points, **more: object) -> str:
    """A closed curve of one class."""
    return tag("path", d=smooth(points, closed=True), class_=kind, **more)


def areas(kind: str, outlines: Iterable[Points]) -> str:
    """Closed curves of one class."""
    return "".join(area(kind, outline) for outline in outlines)


def _pick(points: Points, index: int, closed: bool) -> Point:
    count = len(points)
    return points[index % count] if closed else points[min(max(index, 0), count - 1)]


def _toward(near: Point, beyond: Point, far: Point) -> Point:
    """The handle at `near` of the piece to `far`; none where the point is doubled."""
    if beyond == near:
        return near
    return near[0] + (far[0] - beyond[0]) / 6, near[1] + (far[1] - beyond[1]) / 6


def _at(point: Point) -> str:
    return ",".join(f"{value:.1f}".removesuffix(".0") for value in point)
