"""The sites of a draft as injectors write them down: muscle by muscle, left and right, in units."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import floor

from endplate.case import placed_sites, population_of, site_blocks
from endplate.case.plan_file import finite_number
from endplate.case.protocol import PatternSite, label_pattern, pattern_sites
from endplate.errors import EndplateError, FactMissing
from endplate.facts.atlas import chart_blocks
from endplate.facts.indications import chart_of, indication, is_charted
from endplate.facts.targets import targets
from endplate.views.quantity import number
from endplate.web.workspace.draft import Draft

DEFAULT_REGION = "US"


@dataclass(frozen=True)
class _Site:
    area: str
    muscle: str
    side: str
    dose_u: float


@dataclass(frozen=True)
class DoseCell:
    """What one side of a muscle gets, in how many sites; `first_site` is -1 where there is none."""

    side: str
    dose_u: float
    sites: int
    first_site: int


@dataclass(frozen=True)
class DoseRow:
    """A muscle that an area treats.

    `label_range` is what the label gives one side, in words, with a star where that was not checked
    in its source.
    """

    area: str
    muscle: str
    cells: tuple[DoseCell, ...]
    label_range: str
    usual_sites: int


def dose_rows(draft: Draft, areas: Sequence[str]) -> tuple[DoseRow, ...]:
    """Every muscle of some areas that label or protocol name, and those the draft injects.

    Parameters
    ----------
    draft : Draft
        The draft, whole or not.
    areas : sequence of str
        Areas that are treated.
    """
    sites = _sites(draft, areas)
    rows = []
    for area in (name for name in areas if is_charted(name)):
        pattern = _label_pattern(draft, area)
        injected = [(i, site) for i, site in enumerate(sites) if site.area == area]
        named = [*usual_muscles(draft, area), *(site.muscle for _, site in injected)]
        for muscle in dict.fromkeys(named):
            if not _is_drawn(muscle, area, tuple(areas)):
                continue
            own = [(i, site) for i, site in injected if site.muscle == muscle]
            for sides in sides_of(muscle, area, [site.side for _, site in own]):
                cells = tuple(_cell(side, own) for side in sides)
                fact = next((one for one in pattern if one.muscle == muscle), None)
                usual = usual_sites(draft, area, muscle)
                rows.append(DoseRow(area, muscle, cells, _range(fact), usual))
    return tuple(rows)


def usual_muscles(draft: Draft, area: str) -> tuple[str, ...]:
    """Muscles of the label of the draft's product, then of its protocol; else all of the use."""
    product = _text(draft, "product", "")
    named = [one.muscle for one in _label_pattern(draft, area)]
    named += [spot.muscle for spot in pattern_sites(product, area)]
    return tuple(dict.fromkeys(named)) or other_muscles(area, (area,))


def other_muscles(area: str, areas: tuple[str, ...]) -> tuple[str, ...]:
    """Every muscle of the chart of an area, those first that the use treats."""
    blocks = chart_blocks(chart_of(area, areas))
    names = dict.fromkeys(block.muscle for block in blocks)
    treated = targets(area)
    return tuple(sorted(names, key=lambda name: name not in treated))


def usual_sites(draft: Draft, area: str, muscle: str) -> int:
    """Sites of a side of a muscle: the protocol's, else the fewest on the label."""
    spots = [s for s in pattern_sites(_text(draft, "product", ""), area) if s.muscle == muscle]
    if spots:
        return max(sum(s.side == side for s in spots) for side in {s.side for s in spots})
    fact = next((one for one in _label_pattern(draft, area) if one.muscle == muscle), None)
    return fact.sites_low if fact is not None and fact.sites_low else 1


def whole_parts(dose_u: float, weights: Sequence[float]) -> list[float]:
    """A dose in parts like the weights: of whole units where the dose is.

    Parameters
    ----------
    dose_u : [U]
        Dose of all parts together.
    weights : sequence of float
        What each part is in proportion to.

    Examples
    --------
    >>> whole_parts(50.0, [1, 1, 1])
    [17.0, 17.0, 16.0]
    >>> whole_parts(12.5, [1, 1])
    [6.25, 6.25]
    """
    exact_u = [dose_u * weight / sum(weights) for weight in weights]
    if dose_u != round(dose_u) or dose_u < len(weights):
        return [round(part, 4) for part in exact_u]
    parts_u = [floor(part + 1e-9) for part in exact_u]
    by_rest = sorted(range(len(weights)), key=lambda i: parts_u[i] - exact_u[i])
    for i in by_rest[: round(dose_u) - sum(parts_u)]:
        parts_u[i] += 1
    return [float(part) for part in parts_u]


def _cell(side: str, own: list[tuple[int, _Site]]) -> DoseCell:
    sites = [(i, site) for i, site in own if site.side == side]
    dose_u = round(sum(site.dose_u for _, site in sites), 4)
    return DoseCell(side, dose_u, len(sites), sites[0][0] if sites else -1)


def sides_of(muscle: str, area: str, injected: Sequence[str] = ()) -> Iterator[tuple[str, ...]]:
    """Sides of the rows of a muscle: right and left beside each other, the midline by itself.

    `injected` are sides that have a site already.
    """
    paired = any(block.paired for block in site_blocks(muscle, (indication(area).chart,)))
    if paired:
        yield ("right", "left")
    if not paired or "midline" in injected:
        yield ("midline",)


def _is_drawn(muscle: str, area: str, areas: tuple[str, ...]) -> bool:
    try:
        site_blocks(muscle, (chart_of(area, areas),))
    except FactMissing:
        return False
    return True


def _range(fact: PatternSite | None) -> str:
    if fact is None or fact.low_u is None or fact.high_u is None:
        return ""
    low, high = number(fact.low_u, 3), number(fact.high_u, 3)
    star = "" if fact.fact.verified else " *"
    return f"label {low if low == high else f'{low} to {high}'} U{star}"


def _sites(draft: Draft, areas: Sequence[str]) -> tuple[_Site, ...]:
    """Sites of the plan; of a draft with faults those that its tables list."""
    try:
        if draft.plan is not None:
            placed = placed_sites(draft.plan)
            return tuple(_Site(s.indication, s.muscle, s.side, s.dose_u) for s in placed)
    except EndplateError:
        return ()
    listed = draft.tables.get("treatment", {}).get("site") or []
    return tuple(
        _Site(
            str(site.get("indication") or next(iter(areas), "")),
            str(site.get("muscle")),
            str(site.get("side")),
            finite_number(site.get("dose_u")) or 0.0,
        )
        for site in listed
    )


def _label_pattern(draft: Draft, area: str) -> tuple[PatternSite, ...]:
    patient = draft.tables.get("patient", {})
    age_y, weight_kg = (finite_number(patient.get(key)) for key in ("age_y", "weight_kg"))
    product, region = _text(draft, "product", ""), _text(draft, "region", DEFAULT_REGION)
    return label_pattern(product, region, area, population_of(age_y), weight_kg)


def _text(draft: Draft, key: str, default: str) -> str:
    return str(draft.tables.get("treatment", {}).get(key) or default)
