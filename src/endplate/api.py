"""The public functions: each takes a plan in any form and calls what its command calls.

What lies behind is imported by the function that needs it, so that a label check never loads the
simulator.
"""

from collections.abc import Callable, Iterable, Mapping
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

from endplate.arguments import called, flag, number, path, text, whole, wrong
from endplate.case import Plan
from endplate.errors import EndplateError

if TYPE_CHECKING:
    from pandas import DataFrame as PandasFrame
    from polars import DataFrame as PolarsFrame

    from endplate.facts.endpoints import CustomEndpoint
    from endplate.facts.trials import TrialFigure
    from endplate.model import Model, Parameters
    from endplate.personalise.personalise import Personalised
    from endplate.population.own import OwnPopulation
    from endplate.results.result import Result
    from endplate.safety import CheckResult
    from endplate.sensitivity import Sensitivity
    from endplate.validation.calibration import Calibrated
    from endplate.validation.results import Validation
    from endplate.views import Comparison

    PopulationLike = PandasFrame | PolarsFrame | Mapping[str, Any] | str | PathLike[str] | None

PlanLike = Plan | str | PathLike[str] | Mapping[str, Any]
ModelLike = "Model | str | Mapping[str, Any] | Iterable[str] | None"
ParametersLike = "Parameters | Mapping[str, float] | str | PathLike[str] | None"
Progress = Callable[..., None]
MOST_SEED = 2**31 - 1


def plan_of(plan: Any, name: str = "plan") -> Plan:
    """A plan from what a public function was given.

    Parameters
    ----------
    plan : Plan, str, Path or dict
        The plan, the path of its file, or the tables of one.
    name : str
        Name of the argument.

    Raises
    ------
    PlanFaults
        It is no plan: one sentence per fault.
    ArgumentFault
        It is none of these.
    """
    if isinstance(plan, Plan):
        # built by hand, it may hold what no file may
        Plan.from_dict(plan.as_dict(), plan.name)
        return plan
    if isinstance(plan, Mapping):
        return Plan.from_dict(plan)
    if isinstance(plan, str | PathLike) and not isinstance(plan, bytes):
        return Plan.load(path(name, plan))
    raise wrong(name, plan, "a Plan, the path of a plan file, and a dictionary of its tables")


def check(plan: PlanLike) -> "CheckResult":
    """Apply the label's rules to a plan, without the simulator.

    Parameters
    ----------
    plan : Plan, str, Path or dict
        The plan, the path of its file, or the tables of one.

    Returns
    -------
    CheckResult
        Findings, the worst first, and their level.

    Raises
    ------
    EndplateError
        It is no plan: one sentence per fault.

    Examples
    --------
    >>> import endplate
    >>> checked = endplate.check(endplate.DEMO_PLAN)
    >>> checked.level, checked.open_stops
    ('clear', 0)
    """
    from endplate.safety import check as run

    return run(plan_of(plan))


