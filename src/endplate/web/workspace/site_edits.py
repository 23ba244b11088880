"""Edits of the sites of a draft, each a function that changes the tables of the plan.

The browser sends edits as small objects (`do` names the edit). They are applied here, when they
arrive and when edits that a lost server never received are replayed.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from math import dist
from typing import Any

from endplate.arguments import printable
from endplate.case import Plan, areas_treated, placed_sites, site_blocks
from endplate.case.placement import NO_CHART, muscle_at, site_limits
from endplate.case.plan_file import finite_number
from endplate.errors import CannotEdit, FactMissing, NotCovered
from endplate.facts.atlas import ChartLimits, chart_blocks, chart_limits
from endplate.facts.indications import chart_of, indication, indications, is_charted
from endplate.facts.protocols import protocol_sites
from endplate.facts.targets import is_target
from endplate.facts.vocabulary import find_word
from endplate.views.chart.views import VIEWS, BodyView
from endplate.web.workspace.dose_rows import usual_muscles, usual_sites, whole_parts
from endplate.web.workspace.draft import Draft, Tables

Edit = Mapping[str, Any]
Point = tuple[float, float, float]
MUSCLE_MARGIN_MM = 3.0  # a site keeps its muscle while the needle is no further from it than this
FINGER_MM = 10.0  # a point between muscles means one that is no further away than this
MOST_SITES = 200
MIDLINE_MM = 2.0  # a site nearer to the midline than this is on it, where the muscle is
LEAST_U, LARGEST_U = 0.01, 50_000.0
OPPOSITE = {"left": "right", "right": "left"}


def apply_edit(draft: Draft, edit: Edit) -> Draft:
    """The draft after one edit.

    Raises
    ------
    CannotEdit
        The edit is not known, names no site of the draft, or its numbers are out of bounds.
    """
    apply = EDITS.get(str(edit.get("do")))
    if apply is None:
        raise CannotEdit(f"{edit.get('do')!r} is not an edit; known are {', '.join(EDITS)}.")
    tables = with_sites(draft)
    apply(tables, edit)
    return Draft.of(draft.name, tables)


def with_sites(draft: Draft) -> Tables:
    """The tables of a draft with every site and its position listed, the protocol's too."""
    tables, plan = draft.tables, draft.plan
    treatment = tables.setdefault("treatment", {})
    if plan is not None and _has_sites(plan):
        areas = planned_areas(plan)
        treatment["site"] = [
            {
                "muscle": site.muscle,
                "side": site.side,
                "dose_u": round(site.dose_u, 9),  # a sum of thirds is still the label's total
                "at_mm": [
                    round(site.x_mm if site.side == "midline" else abs(site.x_mm), 2),
                    round(site.y_mm, 2),
                    round(site.z_mm, 2),
                ],
                **({"indication": site.indication} if site.indication in areas[1:] else {}),
            }
            for site in placed_sites(plan)
        ]
        treatment["indication"] = list(areas)
        treatment.pop("protocol", None)
        treatment.pop("dose_u", None)
    treatment.setdefault("site", [])
    return tables


def _has_sites(plan: Plan) -> bool:
    try:
        placed_sites(plan)
    except NotCovered:
        return False
    return True


def planned_areas(plan: Plan) -> tuple[str, ...]:
    """Areas that a plan names, and those that its protocol treats with them."""
    treatment = plan.treatment
    return areas_treated(treatment) if treatment.protocol else treatment.indications


def view_of(name: str) -> tuple[str, BodyView]:
    """Chart and view of a picture by its name, `chart/view/side`.

    Raises
    ------
    CannotEdit
        There is no such picture.
    """
    chart_name, _, rest = name.partition("/")
    key, _, side = rest.partition("/")
    for view in VIEWS.get(chart_name, ()):
        if view.key == key and bool(view.side) == (side in ("left", "right")):
            return chart_name, replace(view, side=side) if side else view
    raise CannotEdit(f"there is no picture {name[:60]!r}.")


def _add(tables: Tables, edit: Edit) -> None:
    sites = tables["treatment"]["site"]
    if len(sites) >= MOST_SITES:
        raise CannotEdit(f"a plan holds at most {MOST_SITES} sites.")
    position = _position(edit, depth_mm=None, ranks=_muscle_ranks(tables))
    dose_u = _number(edit, "dose_u", LEAST_U, LARGEST_U)
    sites.append({**position, "dose_u": dose_u, **_area(tables, position)})


