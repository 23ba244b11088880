"""Courses of the middle person for the pages, made off the event loop and kept."""

import asyncio
from functools import lru_cache
from typing import TYPE_CHECKING

from endplate.case import Plan

if TYPE_CHECKING:
    from endplate.people.journey import Journey

KEPT = 32


async def journey_of(plan: Plan) -> "Journey":
    """The middle person of a plan, as `endplate.people.journey.follow` gives it.

    Raises
    ------
    NotCovered
        There is no evidence for the product or the use.
    """
    return await asyncio.to_thread(_followed, plan.dumps(), plan.name)


@lru_cache(KEPT)
def _followed(text: str, name: str) -> "Journey":
    from endplate.people.journey import follow

    return follow(Plan.loads(text, name))