def simulate(
    plan: PlanLike,
    people: int = 2000,
    seed: int = 0,
    days: int = 365,
    command: str | None = None,
    model: "Model | str | Mapping[str, Any] | Iterable[str] | None" = None,
    parameters: "Parameters | Mapping[str, float] | str | PathLike[str] | None" = None,
    people_level: bool = False,
    endpoints: str | PathLike[str] | None = None,
    population: "PopulationLike" = None,
) -> "Result":
    """Forecast what a plan does in virtual people like its patient.

    Parameters
    ----------
    plan : Plan, str, Path or dict
        The plan, the path of its file, or the tables of one.
    people : int
        Virtual people, 1 to 1,000,000.
    seed : int
        Seed, 0 to 2^31 - 1; person k of a seed is the same person in every run.
    days : int
        Last day after the treatment, 30 to 1095.
    command : str
        What to name in the provenance; the command that does the same unless given.
    model : Model, str, dict or list of str
        Hypotheses, as `"uptake=lebeda4"` or `{"uptake": "lebeda4"}`; the default ones unless given.
    parameters : Parameters, dict, str or Path
        Numbers the model runs with, values that differ from the stored estimates by name, or the
        folder of a fit of one's own (`calibrate`).
    people_level : bool
        Also keep what each person shows: the tables `people` and `scores` of the result.
    endpoints : str or Path
        CSV table of endpoints of one's own, told beside the shipped ones.
    population : DataFrame, dict, str or Path
        People of one's own in place of `people` drawn ones: a frame, columns or a CSV with a row
        for each, of random effects (standard normal), parameters (natural scale), `age_y`, `sex`,
        `height_cm`, `weight_kg` and scores before treatment; what it leaves out is drawn, or as
        the plan says.

    Returns
    -------
    Result
        Findings of the label check and the forecast.

    Raises
    ------
    EndplateError
        An argument is not what is allowed, or there is no evidence for the product or the use.

    Examples
    --------
    >>> import endplate
    >>> result = endplate.simulate(endplate.DEMO_PLAN, people=64)
    >>> result.timing.duration_d.median > 60
    True
    """
    read = plan_of(plan)
    flag("people_level", people_level)
    command = None if command is None else text("command", command)
    from endplate import forecast
    from endplate.forecast.simulate import LEAST_DAYS, MOST_DAYS, MOST_PEOPLE

    people = whole("people", people, 1, MOST_PEOPLE)
    seed = whole("seed", seed, 0, MOST_SEED)
    days = whole("days", days, LEAST_DAYS, MOST_DAYS)
    custom, table = custom_endpoints(endpoints)
    own, own_name = _population_of(population)
    people = people if own is None else own.people
    hypotheses, (numbers, values) = model_of(model), parameters_of(parameters)
    if command is None:
        fit = Path(parameters).name if isinstance(parameters, str | PathLike) else ""
        options = forecast.chosen_options(hypotheses, values, table, own_name, fit)
        command = forecast.command_of(f"{read.name}.toml", people, seed, days) + options
    return forecast.simulate(
        read,
        people,
        seed,
        days,
        command,
        hypotheses,
        numbers,
        people_level=people_level,
        custom=custom,
        population=own,
    )


def _population_of(population: Any) -> "tuple[OwnPopulation | None, str]":
    """People of a user's own, and what a command calls their table; none of either for None."""
    if population is None:
        return None, ""
    from endplate.population.own import read_population

    read = read_population(population)
    named = isinstance(population, str | PathLike)
    return read, path("population", population).name if named else "TABLE"


def compare(
    plans: "Iterable[PlanLike | Result] | Mapping[str, PlanLike | Result]",
    people: int = 2000,
    seed: int = 0,
    days: int = 365,
    model: "Model | str | Mapping[str, Any] | Iterable[str] | None" = None,
    parameters: "Parameters | Mapping[str, float] | str | PathLike[str] | None" = None,
) -> "Comparison":
    """Set two to four plans side by side, simulated on the same virtual people.

    Parameters
    ----------
    plans : list or dict
        Plans in any form, or results of `simulate`; a dictionary gives each a name.
    people, seed, days, model, parameters : object
        As for `simulate`; results that are given are taken as they are.

    Returns
    -------
    Comparison
        Rows of figures with their intervals; `print(comparison.as_text())` shows them.

    Raises
    ------
    EndplateError
        An argument is not what is allowed, or a plan cannot be simulated.

    Examples
    --------
    >>> import endplate
    >>> plan = endplate.Plan.load(endplate.DEMO_PLAN)
    >>> comparison = endplate.compare({"once": plan, "again": plan}, people=64)
    >>> comparison.names
    ('once', 'again')
    """
    from endplate.results.result import Result
    from endplate.views import compare as compared
    from endplate.views.comparison import FEWEST, MOST, short_names

    allowed = f"lists of {FEWEST} to {MOST} plans, and dictionaries of as many by name"
    if isinstance(plans, str | PathLike | Plan | Result) or not isinstance(plans, Iterable):
        raise wrong("plans", plans, allowed)
    given = list(plans.values()) if isinstance(plans, Mapping) else list(plans)
    if not FEWEST <= len(given) <= MOST:
        raise EndplateError(f"plans are {len(given)}; allowed are {allowed}.")
    read = [
        one if isinstance(one, Result) else plan_of(one, f"plans[{n}]")
        for n, one in enumerate(given)
    ]
    results = [
        one
        if isinstance(one, Result)
        else simulate(one, people, seed, days, None, model, parameters)
        for one in read
    ]
    names = [
        text("the name of a plan", name)
        for name in (plans if isinstance(plans, Mapping) else map(_name, read))
    ]
    return compared(results, short_names(names))


