"""Answers a plan while it is being changed: `simulate` with few people, fast enough to follow."""

from collections.abc import Iterable

from endplate.case import Plan
from endplate.people import few
from endplate.people.collect import collect, parameter_draws
from endplate.people.result import Result
from endplate.people.simulate import prepare, told

PEOPLE = few.PEOPLE
_FIRST_ONLY = (
    "This preview covers the first treatment only; what further treatments do is in the whole "
    "forecast."
)


def preview(plan: Plan, seed: int = 0, days: int = 365, command: str = "preview") -> Result:
    """Forecast a plan in the first people of `simulate`, with less work on how sure it is.

    Parameters
    ----------
    plan : Plan
        The plan. A table `[repeat]` in it is left out, and a sentence in the limits says so.
    seed : int
        Seed, 0 to 2^31 - 1; person k of a seed is the same person as in `simulate`.
    days : int
        Last day after the treatment, 30 to 1095.
    command : str
        What to name in the provenance.

    Returns
    -------
    Result
        As `simulate` gives it; the provenance names how many people it rests on.

    Raises
    ------
    NotCovered
        There is no evidence for the product or the indication.
    EndplateError
        `seed` or `days` is out of bounds.

    Notes
    -----
    The model is that of `simulate`, and so are the vectors drawn from the fit; each is run in few
    people chosen to lie evenly. May be called by several threads at once.
    """
    prepared = prepare(plan, seed, days)
    found = tuple(
        few.answered(job, days)
        if job.same_pattern
        # each cell of each person is run by itself there: nothing can be kept from call to call
        else (collect(job, PEOPLE), parameter_draws(job))
        for job in prepared.jobs
    )
    again = () if plan.repeat is None else (_FIRST_ONLY,)
    return told(plan, prepared, found, PEOPLE, command, again)


def warm(plans: Iterable[Plan]) -> None:
    """Compile what previews of these plans need, and of plans with more or fewer sites."""
