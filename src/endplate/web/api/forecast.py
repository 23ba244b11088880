"""The forecast for live use: few people, quick enough to follow a hand on the chart."""

from functools import partial
from typing import Any

from endplate import people
from endplate.case import Plan

QUICK_PEOPLE = 256
_run = getattr(people, "preview", partial(people.simulate, people=QUICK_PEOPLE))


def quick(plan: Plan) -> dict[str, Any]:
    """Forecast of a plan for live use, in the fields of a simulation."""
    return _run(plan, command="forecast").as_dict()