def _name(one: "Plan | Result") -> str:
    return one.name if isinstance(one, Plan) else one.plan.name or "plan"


def validate(
    trials: "str | PathLike[str] | Iterable[TrialFigure] | None" = None,
    model: "Model | str | Mapping[str, Any] | Iterable[str] | None" = None,
    progress: Progress | None = None,
    endpoints: str | PathLike[str] | None = None,
    draws: int = 24,
) -> "Validation":
    """Predict published trial figures and say how far off the model is.

    Parameters
    ----------
    trials : str, Path or list of TrialFigure
        CSV table of published figures, or figures as `endplate.facts.trials` holds them; the
        shipped ones unless given.
    model : Model, str, dict or list of str
        Hypotheses, as for `simulate`; parameters are those fitted with the default ones.
    progress : callable
        Is told the groups of uses that are done, and all.
    endpoints : str or Path
        CSV table of endpoints of one's own, by which figures of such codes are predicted.
    draws : int
        Stored draws of the posterior that intervals and `to_xarray` rest on, 8 to 200.

    Returns
    -------
    Validation
        Each figure beside its prediction, figures skipped with the reason, summary and promises;
        `to_xarray` gives posterior and predictions in the layout of ArviZ.

    Raises
    ------
    EndplateError
        An argument is not what is allowed, or the table has faults: one sentence each.

    Examples
    --------
    >>> import endplate
    >>> from endplate.facts.trials import trial_figures
    >>> figures = [f for f in trial_figures() if f.indication == "axillary_hyperhidrosis"]
    >>> validation = endplate.validate(figures[:2])
    >>> len(validation.rows) + len(validation.skipped)
    2
    """
    tell = called("progress", progress)
    custom, _ = custom_endpoints(endpoints)
    figures = _figures(trials)
    from endplate.engine.compile_cache import use_compile_cache
    from endplate.facts.trials import defined_by
    from endplate.validation.validate import LEAST_DRAWS, MOST_DRAWS
    from endplate.validation.validate import validate as run

    hypotheses = model_of(model)
    draws = whole("draws", draws, LEAST_DRAWS, MOST_DRAWS)
    figures = defined_by(figures, custom)
    use_compile_cache()
    return run(figures, tell or (lambda *_: None), hypotheses, draws)


def _figures(trials: Any) -> "tuple[TrialFigure, ...]":
    from endplate.facts.trials import TrialFigure, trial_figures

    if trials is None:
        return trial_figures()
    if isinstance(trials, str | PathLike):
        from endplate.fit.trial_table import read_trials

        return read_trials(path("trials", trials))
    figures = tuple(trials) if isinstance(trials, list | tuple) else ()
    if not figures or not all(isinstance(one, TrialFigure) for one in figures):
        raise wrong("trials", trials, "paths of CSV tables, and lists of TrialFigure")
    return figures


