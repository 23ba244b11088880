"""The cords of the neck that stand out when it is tensed, on the drawn neck from the front."""

from endplate.views.chart import art_neck
from endplate.views.chart.art import Art
from endplate.views.chart.curve import paired
from endplate.views.svg import tag

AREA = "platysma_bands"
CORDS = (
    [(15, -104), (17, -76), (21, -46), (30, -12)],
    [(38, -118), (41, -88), (47, -54), (62, -20)],
)


def acting_neck() -> Art:
    """The neck from the front with two cords on each side."""
    still = art_neck.front()
    cords = [
        tag("g", paired("f-wrinkle", cord), data_part=f"line:{AREA}:{i}")
        for i, cord in enumerate(CORDS)
    ]
    over = still.over + tag("g", *cords, data_part=f"lines:{AREA}")
    return Art(still.skin, still.under, over, still.behind, still.edged)
