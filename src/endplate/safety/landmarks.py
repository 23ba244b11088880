"""Places against the landmarks that labels name: orbital rim, brow, canthus, trigone."""

from collections.abc import Iterator
from itertools import pairwise

from endplate.case import Injection
from endplate.facts.atlas import landmarks
from endplate.facts.indications import chart_of, is_charted
from endplate.facts.protocols import protocol_sites
from endplate.safety.finding import Finding, from_label
from endplate.safety.reads import reads
from endplate.safety.view import COSMETIC, View

BROW_DEPRESSORS = ("corrugator_supercilii", "procerus", "depressor_supercilii")
CHART = "upper_face"
FACES = (CHART, "head")  # charts with a face, in the same millimetres
# Half-width of the stretch of brow that counts as its centre on the chart.
CENTRE_MM = 5.0
# Half the height of the open lids about the pupil; their length lies between the landmarks.
EYE_HALF_HEIGHT_MM = 6.5


def landmark_at(name: str) -> tuple[float, float]:
    """Place of a landmark of the face, (x lateral, y up) [mm]."""
    return next((m.x_mm, m.y_mm) for m in landmarks(CHART) if m.name == name)


def brow_height_mm(x_mm: float) -> float:
    """Height of the brow on the chart at a distance from the midline."""
    points = [landmark_at(name) for name in ("brow_medial", "brow_peak", "brow_lateral")]
    if x_mm <= points[0][0]:
        return points[0][1]
    for (x0, y0), (x1, y1) in pairwise(points):
        if x_mm <= x1:
            return y0 + (y1 - y0) * (x_mm - x0) / (x1 - x0)
    return points[-1][1]


def _placed(view: View, muscles: tuple[str, ...]) -> list[tuple[Injection, float, float]]:
    return [
        (shot, shot.point_mm[0], shot.point_mm[1])
        for shot in view.shots
        if shot.point_mm is not None
        and shot.muscle in muscles
        and shot.indication in COSMETIC
        and not view.unplaced
    ]


@reads("treatment.indications", "treatment.sites")
def corrugator_height(view: View) -> Iterator[Finding]:
    """Lateral corrugator sites against their least height above the bony rim."""
    fact = view.fact("lateral_corrugator_above_rim_min", "glabellar_lines")
    spots_mm = [s.x_mm for s in protocol_sites() if s.muscle == "corrugator_supercilii"]
    halfway_mm = (min(spots_mm) + max(spots_mm)) / 2
    lateral = [y for _, x, y in _placed(view, ("corrugator_supercilii",)) if x > halfway_mm]
    if fact is None or fact.value is None or not lateral or min(lateral) >= fact.value:
        return
    reason = (
        f"A lateral corrugator site lies {min(lateral):.1f} mm above the rim, the label asks for "
        f"at least {fact.value:g} mm: nearer, the toxin reaches the muscle that lifts the lid."
    )
    title = "Lateral corrugator site close to the orbital rim"
    yield from_label("corrugator_height", "caution", title, reason, fact, min(lateral))


@reads("treatment.indications", "treatment.sites")
def brow_clearance(view: View) -> Iterator[Finding]:
    """Frown-muscle sites over the centre of the brow against their least height above it."""
    fact = view.fact("above_central_brow_min", "glabellar_lines")
    centre_mm = (landmark_at("brow_medial")[0] + landmark_at("brow_lateral")[0]) / 2
    heights = [
        y - brow_height_mm(x)
        for _, x, y in _placed(view, BROW_DEPRESSORS)
        if abs(x - centre_mm) <= CENTRE_MM
    ]
    if fact is None or fact.value is None or not heights or min(heights) >= fact.value:
        return
    reason = (
        f"A site lies {min(heights):.1f} mm above the centre of the brow; the label asks for at "
        f"least {fact.value:g} mm there."
    )
    title = "Site close above the centre of the brow"
    yield from_label("brow_clearance", "caution", title, reason, fact, min(heights))


@reads("treatment.indications", "treatment.sites")
def canthal_distance(view: View) -> Iterator[Finding]:
    """Middle lateral canthal site of each side against its distance from the canthus."""
    fact = view.fact("temporal_to_canthus", "lateral_canthal_lines")
    canthus_x, canthus_y = landmark_at("lateral_canthus")
    if fact is None or fact.low is None or fact.high is None:
        return
    for side in ("left", "right"):
        sites = [
            (abs(y - canthus_y), x - canthus_x)
            for shot, x, y in _placed(view, ("orbicularis_oculi",))
            if shot.side == side and shot.indication == "lateral_canthal_lines"
        ]
        if not sites:
            continue
        away_mm = min(sites)[1]
        if fact.low <= away_mm <= fact.high:
            continue
        near = away_mm < fact.low
        reason = (
            f"The middle {side} site lies {away_mm:.1f} mm temporal to the canthus; the label has "
            f"{fact.low:g} to {fact.high:g} mm."
        )
        title = f"Canthal site {'close to' if near else 'far from'} the canthus"
        limit = fact.low if near else fact.high
        level = "caution" if near else "note"
        yield from_label("canthal_distance", level, title, reason, fact, away_mm, limit)


