"""Unwanted effects: those counted in trials and labels, and the weakness of neighbours we model."""

from collections.abc import Callable
from math import exp, log2
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv

from endplate.body.harms.needle import per_session
from endplate.body.harms.neighbours import Weakness
from endplate.case import PlacedSite
from endplate.facts.adverse_reactions import AdverseReaction, adverse_reactions
from endplate.facts.dose_slopes import dose_slope, share_at
from endplate.facts.indications import indication
from endplate.facts.neighbours import Neighbour, neighbours
from endplate.facts.parameters import parameter, value
from endplate.facts.protocol import protocol_sites
from endplate.facts.store import table
from endplate.people.layout import Layout, gates

Numbers = NDArray[np.float64]
_FACE = "upper_face"
_WEEKS_12_D = 84.0
_KINDS = {
    "needle": "needle",
    "local": "needle",
    "systemic": "systemic",
    "neighbour": "neighbour",
}


def counted(
    product: str, areas: tuple[str, ...], sites: tuple[PlacedSite, ...]
) -> list[dict[str, Any]]:
    """Harms of needle and drug from the best table row for these areas; weakness is modelled."""
    rows: dict[str, AdverseReaction] = {}
    modelled_terms = {n.term for n in neighbours() if n.calibrated_on in areas}
    if any(indication(area).chart == _FACE for area in areas):
        modelled_terms |= {n.term for n in neighbours() if n.chart == _FACE}
    for area in _tables_of(areas):
        dose_u = sum(site.dose_u for site in sites if site.indication == area)
        for row in sorted(adverse_reactions(product, area), key=lambda r: _doublings(r, dose_u)):
            if row.term in _followed() and row.term not in modelled_terms:
                rows.setdefault(row.term, row)
    return [_harm(row, areas, sites) for row in rows.values()]


def _doublings(row: AdverseReaction, dose_u: float) -> float:
    """Doublings between the dose of a count and a plan's, for effects whose slope is known."""
    sloped = dose_slope(row.term, row.indication, row.product)
    if sloped is None or not row.dose_u or not dose_u:
        return 0.0
    return abs(log2(dose_u / row.dose_u))


def _tables_of(areas: tuple[str, ...]) -> tuple[str, ...]:
    """Tables of counted effects that speak of these areas, the most exact first."""
    face = any(indication(area).chart == _FACE for area in areas)
    return ("+".join(sorted(areas)), *areas, *((_FACE,) if face else ()))


def _followed() -> set[str]:
    """Terms a forecast tells of; colds and the like, as common under placebo, are left out."""
    return {row["term"] for row in table("harm_courses")}


def _harm(
    row: AdverseReaction, areas: tuple[str, ...], sites: tuple[PlacedSite, ...]
) -> dict[str, Any]:
    scale = _scaling(row, areas, sites)
    percent = 100 * scale(row.drug_percent / 100)
    low, high = percent, percent
    if row.drug_n:
        events = row.drug_percent / 100 * row.drug_n
        low, high = (100 * scale(float(bound)) for bound in _share_band(events, row.drug_n))
    start_d, length_d = _times(row.term)
    return {
        "term": row.term,
        "percent": percent,
        "low": min(low, percent),
        "high": max(high, percent),
        "background_percent": row.placebo_percent,
        "start_d": start_d,
        "length_d": length_d,
        "kind": _KINDS[row.group],
        "origin": "label" if row.kind == "label" else "trial",
        "verified": row.verified,
        "source": row.source,
        "note": row.note,
    }


def _scaling(
    row: AdverseReaction, areas: tuple[str, ...], sites: tuple[PlacedSite, ...]
) -> Callable[[float], float]:
    """How a counted share moves to this plan: with the sites, with the dose, or not at all."""
    if row.group == "needle":
        label_sites = sum(len(protocol_sites(area)) for area in areas) or len(sites)
        return lambda share: per_session(share, label_sites, len(sites))
    sloped = dose_slope(row.term, row.indication, row.product)
    dose_u = sum(site.dose_u for site in sites if site.indication == row.indication)
    if sloped is None or not row.dose_u or not dose_u:
        return lambda share: share
    placebo, counted_u = (row.placebo_percent or 0.0) / 100, row.dose_u

    def at_dose(share: float) -> float:
        beyond = max(0.0, (share - placebo) / (1.0 - placebo))
        moved = share_at(beyond, counted_u, dose_u, sloped.per_doubling_logit)
        return placebo + (1.0 - placebo) * moved

    return at_dose


