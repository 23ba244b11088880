"""Answers a plan while it is being changed: `simulate` with few people, fast enough to follow."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle, islice

from endplate.case import Plan
from endplate.people.collect import collect, parameter_draws
from endplate.people.few import PEOPLE, answered
from endplate.people.job import make_jobs
from endplate.people.simulate import Prepared, prepare, result_of
from endplate.results.result import Result

UPPER_FACE = (
    ("glabellar_lines",),
    ("glabellar_lines", "lateral_canthal_lines", "forehead_lines"),
)
_USUAL = """
[patient]
[treatment]
date = 2026-11-22
product = "{product}"
indication = [{areas}]
vial_u = 100
diluent_ml = 2.5
protocol = "label"
"""
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
    people chosen to lie evenly. Bands of shares between 10 and 90 % come out as wide as in a
    simulation within a third or so; nearer the edge, where one of the few decides, up to four times
    as wide or as narrow. May be called by several threads at once.
    """
    return _told(plan, prepare(plan, seed, days), command)


def warm(
    products: Sequence[str] = ("onabotulinumtoxinA",),
    uses: Sequence[tuple[str, ...]] = UPPER_FACE,
    sites: Sequence[int] = (8, 16, 32),
    days: int = 365,
) -> None:
    """Compile what previews of usual plans need and keep their response tables.

    Takes seconds to minutes, so a server calls it in the background when it starts; a plan with a
    number of sites between two of those named runs the code of the larger.

    Parameters
    ----------
    products : sequence of str
        Products whose response tables are kept; the compiled code serves every product.
    uses : sequence of tuple of str
        Areas of each plan, on one chart each.
    sites : sequence of int
        Numbers of sites.
    days : int
        Last day of the previews.
    """
    for product in products:
        for areas in uses:
            names = ", ".join(f'"{area}"' for area in areas)
            plan = Plan.loads(_USUAL.format(product=product, areas=names))
            whole = prepare(plan, 0, days)
            for count in sites if product == products[0] else sites[:1]:
                planned = tuple(islice(cycle(whole.planned), count))
                jobs = make_jobs(plan, areas, planned, (), days, 0)
                _told(plan, replace(whole, planned=planned, jobs=jobs), "warm")


def _told(plan: Plan, prepared: Prepared, command: str) -> Result:
    found = tuple(
        answered(job, prepared.days)
        if job.same_pattern
        # each cell of each person is run by itself there: nothing can be kept from call to call
        else (collect(job, PEOPLE), parameter_draws(job))
        for job in prepared.jobs
    )
    again = () if plan.repeat is None else (_FIRST_ONLY,)
    return result_of(plan, prepared, found, PEOPLE, command, again)
