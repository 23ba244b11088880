"""A face and a neck that act: drawn in parts that bend and move, with the lines that are treated.

How far a part goes at full strength is art; how much of it is left each week is the model's.
"""

import json
import math
import re
from collections.abc import Callable

from endplate.views.chart import art_face as face
from endplate.views.chart import art_neck
from endplate.views.chart.art import Art, paired
from endplate.views.svg import Point, tag

SIDES = ("left", "right")
AFFECTED = "left"  # the side on which a side effect is drawn
LASH_SHUT = "M15,25C19.6,27.8 26,29.4 32,29.6C38.8,29.4 43.4,26.4 47.4,21.4"
LID_UP = "L47.4,-8L15,-8Z"  # the lid reaches up behind the skin
LOW_COVER = "M15,25.4C21,27.8 26,29.2 31,29.2C37,29.2 42.4,26.6 48,22L48,40L15,40Z"
MOUTH_UP = "M0,88.4C9,89 20,87 31.6,81.4"
LIP_UPPER_UP = "M0,81.4C1.8,80.4 3.4,79.6 5.6,79.4C11,79.2 22,79.6 31.4,81.4C20,86.6 9,88.2 0,88.2Z"
LIP_LOWER_UP = "M0,88.8C9,89.4 20,87.6 30.2,82.4C25,92.6 12,98 0,98Z"
CHEEK_UP = "M22,58C29,62 35.5,69 36.5,78"
BROW_MEDIAL_MM, BROW_LATERAL_MM = 10.0, 55.5
FROWN_IN_MM, FROWN_DOWN_MM, RAISE_MM = 3.4, 3.4, 6.5
NECK = "platysma_bands"
CORDS = (
    [(15, -104), (17, -76), (21, -46), (30, -12)],
    [(38, -118), (41, -88), (47, -54), (62, -20)],
)
_NUMBER = re.compile(r"-?(?:\d+\.?\d*|\.\d+)")


def acting_face(areas: tuple[str, ...], key: str) -> Art:
    """The face from the front in parts, with the lines of the treated areas."""
    still = face.front()
    halves = [_half(side, key) for side in SIDES]
    lines = [tag("g", _lines(area), data_part=f"lines:{area}") for area in areas]
    clip = tag("defs", tag("clipPath", tag("path", d=face.EYE), id=f"{key}-eye"))
    over = [clip, halves[0], tag("g", halves[1], transform="scale(-1 1)"), *lines]
    return Art(still.skin, still.under, "".join(over), still.behind, still.edged)


def _half(side: str, key: str) -> str:
    """Eye, nose, brow and mouth of one side, drawn as the left."""
    return "".join(
        [
            _eye(side, key),
            *(tag("path", d=d, class_="f-line") for d in (face.NOSE_WING, face.NOSTRIL)),
            *(tag("path", d=d, class_="f-line") for d in (face.NOSE_TIP, face.LID_FOLD)),
            *(tag("path", d=d, class_="f-soft") for d in (face.NOSE_SIDE, face.CHIN)),
            tag("g", _brow(side), data_part="brow-drop" if side == AFFECTED else None),
            *_mouth(side),
        ]
    )


def _eye(side: str, key: str) -> str:
    light_x = 33.2 if side == "left" else 29.2  # from one side for both eyes
    lid = tag("path", d=LOW_COVER, class_="f-skin", data_part=f"low-lid:{side}")
    inside = [
        tag("path", d=face.EYE, class_="f-eye"),
        tag("circle", cx=31.2, cy=21.6, r=6.1, class_="f-iris"),
        tag("circle", cx=31.2, cy=21.6, r=2.7, class_="f-pupil"),
        tag("circle", cx=light_x, cy=19.4, r=1.4, class_="f-light"),
        lid,
        bending(f"lid:{side}", face.UPPER_LID + LID_UP, LASH_SHUT + LID_UP, class_="f-skin"),
    ]
    under = [tag("path", d=d, class_="f-soft") for d in (face.LOWER_LID, face.BAG)]
    return "".join(
        [
            tag("g", *inside, clip_path=f"url(#{key}-eye)"),
            tag("g", *under, data_part=f"low-lid:{side}"),
            bending(f"lid:{side}", face.UPPER_LID, LASH_SHUT, class_="f-lash"),
        ]
    )


def _brow(side: str) -> str:
    frown = moved(face.BROW, lambda x, y: (x - FROWN_IN_MM * _in(x), y + FROWN_DOWN_MM * _in(x)))
    raised = moved(face.BROW, lambda x, y: (x, y - RAISE_MM * _up(x)))
    return bending(f"brow:{side}", face.BROW, frown, raised, class_="f-brow")


def _in(x: float) -> float:
    """Share of the frown's way at a place of the brow: all of it at the inner end."""
    return min(1.0, max(0.0, (BROW_LATERAL_MM - x) / (BROW_LATERAL_MM - BROW_MEDIAL_MM)))


def _up(x: float) -> float:
    """Share of the way up at a place of the brow: most of it over the eye."""
    return 0.72 + 0.28 * math.sin(math.pi * (1 - _in(x)) * 0.8)


def _mouth(side: str) -> list[str]:
    part = f"mouth:{side}"
    return [
        bending(part, face.LIP_UPPER, LIP_UPPER_UP, class_="f-lip"),
        bending(part, face.LIP_LOWER, LIP_LOWER_UP, class_="f-lip"),
        bending(part, face.MOUTH, MOUTH_UP, class_="f-line"),
        bending(part, face.CHEEK, CHEEK_UP, class_="f-soft"),
    ]


def line_count(area: str) -> int:
    """How many lines of an area are drawn on each side."""
    return len(face.LINES.get(area, ()))


def _lines(area: str) -> str:
    return "".join(
        tag("g", face.mirrored(tag("path", d=d, class_="f-wrinkle")), data_part=f"line:{area}:{i}")
        for i, d in enumerate(face.LINES.get(area, ()))
    )


def acting_neck() -> Art:
    """The neck from the front with two cords on each side."""
    still = art_neck.front()
    cords = [
        tag("g", paired("f-wrinkle", cord), data_part=f"line:{NECK}:{i}")
        for i, cord in enumerate(CORDS)
    ]
    over = still.over + tag("g", *cords, data_part=f"lines:{NECK}")
    return Art(still.skin, still.under, over, still.behind, still.edged)


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
    form = json.dumps({"d": outline, "at": at, "by": by}, separators=(",", ":"))
    return tag("path", d=rest, data_part=part, data_form=form, **attributes)


def parted(path: str) -> tuple[str, list[float]]:
    """Path data with # for each number, and the numbers.

    Examples
    --------
    >>> parted("M0,1.5C-2,.5 3,4 5,6Z")
    ('M#,#C#,# #,# #,#Z', [0.0, 1.5, -2.0, 0.5, 3.0, 4.0, 5.0, 6.0])
    """
    return _NUMBER.sub("#", path), [float(text) for text in _NUMBER.findall(path)]


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