def infections(
    area: str, residual_ml: Numbers, untreated_ml: Numbers, time_d: Numbers
) -> dict[str, Any]:
    """Urinary infection from the urine that stays behind.

    Parameters
    ----------
    area : str
        Use on the bladder.
    residual_ml, untreated_ml : [mL]
        Mean rise of the residual with the drug and under placebo, shape (times,).
    time_d : [d]
        Times from day 0 on; the first twelve weeks count, as trials count them.
    """
    counted_d = time_d <= _WEEKS_12_D
    more_ml = np.maximum(residual_ml - untreated_ml, 0.0)[counted_d]
    without = value("infection_hazard_per_d") * _WEEKS_12_D
    added_ml_d = float(np.trapezoid(more_ml, time_d[counted_d]))
    row = parameter("infection_hazard_per_ml_d")
    per_ml = [row.value if bound is None else bound for bound in (row.value, row.low, row.high)]
    percent, low, high = (100 * (1 - exp(-without - added_ml_d * rate)) for rate in per_ml)
    start_d, length_d = _times("urinary_tract_infection")
    return {
        "term": "urinary_tract_infection",
        "percent": percent,
        "low": low,
        "high": high,
        "background_percent": 100 * (1 - exp(-without)),
        "start_d": start_d,
        "length_d": length_d,
        "kind": "systemic",
        "origin": "model",
        "verified": row.verified,
        "source": row.source,
        "note": f"Within twelve weeks of {area.replace('_', ' ')}; rises with the residual urine.",
    }


def _share_band(events: float, n: int) -> tuple[float, float]:
    """90 % interval of a share counted as `events` of `n` (Jeffreys)."""
    low, high = betaincinv(events + 0.5, n - events + 0.5, np.array([0.05, 0.95]))
    return float(low), float(high)


def _times(term: str) -> tuple[float | None, float | None]:
    for row in table("harm_courses"):
        if row["term"] == term:
            return float(row["start_d"]), float(row["length_d"])
    return None, None


def modelled(product: str, layout: Layout, weakness: dict[str, Weakness]) -> list[dict[str, Any]]:
    """Weakness of neighbours from the simulated gates."""
    return [
        _neighbour(found, weakness[found.term], _background(product, layout.areas, found))
        for found in gates(layout)
    ]


def _background(product: str, areas: tuple[str, ...], found: Neighbour) -> float:
    """Percent under placebo: of the count the gate was set to, or listed by trials; else 0."""
    if found.background_percent:
        return found.background_percent
    for area in _tables_of(areas):
        for row in adverse_reactions(product, area, found.term):
            if row.placebo_percent is not None:
                return row.placebo_percent
    return 0.0


def _neighbour(found: Neighbour, seen: Weakness, background_percent: float) -> dict[str, Any]:
    low, high = _calibration_band(found, seen.share)
    others = found.background_percent / 100  # who would have it anyway, as under placebo

    def of_all(share: float) -> float:
        return 100 * (1.0 - (1.0 - share) * (1.0 - others))

    return {
        "term": found.term,
        "percent": of_all(seen.share),
        "low": of_all(low),
        "high": of_all(high),
        "background_percent": background_percent,
        "start_d": seen.start_d,
        "length_d": seen.length_d,
        "kind": "neighbour",
        "origin": "model",
        "verified": found.verified,
        "source": found.source,
        "note": found.note,
    }


def _calibration_band(found: Neighbour, share: float) -> tuple[float, float]:
    """90 % band: as uncertain on the log scale as the count the reach was calibrated on."""
    events, n = found.observed_events, found.observed_n
    centre = (events + 0.5) / (n + 1)
    bounds = _share_band(events, n)
    least = 3.0 / n  # a forecast of none still allows what that many people could have hidden
    return float(share * bounds[0] / centre), float(
        min(1.0, max(share * bounds[1] / centre, least if share < 1 / n else 0.0))
    )


def antibodies(product: str, areas: tuple[str, ...]) -> list[dict[str, Any]]:
    """Neutralising antibodies in trials of the product, for the first area that has a count."""
    for area in areas:
        for row in table("antibodies"):
            if row["product"] == product and row["indication"] == area:
                events, n = int(row["positive"]), int(row["n"])
                low, high = _share_band(events, n)
                return [
                    {
                        "term": "neutralising_antibodies",
                        "percent": 100 * events / n,
                        "low": 100 * float(low) if events else 0.0,
                        "high": 100 * float(high),
                        "background_percent": None,
                        "start_d": None,
                        "length_d": None,
                        "kind": "antibody",
                        "origin": "trial",
                        "verified": row["verified"] == "yes",
                        "source": row["source"],
                        "note": row["note"],
                    }
                ]
    return []
