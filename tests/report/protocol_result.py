"""Results of label protocols: their sites on their chart, with blocks made up per muscle."""

from typing import Any

import sample

from endplate.facts.anatomy import chart_blocks
from endplate.facts.indications import indication
from endplate.facts.protocol import protocol_sites


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
