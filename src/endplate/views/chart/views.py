"""Views of charts: which part of the skin each shows, and where each place lands in it."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from endplate.views.chart import art_bladder, art_face, art_head, art_limb, art_neck
from endplate.views.chart.art import Art
from endplate.views.svg import Point

Box = tuple[float, float, float, float]
SMALL_STEP_MM = 0.5
HALVINGS = 40

HEAD_ROUND_MM, NECK_ROUND_MM = 285.0, 185.0  # front midline to back midline along the skin
HEAD_HALF_MM, NECK_HALF_MM = 95.0, 59.0  # half the depth of head and neck
HEAD_WIDE_MM, NECK_WIDE_MM = 78.0, 62.0  # half their width
SHOULDER_WIDE_MM = 260.0
NAPE_MM, SHOULDER_MM = -70.0, -125.0  # levels of the head chart where the neck widens


@dataclass(frozen=True)
class BodyView:
    """A picture of a chart in millimetres, y downward.

    `place` gives the distance from the middle of the picture for a place of the chart (x lateral,
    y up); `seen` says whether the place faces the viewer. `turn` is 1 where the patient's left
    lies on the right of the picture. A view of one `side` is drawn as the left and mirrored for
    the right; one without a side shows both. A `close` view has doses and letters; a `filled` one
    is skin up to its edge. `scale` enlarges dots and letters where the picture covers much.
    """

    key: str
    words: str
    box: Box
    art: Callable[[], Art]
    place: Callable[[float, float], float]
    seen: Callable[[float, float], bool]
    turn: int = 1
    side: str = ""
    close: bool = True
    filled: bool = False
    scale: float = 1.0

    @property
    def flip(self) -> int:
        """-1 where the drawing of this view is mirrored."""
        return -1 if self.side == "right" else 1

    @property
    def frame(self) -> Box:
        """The box of the picture, mirrored with it."""
        left, top, width, height = self.box
        return (left if self.flip > 0 else -left - width), top, width, height

    def shows(self, side: str) -> bool:
        """Whether muscles and sites of a side belong to this view."""
        return not self.side or side in (self.side, "midline")

    def at(self, x_mm: float, y_mm: float) -> Point:
        """Where a place lands in the picture.

        Parameters
        ----------
        x_mm : [mm]
            Toward the patient's left.
        y_mm : [mm]
            Up.
        """
        mirrored = self.flip if self.side else (1 if x_mm >= 0 else -1)
        return self.turn * mirrored * self.place(abs(x_mm), y_mm), -y_mm

    def back(self, point: Point, bounds_mm: tuple[float, float]) -> Point:
        """Place of the chart that lands at a point of the picture, as (x signed, y up) [mm].

        The inverse of `at`, by halving: `place` rises or falls all along the skin that is seen.

        Parameters
        ----------
        point : (x, y)
            Point of the picture, y downward.
        bounds_mm : [mm]
            Least and largest x of the chart, lateral on its side.
        """
        y_mm = -point[1]
        across = self.turn * point[0]
        sign = self.flip if self.side else (1 if across >= 0 else -1)
        wanted = sign * across
        low, high = (max(0.0, bounds_mm[0]), bounds_mm[1])
        if not self.side:
            low, high = self._facing(low, high, y_mm)
        rising = self.place(high, y_mm) > self.place(low, y_mm)
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            if (self.place(middle, y_mm) < wanted) == rising:
                low = middle
            else:
                high = middle
        return (low + high) / 2 * sign, y_mm

    def _facing(self, low_mm: float, high_mm: float, y_mm: float) -> tuple[float, float]:
        """The part of a stretch of skin that faces the viewer: one end of it, or all."""
        if not self.seen(high_mm, y_mm):
            return low_mm, self._edge(low_mm, high_mm, y_mm)
        if not self.seen(low_mm, y_mm):
            return self._edge(high_mm, low_mm, y_mm), high_mm
        return low_mm, high_mm

    def _edge(self, seen_mm: float, hidden_mm: float, y_mm: float) -> float:
        for _ in range(HALVINGS):
            middle = (seen_mm + hidden_mm) / 2
            if self.seen(middle, y_mm):
                seen_mm = middle
            else:
                hidden_mm = middle
        return seen_mm

    def stretch(self, x_mm: float, y_mm: float) -> float:
        """Width in the picture of one millimetre of skin, negative where the view turns it over."""
        step = SMALL_STEP_MM
        near, far = self.place(abs(x_mm) - step, y_mm), self.place(abs(x_mm) + step, y_mm)
        return (far - near) / (2 * step)

    def inside(self, point: Point, margin: float = 0.0) -> bool:
        """Whether a place of the picture lies in its frame, this far from the edge."""
        left, top, width, height = self.frame
        x, y = point
        return (
            left + margin <= x <= left + width - margin
            and top + margin <= y <= top + height - margin
        )


def _profile(half_mm: float, round_mm: float, x_mm: float) -> float:
    return -half_mm * math.cos(math.pi * x_mm / round_mm)


def _bent(wide_mm: float, along_mm: float) -> float:
    """Distance from the middle of a round surface for a distance along it."""
    return wide_mm * math.sin(min(along_mm / wide_mm * 0.88, math.pi / 2))


def _head_back(x_mm: float, y_mm: float) -> float:
    share = min(max((NAPE_MM - y_mm) / (NAPE_MM - SHOULDER_MM), 0.0), 1.0)
    wide = HEAD_WIDE_MM + share * (SHOULDER_WIDE_MM - HEAD_WIDE_MM)
    along = HEAD_ROUND_MM - x_mm
    return math.copysign(_bent(wide, abs(along)), along)


def _neck_wide(y_mm: float) -> float:
    return NECK_WIDE_MM + max(0.0, 45.0 - y_mm) * 3


def _neck_front(x_mm: float, y_mm: float) -> float:
    return _bent(_neck_wide(y_mm), x_mm)


def _neck_back(x_mm: float, y_mm: float) -> float:
    along = NECK_ROUND_MM - x_mm
    return math.copysign(_bent(_neck_wide(y_mm), abs(along)), along)


def _anywhere(x_mm: float, y_mm: float) -> bool:
    return True


FACE = BodyView(
    "face",
    "Face from the front",
    (-88.0, -118.0, 176.0, 262.0),
    art_face.front,
    lambda x, y: x,
    lambda x, y: x < 74,
    close=False,
)
UPPER_FACE = replace(
    FACE,
    key="upper",
    words="Upper face",
    box=(-73.0, -68.0, 146.0, 110.0),
    close=True,
    filled=True,
)
HEAD_FRONT = replace(
    FACE, key="front", words="Front", box=(-88.0, -118.0, 176.0, 255.0), close=True, scale=1.3
)
HEAD_SIDE = BodyView(
    "side",
    "Side",
    (-122.0, -118.0, 232.0, 310.0),
    art_head.side,
    lambda x, y: _profile(HEAD_HALF_MM, HEAD_ROUND_MM, x),
    lambda x, y: 70 < x < (235 if y > -60 else 200),
    side="left",
    scale=1.5,
)
HEAD_BACK = BodyView(
    "back",
    "Back",
    (-150.0, -118.0, 300.0, 310.0),
    art_head.back,
    _head_back,
    lambda x, y: x > 175,
    turn=-1,
    scale=1.5,
)
NECK_FRONT = BodyView(
    "front",
    "Front",
    (-120.0, -205.0, 240.0, 255.0),
    art_neck.front,
    _neck_front,
    lambda x, y: x < 84,
    scale=1.25,
)
NECK_SIDE = BodyView(
    "side",
    "Side",
    (-112.0, -205.0, 222.0, 255.0),
    art_neck.side,
    lambda x, y: _profile(NECK_HALF_MM, NECK_ROUND_MM, x),
    lambda x, y: 30 < x < 155,
    side="left",
    scale=1.25,
)
NECK_BACK = BodyView(
    "back",
    "Back",
    (-120.0, -205.0, 240.0, 255.0),
    art_neck.back,
    _neck_back,
    lambda x, y: x > 118,
    turn=-1,
    scale=1.25,
)
ARM = BodyView(
    "arm",
    "Whole arm",
    (-90.0, -345.0, 180.0, 780.0),
    art_limb.arm,
    lambda x, y: x - 300,
    _anywhere,
    side="left",
    close=False,
    scale=1.3,
)
UPPER_ARM = replace(
    ARM, key="upper", words="Upper arm", box=(-86.0, -330.0, 172.0, 350.0), close=True, scale=1.25
)
FOREARM = replace(
    ARM, key="forearm", words="Forearm", box=(-82.0, -28.0, 164.0, 310.0), close=True, scale=1.2
)
HAND = replace(
    ARM, key="hand", words="Hand", box=(-86.0, 232.0, 176.0, 208.0), close=True, scale=0.8
)
LEG = BodyView(
    "leg",
    "Lower leg from behind",
    (-84.0, -92.0, 168.0, 548.0),
    art_limb.leg,
    lambda x, y: x - 120,
    _anywhere,
    turn=-1,
    side="left",
    close=False,
    scale=1.3,
)
CALF = replace(
    LEG, key="calf", words="Calf from behind", box=(-84.0, -30.0, 168.0, 420.0), close=True,
    scale=1.3,
)  # fmt: skip
ARMPIT = BodyView(
    "armpit",
    "Armpit, arm raised",
    (-140.0, -150.0, 230.0, 290.0),
    art_limb.armpit,
    lambda x, y: x - 200,
    _anywhere,
    side="left",
    scale=1.4,
)
PALM = BodyView(
    "palm",
    "Palm",
    (-95.0, -145.0, 150.0, 225.0),
    art_limb.palm,
    lambda x, y: x - 250,
    _anywhere,
    side="left",
    scale=1.2,
)
BLADDER = BodyView(
    "wall",
    "Wall from inside, laid flat",
    (-112.0, -112.0, 224.0, 192.0),
    art_bladder.wall,
    lambda x, y: x,
    _anywhere,
    scale=1.2,
)

VIEWS: Mapping[str, tuple[BodyView, ...]] = {
    "upper_face": (FACE, UPPER_FACE),
    "head": (HEAD_FRONT, HEAD_SIDE, HEAD_BACK),
    "neck": (NECK_FRONT, NECK_SIDE, NECK_BACK),
    "upper_limb": (ARM, UPPER_ARM, FOREARM, HAND),
    "lower_limb": (LEG, CALF),
    "axilla": (ARMPIT,),
    "palm": (PALM,),
    "bladder": (BLADDER,),
}
ENDS: Mapping[int, tuple[str, str]] = {
    1: ("patient's right", "patient's left"),
    -1: ("patient's left", "patient's right"),
}
