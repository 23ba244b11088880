"""Edits of the sites of a draft, each a function that changes the tables of the plan.

The browser sends edits as small objects (`do` names the edit). They are applied here, when they
arrive and when edits that a lost server never received are replayed.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from endplate.arguments import printable
from endplate.case import Plan, areas_treated, placed_sites, site_blocks
from endplate.case.placement import NO_CHART, muscle_at, site_limits
from endplate.case.plan_file import finite_number
from endplate.errors import CannotEdit, NotCovered
from endplate.facts.atlas import ChartLimits, chart_limits
from endplate.facts.indications import indication, is_charted
from endplate.facts.protocols import protocol_sites
from endplate.facts.vocabulary import find_word
from endplate.views.chart.views import VIEWS, BodyView
from endplate.web.workspace.draft import Draft, Tables

Edit = Mapping[str, Any]
Point = tuple[float, float, float]
MUSCLE_MARGIN_MM = 3.0  # a site keeps its muscle while the needle is no further from it than this
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
    if len(sites) >= 200:
        raise CannotEdit("a plan holds at most 200 sites.")
    position = _position(edit, depth_mm=None)
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
    _site(tables, edit)["muscle"] = match.preferred


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


def _position(edit: Edit, depth_mm: float | None, muscle: str | None = None) -> dict[str, Any]:
    """Muscle, side and position of a point of a picture; the depth of the muscle unless given."""
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
        depth = depth_mm if depth_mm is not None else min(4.0, limits.z_mm[1])
        target = muscle_at((x_mm, y_mm, depth), charts)
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
    distance_mm = min(block.distance_mm(point) for block in site_blocks(muscle, charts))
    return muscle if distance_mm <= MUSCLE_MARGIN_MM else None


def _paired(muscle: str, charts: tuple[str, ...]) -> bool:
    return any(block.paired for block in site_blocks(muscle, charts))


def _on_midline(muscle: str) -> bool:
    """Whether a protocol has a midline site of the muscle, or the muscle lies there."""
    spots = {spot.side for spot in protocol_sites() if spot.muscle == muscle}
    return "midline" in spots


def _depth_of(muscle: str, point: tuple[float, float], charts: tuple[str, ...]) -> float:
    """Depth at the middle of the muscle's nearest block."""
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
    areas = [str(site["indication"])] if site.get("indication") else areas_of(tables)
    charts = tuple(dict.fromkeys(indication(area).chart for area in areas if is_charted(area)))
    limits = site_limits(site.get("muscle"), tuple(site["at_mm"]), charts or (NO_CHART,))
    if limits is None:
        raise CannotEdit(f"there is no chart of {site.get('muscle')}; its sites have no position.")
    return limits
