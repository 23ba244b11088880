"""What can be done to the sites of a draft, each a function from tables to new tables.

The browser sends edits as small tables (`do` names the edit); they are applied here, when they
come and when edits that a lost server never saw are done again.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from endplate.case import Plan, areas_treated, placed_sites, site_blocks
from endplate.case.places import NO_CHART, muscle_at, site_limits
from endplate.case.reader import finite, shown
from endplate.errors import CannotEdit, NotCovered
from endplate.facts.anatomy import ChartLimits, chart_limits
from endplate.facts.indications import indication, is_charted
from endplate.facts.protocol import protocol_sites
from endplate.facts.vocabulary import find_word
from endplate.views.chart.views import VIEWS
from endplate.views.chart.views import BodyView as View
from endplate.web.desk.draft import Draft, Tables

Edit = Mapping[str, Any]
Point = tuple[float, float, float]
ASIDE_MM = 3.0  # a site keeps its muscle while the needle is no further from it than this
MIDLINE_MM = 2.0  # a place nearer to the midline than this is on it, where the muscle is
LEAST_U, LARGEST_U = 0.01, 50_000.0
OTHER = {"left": "right", "right": "left"}


def edited(draft: Draft, edit: Edit) -> Draft:
    """The draft after one edit.

    Raises
    ------
    CannotEdit
        The edit is not known, names no site of the draft, or its numbers are out of bounds.
    """
    make = EDITS.get(str(edit.get("do")))
    if make is None:
        raise CannotEdit(f"{edit.get('do')!r} is no edit; known are {', '.join(EDITS)}.")
    tables = with_sites(draft)
    make(tables, edit)
    return Draft.of(draft.name, tables)


def with_sites(draft: Draft) -> Tables:
    """The tables of a draft with every site listed where it lies, the protocol's too."""
    tables, plan = draft.tables, draft.plan
    treatment = tables.setdefault("treatment", {})
    if plan is not None and _has_places(plan):
        named = planned_areas(plan)
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
                **({"indication": site.indication} if site.indication in named[1:] else {}),
            }
            for site in placed_sites(plan)
        ]
        treatment["indication"] = list(named)
        treatment.pop("protocol", None)
        treatment.pop("dose_u", None)
    treatment.setdefault("site", [])
    return tables


def _has_places(plan: Plan) -> bool:
    try:
        placed_sites(plan)
    except NotCovered:
        return False
    return True


def planned_areas(plan: Plan) -> tuple[str, ...]:
    """Areas that a plan names, and those that its protocol treats with them."""
    treatment = plan.treatment
    return areas_treated(treatment) if treatment.protocol else treatment.indications


def view_of(name: str) -> tuple[str, View]:
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
    where = _place(tables, edit, depth_mm=None)
    dose_u = _number(edit, "dose_u", LEAST_U, LARGEST_U)
    sites.append({**where, "dose_u": dose_u, **_area(tables, where)})


def _move(tables: Tables, edit: Edit) -> None:
    site = _site(tables, edit)
    site.update(_place(tables, edit, depth_mm=site["at_mm"][2], muscle=site.get("muscle")))


def _nudge(tables: Tables, edit: Edit) -> None:
    """Move by millimetres of the chart: `across` away from the midline, `up`."""
    site = _site(tables, edit)
    x, y, z = site["at_mm"]
    limits = _limits(tables, site)
    site["at_mm"] = [
        _held(x + _number(edit, "across_mm", -50, 50), limits.x_mm),
        _held(y + _number(edit, "up_mm", -50, 50), limits.y_mm),
        z,
    ]


def _dose(tables: Tables, edit: Edit) -> None:
    _site(tables, edit)["dose_u"] = _number(edit, "dose_u", LEAST_U, LARGEST_U)


def _depth(tables: Tables, edit: Edit) -> None:
    site = _site(tables, edit)
    limits = _limits(tables, site)
    site["at_mm"] = [*site["at_mm"][:2], _held(_number(edit, "depth_mm", 0, 100), limits.z_mm)]


def _muscle(tables: Tables, edit: Edit) -> None:
    name = find_word("muscle", str(edit.get("muscle")))
    if name is None:
        raise CannotEdit(f"{str(edit.get('muscle'))[:60]!r} is not a known muscle.")
    _site(tables, edit)["muscle"] = name.preferred


