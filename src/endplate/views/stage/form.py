"""A path that bends: its form at rest and what other forms add to each of its numbers."""

import json
import re
from collections.abc import Callable

from endplate.views.svg import Point, tag

_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")


def bending(part: str, rest: str, *others: str, **attributes: object) -> str:
    """A path of the form at rest that carries its other forms for the page's script.

    Raises
    ------
    ValueError
        Another form is not made of the same commands.
    """
    outline, at = parted(rest)
    by = []
    for other in others:
        same, values = parted(other)
        if same != outline:
            raise ValueError(f"{other!r} has not the commands of {rest!r}")
        by.append([round(b - a, 2) for a, b in zip(at, values, strict=True)])
    told = json.dumps({"d": outline, "at": at, "by": by}, separators=(",", ":"))
    return tag("path", d=rest, data_part=part, data_form=told, **attributes)


def parted(path: str) -> tuple[str, list[float]]:
    """Path data with # for each number, and the numbers.

    Examples
    --------
    >>> parted("M0,1.5C-2,.5 3,4 5,6Z")
    ('M#,#C#,# #,# #,#Z', [0.0, 1.5, -2.0, 0.5, 3.0, 4.0, 5.0, 6.0])
    """
    return _NUMBER.sub("#", path), [float(found) for found in _NUMBER.findall(path)]


def moved(path: str, to: Callable[[float, float], Point]) -> str:
    """Path data of absolute points, each taken to another place.

    Examples
    --------
    >>> moved("M0,0C1,1 2,2 3,3", lambda x, y: (x + 1, y - 2))
    'M1,-2C2,-1 3,0 4,1'
    """
    outline, values = parted(path)
    points = zip(values[::2], values[1::2], strict=True)
    fresh = iter([f"{round(value, 2):g}" for x, y in points for value in to(x, y)])
    return re.sub("#", lambda _: next(fresh), outline)
