"""Number of sites and their distances."""

from collections.abc import Iterator
from itertools import combinations
from math import dist

from endplate.case import charts_of, placed_sites, site_blocks
from endplate.safety.finding import Finding, from_label, plain, unknown
from endplate.safety.reads import reads
from endplate.safety.view import View

Point = tuple[float, float, float]


@reads("treatment.protocol", "treatment.sites")
def site_count(view: View) -> Iterator[Finding]:
    """Sites of each area against the label's number."""
    for area in view.areas:
        fact, count = view.fact("site_count", area), len(view.shots_in(area))
        if fact is None or fact.value is None or count == 0:
            continue
        low = fact.value if fact.low is None else fact.low
        if low <= count <= fact.value:
            continue
        more = count > fact.value
        title = f"{'More' if more else 'Fewer'} sites in {plain(area)} than the label"
        count_words = f"{low:g} to {fact.value:g}" if low < fact.value else f"{fact.value:g}"
        reason = f"{count} sites planned, the label has {count_words}."
        level, limit = ("caution", fact.value) if more else ("note", low)
        yield from_label("site_count", level, title, reason, fact, count, limit)


@reads("treatment.sites")
def site_spacing(view: View) -> Iterator[Finding]:
    """Closest pair of sites against the least distance."""
    fact = view.fact("site_spacing_min")
    if fact is None or fact.value is None or view.unplaced:
        return
    maps: dict[str, list[Point]] = {}
    for site in placed_sites(view.plan):
        (chart, *_) = charts_of(view.plan.treatment, site.indication)
        maps.setdefault(chart, []).append((site.x_mm, site.y_mm, site.z_mm))
    pairs = (pair for points in maps.values() for pair in combinations(points, 2))
    nearest_mm = min((dist(a, b) for a, b in pairs), default=float("inf"))
    if nearest_mm < fact.value:
        reason = f"Two sites lie {nearest_mm:.1f} mm apart and will act much like one larger site."
        yield from_label("site_spacing", "note", "Sites close together", reason, fact, nearest_mm)


@reads("treatment.sites")
def site_in_muscle(view: View) -> Iterator[Finding]:
    """Stated places against the muscle they name."""
    fact = view.fact("site_off_muscle_max")
    if fact is None or fact.value is None or view.unplaced:
        return
    for shot in view.shots:
        if not shot.stated or shot.point_mm is None:
            continue
        blocks = site_blocks(shot.muscle, charts_of(view.plan.treatment, shot.indication))
        away_mm = min(block.distance_mm(shot.point_mm) for block in blocks)
        if away_mm > fact.value:
            title = f"A site lies outside {plain(shot.muscle)}"
            reason = (
                f"The stated place is {away_mm:.0f} mm from the {shot.side} {shot.muscle} "
                "on the chart; check muscle and place."
            )
            yield from_label("site_in_muscle", "caution", title, reason, fact, away_mm)


@reads("treatment.protocol", "treatment.sites")
def placement(view: View) -> Iterator[Finding]:
    """Say so when sites have no place on a chart."""
    if view.unplaced:
        title = "Sites without a place"
        reason = f"Places and landmarks are not checked: {view.unplaced}."
        yield unknown("placement", title, reason, "treatment.site")
