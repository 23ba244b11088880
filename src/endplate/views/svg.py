"""Writes SVG elements: escapes what it is given and rounds coordinates."""

from collections.abc import Iterable
from functools import lru_cache
from html import escape

Point = tuple[float, float]


def tag(name: str, *children: str, **attributes: object) -> str:
    """One element; `children` are markup already, attribute values are escaped.

    Examples
    --------
    >>> tag("circle", cx=1.2345, cy=2, class_="dot")
    '<circle cx="1.23" cy="2" class="dot"/>'
    """
    given = "".join(
        [
            f' {_name(key)}="{_value(value)}"'
            for key, value in attributes.items()
            if value is not None
        ]
    )
    inner = "".join(children)
    return f"<{name}{given}>{inner}</{name}>" if inner else f"<{name}{given}/>"


def text(words: str, **attributes: object) -> str:
    """A text element of escaped words."""
    return tag("text", escape(words), **attributes)


def title(words: str) -> str:
    """The tooltip and accessible name of the element it stands in."""
    return tag("title", escape(words))


def line_path(points: Iterable[Point]) -> str:
    """Path data of an open polyline."""
    return "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in points)


def band_path(upper: list[Point], lower: list[Point]) -> str:
    """Path data of the closed band between two polylines."""
    return line_path([*upper, *reversed(lower)]) + "Z"


@lru_cache(512)
def _name(key: str) -> str:
    return key.rstrip("_").replace("_", "-")


def _value(value: object) -> str:
    if isinstance(value, float):
        rounded = f"{value:.2f}".rstrip("0").rstrip(".")
        return "0" if rounded in ("-0", "") else rounded
    return str(value) if isinstance(value, int) else _escaped(str(value))


@lru_cache(4096)
def _escaped(value: str) -> str:
    """Most values come again and again: classes, corners, the figure of a person."""
    return escape(value, quote=True)
