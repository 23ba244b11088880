"""Simulates a plan: virtual people like the patient, through the engine, to outcomes and harms."""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np

from endplate._version import __version__
from endplate.case import PlacedSite, Plan, placed_sites, population_of
from endplate.engine.anatomy import gates
from endplate.engine.compile_cache import release_when_crowded, use_compile_cache
from endplate.engine.history import earlier_sessions
from endplate.engine.scenario import PlannedChart, planned_charts
from endplate.errors import EndplateError
from endplate.facts.endpoints import readings, symptom_scores
from endplate.facts.table import facts_hash
from endplate.forecast.cohort_run import parameter_draws, parts_of_run, run_subjects
from endplate.forecast.repeated import cycle_limits, cycles_of, run_repeated
from endplate.model import Model, Parameters
from endplate.observe.endpoints import Custom
from endplate.population.own import OwnPopulation
from endplate.results.cohort import ChartResult, IndicationResult, ParameterDraws
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
from endplate.results.people import people_of
from endplate.results.result import Cycles, Harm, Outcome, PlanSummary, Provenance, Result, Timing
from endplate.results.timing import (
    FROM_DAY_0,
    LINE_DEFINITIONS,
    SCORE_DEFINITIONS,
    Shifts,
    parameter_log_sd,
    timing_of,
)
from endplate.safety import check

Progress = Callable[[str, int, int], None]
_RESIDUAL = "pvr_ml"
MOST_PEOPLE, MOST_SEED, LEAST_DAYS, MOST_DAYS = 1_000_000, 2**31 - 1, 30, 1095