def sensitivity(
    plan: PlanLike,
    outcome: str = "duration_d",
    day: float = 30.0,
    samples: int = 128,
    seed: int = 0,
    progress: Progress | None = None,
) -> "Sensitivity":
    """Tell which unknown of the science, and which of the person, matters most (Sobol indices).

    Parameters
    ----------
    plan : Plan, str, Path or dict
        The plan, the path of its file, or the tables of one.
    outcome : str
        `onset_d`, `peak_d`, `duration_d`, an endpoint or a weakness of the plan; `NAME:AREA` where
        several areas have it.
    day : float
        Day on which an endpoint is read [d].
    samples : int
        Base samples, 8 to 8192; more make the intervals narrower.
    seed : int
        Seed of the design.
    progress : callable
        Is told the people that are done, and all.

    Returns
    -------
    Sensitivity
        A table of the science's unknowns and one of the person's.

    Raises
    ------
    EndplateError
        An argument is not what is allowed, the plan has no such outcome, or SALib is not there.

    Examples
    --------
    >>> import endplate
    >>> endplate.sensitivity(endplate.DEMO_PLAN, outcome="beauty")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    endplate.errors.EndplateError: beauty is no outcome of this plan; allowed are onset_d, ...
    """
    read, outcome = plan_of(plan), text("outcome", outcome, "names of an outcome (str)")
    tell = called("progress", progress)
    from endplate.sensitivity import sensitivity as run
    from endplate.sensitivity.sensitivity import DAYS, LEAST_SAMPLES, MOST_SAMPLES

    day = number("day", day, 1, DAYS)
    samples = whole("samples", samples, LEAST_SAMPLES, MOST_SAMPLES)
    return run(read, outcome, day, samples, whole("seed", seed, 0, MOST_SEED), tell)


def personalise(
    plan: PlanLike,
    follow_up: str | PathLike[str],
    hold_out_after: float | None = None,
    people: int = 2048,
    seed: int = 0,
) -> "Personalised":
    """Learn how each person responds from the follow-up: what to expect, when to come back.

    Parameters
    ----------
    plan : Plan, str, Path or dict
        The plan, the path of its file, or the tables of one.
    follow_up : str or Path
        CSV with patient, day, endpoint, value, and product, dose_u of injections.
    hold_out_after : float
        Forecast the visits after this day without looking at them, and score that.
    people : int
        Virtual people to look among, 256 to 65,536.
    seed : int
        Their seed.

    Returns
    -------
    Personalised
        Per person: forecast, wearing off, what was learned, the next treatment.

    Raises
    ------
    EndplateError
        An argument is not what is allowed, or the follow-up has faults.

    Examples
    --------
    >>> import endplate
    >>> endplate.personalise(endplate.DEMO_PLAN, "no_such_file.csv")
    Traceback (most recent call last):
    endplate.errors.CannotRead: There is no file no_such_file.csv.
    """
    read, table = plan_of(plan), path("follow_up", follow_up)
    if hold_out_after is not None:
        hold_out_after = number("hold_out_after", hold_out_after, 0, 36_500)
    from endplate.personalise import personalise as run
    from endplate.personalise.personalise import CHUNK, MOST_PEOPLE

    people = whole("people", people, CHUNK, MOST_PEOPLE)
    seed = whole("seed", seed, 0, MOST_SEED)
    held = "" if hold_out_after is None else f" --hold-out-after {hold_out_after:g}"
    command = (
        f"endplate personalise {read.name}.toml --follow-up {table.name}{held} "
        f"--people {people} --seed {seed}"
    )
    return run(read, table, hold_out_after, people, seed, command)