@reads("treatment.indications", "treatment.sites")
def orbital_rim(view: View) -> Iterator[Finding]:
    """Lateral canthal sites against the lateral orbital rim, outside which they belong."""
    fact = view.fact("temporal_to_canthus", "lateral_canthal_lines")
    rim_mm = landmark_at("lateral_orbital_rim")[0]
    inside = [
        x
        for shot, x, _ in _placed(view, ("orbicularis_oculi",))
        if x < rim_mm and shot.indication == "lateral_canthal_lines"
    ]
    if fact is None or not inside:
        return
    reason = (
        f"A canthal site lies {rim_mm - min(inside):.1f} mm inside the lateral orbital rim: "
        "the toxin can reach the muscles that move the eye."
    )
    title = "Canthal site inside the orbital rim"
    yield from_label("orbital_rim", "caution", title, reason, fact, min(inside), rim_mm)


@reads("treatment.indications", "treatment.sites")
def forehead_height(view: View) -> Iterator[Finding]:
    """Frontalis sites against their least height above the brow."""
    fact = view.fact("above_brow_min", "forehead_lines")
    heights = [y - brow_height_mm(x) for _, x, y in _placed(view, ("frontalis",))]
    if fact is None or fact.value is None or not heights or min(heights) >= fact.value:
        return
    reason = (
        f"A frontalis site lies {min(heights):.1f} mm above the brow; the label's lower line is at "
        f"least {fact.value:g} mm above it: lower, the brow may drop."
    )
    title = "Forehead site close to the brow"
    yield from_label("forehead_height", "caution", title, reason, fact, min(heights))


@reads("treatment.indications", "treatment.sites")
def eye_or_hair(view: View) -> Iterator[Finding]:
    """Sites of a face that lie between the lids, or in the hair: a slip of the hand."""
    placed = [
        (shot, abs(shot.point_mm[0]), shot.point_mm[1])
        for shot in view.shots
        if shot.point_mm is not None and not view.unplaced and _on_a_face(shot)
    ]
    on_eye = [shot for shot, x, y in placed if _on_the_eye(x, y)]
    if on_eye:
        reason = (
            f"{_counted(on_eye)} between the open lids, on the eye itself: no use treats there, "
            "and the needle or the toxin can harm the eye."
        )
        yield Finding("eye_or_hair", "stop", "Site on the eye", reason, value=len(on_eye))
    hairline_mm = landmark_at("hairline")[1]
    heights = [y for shot, _, y in placed if shot.indication in COSMETIC and y > hairline_mm]
    if heights:
        title, reason = (
            "Site in the hair",
            (
                f"A site lies {max(heights):.1f} mm above the bony rim, the hair begins at "
                f"{hairline_mm:g} mm on the chart: no facial line is treated there."
            ),
        )
        yield Finding(
            "eye_or_hair", "stop", title, reason, round(max(heights), 4), hairline_mm, "mm"
        )


def _on_the_eye(x_mm: float, y_mm: float) -> bool:
    inner, outer = landmark_at("medial_canthus")[0], landmark_at("lateral_canthus")[0]
    across = (x_mm - (inner + outer) / 2) / ((outer - inner) / 2)
    up = (y_mm - landmark_at("pupil")[1]) / EYE_HALF_HEIGHT_MM
    return across**2 + up**2 < 1.0


def _counted(shots: list[Injection]) -> str:
    return "A site lies" if len(shots) == 1 else f"{len(shots)} sites lie"


def _on_a_face(shot: Injection) -> bool:
    area = shot.indication or ""
    return is_charted(area) and chart_of(area) in FACES


@reads("treatment.indications", "treatment.sites")
def trigone(view: View) -> Iterator[Finding]:
    """Bladder sites against the trigone, which labels spare."""
    for area in ("overactive_bladder", "neurogenic_detrusor_overactivity"):
        fact = view.fact("above_trigone_min", area)
        heights = [shot.point_mm[1] for shot in view.shots_in(area) if shot.point_mm is not None]
        if fact is None or fact.value is None or not heights or min(heights) >= fact.value:
            continue
        reason = (
            f"A site lies {-min(heights):.1f} mm below the ridge between the ureters; the label "
            "spares the trigone."
        )
        title = "Bladder site in the trigone"
        yield from_label("trigone", "caution", title, reason, fact, min(heights))
