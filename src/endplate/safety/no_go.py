"""Lines of a chart that labels tell not to cross, with the same figures that the rules use."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from endplate.facts.anatomy import chart_limits, landmarks
from endplate.facts.indications import chart_of, indications
from endplate.facts.label import LabelRule, label_rules
from endplate.facts.protocol import protocol_sites
from endplate.safety.landmarks import BROW_DEPRESSORS, CENTRE_MM, CHART, brow_height_mm

Point = tuple[float, float]


@dataclass(frozen=True)
class NoGoLine:
    """A line of one chart, x lateral on either side; sites of `muscles` stay on its `keep` side.

    `keep` is above or lateral.
    """

    rule: str
    chart: str
    indication: str
    product: str
    region: str
    muscles: tuple[str, ...]
    keep: str
    points_mm: tuple[Point, ...]
    title: str
    source: str
    locator: str
    verified: bool


def no_go_lines(chart: str) -> tuple[NoGoLine, ...]:
    """Lines of a chart, those of every label that names one."""
    return tuple(
        line
        for quantity, draw in _DRAWN.items()
        for fact in label_rules(quantity=quantity)
        for line in draw(fact)
        if line.chart == chart
    )


def _line(
    fact: LabelRule,
    rule: str,
    muscles: tuple[str, ...],
    keep: str,
    points_mm: tuple[Point, ...],
    title: str,
) -> NoGoLine:
    return NoGoLine(
        rule,
        CHART if rule != "trigone" else chart_of(fact.indication),
        fact.indication,
        fact.product,
        fact.region,
        muscles,
        keep,
        points_mm,
        title,
        fact.source,
        fact.locator,
        fact.verified,
    )


def _at(name: str) -> Point:
    return next((m.x_mm, m.y_mm) for m in landmarks(CHART) if m.name == name)


def _above_brow(fact: LabelRule, first_mm: float, last_mm: float) -> tuple[Point, ...]:
    """The brow between two distances from the midline, lifted by the figure of the label."""
    bends = [_at(name)[0] for name in ("brow_medial", "brow_peak", "brow_lateral")]
    stops = [first_mm, *(x for x in bends if first_mm < x < last_mm), last_mm]
    return tuple((x, brow_height_mm(x) + (fact.value or 0.0)) for x in stops)


def _corrugator(fact: LabelRule) -> Iterator[NoGoLine]:
    muscle = "corrugator_supercilii"
    spots_mm = [spot.x_mm for spot in protocol_sites() if spot.muscle == muscle]
    start_mm = (min(spots_mm) + max(spots_mm)) / 2
    height_mm = fact.value or 0.0
    points = ((start_mm, height_mm), (_at("brow_lateral")[0], height_mm))
    title = f"Lateral corrugator: at least {height_mm:g} mm above the orbital rim"
    yield _line(fact, "corrugator_height", (muscle,), "above", points, title)


def _centre(fact: LabelRule) -> Iterator[NoGoLine]:
    centre_mm = (_at("brow_medial")[0] + _at("brow_lateral")[0]) / 2
    points = _above_brow(fact, centre_mm - CENTRE_MM, centre_mm + CENTRE_MM)
    title = f"Centre of the brow: at least {fact.value:g} mm above it"
    yield _line(fact, "brow_clearance", BROW_DEPRESSORS, "above", points, title)


def _rim(fact: LabelRule) -> Iterator[NoGoLine]:
    rim_mm, height_mm = _at("lateral_orbital_rim")
    low_mm, high_mm = chart_limits(CHART).y_mm
    points = ((rim_mm, max(low_mm, 2 * height_mm)), (rim_mm, min(high_mm, 0.0)))
    title = "Lateral orbital rim: canthal sites stay outside it"
    yield _line(fact, "orbital_rim", ("orbicularis_oculi",), "lateral", points, title)


def _forehead(fact: LabelRule) -> Iterator[NoGoLine]:
    points = _above_brow(fact, 0.0, chart_limits(CHART).x_mm[1])
    title = f"Forehead: at least {fact.value:g} mm above the brow"
    yield _line(fact, "forehead_height", ("frontalis",), "above", points, title)


def _trigone(fact: LabelRule) -> Iterator[NoGoLine]:
    if fact.indication not in {one.name for one in indications()}:
        return
    width_mm = chart_limits(chart_of(fact.indication)).x_mm[1]
    height_mm = fact.value or 0.0
    points = ((0.0, height_mm), (width_mm, height_mm))
    title = "Trigone: sites stay above the ridge between the ureters"
    yield _line(fact, "trigone", ("detrusor",), "above", points, title)


_DRAWN: dict[str, Callable[[LabelRule], Iterator[NoGoLine]]] = {
    "lateral_corrugator_above_rim_min": _corrugator,
    "above_central_brow_min": _centre,
    "temporal_to_canthus": _rim,
    "above_brow_min": _forehead,
    "above_trigone_min": _trigone,
}
