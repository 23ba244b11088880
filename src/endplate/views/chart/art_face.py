"""The drawing of a face from the front, in millimetres of the upper-face chart, y downward.

Only the right half of the page is drawn; the other half is its mirror image. The drawing follows
the landmarks of the chart (brow, pupil, corners of eye and mouth); what lies between them is art.
"""

import re

from endplate.views.chart.art import Art
from endplate.views.svg import tag

HAIR = (
    "M-.4,-113C50,-113 82,-86 81,-42C81,-24 79,-8 76,3C73,-4 71,-12 69.5,-18"
    "C66,-38 56,-52 40,-58C28,-62 12,-63 -.4,-62.4Z"
)
SKIN = "M0,-90C40,-90 68,-70 70,-32C71.5,-8 70,12 68,30C66,56 60,82 46,104C35,120 18,129 0,129Z"
NECK = "M-.4,150L47,150C45,136 44,122 45,100L-.4,120Z"
EAR = "M69.5,4C75,-2 82,2 81,15C80,29 76,42 67.5,45"
EAR_FOLD = "M72.5,9C76,8 78,12 77,19C76,25 74,29 71.5,33"
BROW = (
    "M10,-1.2C17,-6.2 29,-10 40,-11.4C46.5,-12 51.5,-8.6 55.5,-3.2C50,-6.4 45.5,-7.7 40,-7.4"
    "C30,-6.2 19,-2 11.6,2.6C9.4,2.4 9,-.2 10,-1.2Z"
)
EYE = "M16,24.4C20,18 26,15.2 32,15.2C38.5,15.2 43,18.2 46.4,21.6C42.6,26.2 37,29 31,29C25,29 19.6,27.2 16,24.4Z"  # noqa: E501
UPPER_LID = "M15,25C19.6,17.8 26,14.8 32,14.8C38.8,14.8 43.4,17.8 47.4,21.4"
LID_FOLD = "M17.6,18.4C22.5,12.6 28,10.6 33,10.6C39.5,10.6 44.4,13.6 48.2,17.6"
LOWER_LID = "M17.5,25.4C21,27.8 26,29.2 31,29.2C37,29.2 42.4,26.6 46.2,22"
BAG = "M20,33.5C25,36.6 33,37 39,34.2"
NOSE_SIDE = "M8.2,12C7.6,24 8.6,34 11.6,43"
NOSE_WING = "M11.8,44.5C16.2,46 18.4,51.6 16.8,56.4C15.8,59.4 13.4,60.4 10.8,59.4"
NOSTRIL = "M4.6,60.6C6.6,58.2 10,58 11.4,59.8"
NOSE_TIP = "M0,63.4C2.2,63.4 3.6,62.4 4.6,60.6"
LIP_UPPER = "M0,80.2C1.8,79 3.4,78 5.2,78C10,78.2 19,82.6 27,86C17,85.6 8,87 0,86.6Z"
LIP_LOWER = "M0,87.2C8,87.6 17,86.4 26,86.4C20,94 10,97.6 0,97.6Z"
MOUTH = "M0,86.9C8,87.3 17,86 27.4,86"
CHEEK = "M22,62C27,67 30.5,73 31.5,79"
CHIN = "M0,108C4,108 7.4,107.2 10,105.6"

LINES = {
    "glabellar_lines": ("M5.4,5C4.6,-2 5.2,-9 7.6,-14.4", "M9.4,-6C8.8,-10 9.2,-13 10.6,-16"),
    "forehead_lines": (
        "M0,-27.5C16,-28.5 32,-31 46,-27.5",
        "M0,-38.5C16,-39.6 32,-42 44,-38.5",
        "M0,-49C14,-50 26,-51 36,-49",
    ),
    "lateral_canthal_lines": (
        "M50.5,18C54,15 58,12.6 62,11.6",
        "M51.5,22.4C56,21.6 60,21.4 64,22",
        "M50.8,27C54.4,29 58,31.8 61,35",
    ),
}


def front() -> Art:
    """A face from the front with neck, ears and hair."""
    behind = [
        tag("path", d=NECK, class_="f-skin2"),
        tag("path", d="M47,150C45,136 44,122 45,100", class_="f-line"),
        tag("path", d=EAR, class_="f-skin f-line"),
        tag("path", d=EAR_FOLD, class_="f-soft"),
    ]
    half = SKIN.removesuffix("Z")
    edge = half + turned_over(half)
    return Art(
        skin=SKIN + turned_over(SKIN),
        under=tag("path", d=edge, class_="f-line") + mirrored(tag("path", d=HAIR, class_="f-hair")),
        over=mirrored("".join(_features())) + gleam(),
        behind=mirrored("".join(behind)),
        edged=False,
    )


def turned_over(path: str) -> str:
    """Path data of absolute points, mirrored at the midline.

    Examples
    --------
    >>> turned_over("M-.4,-90C40,-90 68,-70 70,-32Z")
    'M0.4,-90C-40,-90 -68,-70 -70,-32Z'
    """
    return re.sub(r"(-?[\d.]+),", lambda x: f"{-float(x.group(1)):g},", path)


def _features() -> list[str]:
    """Eye, nose, brow and mouth of one half."""
    return [
        tag("path", d=EYE, class_="f-eye"),
        tag("circle", cx=31.2, cy=21.6, r=6.1, class_="f-iris"),
        tag("circle", cx=31.2, cy=21.6, r=2.7, class_="f-pupil"),
        tag("path", d=UPPER_LID, class_="f-lash"),
        *(tag("path", d=d, class_="f-line") for d in (LID_FOLD, NOSE_WING, NOSTRIL, NOSE_TIP)),
        *(tag("path", d=d, class_="f-soft") for d in (LOWER_LID, BAG, NOSE_SIDE, CHEEK, CHIN)),
        tag("path", d=BROW, class_="f-brow"),
        tag("path", d=LIP_UPPER, class_="f-lip"),
        tag("path", d=LIP_LOWER, class_="f-lip"),
        tag("path", d=MOUTH, class_="f-line"),
    ]


def mirrored(half: str) -> str:
    """A half and its mirror image."""
    return tag("g", half) + tag("g", half, transform="scale(-1 1)")


def gleam() -> str:
    """The light in the eyes, from one side for both."""
    return "".join(tag("circle", cx=x, cy=19.4, r=1.4, class_="f-light") for x in (-29.2, 33.2))


def wrinkles(indications: tuple[str, ...]) -> str:
    """The treated lines, drawn on both halves."""
    paths = [
        tag("path", d=d, class_="f-wrinkle") for code in indications for d in LINES.get(code, ())
    ]
    half = tag("g", *paths)
    return half + tag("g", half, transform="scale(-1 1)") if paths else ""