def _move(tables: Tables, edit: Edit) -> None:
    site = _site(tables, edit)
    site.update(_position(edit, depth_mm=site["at_mm"][2], muscle=site.get("muscle")))


def _nudge(tables: Tables, edit: Edit) -> None:
    """Move by millimetres of the chart: `across` away from the midline, `up`."""
    site = _site(tables, edit)
    x, y, z = site["at_mm"]
    limits = _limits(tables, site)
    site["at_mm"] = [
        _clipped(x + _number(edit, "across_mm", -50, 50), limits.x_mm),
        _clipped(y + _number(edit, "up_mm", -50, 50), limits.y_mm),
        z,
    ]


def _dose(tables: Tables, edit: Edit) -> None:
    _site(tables, edit)["dose_u"] = _number(edit, "dose_u", LEAST_U, LARGEST_U)


def _depth(tables: Tables, edit: Edit) -> None:
    site = _site(tables, edit)
    limits = _limits(tables, site)
    site["at_mm"] = [*site["at_mm"][:2], _clipped(_number(edit, "depth_mm", 0, 100), limits.z_mm)]


def _muscle(tables: Tables, edit: Edit) -> None:
    match = find_word("muscle", str(edit.get("muscle")))
    if match is None:
        raise CannotEdit(f"{str(edit.get('muscle'))[:60]!r} is not a known muscle.")
    site = _site(tables, edit)
    site["muscle"] = match.preferred
    if site.get("at_mm") is None:
        return
    charts = _charts(tables, site)
    try:
        distance_mm = _distance_mm(match.preferred, tuple(site["at_mm"]), charts)
        if distance_mm > 0.0:  # the needle goes as deep as the other muscle lies
            x_mm, y_mm, _ = site["at_mm"]
            site["at_mm"] = [x_mm, y_mm, _depth_of(match.preferred, (x_mm, y_mm), charts)]
    except FactMissing:
        return


def _row(tables: Tables, edit: Edit) -> None:
    """Set what one side of a muscle gets: its dose and in how many sites; none for a dose of 0.

    A dose that is not given stays; a number of sites that is not given stays, or is the usual one.
    Sites that stay keep their place; new ones are placed as those of a plan file without one.
    """
    treatment = tables["treatment"]
    match, side = find_word("muscle", str(edit.get("muscle"))), str(edit.get("side"))
    if match is None or side not in ("left", "right", "midline"):
        raise CannotEdit(f"{str(edit.get('muscle'))[:60]!r}, {side[:60]!r} is no side of a muscle.")
    areas = areas_of(tables)
    area = str(edit.get("area"))
    if area not in areas:
        raise CannotEdit(f"{area[:60]!r} is not treated here.")
    all_sites = treatment["site"]
    own = [site for site in all_sites if _is_of_row(site, match.preferred, side, area, areas)]
    before_u = sum(site["dose_u"] for site in own)
    dose_u = _number({"dose_u": before_u} | dict(edit), "dose_u", 0.0, LARGEST_U)
    draft = Draft.of("", tables)
    count = edit.get("sites")
    if count is None:
        count = len(own) or usual_sites(draft, area, match.preferred)
    count = round(_number({"sites": count}, "sites", 1, MOST_SITES)) if dose_u else 0
    if len(all_sites) - len(own) + count > MOST_SITES:
        raise CannotEdit(f"a plan holds at most {MOST_SITES} sites.")
    weights = [float(site["dose_u"]) for site in own] if count == len(own) else [1.0] * count
    stays = own[:count] + [
        {"muscle": match.preferred, "side": side} | ({"indication": area} if len(areas) > 1 else {})
        for _ in range(count - len(own))
    ]
    for site, part_u in zip(stays, whole_parts(dose_u, weights) if count else [], strict=True):
        site["dose_u"] = part_u
        site.pop("volume_ml", None)
    gone = own[count:]
    rest = [site for site in all_sites if not any(site is one for one in gone)]
    treatment["site"] = rest + stays[len(own) :]


def _is_of_row(site: Tables, muscle: str, side: str, area: str, areas: list[str]) -> bool:
    is_own = site.get("muscle") == muscle and site.get("side") == side
    return is_own and (site.get("indication") or areas[0]) == area


