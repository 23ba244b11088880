"""The drawing of a head from its left side and from behind, in millimetres, y downward.

Level 0 is the bony rim above the eye, as on the face. The side view faces left: the midline of
the face lies at -95, the ear at 0, the midline of the back of the head at 95.
"""

from endplate.report.chart.art import Art
from endplate.report.chart.curve import area, both, paired, smooth, strokes

SIDE = [
    (-84, -66), (-92, -38), (-95, -14), (-95.5, -2), (-91, 9), (-96, 22), (-107, 41), (-113, 52),
    (-110, 59), (-100, 61), (-99, 66), (-103, 77), (-102.5, 82), (-99, 86), (-99, 86),
    (-101.5, 90), (-100, 97), (-94.5, 104), (-96, 114), (-93, 125), (-84, 131), (-66, 131),
    (-52, 132), (-40, 140), (-39, 156), (-46, 176), (-60, 194), (-78, 210), (-92, 236), (-92, 236),
    (104, 236), (104, 236), (92, 182), (76, 152), (65, 120), (65, 92), (74, 68),
    (88, 42), (95, 12), (94, -24), (82, -66), (54, -98), (12, -112), (-32, -108), (-66, -92),
]  # fmt: skip
SIDE_HAIR = [
    (-82, -64), (-66, -90), (-32, -108.5), (12, -113), (54, -99), (82.5, -66), (95, -24),
    (96, 12), (89, 42), (75, 68), (66, 88), (66, 88), (54, 84), (40, 70), (30, 54), (26, 30),
    (22, 4), (8, -8), (-8, 2), (-12, 26), (-12, 26), (-19, 24), (-23, 2), (-34, -16), (-48, -24),
    (-56, -40), (-66, -54),
]  # fmt: skip
EAR = [
    (-5, 24), (-7, 10), (0, -2), (13, -5), (22, 3), (23, 18), (17, 34), (11, 48), (3, 54),
    (-4, 48), (-4, 38),
]  # fmt: skip
EAR_LINES = (
    [(-2, 8), (4, 3), (13, 2), (17, 10), (15, 24), (10, 36)],
    [(-4, 25), (0, 22), (3, 27), (1, 33), (-3, 36)],
    [(2, 16), (8, 12), (11, 17), (9, 28), (5, 38)],
)
SIDE_EYE = [(-84, 24), (-79, 18), (-72, 16.5), (-65, 21.5), (-72, 26), (-79, 27)]
SIDE_BROW = [(-92, -1), (-84, -8), (-70, -10), (-56, -2), (-56, -2), (-70, -5.5), (-83, -3)]
SIDE_LINES = (
    [(-86, 22), (-80, 17), (-72, 15), (-63, 21)],
    [(-82, 13), (-74, 10.5), (-64, 14.5)],
    [(-97, 60), (-92, 58), (-91, 51), (-95, 46)],
    [(-99, 86), (-90, 86.5), (-82, 89)],
)
SIDE_SOFT = (
    [(-84, 27), (-78, 29), (-70, 28), (-65, 25)],
    [(-92, 62), (-85, 70), (-81, 79)],
    [(-62, 131), (-42, 123), (-24, 108), (-13, 92), (-8, 66)],
    [(6, 62), (-8, 100), (-30, 150), (-46, 182)],
    [(30, 60), (38, 96), (34, 140), (16, 186)],
)

HALF_BACK = [
    (0, -113), (40, -104), (68, -76), (79, -36), (78, 2), (70, 36), (58, 60), (53, 78), (56, 96),
    (70, 112), (96, 125), (130, 137), (164, 154), (182, 186), (192, 236), (192, 236), (0, 236),
]  # fmt: skip
HALF_BACK_HAIR = [
    (0, -114), (40, -105), (69, -76), (80, -36), (79, 2), (71, 36), (58, 60), (53, 74), (53, 74),
    (40, 72), (26, 84), (12, 80), (0, 86),
]  # fmt: skip
BACK_EAR = [(76, 2), (84, -4), (89, 6), (87, 26), (79, 44), (71, 46), (70, 30)]
BACK_SOFT = (
    [(22, 92), (25, 110), (30, 130)],
    [(150, 236), (118, 216), (84, 210), (62, 222)],
)


def side() -> Art:
    """The left side of a head, neck and shoulder."""
    skin = smooth(SIDE, closed=True)
    over = [
        area("f-eye", SIDE_EYE),
        '<ellipse cx="-80.2" cy="21.4" rx="3" ry="4.6" class="f-iris"/>',
        area("f-brow", SIDE_BROW),
        area("f-skin f-line", EAR, fill_opacity=0.55),
        strokes("f-soft", *EAR_LINES, *SIDE_SOFT),
        strokes("f-line", *SIDE_LINES),
    ]
    return Art(skin, area("f-hair", SIDE_HAIR), "".join(over))


def back() -> Art:
    """Head, neck and shoulders from behind."""
    ears = [area("f-skin f-line", half) for half in (BACK_EAR, [(-x, y) for x, y in BACK_EAR])]
    spine = strokes("f-soft", [(0, 98), (0, 120), (0, 140)])
    over = paired("f-soft", *BACK_SOFT) + spine
    hair = area("f-hair", both(HALF_BACK_HAIR))
    return Art(smooth(both(HALF_BACK), closed=True), hair, over, "".join(ears))
