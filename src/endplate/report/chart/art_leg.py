"""The drawing of a left lower leg from behind, in millimetres from its axis and the knee crease.

The outer side lies at positive x here; the view turns it over. y grows downward.
"""

from endplate.report.chart.art import Art
from endplate.report.chart.curve import smooth, strokes

OUTLINE = [
    (-72, -120), (-72, -120), (-62, -50), (-55, -14), (-51, 10), (-53, 40), (-60, 84),
    (-63, 124), (-58, 168), (-46, 220), (-35, 274), (-29, 322), (-29, 352),
    (-34, 368), (-37, 380), (-33, 392), (-30, 410),
    (-27, 432), (-16, 444), (0, 447), (16, 444), (27, 434), (38, 440), (50, 444), (55, 438),
    (48, 426), (36, 412), (33, 402), (37, 392), (35, 378), (31, 358), (31, 324), (37, 276),
    (47, 222), (56, 168), (59, 122), (56, 78), (50, 38), (49, 8), (53, -16), (60, -52), (70, -120),
    (70, -120),
]  # fmt: skip
CREASES = ([(-36, 2), (-14, -3), (12, -3), (34, 2)],)
SOFT = (
    [(-44, -84), (-38, -44), (-28, -10)],
    [(42, -84), (36, -44), (27, -10)],
    [(0, 28), (1, 80), (0, 138), (-2, 176)],
    [(-54, 160), (-40, 190), (-22, 200), (-6, 190)],
    [(50, 150), (38, 172), (20, 180), (4, 174)],
    [(-13, 256), (-9, 310), (-9, 356), (-13, 388)],
    [(13, 256), (10, 310), (10, 356), (14, 388)],
    [(-34, 370), (-28, 376), (-26, 386)],
    [(35, 382), (29, 386), (27, 396)],
    [(-17, 420), (0, 427), (17, 421)],
)


def leg() -> Art:
    """A lower leg from above the knee to the heel."""
    over = strokes("f-soft", *SOFT) + strokes("f-line", *CREASES)
    return Art(smooth(OUTLINE, closed=True), "", over)
