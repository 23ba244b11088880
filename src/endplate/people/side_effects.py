"""Unwanted effects: those counted in trials and labels, and the weakness of neighbours we model."""

from typing import Any

import numpy as np
from scipy.special import betaincinv

from endplate.body.harms.needle import per_session
from endplate.body.harms.neighbours import Weakness
from endplate.case import PlacedSite
from endplate.facts.adverse_reactions import AdverseReaction, adverse_reactions
from endplate.facts.indications import indication
from endplate.facts.neighbours import Neighbour, neighbours
from endplate.facts.protocol import protocol_sites
from endplate.facts.store import table
from endplate.people.layout import Layout, gates

_FACE = "upper_face"
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
        for row in adverse_reactions(product, area):
            if row.term in _followed() and row.term not in modelled_terms:
                rows.setdefault(row.term, row)
    return [_harm(row, areas, len(sites)) for row in rows.values()]


def _tables_of(areas: tuple[str, ...]) -> tuple[str, ...]:
    """Tables of counted effects that speak of these areas, the most exact first."""
    face = any(indication(area).chart == _FACE for area in areas)
    return ("+".join(sorted(areas)), *areas, *((_FACE,) if face else ()))


def _followed() -> set[str]:
    """Terms a forecast tells of; colds and the like, as common under placebo, are left out."""
    return {row["term"] for row in table("harm_courses")}


def _harm(row: AdverseReaction, areas: tuple[str, ...], sites: int) -> dict[str, Any]:
    kind = _KINDS[row.group]
    label_sites = sum(len(protocol_sites(area)) for area in areas) or sites
    scale = per_session if kind == "needle" else (lambda share, *_: share)
    percent = 100 * scale(row.drug_percent / 100, label_sites, sites)
    low, high = percent, percent
    if row.drug_n:
        events = row.drug_percent / 100 * row.drug_n
        bounds = _share_band(events, row.drug_n)
        low, high = (100 * scale(float(bound), label_sites, sites) for bound in bounds)
    start_d, length_d = _times(row.term)
    return {
        "term": row.term,
        "percent": percent,
        "low": min(low, percent),
        "high": max(high, percent),
        "background_percent": row.placebo_percent,
        "start_d": start_d,
        "length_d": length_d,
        "kind": kind,
        "origin": "label" if row.kind == "label" else "trial",
        "verified": row.verified,
        "source": row.source,
        "note": row.note,
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


def modelled(
    product: str, layout: Layout, weakness: dict[str, Weakness]
) -> list[dict[str, Any]]:
    """Weakness of neighbours from the simulated gates."""
    return [
        _neighbour(found, weakness[found.term], _background(product, layout.areas, found.term))
        for found in gates(layout)
    ]


def _background(product: str, areas: tuple[str, ...], term: str) -> float:
    """Percent under placebo, 0 where trials list none."""
    for area in _tables_of(areas):
        for row in adverse_reactions(product, area, term):
            if row.placebo_percent is not None:
                return row.placebo_percent
    return 0.0


def _neighbour(found: Neighbour, seen: Weakness, background_percent: float) -> dict[str, Any]:
    low, high = _calibration_band(found, seen.share)
    return {
        "term": found.term,
        "percent": 100 * seen.share,
        "low": 100 * low,
        "high": 100 * high,
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
