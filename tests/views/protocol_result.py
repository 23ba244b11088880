"""Results of label protocols: their sites on their chart, with blocks made up per muscle."""

from typing import Any

import sample

from endplate.facts.atlas import chart_blocks
from endplate.facts.indications import indication
from endplate.facts.protocols import protocol_sites


def protocol_result(protocol: str, dose_u: float, area: str = "") -> dict[str, Any]:
    """The sample result with the sites of one protocol and every muscle of its chart."""
    area = area or protocol
    result = sample.result()
    sites = [
        {
            "indication": area,
            "muscle": site.muscle,
            "side": site.side,
            "dose_u": dose_u * site.fraction_of_dose,
            "volume_ml": 0.1,
            "x_mm": -site.x_mm if site.side == "right" else site.x_mm,
            "y_mm": site.y_mm,
            "z_mm": site.z_mm,
            "origin": "label",
        }
        for site in protocol_sites(protocol)
    ]
    result["plan"].update(indications=[area], sites=sites, dose_u=dose_u)
    result["timing_by_indication"] = {area: sample.timing()}
    result["outcomes"], result["course"] = [], {"day": [], "series": []}
    injected = {(site["muscle"], site["side"]) for site in sites}
    chart = indication(area).chart
    rows = {
        (block.muscle, side): 0.8 if (block.muscle, side) in injected else 0.1
        for block in chart_blocks(chart)
        for side in (("left", "right") if block.paired else ("midline",))
    }
    result["reach"] = [
        {"chart": chart, "muscle": m, "side": s, "peak_block": v} for (m, s), v in rows.items()
    ]
    result["spread"] = [
        {"chart": chart, "muscle": m, "side": s, "fraction": 1 / len(rows)} for m, s in rows
    ]
    return result


def burden(result: dict[str, Any], scale: str, unit: str, start: float) -> dict[str, Any]:
    """The result with a course of a scale that falls by half, beside one on placebo."""
    (area,) = result["plan"]["indications"]
    days = list(range(366))
    fall = [0.5 / (1 + (day / 120) ** 4) if day > 3 else 0.0 for day in days]
    spread = {"median": 1.0, "p05": 0.5, "p25": 0.8, "p75": 1.2, "p95": 1.6}
    series = {key: [start * share * (1 - down) for down in fall] for key, share in spread.items()}
    placebo = {key: [start * share * 0.9] * len(days) for key, share in spread.items()}
    result["course"] = {
        "day": days,
        "series": [
            {"name": f"level:{scale}:{area}", "unit": unit, **series},
            {"name": f"level_placebo:{scale}:{area}", "unit": unit, **placebo},
        ],
    }
    for site in result["plan"]["sites"]:
        name = f"working_fraction:{site['muscle']}:{site['side']}"
        if all(item["name"] != name for item in result["course"]["series"]):
            working = {"median": [1 - 1.6 * down for down in fall]}
            result["course"]["series"].append({"name": name, "unit": "fraction", **working})
    result["outcomes"] = [_change(area, scale, unit, start, day) for day in (30, 90)]
    return result


def _change(area: str, scale: str, unit: str, start: float, day: int) -> dict[str, Any]:
    value = -0.5 * start if day == 30 else -0.3 * start
    trial = sample.outcomes()[0]["trials"][0]
    return {
        "indication": area,
        "endpoint": scale,
        "statistic": "mean_change",
        "day": day,
        "value": value,
        "low": 1.3 * value,
        "high": 0.7 * value,
        "unit": unit,
        "origin": "model",
        "placebo": 0.2 * value,
        "trials": [{**trial, "value": 0.9 * value, "day": day}],
    }