def simulate(
    plan: Plan,
    people: int = 2000,
    seed: int = 0,
    days: int = 365,
    command: str = "simulate",
    model: Model | None = None,
    parameters: Parameters | None = None,
    people_level: bool = False,
    progress: Progress | None = None,
    custom: Custom = (),
    population: OwnPopulation | None = None,
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
    model : Model
        Hypothesis of each step; the default ones unless given.
    parameters : Parameters
        Numbers the model runs with; the stored estimates unless given.
    people_level : bool
        Also keep what each person shows, as `Result.people`.
    progress
        Called with the step, how many of its parts are done and of how many, 0 where that is not
        known.
    custom : tuple of CustomEndpoint
        Endpoints of a user's table, told beside the shipped ones after every treatment.
    population : OwnPopulation
        People of the user, in place of `people` drawn ones.

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
    population = None if population is None else population.of_plan(plan)
    people = people if population is None else population.people
    _within("people", people, 1, MOST_PEOPLE)
    release_when_crowded()  # a notebook that runs one use after the other
    prepared = prepare(plan, seed, days, model, parameters, custom, population)
    model, parameters = prepared.model, prepared.parameters
    told = progress or (lambda *_: None)
    done, parts = itertools.count(1), len(prepared.charts) * parts_of_run(people)

    def part_done() -> None:
        told("virtual people, by the hundred", next(done), parts)

    runs = tuple(
        ChartRun(
            run_subjects(
                chart, model, parameters, people, seed, days, part_done, custom, population
            ),
            parameter_draws(chart, model, parameters, days, done=part_done, custom=custom),
        )
        for chart in prepared.charts
    )
    if plan.repeat is not None:
        told("further treatments", 0, 0)
    cycles, repeat_limits = _repeated(plan, prepared, people)
    result = result_of(plan, prepared, runs, people, command, repeat_limits, cycles)
    if people_level:
        shown = people_of(prepared.charts, tuple(run.result for run in runs))
        return replace(result, people=shown)
    return result


@dataclass(frozen=True)
class Prepared:
    """A plan ready to run: its charts, and the planned dose in each indication [U].

    `history_limits` are sentences on earlier treatments that the run leaves out or assumes.
    """

    seed: int
    days: int
    model: Model
    parameters: Parameters
    planned: tuple[PlacedSite, ...]
    area_dose_u: dict[str, float]
    charts: tuple[PlannedChart, ...]
    history_limits: tuple[str, ...]
    custom: Custom = ()
    population: OwnPopulation | None = None


@dataclass(frozen=True)
class ChartRun:
    """What the subjects of one chart show, and how it moves with the parameters."""

    result: ChartResult
    draws: dict[str, ParameterDraws]


def prepare(
    plan: Plan,
    seed: int,
    days: int,
    model: Model | None = None,
    parameters: Parameters | None = None,
    custom: Custom = (),
    population: OwnPopulation | None = None,
) -> Prepared:
    """A plan's charts; refuses what `simulate` refuses."""
    _within("seed", seed, 0, MOST_SEED)
    _within("days", days, LEAST_DAYS, MOST_DAYS)
    model, parameters = model or Model(), parameters or Parameters.stored()
    indications = covered_areas(plan)
    planned = placed_sites(plan)
    earlier, history_limits = earlier_sessions(plan, indications)
    use_compile_cache()
    charts = planned_charts(plan, indications, planned, earlier, model)
    doses_u = area_doses_u(planned, indications)
    return Prepared(
        seed,
        days,
        model,
        parameters,
        planned,
        doses_u,
        charts,
        history_limits,
        custom,
        population,
    )


def result_of(
    plan: Plan,
    prepared: Prepared,
    runs: tuple[ChartRun, ...],
    people: int,
    command: str,
    repeat_limits: tuple[str, ...],
    cycles: Cycles | None = None,
) -> Result:
    """The result of what each chart ran; `repeat_limits` are sentences on further treatments."""
    charts, area_dose_u, days = prepared.charts, prepared.area_dose_u, prepared.days
    results = tuple(run.result for run in runs)
    draws = {code: own for run in runs for code, own in run.draws.items()}
    scatter = {
        code: _between(prepared.parameters, extrapolations(plan, code, dose_u))
        for code, dose_u in area_dose_u.items()
    }
    timing = _timing(charts, results, draws, scatter, days)
    product, indications = plan.treatment.product, tuple(area_dose_u)
    shown = {code: own for result in results for code, own in result.indications.items()}
    reach = peak_blocks(charts, results)
    return Result(
        provenance=Provenance(
            version=__version__,
            facts_hash=facts_hash(),
            seed=prepared.seed,
            people=people,
            days=days,
            command=command,
        ),
        plan=PlanSummary.of(plan, indications, prepared.planned),
        findings=check(plan).findings,
        timing=timing[indications[0]],
        timing_by_indication=timing,
        outcomes=tuple(
            row
            for chart in charts
            for code in chart.indications
            for row in _outcomes(
                code,
                product,
                area_dose_u[code],
                shown[code],
                chart,
                draws,
                scatter,
                days,
                _stated_of_all(plan, prepared.population),
                prepared.custom,
            )
        ),
        harms=_harms(plan, indications, charts, results),
        course=course_of(charts, results, days),
        spread=spread_of(charts, prepared.model),
        reach=reach,
        limits=(
            *limits_of(plan, area_dose_u, reach),
            *_model_limits(prepared),
            *prepared.history_limits,
            *repeat_limits,
            *STANDING_LIMITS,
        ),
        cycles=cycles,
    )


def _stated_of_all(plan: Plan, population: OwnPopulation | None) -> dict[str, float]:
    """Scores before treatment that all people of a forecast have."""
    own = () if population is None else population.scores
    return {name: score for name, score in plan.patient.baseline.items() if name not in own}


def command_of(name: str, people: int, seed: int, days: int) -> str:
    """Return what to type to make a result again from a plan file of that name."""
    return f"endplate simulate {name} --people {people} --seed {seed} --days {days}"


def chosen_options(
    model: Model,
    values: Mapping[str, float],
    endpoints: str = "",
    population: str = "",
    fit: str = "",
) -> str:
    """The options that choose a model, parameter values and tables of a user's own, as typed."""
    options = [f"--model {choice}" for choice in model.choices()]
    options += [f"--parameter {name}={value!r}" for name, value in values.items()]
    options += [f"--fit {fit}"] if fit else []
    options += [f"--endpoints {endpoints}"] if endpoints else []
    options += [f"--population {population}"] if population else []
    return "".join(f" {option}" for option in options)


def _model_limits(prepared: Prepared) -> tuple[str, ...]:
    """Sentences on hypotheses and parameters that are not the fitted ones."""
    sentences = []
    choices = prepared.model.choices()
    own = not np.array_equal(prepared.parameters.vectors[0], Parameters.stored().vectors[0])
    if choices:
        sentences.append(
            f"This forecast runs another hypothesis ({', '.join(choices)}) with "
            + ("parameters of the user." if own else "the parameters ")
            + ("" if own else "that were fitted under the default ones.")
        )
    elif own:
        sentences.append("This forecast runs with parameters of the user, not with those fitted.")
    if prepared.population is not None:
        sentences.append(
            "The people of this forecast are those of the user's table "
            f"({', '.join(prepared.population.columns)}); what it leaves out is drawn, and how far "
            "figures move with the parameters is worked out in people of the model."
        )
        own = ", ".join(prepared.population.of_patients)
        if own:
            sentences.append(
                f"Each person of the table has their own {own}; the label check, what is "
                "said of the range of the trials and the width of the intervals are of the patient "
                "of the plan."
            )
    for row in prepared.custom:
        if row.indication in prepared.area_dose_u:
            sentences.append(
                f"{row.endpoint} is an endpoint of the user: how it reads the {row.scale} was set "
                "by hand and fitted to no trial."
            )
    return tuple(sentences)


def _repeated(plan: Plan, prepared: Prepared, people: int) -> tuple[Cycles | None, tuple[str, ...]]:
    """What further treatments add, and what that assumes; nothing for a plan without them."""
    if plan.repeat is None:
        return None, ()
    charts = prepared.charts
    run = run_repeated(
        plan,
        plan.repeat,
        charts,
        prepared.model,
        prepared.parameters,
        people,
        prepared.seed,
        prepared.custom,
        prepared.population,
    )
    scatter = {
        code: _between(
            prepared.parameters,
            extrapolations(plan, code, dose_u) + repeat_extrapolations(plan, code),
        )
        for code, dose_u in prepared.area_dose_u.items()
    }
    cycles = cycles_of(plan.repeat, charts, run, scatter, prepared.custom)
    return cycles, cycle_limits(plan.repeat, charts)


def _harms(
    plan: Plan,
    indications: tuple[str, ...],
    charts: tuple[PlannedChart, ...],
    results: tuple[ChartResult, ...],
) -> tuple[Harm, ...]:
    """Weakness and infections the model forecasts, then what trials and labels counted."""
    product, population = plan.treatment.product, population_of(plan.patient.age_y)
    forecast: list[Harm] = []
    for chart, result in zip(charts, results, strict=True):
        weak = [(g, result.weakness[g.term]) for g in gates(chart.scenario.anatomy)]
        forecast += modelled(product, chart.indications, weak, population)
        for code in chart.indications:
            names = [reading.endpoint for reading in readings(code)]
            if _RESIDUAL in names:
                index, own = names.index(_RESIDUAL), result.indications[code]
                forecast.append(
                    infections(code, own.means[index], own.means_untreated[index], own.mean_d)
                )
    terms = {harm.term for harm in forecast}
    sites = tuple(site for chart in charts for site in chart.sites)
    others = [h for h in counted(product, indications, sites, population) if h.term not in terms]
    return (*forecast, *others, *antibodies(product, indications, population))


def _between(parameters: Parameters, outside: tuple[Extrapolation, ...]) -> Between:
    """How trials of one indication scatter about the model, wider where the plan lies outside."""
    value = parameters.value
    return Between(
        logit_sd=float(np.hypot(value("trial_logit_sd"), value("definition_logit_sd"))),
        relative_sd=float(np.hypot(value("trial_mean_sd"), value("definition_mean_sd"))),
        time_log_sd=value("duration_log_sd"),
        widened=widening(outside),
    )


def _timing(
    charts: tuple[PlannedChart, ...],
    results: tuple[ChartResult, ...],
    draws: dict[str, ParameterDraws],
    scatter: dict[str, Between],
    days: int,
) -> dict[str, Timing]:
    timing = {}
    for chart, result in zip(charts, results, strict=True):
        for index, code in enumerate(chart.indications):
            scales = symptom_scores(code)
            definitions = LINE_DEFINITIONS
            if scales:
                lost = scales[chart.scenario.main_scale[index]].lost_share
                definitions = {
                    name: text.format(share=lost) for name, text in SCORE_DEFINITIONS.items()
                }
            if len(chart.injections) > 1:
                definitions = definitions | {"onset_d": definitions["onset_d"] + FROM_DAY_0}
            own, between = draws[code], scatter[code]
            parameter_sd = parameter_log_sd(own.times, own.centre_times)
            shifts = Shifts(parameter_sd, between.time_log_sd, between.widened)
            shown = result.indications[code]
            timing[code] = timing_of(shown.times, shown.printed_d, days, shifts, definitions)
    return timing


def _within(name: str, number: int, low: int, high: int) -> None:
    if not low <= number <= high:
        raise EndplateError(f"{name} is {number}; allowed are {low} to {high}.")


def _outcomes(
    code: str,
    product: str,
    dose_u: float,
    shown: IndicationResult,
    chart: PlannedChart,
    draws: dict[str, ParameterDraws],
    scatter: dict[str, Between],
    days: int,
    stated: Mapping[str, float],
    custom: Custom,
) -> list[Outcome]:
    """Outcomes of one indication."""
    treated, drawn, between = chart.treated[code], draws[code], scatter[code]
    return outcomes(code, product, dose_u, shown, treated, drawn, between, days, stated, custom)
