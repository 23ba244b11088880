"""The lines that labels draw on a chart: where the rules of `landmarks.py` begin to object."""

from collections.abc import Iterator
from dataclasses import dataclass

from endplate.case import Plan
from endplate.facts.atlas import landmarks
from endplate.facts.label import LabelRule
from endplate.facts.protocols import protocol_sites
from endplate.safety.landmarks import (
    BROW_DEPRESSORS,
    CENTRE_MM,
    CHART,
    brow_height_mm,
    landmark_at,
)
from endplate.safety.view import View

Points = tuple[tuple[float, float], ...]
BLADDER = ("overactive_bladder", "neurogenic_detrusor_overactivity")


@dataclass(frozen=True)
class Guide:
    """One line of a chart that the sites of some muscles keep to one side of.

    `points_mm` are (x lateral, y up); `keep` says on which side sites belong: above, lateral, or
    between (a strip, given by its middle line and half its width). A paired line is drawn on both
    sides.
    """

    rule: str
    chart: str
    words: str
    muscles: tuple[str, ...]
    points_mm: Points
    keep: str
    paired: bool
    source: str
    locator: str
    verified: bool


def guides(plan: Plan) -> tuple[Guide, ...]:
    """Lines for the areas of a plan, from the label rows that its rules use."""
    view = View.of(plan)
    makers = {
        "glabellar_lines": (_corrugator, _brow),
        "lateral_canthal_lines": (_rim, _canthal),
        "forehead_lines": (_forehead,),
        **{area: (_trigone,) for area in BLADDER},
    }
    return tuple(
        guide for area in view.areas for make in makers.get(area, ()) for guide in make(view, area)
    )


def _corrugator(view: View, area: str) -> Iterator[Guide]:
    fact = view.fact("lateral_corrugator_above_rim_min", area)
    if fact is None or fact.value is None:
        return
    spots_mm = [s.x_mm for s in protocol_sites() if s.muscle == "corrugator_supercilii"]
    halfway_mm = (min(spots_mm) + max(spots_mm)) / 2
    words = f"lateral corrugator: at least {fact.value:g} mm above the bony rim"
    points = ((halfway_mm, fact.value), (landmark_at("brow_lateral")[0], fact.value))
    yield _guide("corrugator_height", words, ("corrugator_supercilii",), points, "above", fact)


def _brow(view: View, area: str) -> Iterator[Guide]:
    fact = view.fact("above_central_brow_min", area)
    if fact is None or fact.value is None:
        return
    centre_mm = (landmark_at("brow_medial")[0] + landmark_at("brow_lateral")[0]) / 2
    ends = (centre_mm - CENTRE_MM, centre_mm + CENTRE_MM)
    points = tuple((x, brow_height_mm(x) + fact.value) for x in ends)
    words = f"frown muscles: at least {fact.value:g} mm above the centre of the brow"
    yield _guide("brow_clearance", words, BROW_DEPRESSORS, points, "above", fact)


def _rim(view: View, area: str) -> Iterator[Guide]:
    fact = view.fact("temporal_to_canthus", area)
    if fact is None:
        return
    x_mm, y_mm = landmark_at("lateral_orbital_rim")
    points = ((x_mm, y_mm - 16), (x_mm, y_mm + 16))
    words = "crow's feet: outside the orbital rim"
    yield _guide("orbital_rim", words, ("orbicularis_oculi",), points, "lateral", fact)


def _canthal(view: View, area: str) -> Iterator[Guide]:
    fact = view.fact("temporal_to_canthus", area)
    if fact is None or fact.low is None or fact.high is None:
        return
    x_mm, y_mm = landmark_at("lateral_canthus")
    points = ((x_mm + fact.low, y_mm), (x_mm + fact.high, y_mm))
    words = f"middle crow's feet site: {fact.low:g} to {fact.high:g} mm from the corner of the eye"
    yield _guide("canthal_distance", words, ("orbicularis_oculi",), points, "between", fact)


def _forehead(view: View, area: str) -> Iterator[Guide]:
    fact = view.fact("above_brow_min", area)
    if fact is None or fact.value is None:
        return
    names = ("brow_medial", "brow_peak", "brow_lateral")
    at_mm = (0.0, *(landmark_at(name)[0] for name in names))
    points = tuple((x, brow_height_mm(x) + fact.value) for x in at_mm)
    words = f"forehead: at least {fact.value:g} mm above the brow"
    yield _guide("forehead_height", words, ("frontalis",), points, "above", fact)


def _trigone(view: View, area: str) -> Iterator[Guide]:
    fact = view.fact("above_trigone_min", area)
    if fact is None or fact.value is None:
        return
    ureter_mm = next(m.x_mm for m in landmarks("bladder") if m.name == "ureter")
    points = ((-ureter_mm, fact.value), (ureter_mm, fact.value))
    words = "bladder wall: above the trigone"
    yield _guide("trigone", words, ("detrusor",), points, "above", fact, "bladder")


def _guide(
    rule: str,
    words: str,
    muscles: tuple[str, ...],
    points: Points,
    keep: str,
    fact: LabelRule,
    chart: str = CHART,
) -> Guide:
    paired = chart == CHART
    return Guide(
        rule, chart, words, muscles, points, keep, paired, fact.source, fact.locator, fact.verified
    )
