"""Simulates a plan: virtual people like the patient, through the body, to outcomes and harms."""

from dataclasses import dataclass

import numpy as np

from endplate._version import __version__
from endplate.case import PlacedSite, Plan, placed_sites, population_of
from endplate.errors import EndplateError
from endplate.facts.endpoints import readings, symptom_scores
from endplate.facts.table import facts_hash
from endplate.people import model
from endplate.people.answer import Collected, Drawn
from endplate.people.cache import use_compile_cache
from endplate.people.collect import collect, parameter_draws
from endplate.people.history import earlier_sessions
from endplate.people.job import Job, make_jobs
from endplate.people.layout import gates
from endplate.people.repeat import cycle_limits, cycles_of, run_repeated
from endplate.results.course import course_of, peak_blocks, spread_of
from endplate.results.harms import antibodies, counted, infections, modelled
from endplate.results.intervals import Between
from endplate.results.limits import (
    STANDING_LIMITS,
    Extrapolation,
    area_doses_u,
    covered_areas,
    extrapolations,
    limits_of,
    repeat_extrapolations,
    widening,
)
from endplate.results.outcomes import outcomes
from endplate.results.result import Cycles, Harm, Outcome, PlanSummary, Provenance, Result, Timing
from endplate.results.timing import (
    BURDEN_DEFINITIONS,
    DEFINITIONS,
    FROM_DAY_0,
    Shifts,
    parameter_log_sd,
    timing_of,
)
from endplate.safety import check

_RESIDUAL = "pvr_ml"
MOST_PEOPLE, MOST_SEED, LEAST_DAYS, MOST_DAYS = 1_000_000, 2**31 - 1, 30, 1095


def simulate(
    plan: Plan, people: int = 2000, seed: int = 0, days: int = 365, command: str = "simulate"
) -> Result:
    """Forecast what a plan does in people like its patient.

    Parameters
    ----------
    plan : Plan
        The plan; earlier treatments it lists are run too.
    people : int
        Virtual people, 1 to 1,000,000.
    seed : int
        Seed, 0 to 2^31 - 1; person k of a seed is the same person in every run.
    days : int
        Last day after the treatment, 30 to 1095.
    command : str
        What to name in the provenance.

    Returns
    -------
    Result
        Findings of the label check and the forecast.

    Raises
    ------
    NotCovered
        There is no evidence for the product or the indication.
    EndplateError
        `people`, `seed` or `days` is out of bounds.
    """
    _within("people", people, 1, MOST_PEOPLE)
    prepared = prepare(plan, seed, days)
    jobs = prepared.jobs
    runs = tuple((collect(job, people), parameter_draws(job)) for job in jobs)
    cycles, repeat_limits = _repeated(plan, jobs, people, prepared.area_dose_u)
    return result_of(plan, prepared, runs, people, command, repeat_limits, cycles)


@dataclass(frozen=True)
class Prepared:
    """A plan ready to run: its jobs, planned dose in each area [U].

    `history_limits` are sentences on earlier treatments that the run leaves out or assumes.
    """

    seed: int
    days: int
    planned: tuple[PlacedSite, ...]
    area_dose_u: dict[str, float]
    jobs: tuple[Job, ...]
    history_limits: tuple[str, ...]


def prepare(plan: Plan, seed: int, days: int) -> Prepared:
    """A plan's jobs; refuses what `simulate` refuses."""
    _within("seed", seed, 0, MOST_SEED)
    _within("days", days, LEAST_DAYS, MOST_DAYS)
    areas = covered_areas(plan)
    planned = placed_sites(plan)
    earlier, history_limits = earlier_sessions(plan, areas)
    use_compile_cache()
    jobs = make_jobs(plan, areas, planned, earlier, days, seed)
    return Prepared(seed, days, planned, area_doses_u(planned, areas), jobs, history_limits)


def result_of(
    plan: Plan,
    prepared: Prepared,
    runs: tuple[tuple[Collected, tuple[Drawn, ...]], ...],
    people: int,
    command: str,
    repeat_limits: tuple[str, ...],
    cycles: Cycles | None = None,
) -> Result:
    """The result of what each job ran; `repeat_limits` are sentences on further treatments."""
    jobs, area_dose_u, days = prepared.jobs, prepared.area_dose_u, prepared.days
    areas, answers = tuple(area_dose_u), tuple(answer for answer, _ in runs)
    drawn = {
        area: of_area
        for job, (_, draws) in zip(jobs, runs, strict=True)
        for area, of_area in zip(job.areas, draws, strict=True)
    }
    scatter = {
        area: _between(extrapolations(plan, area, dose_u)) for area, dose_u in area_dose_u.items()
    }
    timing = _timing(jobs, answers, drawn, scatter, days)
    product = plan.treatment.product
    return Result(
        provenance=Provenance(
            version=__version__,
            facts_hash=facts_hash(),
            seed=prepared.seed,
            people=people,
            days=days,
            command=command,
        ),
        plan=PlanSummary.of(plan, areas, prepared.planned),
        findings=check(plan).findings,
        timing=timing[areas[0]],
        timing_by_indication=timing,
        outcomes=tuple(
            row
            for job, answer in zip(jobs, answers, strict=True)
            for row in _outcomes(job, answer, drawn, scatter, product, area_dose_u, days)
        ),
        harms=_harms(product, population_of(plan.patient.age_y), areas, jobs, answers),
        course=course_of(jobs, answers, days),
        spread=spread_of(jobs),
        reach=peak_blocks(jobs, answers),
        limits=(
            *limits_of(plan, area_dose_u),
            *prepared.history_limits,
            *repeat_limits,
            *STANDING_LIMITS,
        ),
        cycles=cycles,
    )


