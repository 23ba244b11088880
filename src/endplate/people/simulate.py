"""Simulates a plan: virtual people like the patient, through the body, to outcomes and harms."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from endplate._version import __version__
from endplate.case import PlacedSite, Plan, placed_sites
from endplate.errors import EndplateError
from endplate.facts.endpoints import readings, symptom_scores
from endplate.facts.table import facts_hash
from endplate.people import model
from endplate.people.answer import Collected, Drawn
from endplate.people.cache import use_compile_cache
from endplate.people.collect import collect, parameter_draws
from endplate.people.history import earlier_sessions
from endplate.people.job import Job, make_jobs
from endplate.people.repeat import cycle_fields, cycle_limits, run_repeated
from endplate.results import report_fields
from endplate.results.counted_harms import counted
from endplate.results.coverage import covered_areas, limits_of
from endplate.results.extrapolation import Beyond, beyond, beyond_again, widening
from endplate.results.intervals import Between
from endplate.results.outcomes import outcomes
from endplate.results.result import Result
from endplate.results.side_effects import antibodies, infections, modelled
from endplate.results.timing import (
    BURDEN_DEFINITIONS,
    DEFINITIONS,
    Shifts,
    parameter_log_sd,
    summary,
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
    answers = tuple((collect(job, people), parameter_draws(job)) for job in jobs)
    cycles, again = _repeated(plan, jobs, people, prepared.area_dose_u)
    return told(plan, prepared, answers, people, command, again, cycles)


@dataclass(frozen=True)
class Prepared:
    """A plan ready to run: its jobs, planned dose in each area [U], and what was left out."""

    seed: int
    days: int
    planned: tuple[PlacedSite, ...]
    area_dose_u: dict[str, float]
    jobs: tuple[Job, ...]
    said: tuple[str, ...]


def prepare(plan: Plan, seed: int, days: int) -> Prepared:
    """A plan's jobs; refuses what `simulate` refuses."""
    _within("seed", seed, 0, MOST_SEED)
    _within("days", days, LEAST_DAYS, MOST_DAYS)
    areas = covered_areas(plan)
    planned = placed_sites(plan)
    earlier, said = earlier_sessions(plan, areas)
    use_compile_cache()
    jobs = make_jobs(plan, areas, planned, earlier, days, seed)
    return Prepared(seed, days, planned, report_fields.area_doses_u(planned, areas), jobs, said)


def told(
    plan: Plan,
    prepared: Prepared,
    found: tuple[tuple[Collected, tuple[Drawn, ...]], ...],
    people: int,
    command: str,
    again: tuple[str, ...],
    cycles: dict[str, Any] | None = None,
) -> Result:
    """The result of what was found for each job; `again` are sentences on further treatments."""
    jobs, area_dose_u, days = prepared.jobs, prepared.area_dose_u, prepared.days
    areas, answers = tuple(area_dose_u), tuple(answer for answer, _ in found)
    drawn = {
        area: one
        for job, (_, draws) in zip(jobs, found, strict=True)
        for area, one in zip(job.areas, draws, strict=True)
    }
    scatter = {area: _between(beyond(plan, area, dose_u)) for area, dose_u in area_dose_u.items()}
    timing = _timing(jobs, answers, drawn, scatter, days)
    product = plan.treatment.product
    return Result(
        provenance={
            "version": __version__,
            "facts_hash": facts_hash(),
            "seed": prepared.seed,
            "people": people,
            "days": days,
            "command": command,
        },
        plan=report_fields.plan_fields(plan, areas, prepared.planned),
        findings=check(plan).as_dict()["findings"],
        timing=timing[areas[0]],
        timing_by_indication=timing,
        outcomes=[
            row
            for job, answer in zip(jobs, answers, strict=True)
            for row in _outcomes(job, answer, drawn, scatter, product, area_dose_u, days)
        ],
        harms=_harms(product, areas, jobs, answers),
        course=report_fields.course_fields(jobs, answers, days),
        spread=report_fields.spread_fields(jobs),
        reach=report_fields.reach_fields(jobs, answers),
        limits=[
            *limits_of(plan, area_dose_u),
            *prepared.said,
            *again,
            *report_fields.STANDING_LIMITS,
        ],
        cycles=cycles,
    )


def command_of(name: str, people: int, seed: int, days: int) -> str:
    """Return what to type to make a result again from a plan file of that name."""
    return f"endplate simulate {name} --people {people} --seed {seed} --days {days}"


def _repeated(
    plan: Plan, jobs: tuple[Job, ...], people: int, area_dose_u: dict[str, float]
) -> tuple[dict[str, Any] | None, tuple[str, ...]]:
    """What further treatments add, and what that assumes; nothing for a plan without them."""
    if plan.repeat is None:
        return None, ()
    answer = run_repeated(plan, plan.repeat, jobs, people)
    scatter = {
        area: _between(beyond(plan, area, dose_u) + beyond_again(plan, area))
        for area, dose_u in area_dose_u.items()
    }
    return cycle_fields(plan.repeat, jobs, answer, scatter), cycle_limits(plan.repeat, jobs)


def _harms(
    product: str, areas: tuple[str, ...], jobs: tuple[Job, ...], answers: tuple[Collected, ...]
) -> list[dict[str, Any]]:
    """Weakness and infections the model forecasts, then what trials and labels counted."""
    found = []
    for job, answer in zip(jobs, answers, strict=True):
        found += modelled(product, job.layout, answer.weakness)
        for area in job.areas:
            names = [reading.endpoint for reading in readings(area)]
            if _RESIDUAL in names:
                place, own = names.index(_RESIDUAL), answer.areas[area]
                found.append(
                    infections(area, own.means[place], own.means_untreated[place], own.mean_d)
                )
    told = {harm["term"] for harm in found}
    sites = tuple(site for job in jobs for site in job.planned)
    also = [harm for harm in counted(product, areas, sites) if harm["term"] not in told]
    return [*found, *also, *antibodies(product, areas)]


def _between(outside: tuple[Beyond, ...]) -> Between:
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
) -> dict[str, dict[str, Any]]:
    told = {}
    for job, answer in zip(jobs, answers, strict=True):
        for place, area in enumerate(job.areas):
            scales = symptom_scores(area)
            words = DEFINITIONS
            if scales:
                lost = scales[int(job.setting.primary[place])].lost_share
                words = {k: text.format(share=lost) for k, text in BURDEN_DEFINITIONS.items()}
            own, between = drawn[area], scatter[area]
            parameter_sd = parameter_log_sd(own.times, own.centre_times)
            shifts = Shifts(parameter_sd, between.time_log_sd, between.widened)
            told[area] = summary(answer.areas[area].times, days, shifts, words)
    return told


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
) -> list[dict[str, Any]]:
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
