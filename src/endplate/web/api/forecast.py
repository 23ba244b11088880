"""The forecast for live use: few people, quick enough to follow a hand on the chart."""

from typing import Any

from endplate import people
from endplate.case import Plan

QUICK_PEOPLE = 256


def quick(plan: Plan) -> dict[str, Any]:
    """Forecast of a plan for live use."""
    return people.simulate(plan, people=QUICK_PEOPLE, command="forecast").as_dict()
