"""Muscles that are no spindle: their outlines and fibres, in mm of their chart, y up.

They are drawn for the eye, around the blocks that the model computes with: a ring about the lids, a
fan on forehead and temple, a belly with two heads. What is injected and what is silenced is placed
by the blocks alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from endplate.views.chart.art import Points


@dataclass(frozen=True)
class MuscleArt:
    """Outline of a muscle on its left side, a hole in it, and fibres.

    A paired muscle is mirrored for the right; a point that is given twice is a corner.
    """

    outline: Points
    fibres: tuple[Points, ...]
    hole: Points = ()


ORBICULARIS_OCULI = MuscleArt(
    outline=(
        (10, -22), (12, -8), (22, 6), (38, 12), (56, 9), (70, -3), (75, -19), (70, -34),
        (56, -44), (38, -46), (22, -39), (12, -30),
    ),
    hole=(
        (16, -24.4), (16, -24.4), (23, -18), (32, -15.2), (40, -17), (46.4, -21.6), (46.4, -21.6),
        (39, -27), (31, -29), (22, -27.4), (16, -24.4),
    ),
    fibres=(
        ((14, -19), (24, -10), (34, -8), (46, -12), (52, -21), (47, -31), (34, -35), (22, -32),
         (14, -26)),
        ((12, -16), (22, -3), (37, 2.5), (53, 0), (63, -10), (65, -21), (60, -32), (49, -39),
         (36, -40.5), (22, -35), (13, -27.5)),
    ),
)  # fmt: skip
FRONTALIS = MuscleArt(
    outline=(
        (3, 4), (3, 4), (14, 8), (28, 13), (42, 14), (53, 9), (53, 9), (55, 22), (55, 36), (52, 49),
        (44, 58), (32, 61), (21, 59), (14, 53), (14, 53), (9, 36), (5, 18), (3, 4),
    ),
    fibres=(
        ((9, 9), (12, 26), (15, 40), (20, 54)),
        ((19, 12), (22, 28), (25, 42), (29, 57)),
        ((30, 16), (33, 30), (36, 44), (39, 56)),
        ((41, 17), (44, 30), (46, 42), (47, 52)),
        ((50, 15), (51.5, 26), (52, 36), (51, 44)),
    ),
)  # fmt: skip
PROCERUS = MuscleArt(
    outline=(
        (0, -14.4), (4.4, -13.4), (5.4, -7), (6.6, -1), (8.4, 4.6), (8.4, 4.6), (0, 6.2),
        (-8.4, 4.6), (-8.4, 4.6), (-6.6, -1), (-5.4, -7), (-4.4, -13.4),
    ),
    fibres=(
        ((-2.6, -11), (-3.2, -4), (-4.8, 3)),
        ((0, -11), (0, -4), (0, 3.6)),
        ((2.6, -11), (3.2, -4), (4.8, 3)),
    ),
)  # fmt: skip
TEMPORALIS = MuscleArt(
    outline=(
        (94, -20), (94, -20), (86, 0), (79, 20), (84, 40), (100, 53), (122, 56), (140, 47),
        (149, 30), (146, 13), (146, 13), (128, 3), (112, -7), (104, -20), (104, -20),
    ),
    fibres=(
        ((97, -16), (89, 8), (86, 32)),
        ((98.5, -16), (100, 16), (102, 48)),
        ((100, -15), (112, 14), (122, 50)),
        ((101.5, -14), (121, 10), (138, 40)),
        ((103, -13), (124, 6), (144, 20)),
    ),
)  # fmt: skip
STERNOCLEIDOMASTOID = MuscleArt(
    outline=(
        (84, 147), (90, 150), (98, 143), (86, 112), (70, 76), (54, 34), (47, 4), (47, 4), (33, 2),
        (33, 2), (39, 22), (36, 34), (36, 34), (27, 20), (19, 3), (19, 3), (11, 5), (11, 5),
        (24, 36), (45, 80), (66, 118),
    ),
    fibres=(
        ((88, 144), (66, 106), (44, 66), (20, 14)),
        ((91, 143), (73, 108), (54, 64), (40, 30)),
        ((94, 141), (79, 108), (63, 68), (46, 20)),
    ),
)  # fmt: skip
PLATYSMA = MuscleArt(
    outline=(
        (20, 118), (34, 125), (56, 128), (74, 121), (74, 121), (79, 92), (85, 50), (95, 4), (95, 4),
        (72, -5), (44, -7), (18, -3), (18, -3), (14, 40), (15, 84),
    ),
    fibres=(
        ((26, 114), (22, 80), (20, 40), (22, 4)),
        ((40, 119), (37, 80), (36, 40), (38, 2)),
        ((53, 121), (52, 82), (53, 42), (56, 2)),
        ((66, 117), (66, 82), (70, 44), (77, 4)),
    ),
)  # fmt: skip

# by the part of the body and the muscle
MUSCLE_ART: Mapping[tuple[str, str], MuscleArt] = {
    ("upper_face", "orbicularis_oculi"): ORBICULARIS_OCULI,
    ("upper_face", "frontalis"): FRONTALIS,
    ("upper_face", "procerus"): PROCERUS,
    ("head", "temporalis"): TEMPORALIS,
    ("neck", "sternocleidomastoid"): STERNOCLEIDOMASTOID,
    ("neck", "platysma"): PLATYSMA,
}