def command_of(name: str, people: int, seed: int, days: int) -> str:
    """Return what to type to make a result again from a plan file of that name."""
    return f"endplate simulate {name} --people {people} --seed {seed} --days {days}"


def _repeated(
    plan: Plan, jobs: tuple[Job, ...], people: int, area_dose_u: dict[str, float]
) -> tuple[Cycles | None, tuple[str, ...]]:
    """What further treatments add, and what that assumes; nothing for a plan without them."""
    if plan.repeat is None:
        return None, ()
    answer = run_repeated(plan, plan.repeat, jobs, people)
    scatter = {
        area: _between(extrapolations(plan, area, dose_u) + repeat_extrapolations(plan, area))
        for area, dose_u in area_dose_u.items()
    }
    return cycles_of(plan.repeat, jobs, answer, scatter), cycle_limits(plan.repeat, jobs)


def _harms(
    product: str,
    population: str,
    areas: tuple[str, ...],
    jobs: tuple[Job, ...],
    answers: tuple[Collected, ...],
) -> tuple[Harm, ...]:
    """Weakness and infections the model forecasts, then what trials and labels counted."""
    forecast: list[Harm] = []
    for job, answer in zip(jobs, answers, strict=True):
        weakness = [(gate, answer.weakness[gate.term]) for gate in gates(job.layout)]
        forecast += modelled(product, job.areas, weakness, population)
        for area in job.areas:
            names = [reading.endpoint for reading in readings(area)]
            if _RESIDUAL in names:
                index, means = names.index(_RESIDUAL), answer.areas[area]
                forecast.append(
                    infections(area, means.means[index], means.means_untreated[index], means.mean_d)
                )
    terms = {harm.term for harm in forecast}
    sites = tuple(site for job in jobs for site in job.planned)
    others = [h for h in counted(product, areas, sites, population) if h.term not in terms]
    return (*forecast, *others, *antibodies(product, areas))


def _between(outside: tuple[Extrapolation, ...]) -> Between:
    """How trials of one area scatter about the model, wider where the plan lies outside them."""
    values = model.stored_values()
    return Between(
        logit_sd=float(np.hypot(values["trial_logit_sd"], values["definition_logit_sd"])),
        relative_sd=float(np.hypot(values["trial_mean_sd"], values["definition_mean_sd"])),
        time_log_sd=float(values["duration_log_sd"]),
        widened=widening(outside),
    )


def _timing(
    jobs: tuple[Job, ...],
    answers: tuple[Collected, ...],
    drawn: dict[str, Drawn],
    scatter: dict[str, Between],
    days: int,
) -> dict[str, Timing]:
    timing = {}
    for job, answer in zip(jobs, answers, strict=True):
        for index, area in enumerate(job.areas):
            scales = symptom_scores(area)
            definitions = DEFINITIONS
            if scales:
                lost = scales[int(job.setting.primary[index])].lost_share
                definitions = {
                    name: text.format(share=lost) for name, text in BURDEN_DEFINITIONS.items()
                }
            if len(job.setting.injection_d) > 1:
                definitions = definitions | {"onset_d": definitions["onset_d"] + FROM_DAY_0}
            draws, between = drawn[area], scatter[area]
            parameter_sd = parameter_log_sd(draws.times, draws.centre_times)
            shifts = Shifts(parameter_sd, between.time_log_sd, between.widened)
            timing[area] = timing_of(answer.areas[area].times, days, shifts, definitions)
    return timing


def _within(name: str, number: int, low: int, high: int) -> None:
    if not low <= number <= high:
        raise EndplateError(f"{name} is {number}; allowed are {low} to {high}.")


def _outcomes(
    job: Job,
    answer: Collected,
    drawn: dict[str, Drawn],
    scatter: dict[str, Between],
    product: str,
    area_dose_u: dict[str, float],
    days: int,
) -> list[Outcome]:
    """Outcomes of the areas of one job."""
    return [
        row
        for area in job.areas
        for row in outcomes(
            area,
            product,
            area_dose_u[area],
            answer.areas[area],
            job.treated[area],
            drawn[area],
            scatter[area],
            days,
        )
    ]
