"""The drawing of the inner wall of a bladder, unrolled, in millimetres, y downward.

The ridge between the openings of the ureters lies at level 0, the trigone below it down to the
outlet, the dome at the top.
"""

from endplate.views.chart.art import Art, area, both, paired, smooth, strokes
from endplate.views.svg import text

HALF = [
    (0, -104), (44, -99), (82, -80), (104, -44), (104, -4), (86, 26), (56, 44), (26, 54), (11, 60),
    (8, 74), (8, 74), (0, 74),
]  # fmt: skip
TRIGONE = [(-20, -1), (0, 3), (20, -1), (20, -1), (14, 18), (6, 40), (0, 48), (-6, 40), (-14, 18),
           (-20, -1)]  # fmt: skip
RIDGE = ([(-34, -5), (-20, -1), (0, 3), (20, -1), (34, -5)],)
URETERS = ([(17, -3), (21, -6), (26, -5)], [(16, 1), (21, 2), (27, -2)])
FOLDS = (
    [(30, -88), (48, -74), (58, -56)],
    [(10, -92), (22, -80), (28, -64)],
    [(84, -54), (74, -36), (76, -16)],
    [(94, -30), (88, -12), (78, 4)],
    [(48, 10), (62, 18), (66, 28)],
    [(36, 24), (44, 32), (44, 40)],
    [(42, -52), (54, -34), (56, -16)],
    [(12, -58), (24, -44), (26, -28)],
)
WORDS = (
    ("dome", 0, -88, "middle"),
    ("trigone", 0, 16, "middle"),
    ("outlet", 14, 72, "start"),
    ("ureter", 38, 4, "start"),
)
OUTLET = ([(9, 61), (4, 58), (0, 57), (-4, 58), (-9, 61)], [(0, 60), (0, 66), (0, 72)])


def wall() -> Art:
    """Dome, side walls, ridge and trigone as seen from inside."""
    under = area("f-trigone", TRIGONE) + paired("f-soft", *FOLDS)
    labels = [
        text(words, x=x, y=y, class_="f-word", font_size=6, text_anchor=anchor)
        for words, x, y, anchor in WORDS
    ]
    over = "".join(labels) + strokes("f-line", *RIDGE, *OUTLET) + paired("f-line", *URETERS)
    return Art(smooth(both(HALF), closed=True), under, over)
