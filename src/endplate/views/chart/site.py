"""The injected sites as dots of a view: their size, their dose, no two on each other."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

from endplate.results.result import SiteSummary
from endplate.views.chart.views import BodyView, Box
from endplate.views.language import gettext as _
from endplate.views.quantity import number
from endplate.views.svg import Point, tag, text, title
from endplate.views.words import muscle_name

SMALLEST, LARGEST = 2.4, 7.0  # radius of a dot in a view of scale 1 [mm]
BETWEEN_MM = 0.6  # kept free between two dots
MOVED = 1.0  # a dot that stepped aside further than this gets a line to its site [mm]
ROUNDS = 400
QUARTER_U = 0.25


@dataclass(frozen=True)
class Dot:
    """One injected site as it is drawn."""

    x_mm: float
    y_mm: float
    dose_u: float
    side: str
    words: str


def dots(sites: Sequence[SiteSummary], view: BodyView) -> tuple[Dot, ...]:
    """The sites that a view shows, in millimetres of the picture, y downward."""
    placed = []
    for site in sites:
        x_mm, y_mm, side = float(site.x_mm), float(site.y_mm), side_of(site.side, site.x_mm)
        point = view.at(x_mm, y_mm)
        if view.shows(side) and view.seen(abs(x_mm), y_mm) and view.inside(point):
            placed.append(Dot(*point, float(site.dose_u), side, _words(site)))
    return tuple(placed)


def side_of(side: str, x_mm: float) -> str:
    """Side of a site; what lies on the midline of a paired chart has the side of its x.

    Parameters
    ----------
    side : str
        Side as the plan states it, empty for none.
    x_mm : [mm]
        Place to the patient's left.
    """
    if side not in ("", "midline") or not x_mm:
        return side or "midline"
    return "left" if x_mm > 0 else "right"


def marks(dots: tuple[Dot, ...], view: BodyView) -> list[str]:
    """The dots with their doses; where they crowd they step aside and a line leads to the site."""
    radii = [_radius(dot, view) for dot in dots]
    homes = [(dot.x_mm, dot.y_mm) for dot in dots]
    places = settled(homes, radii, view.frame) if view.close else homes
    moved = [math.dist(a, b) > MOVED * view.scale for a, b in zip(homes, places, strict=True)]
    leaders = [
        tag("line", x1=a[0], y1=a[1], x2=b[0], y2=b[1], class_="lead")
        + tag("circle", cx=a[0], cy=a[1], r=1.3 * view.scale, class_="site")
        for a, b, far in zip(homes, places, moved, strict=True)
        if far
    ]
    circles = [_mark(d, p, r, view.close) for d, p, r in zip(dots, places, radii, strict=True)]
    return leaders + circles


def settled(homes: list[Point], radii: list[float], frame: Box) -> list[Point]:
    """Places near their homes where no two circles overlap, inside the frame."""
    left, top, width, height = frame
    places = list(homes)
    for _round in range(ROUNDS):
        still = True
        for i, j in combinations(range(len(places)), 2):
            gap = radii[i] + radii[j] + BETWEEN_MM - math.dist(places[i], places[j])
            if gap > 1e-3:
                still = False
                places[i], places[j] = _pushed(places[i], places[j], gap / 2, i)
        places = [
            (min(max(x, left + r), left + width - r), min(max(y, top + r), top + height - r))
            for (x, y), r in zip(places, radii, strict=True)
        ]
        if still:
            break
    return places


def _pushed(first: Point, second: Point, by: float, turn: int) -> tuple[Point, Point]:
    """Two places moved apart along their line; places that coincide part in a fixed direction."""
    dx, dy = second[0] - first[0], second[1] - first[1]
    far = math.hypot(dx, dy)
    ux, uy = (dx / far, dy / far) if far > 1e-6 else (math.cos(turn), math.sin(turn))
    return (first[0] - by * ux, first[1] - by * uy), (second[0] + by * ux, second[1] + by * uy)


def _radius(dot: Dot, view: BodyView) -> float:
    grown = (1.9 if view.close else 1.0) * math.sqrt(dot.dose_u)
    least, most = (SMALLEST, LARGEST) if view.close else (1.6, 5.0)
    return max(least, min(most, grown)) * view.scale


def _mark(dot: Dot, centre: Point, radius: float, close: bool) -> str:
    circle = tag("circle", cx=centre[0], cy=centre[1], r=radius, class_="site")
    if not close:
        return tag("g", title(dot.words), circle)
    dose = dose_text(dot.dose_u)
    size = min(1.21 * radius, 3.2 * radius / len(dose))
    label = text(
        dose,
        x=centre[0],
        y=centre[1] + size * 0.36,
        class_="dose",
        font_size=size,
        text_anchor="middle",
    )
    return tag("g", title(dot.words), circle, label)


def dose_text(dose_u: float) -> str:
    """A dose short enough for its dot: quarters of a unit in full, others to a tenth.

    Examples
    --------
    >>> dose_text(4.0), dose_text(1.25), dose_text(6.6667)
    ('4', '1.25', '6.7')
    """
    exact = abs(dose_u / QUARTER_U - round(dose_u / QUARTER_U)) < 1e-6
    return number(dose_u, 2 if exact else 1)


def _words(site: SiteSummary) -> str:
    return _("{muscle}: {dose} U in {volume} mL").format(
        muscle=muscle_name(site.muscle, site.side),
        dose=number(site.dose_u, 2),
        volume=number(site.volume_ml, 3),
    )
