"""Unwanted effects that the body model tells: weakness of neighbours, infections; antibodies."""

from math import exp
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.facts.harms import Neighbour, adverse_reactions
from endplate.facts.parameters import parameter, value
from endplate.facts.table import text_rows
from endplate.observe.harms import Weakness
from endplate.people.layout import Layout, gates
from endplate.results.counted_harms import tables_of, times
from endplate.results.harm_shares import sampling_band, share_band

Numbers = NDArray[np.float64]
_WEEKS_12_D = 84.0


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
    start_d, length_d = times("urinary_tract_infection")
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
    for area in tables_of(areas):
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
    bounds = share_band(events, n)
    least = 3.0 / n  # a forecast of none still allows what that many people could have hidden
    return float(share * bounds[0] / centre), float(
        min(1.0, max(share * bounds[1] / centre, least if share < 1 / n else 0.0))
    )


def antibodies(product: str, areas: tuple[str, ...]) -> list[dict[str, Any]]:
    """Neutralising antibodies in trials of the product, for the first area that has a count."""
    for area in areas:
        for row in text_rows("antibodies"):
            if row["product"] == product and row["indication"] == area:
                events, n = int(row["positive"]), int(row["n"])
                low, high = sampling_band(events, n)
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
