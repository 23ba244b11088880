"""Unwanted effects as labels and trials counted them, and what their fit says where none did."""

from collections.abc import Callable
from math import log2
from typing import Any

import numpy as np

from endplate.case import PlacedSite
from endplate.facts.harms import (
    AdverseReaction,
    HarmEstimate,
    adverse_reactions,
    canonical_term,
    harm_fit,
    neighbours,
)
from endplate.facts.indications import indication
from endplate.facts.protocols import protocol_sites
from endplate.facts.table import text_rows
from endplate.observe.harms import per_session
from endplate.results.harm_shares import UNSTATED_N, drawn_shares, share_at, share_band

_FACE = "upper_face"
_NEEDLE = "needle"
_KINDS = {
    "needle": "needle",
    "local": "needle",
    "systemic": "systemic",
    "neighbour": "neighbour",
}
_DRAWS = 2000
_SEED = 20261122
_FROM_OTHERS = "Not counted with this product in this use: from counts with other products."
Sites = tuple[PlacedSite, ...]


def counted(product: str, areas: tuple[str, ...], sites: Sites) -> list[dict[str, Any]]:
    """Harms of needle and drug: the best table row of each, else the fit; weakness is modelled."""
    rows: dict[str, AdverseReaction] = {}
    told = _followed() - _modelled(areas)
    for area in tables_of(areas):
        dose_u = _dose_u(sites, area)
        for row in sorted(adverse_reactions(product, area), key=lambda r: _distance(r, dose_u)):
            if row.term in told:
                rows.setdefault(row.term, row)
    told -= {name for term in rows for name in (term, canonical_term(term))}
    fitted: dict[str, tuple[str, HarmEstimate]] = {}
    for area in areas:
        for term in harm_fit().shared_in(area):
            estimate = harm_fit().estimate(term, area, product)
            if estimate is not None and term in told:
                fitted.setdefault(term, (area, estimate))
    return [
        *(_counted(row, areas, sites) for row in rows.values()),
        *(_fitted(product, *found, sites) for found in fitted.values()),
    ]


def tables_of(areas: tuple[str, ...]) -> tuple[str, ...]:
    """Tables of counted effects that speak of these areas, the most exact first."""
    face = any(indication(area).chart == _FACE for area in areas)
    return ("+".join(sorted(areas)), *areas, *((_FACE,) if face else ()))


def times(term: str) -> tuple[float | None, float | None]:
    """Day an effect starts and days it lasts; None where that is not known."""
    for row in text_rows("harm_courses"):
        if row["term"] == term:
            return float(row["start_d"]), float(row["length_d"])
    return None, None


def _modelled(areas: tuple[str, ...]) -> set[str]:
    """Terms that the body model tells of these areas."""
    terms = {n.term for n in neighbours() if n.calibrated_on in areas}
    if any(indication(area).chart == _FACE for area in areas):
        terms |= {n.term for n in neighbours() if n.chart == _FACE}
    return terms


def _followed() -> set[str]:
    """Terms a forecast tells of; colds and the like, as common under placebo, are left out."""
    return {row["term"] for row in text_rows("harm_courses")}


def _dose_u(sites: Sites, area: str) -> float:
    return sum(site.dose_u for site in sites if site.indication == area)


def _distance(row: AdverseReaction, dose_u: float) -> float:
    """Doublings between the dose of a count and a plan's; the needle's harms know no dose."""
    if row.group == _NEEDLE or not row.dose_u or not dose_u:
        return 0.0
    return abs(log2(dose_u / row.dose_u))


def _counted(row: AdverseReaction, areas: tuple[str, ...], sites: Sites) -> dict[str, Any]:
    """One row of the tables, moved to the plan, with how groups differ in its interval."""
    scale, slope_sd = _scaling(row, areas, sites)
    percent, people = 100 * scale(row.drug_percent / 100), row.drug_n or UNSTATED_N
    events = row.drug_percent / 100 * people
    low, high = (100 * scale(bound) for bound in share_band(events, people, slope_sd))
    return _told(row.term, row.group, (percent, low, high), row.placebo_percent) | {
        "origin": "label" if row.kind == "label" else "trial",
        "verified": row.verified,
        "source": row.source,
        "note": row.note,
    }


def _scaling(
    row: AdverseReaction, areas: tuple[str, ...], sites: Sites
) -> tuple[Callable[[float], float], float]:
    """How a counted share moves to this plan (with the sites, the dose, or not), and how surely."""
    if row.group == _NEEDLE:
        counted_sites = _label_sites(areas) or len(sites)
        return lambda share: per_session(share, counted_sites, len(sites)), 0.0
    estimate = harm_fit().estimate(row.term, row.indication, row.product)
    dose_u = _dose_u(sites, row.indication)
    if estimate is None or not row.dose_u or not dose_u:
        return lambda share: share, 0.0
    placebo, doublings = (row.placebo_percent or 0.0) / 100, log2(dose_u / row.dose_u)
    slope_sd = estimate.slope * estimate.slope_log_sd * abs(doublings)
    return lambda share: share_at(share, placebo, estimate.slope * doublings), slope_sd


def _fitted(product: str, area: str, estimate: HarmEstimate, sites: Sites) -> dict[str, Any]:
    """An effect counted in this use with other products only."""
    fit, rng = harm_fit(), np.random.default_rng(_SEED)
    needle = estimate.group == _NEEDLE
    doublings = 0.0 if needle else fit.doublings(area, product, _dose_u(sites, area))
    shares = drawn_shares(estimate, fit.scatter, True, doublings, rng, _DRAWS)
    untreated = drawn_shares(estimate, fit.scatter, False, None, rng, _DRAWS)
    mean, low, high = (float(x) for x in (np.mean(shares), *np.percentile(shares, [5, 95])))
    if needle:
        own = sum(site.indication == area for site in sites)
        usual = _label_sites((area,)) or max(own, 1)
        mean, low, high = (per_session(share, usual, own) for share in (mean, low, high))
    percents, background_percent = (100 * mean, 100 * low, 100 * high), 100 * np.mean(untreated)
    return _told(estimate.term, estimate.group, percents, float(background_percent)) | {
        "origin": "model",
        "verified": estimate.verified,
        "source": "endplate_model",
        "note": _FROM_OTHERS,
    }


def _label_sites(areas: tuple[str, ...]) -> int:
    return sum(len(protocol_sites(area)) for area in areas)


def _told(
    term: str, group: str, percents: tuple[float, float, float], background: float | None
) -> dict[str, Any]:
    """What every counted harm tells, in the order of the contract."""
    percent, low, high = percents
    start_d, length_d = times(term)
    return {
        "term": term,
        "percent": percent,
        "low": min(low, percent),
        "high": max(high, percent),
        "background_percent": background,
        "start_d": start_d,
        "length_d": length_d,
        "kind": _KINDS[group],
    }
