"""One hundred people in a square: how many meet an event, with and without the toxin."""

from functools import lru_cache

from endplate.views.quantity import icons
from endplate.views.svg import tag

ROWS = 10
CELL = 12.0
_PERSON = "M6 .7a2.4 2.4 0 1 1 0 4.8 2.4 2.4 0 0 1 0-4.8zM1.9 11.3V9.6a4.1 3.7 0 0 1 8.2 0v1.7z"


def icon_array(percent: float, background_percent: float | None, high: float | None) -> str:
    """An SVG of 100 people, filled row by row from the top left.

    People who would meet the event without the toxin too come first, those the toxin adds come
    next, a ring marks those who would join at the upper end of the range.
    """
    shown = icons(percent)
    background = min(shown, icons(background_percent or 0.0))
    return _array(background, shown, max(shown, icons(high if high is not None else percent)))


@lru_cache(512)
def _array(background: int, shown: int, upper: int) -> str:
    people = []
    for place in range(ROWS * ROWS):
        kind = _kind(place, background, shown, upper)
        x, y = (place % ROWS) * CELL, (place // ROWS) * CELL
        people.append(tag("path", d=_PERSON, class_=kind, transform=f"translate({x:g} {y:g})"))
    side = ROWS * CELL
    return tag("svg", *people, class_="icons", viewBox=f"0 0 {side:g} {side:g}", aria_hidden="true")


def _kind(place: int, background: int, shown: int, upper: int) -> str:
    if place < background:
        return "i-bg"
    if place < shown:
        return "i-add"
    return "i-max" if place < upper else "i-no"


def strip_of_people(percent: float, kind: str) -> str:
    """An SVG of 100 squares in five rows, so many of them filled: an icon array for a table cell.

    `kind` is `i-add` for people with the toxin or `i-bg` for those without.
    """
    filled = icons(percent)
    squares = [f"M{place % 20 * 4} {place // 20 * 4}h3v3h-3z" for place in range(ROWS * ROWS)]
    return tag(
        "svg",
        tag("path", d="".join(squares[:filled]) or "M0 0", class_=kind),
        tag("path", d="".join(squares[filled:]) or "M0 0", class_="i-no"),
        class_="strip",
        viewBox="0 0 80 20",
        aria_hidden="true",
    )
