"""The forecast for live use: few people, quick enough to follow a hand on the chart."""

from typing import Any

from endplate.case import Plan
from endplate.people import preview


def quick(plan: Plan) -> dict[str, Any]:
    """Forecast of a plan for live use, in the fields of a simulation."""
    return preview(plan, command="forecast").as_dict()