def _remove(tables: Tables, edit: Edit) -> None:
    site = _site(tables, edit)
    tables["treatment"]["site"].remove(site)


def _mirror(tables: Tables, edit: Edit) -> None:
    """The sites of one side, also on the other; what was there is gone."""
    side = edit.get("from")
    if side not in OTHER:
        raise CannotEdit(f"a plan is mirrored from left or right, not from {side!r}.")
    kept = [site for site in tables["treatment"]["site"] if site["side"] != OTHER[side]]
    copies = [{**site, "side": OTHER[side]} for site in kept if site["side"] == side]
    tables["treatment"]["site"] = kept + copies


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
    sites, place = tables["treatment"]["site"], edit.get("site")
    if not isinstance(place, int) or isinstance(place, bool) or not 0 <= place < len(sites):
        raise CannotEdit(f"there is no site {place!r}; the plan has {len(sites)}.")
    return sites[place]


def _number(edit: Edit, key: str, low: float, high: float) -> float:
    value = edit.get(key)
    number = finite(value)
    if number is None or not low <= number <= high:
        told = shown(value)
        raise CannotEdit(f"{key} is {told}; it must be a number from {low:g} to {high:g}.")
    return round(number, 4)


def _held(value: float, bounds: tuple[float, float]) -> float:
    return round(min(max(value, bounds[0]), bounds[1]), 1)


def _place(
    tables: Tables, edit: Edit, depth_mm: float | None, muscle: str | None = None
) -> dict[str, Any]:
    """Muscle, side and place of a point of a picture; the depth of the muscle unless given."""
    name, view = view_of(str(edit.get("view")))
    point = (_number(edit, "x", -1000, 1000), _number(edit, "y", -1000, 1000))
    limits = chart_limits(name)
    x_mm, y_mm = view.back(point, limits.x_mm)
    lone = limits.x_mm[0] < 0  # a midline organ has the sign in its places
    side = "midline" if lone else ("left" if x_mm >= 0 else "right")
    x_mm = _held(x_mm if lone else abs(x_mm), limits.x_mm)
    y_mm = _held(y_mm, limits.y_mm)
    charts = (name,)  # a site lies where it was put
    found = _kept(muscle, (x_mm, y_mm, depth_mm or 0.0), charts)
    if found is None:
        found = muscle_at((x_mm, y_mm, _aimed(depth_mm, limits.z_mm)), charts)
    if not lone and x_mm < MIDLINE_MM and _on_midline(found):
        side, x_mm = "midline", 0.0
    elif not lone and not _paired(found, charts):
        side, x_mm = "midline", 0.0
    z_mm = depth_mm if depth_mm is not None else _depth_of(found, (x_mm, y_mm), charts)
    return {"muscle": found, "side": side, "at_mm": [x_mm, y_mm, _held(z_mm, limits.z_mm)]}


def _aimed(depth_mm: float | None, bounds: tuple[float, float]) -> float:
    return depth_mm if depth_mm is not None else min(4.0, bounds[1])


def _kept(muscle: str | None, point: Point, charts: tuple[str, ...]) -> str | None:
    """The muscle that a site had, while its place is in it or next to it."""
    if muscle is None:
        return None
    near = min(block.distance_mm(point) for block in site_blocks(muscle, charts))
    return muscle if near <= ASIDE_MM else None


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
    given = tables.get("treatment", {}).get("indication")
    return [given] if isinstance(given, str) else list(given or ())


def _area(tables: Tables, where: Mapping[str, Any]) -> dict[str, str]:
    """The area of a new site, where the plan treats several."""
    areas = areas_of(tables)
    if len(areas) < 2:
        return {}
    homes = [spot.protocol for spot in protocol_sites() if spot.muscle == where["muscle"]]
    return {"indication": next((home for home in homes if home in areas), areas[0])}


def _limits(tables: Tables, site: Mapping[str, Any]) -> ChartLimits:
    """Bounds of the chart on which a site lies."""
    areas = [str(site["indication"])] if site.get("indication") else areas_of(tables)
    charts = tuple(dict.fromkeys(indication(one).chart for one in areas if is_charted(one)))
    found = site_limits(site.get("muscle"), tuple(site["at_mm"]), charts or (NO_CHART,))
    if found is None:
        raise CannotEdit(f"there is no chart of {site.get('muscle')}; its sites have no place.")
    return found