def calibrate(
    out: str | PathLike[str],
    trials: "str | PathLike[str] | Iterable[TrialFigure] | None" = None,
    seed: int = 0,
    fresh: bool = False,
    force: bool = False,
    progress: Progress | None = None,
    priors: str | PathLike[str] | None = None,
    model: "Model | str | Mapping[str, Any] | Iterable[str] | None" = None,
) -> "Calibrated":
    """Fit the model to published trial figures and write the tables of the fit into a folder.

    It runs for an hour or more. A run that was stopped goes on where it was.

    Parameters
    ----------
    out : str or Path
        Folder to write the tables to.
    trials : str, Path or list of TrialFigure
        CSV table of published figures, or figures; the shipped ones unless given.
    seed : int
        Seed of the chains and of the designs.
    fresh : bool
        Forget the finished steps of a run that was stopped.
    force : bool
        Overwrite tables that no calibration of endplate wrote.
    progress : callable
        Is told the name of a step, how much of it is done, and of how much (0: not known).
    priors : str or Path
        CSV table of priors in the place of shipped ones.
    model : Model, str, dict or list of str
        Hypotheses that are fitted, as for `simulate`; the default ones unless given.

    Returns
    -------
    Calibrated
        The posterior, how far to trust it, and the files written; `Parameters.load(out)` reads
        them back.

    Raises
    ------
    EndplateError
        An argument is not what is allowed, the folder holds other tables, NumPyro is not there, or
        the fit did not converge; nothing is written then.

    Examples
    --------
    >>> import endplate
    >>> endplate.calibrate("no_such_folder")
    Traceback (most recent call last):
    endplate.errors.EndplateError: There is no folder no_such_folder.
    """
    folder, tell = path("out", out), called("progress", progress)
    seed = whole("seed", seed, 0, MOST_SEED)
    flag("fresh", fresh)
    flag("force", force)
    rows, command = None, "endplate calibrate"
    if priors is not None:
        from endplate.facts.custom_priors import read_priors

        table = path("priors", priors, "paths of CSV tables (str or pathlib.Path)")
        rows, command = read_priors(table), f"{command} --priors {table.name}"
    figures = _figures(trials)
    hypotheses = model_of(model)
    command += "".join(f" --model {choice}" for choice in hypotheses.choices())
    from endplate.validation.calibration import calibrate_into

    silent = tell or (lambda *_: None)
    return calibrate_into(folder, figures, seed, fresh, force, silent, command, rows, hypotheses)


def custom_endpoints(endpoints: Any) -> "tuple[tuple[CustomEndpoint, ...], str]":
    """Endpoints of a user's table, and the table's name; none of either for None.

    Parameters
    ----------
    endpoints : str, Path or None
        Path of a CSV.

    Raises
    ------
    EndplateError
        It is none, or the table has faults: one sentence each.

    Examples
    --------
    >>> custom_endpoints(None)
    ((), '')
    """
    if endpoints is None:
        return (), ""
    table = path("endpoints", endpoints, "paths of CSV tables (str or pathlib.Path)")
    from endplate.facts.custom_endpoints import read_endpoints

    return read_endpoints(table), table.name


def model_of(model: Any) -> "Model":
    """A model from what a public function was given.

    Parameters
    ----------
    model : Model, str, dict, list of str or None
        A model, choices such as `uptake=lebeda4`, or hypotheses by step.

    Raises
    ------
    EndplateError
        It is none; the sentence says what is allowed.

    Examples
    --------
    >>> model_of("uptake=lebeda4") == model_of({"uptake": "lebeda4"})
    True
    """
    from endplate.model import HYPOTHESES, Model

    if model is None or isinstance(model, Model):
        return model or Model()
    if isinstance(model, str):
        return Model.parse([model])
    if isinstance(model, Mapping):
        for step in model:
            if step not in list(HYPOTHESES):
                raise wrong("a step of model", step, ", ".join(HYPOTHESES))
        return Model(**model)
    if isinstance(model, list | tuple):
        return Model.parse(model)
    raise wrong("model", model, 'a Model, "uptake=lebeda4", and {"uptake": "lebeda4"}')


def parameters_of(parameters: Any) -> "tuple[Parameters, dict[str, float]]":
    """Parameters from what a public function was given, and the values that were named.

    Parameters
    ----------
    parameters : Parameters, dict, str, Path or None
        Parameters, values that differ from the stored estimates by name, or a folder of a fit.

    Raises
    ------
    EndplateError
        It is none; the sentence says what is allowed.

    Examples
    --------
    >>> numbers, named = parameters_of({"persistence_d": 40})
    >>> round(numbers.value("persistence_d")), named
    (40, {'persistence_d': 40})
    """
    from endplate.model import Parameters

    if parameters is None or isinstance(parameters, Parameters):
        return parameters or Parameters.stored(), {}
    if isinstance(parameters, Mapping):
        values = {text("a name in parameters", name): v for name, v in parameters.items()}
        return Parameters.stored().replace(**values), values
    if isinstance(parameters, str | PathLike) and not isinstance(parameters, bytes):
        return Parameters.load(path("parameters", parameters)), {}
    allowed = 'Parameters, values as {"persistence_d": 40}, and folders of a fit'
    raise wrong("parameters", parameters, allowed)