def _whole(tables: Tables, edit: Edit) -> None:
    """Round every dose to whole units; the total stays, rounded."""
    sites = [site for site in tables["treatment"]["site"] if site["dose_u"] >= 1.0]
    total_u = float(round(sum(site["dose_u"] for site in sites)))
    for site, part_u in zip(sites, whole_parts(total_u, [s["dose_u"] for s in sites]), strict=True):
        site["dose_u"] = part_u


def _clear(tables: Tables, edit: Edit) -> None:
    tables["treatment"]["site"] = []


def _remove(tables: Tables, edit: Edit) -> None:
    site = _site(tables, edit)
    tables["treatment"]["site"].remove(site)


def _mirror(tables: Tables, edit: Edit) -> None:
    """Copy the sites of one side to the other, in place of those there."""
    side = edit.get("from")
    if side not in OPPOSITE:
        raise CannotEdit(f"a plan is mirrored from left or right, not from {side!r}.")
    rest = [site for site in tables["treatment"]["site"] if site["side"] != OPPOSITE[side]]
    copies = [{**site, "side": OPPOSITE[side]} for site in rest if site["side"] == side]
    tables["treatment"]["site"] = rest + copies


EDITS: Mapping[str, Callable[[Tables, Edit], None]] = {
    "add": _add,
    "move": _move,
    "nudge": _nudge,
    "dose": _dose,
    "depth": _depth,
    "muscle": _muscle,
    "remove": _remove,
    "row": _row,
    "whole": _whole,
    "clear": _clear,
    "mirror": _mirror,
}


def _site(tables: Tables, edit: Edit) -> Tables:
    sites, index = tables["treatment"]["site"], edit.get("site")
    if not isinstance(index, int) or isinstance(index, bool) or not 0 <= index < len(sites):
        raise CannotEdit(f"there is no site {index!r}; the plan has {len(sites)}.")
    return sites[index]


def _number(edit: Edit, key: str, low: float, high: float) -> float:
    value = edit.get(key)
    number = finite_number(value)
    if number is None or not low <= number <= high:
        raise CannotEdit(
            f"{key} is {printable(value)}; it must be a number from {low:g} to {high:g}."
        )
    return round(number, 4)


def _clipped(value: float, bounds: tuple[float, float]) -> float:
    return round(min(max(value, bounds[0]), bounds[1]), 1)


def _position(
    edit: Edit,
    depth_mm: float | None,
    muscle: str | None = None,
    ranks: Mapping[str, int] | None = None,
) -> dict[str, Any]:
    """Muscle, side and position of a point of a picture.

    Without a depth it is the muscle under the point, of those of the least rank the uppermost, and
    the depth at which that is injected.
    """
    name, view = view_of(str(edit.get("view")))
    point = (_number(edit, "x", -1000, 1000), _number(edit, "y", -1000, 1000))
    limits = chart_limits(name)
    x_mm, y_mm = view.back(point, limits.x_mm)
    is_midline_organ = limits.x_mm[0] < 0  # whose positions have a sign
    side = "midline" if is_midline_organ else ("left" if x_mm >= 0 else "right")
    x_mm = _clipped(x_mm if is_midline_organ else abs(x_mm), limits.x_mm)
    y_mm = _clipped(y_mm, limits.y_mm)
    charts = (name,)  # a site stays on the chart where it was put
    target = _unchanged_muscle(muscle, (x_mm, y_mm, depth_mm or 0.0), charts)
    if target is None:
        if depth_mm is None:
            target = _muscle_under((x_mm, y_mm), name, ranks or {})
        else:
            target = muscle_at((x_mm, y_mm, depth_mm), charts)
    if not is_midline_organ and x_mm < MIDLINE_MM and _on_midline(target):
        side, x_mm = "midline", 0.0
    elif not is_midline_organ and not _paired(target, charts):
        side, x_mm = "midline", 0.0
    z_mm = depth_mm if depth_mm is not None else _depth_of(target, (x_mm, y_mm), charts)
    return {"muscle": target, "side": side, "at_mm": [x_mm, y_mm, _clipped(z_mm, limits.z_mm)]}


