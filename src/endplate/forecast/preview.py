"""Answers a plan while it is being changed: `simulate` with few people, fast enough to follow."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import cycle, islice

import numpy as np

from endplate.case import Plan
from endplate.engine.history import Earlier
from endplate.engine.scenario import PlannedChart, planned_charts
from endplate.forecast.cohort_run import (
    Batch,
    cohort_of,
    draws_of,
    reduce_chunks,
    run_batch,
    run_of,
    vectors_with_draws,
)
from endplate.forecast.simulate import ChartRun, Prepared, prepare, result_of
from endplate.forecast.treatment import IndicationReport, TreatmentReport
from endplate.model import Model, Parameters
from endplate.observe.times import SubjectTimes
from endplate.population.random_effects import draw, quadrature
from endplate.results.result import Result

PEOPLE = 128  # the first of a simulation's
EACH = 16  # subjects under each parameter vector: evenly spread, since they are so few
UPPER_FACE = (
    ("glabellar_lines",),
    ("glabellar_lines", "lateral_canthal_lines", "forehead_lines"),
)
_USUAL = """
[patient]
[treatment]
date = 2026-11-22
product = "{product}"
indication = [{indications}]
vial_u = 100
diluent_ml = 2.5
protocol = "label"
"""
_BEFORE_D = -150.0  # of an earlier treatment: a usual time, whose window serves 100 to 180 days
_FIRST_ONLY = (
    "This preview covers the first treatment only; what further treatments do is in the whole "
    "forecast."
)


def preview(
    plan: Plan,
    seed: int = 0,
    days: int = 365,
    command: str = "preview",
    model: Model | None = None,
    parameters: Parameters | None = None,
) -> Result:
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
    model, parameters
        As for `simulate`.

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
    The engine is that of `simulate`, and so are the vectors drawn from the posterior; each is run
    in few people chosen to lie evenly, all of them in one chunk. May be called by several threads
    at once.
    """
    return _result(plan, prepare(plan, seed, days, model, parameters), command)


def warm(
    products: Sequence[str] = ("onabotulinumtoxinA",),
    uses: Sequence[tuple[str, ...]] = UPPER_FACE,
    sites: Sequence[int] = (8, 16, 32),
    days: int = 365,
) -> None:
    """Compile what previews of usual plans need, with an earlier treatment and without.

    Takes seconds to minutes, so a server calls it in the background when it starts. A plan with a
    number of sites between two of those named runs the code of the larger. The earlier treatment
    is one of the first indication, once as the plan has it now and once at other sites, which
    is code of its own.

    Parameters
    ----------
    products : sequence of str
        Products; the compiled code of one serves all.
    uses : sequence of tuple of str
        Indications of each plan, on one chart each.
    sites : sequence of int
        Numbers of sites.
    days : int
        Last day of the previews.
    """
    plans = [
        Plan.loads(_USUAL.format(product=products[0], indications=", ".join(map(repr, use))))
        for use in uses
    ]
    for plan, indications in zip(plans, uses, strict=True):
        whole = prepare(plan, 0, days)
        label = tuple(site for site in whole.planned if site.indication == indications[0])
        dose_u = sum(site.dose_u for site in label)
        before = (Earlier(_BEFORE_D, products[0], indications[0], dose_u, label),)
        more = [tuple(islice(cycle(whole.planned), count)) for count in sites]
        usual = [(planned, ()) for planned in more] + [(planned, before) for planned in more]
        if label == whole.planned:
            usual.append((label, before))
        for planned, earlier in usual:
            charts = planned_charts(plan, indications, planned, earlier, whole.model)
            _result(plan, replace(whole, planned=planned, charts=charts), "warm")


def _result(plan: Plan, prepared: Prepared, command: str) -> Result:
    runs = tuple(_chart_run(chart, prepared) for chart in prepared.charts)
    limits = () if plan.repeat is None else (_FIRST_ONLY,)
    return result_of(plan, prepared, runs, PEOPLE, command, limits)


def _chart_run(chart: PlannedChart, prepared: Prepared) -> ChartRun:
    """The first people at the estimates and few under each drawn vector, all in one chunk."""
    run = run_of(chart, prepared.model, prepared.days)
    vectors = vectors_with_draws(prepared.parameters)
    report = run_batch(run, _batch(chart, vectors, prepared.seed))
    groups = [(_group(report, 1 + i), i) for i in range(len(vectors))]
    draws = {
        code: draws_of(code, [(own, 0) for own, _ in groups], EACH) for code in chart.indications
    }
    return ChartRun(reduce_chunks(run, [(report, PEOPLE)]), draws)


def _batch(chart: PlannedChart, vectors: np.ndarray, seed: int) -> Batch:
    sites, count = chart.scenario.site_count, len(vectors)
    effects, placement = draw(np.int64(seed), np.arange(PEOPLE), sites)
    even, even_placement = quadrature(EACH, sites)
    weight = np.zeros((1 + count, PEOPLE + EACH * count))
    weight[0, :PEOPLE] = 1.0 / PEOPLE
    weight[1:, PEOPLE:] = np.kron(np.eye(count), np.full(EACH, 1.0 / EACH))
    cohort = cohort_of(
        np.concatenate(
            [np.tile(vectors[0][:, None], (1, PEOPLE)), np.repeat(vectors, EACH, axis=0).T], axis=1
        ),
        np.concatenate([effects, np.tile(even, (1, count))], axis=1),
        np.concatenate([placement, np.tile(even_placement, (1, 1, count))], axis=2),
    )
    return Batch(cohort, weight)


def _group(report: TreatmentReport, group: int) -> TreatmentReport:
    """One group of a report: its sums, and the times of its subjects."""
    first = PEOPLE + (group - 1) * EACH
    subjects = slice(first, first + EACH)

    def of_group(own: IndicationReport) -> IndicationReport:
        return own._replace(
            sums=own.sums[group : group + 1],
            evaluable=own.evaluable[group : group + 1],
            times=SubjectTimes(*(column[subjects] for column in own.times)),
        )

    return report._replace(
        indications={code: of_group(own) for code, own in report.indications.items()}
    )