def _unchanged_muscle(muscle: str | None, point: Point, charts: tuple[str, ...]) -> str | None:
    """The muscle that a site had, while the site is in it or next to it."""
    if muscle is None:
        return None
    return muscle if _distance_mm(muscle, point, charts) <= MUSCLE_MARGIN_MM else None


def _distance_mm(muscle: str, point: Point, charts: tuple[str, ...]) -> float:
    """Distance of a point from a muscle, 0 inside it."""
    return min(block.distance_mm(point) for block in site_blocks(muscle, charts))


def _muscle_under(point: tuple[float, float], chart_name: str, ranks: Mapping[str, int]) -> str:
    """The muscle that a finger on a point of a chart means."""
    last = max(ranks.values(), default=0) + 1
    away_mm = {b: b.distance_mm((*point, b.centre_mm[2])) for b in chart_blocks(chart_name)}
    under = [block for block, distance_mm in away_mm.items() if distance_mm == 0.0]
    if under:
        top_mm = {block: block.centre_mm[2] - block.thickness_mm / 2 for block in under}
        return min(under, key=lambda b: (ranks.get(b.muscle, last), top_mm[b])).muscle
    near = [block for block, distance_mm in away_mm.items() if distance_mm <= FINGER_MM]
    if near:
        return min(near, key=lambda b: (ranks.get(b.muscle, last), away_mm[b])).muscle
    return min(away_mm, key=lambda b: away_mm[b]).muscle


def _muscle_ranks(tables: Tables) -> dict[str, int]:
    """How likely a muscle is meant: 0 where label or protocol name it, 1 where its use treats it.

    Others have no rank.
    """
    areas = [area for area in areas_of(tables) if is_charted(area)]
    draft = Draft.of("", tables)
    ranks: dict[str, int] = {}
    for area in areas:
        chart_name = chart_of(area, tuple(areas))
        treated = (b.muscle for b in chart_blocks(chart_name) if is_target(b.muscle, area))
        ranks |= {muscle: 0 for muscle in usual_muscles(draft, area)}
        for muscle in treated:
            ranks.setdefault(muscle, 1)
    return ranks


def _paired(muscle: str, charts: tuple[str, ...]) -> bool:
    return any(block.paired for block in site_blocks(muscle, charts))


def _on_midline(muscle: str) -> bool:
    """Whether a protocol has a midline site of the muscle, or the muscle lies there."""
    spots = {spot.side for spot in protocol_sites() if spot.muscle == muscle}
    return "midline" in spots


def _depth_of(muscle: str, point: tuple[float, float], charts: tuple[str, ...]) -> float:
    """Depth of the protocols' nearest spot in the muscle; else the middle of its nearest block."""
    known = {one.name for one in indications() if one.chart in charts}
    spots = [s for s in protocol_sites() if s.muscle == muscle and s.protocol in known]
    if spots:
        return min(spots, key=lambda s: dist(point, (s.x_mm, s.y_mm))).z_mm
    blocks = site_blocks(muscle, charts)
    nearest = min(blocks, key=lambda block: block.distance_mm((*point, block.centre_mm[2])))
    return nearest.centre_mm[2]


def areas_of(tables: Tables) -> list[str]:
    """Areas that the tables name."""
    areas = tables.get("treatment", {}).get("indication")
    return [areas] if isinstance(areas, str) else list(areas or ())


def _area(tables: Tables, position: Mapping[str, Any]) -> dict[str, str]:
    """The area of a new site, where the plan treats several."""
    areas = areas_of(tables)
    if len(areas) < 2:
        return {}
    protocols = [spot.protocol for spot in protocol_sites() if spot.muscle == position["muscle"]]
    return {"indication": next((name for name in protocols if name in areas), areas[0])}


def _limits(tables: Tables, site: Mapping[str, Any]) -> ChartLimits:
    """Bounds of the chart on which a site lies."""
    limits = site_limits(site.get("muscle"), tuple(site["at_mm"]), _charts(tables, site))
    if limits is None:
        raise CannotEdit(f"there is no chart of {site.get('muscle')}; its sites have no position.")
    return limits


def _charts(tables: Tables, site: Mapping[str, Any]) -> tuple[str, ...]:
    """Charts on which a site may lie."""
    areas = [str(site["indication"])] if site.get("indication") else areas_of(tables)
    charts = tuple(dict.fromkeys(indication(area).chart for area in areas if is_charted(area)))
    return charts or (NO_CHART,)
