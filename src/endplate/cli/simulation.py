"""What the commands that simulate a plan share: options, the run, JSON output, the exit code."""

import math
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from endplate.cli.output import is_json, write_json_file
from endplate.cli.progress import with_steps
from endplate.errors import EndplateError

if TYPE_CHECKING:
    from endplate.results.result import Result
    from endplate.safety import CheckResult

PlanFile = Annotated[Path, typer.Argument(help="Plan file (TOML).", show_default=False)]
People = Annotated[int, typer.Option(help="Number of virtual people.")]
Seed = Annotated[int, typer.Option(help="Seed of the virtual people.")]
Days = Annotated[int, typer.Option(help="Days to follow.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")]
ModelChoices = Annotated[
    list[str] | None,
    typer.Option(
        "--model",
        metavar="STEP=HYPOTHESIS",
        help="Hypothesis that a step of the model runs, as uptake=lebeda4; may be repeated.",
        show_default=False,
    ),
]
ParameterChoices = Annotated[
    list[str] | None,
    typer.Option(
        "--parameter",
        metavar="NAME=VALUE",
        help="Value of a fitted parameter on its natural scale, as persistence_d=40; "
        "may be repeated.",
        show_default=False,
    ),
]
FitFolder = Annotated[
    Path | None,
    typer.Option(
        "--fit",
        metavar="FOLDER",
        help="Run with the estimates of a fit of your own: the folder that endplate calibrate "
        "--out wrote.",
        show_default=False,
    ),
]
EndpointsFile = Annotated[
    Path | None,
    typer.Option(
        "--endpoints",
        help="CSV table of endpoints of your own (docs/python-api.md), told beside the others.",
        show_default=False,
    ),
]

PopulationFile = Annotated[
    Path | None,
    typer.Option(
        "--population",
        help="CSV table of people of your own (docs/python-api.md), in place of --people.",
        show_default=False,
    ),
]

PEOPLE, SEED, DAYS = 2000, 0, 365
STOPPED = 1


def result_of(
    plan_file: Path,
    people: int,
    seed: int,
    days: int,
    model_choices: Iterable[str] = (),
    parameter_choices: Iterable[str] = (),
    endpoints: Path | None = None,
    population: Path | None = None,
    fit: Path | None = None,
) -> "Result":
    """Simulate a plan file, with other hypotheses, parameter values or tables where chosen."""
    from endplate.case import Plan

    plan = Plan.load(plan_file)
    values = parameter_values(parameter_choices)
    from endplate.facts.custom_endpoints import read_endpoints

    custom = read_endpoints(endpoints) if endpoints else ()
    from endplate.model import Model, Parameters
    from endplate.population.own import read_population

    own = read_population(population, str(population)) if population else None
    people = own.people if own else people
    model = Model.parse(model_choices)
    fitted = Parameters.load(fit) if fit else Parameters.stored()
    parameters = fitted.replace(**values)
    from endplate.forecast import chosen_options, command_of, simulate

    command = command_of(plan_file.name, people, seed, days) + chosen_options(
        model,
        values,
        endpoints.name if endpoints else "",
        population.name if population else "",
        fit.name if fit else "",
    )
    return with_steps(
        lambda told: simulate(
            plan,
            people=people,
            seed=seed,
            days=days,
            command=command,
            model=model,
            parameters=parameters,
            progress=told,
            custom=custom,
            population=own,
        )
    )


def parameter_values(choices: Iterable[str]) -> dict[str, float]:
    """Values by parameter, from choices such as `persistence_d=40`.

    Raises
    ------
    EndplateError
        A choice is no pair of a name and a finite number.
    """
    values = {}
    for choice in choices:
        name, _, text = choice.partition("=")
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not name.isprintable() or not name or not math.isfinite(value):
            raise EndplateError(
                f"--parameter is {choice[:60]!r}; it must be a name and a number, as "
                "persistence_d=40."
            )
        values[name] = value
    return values


def write_json(value: Any) -> None:
    """Print a value as JSON; a number that is not finite is refused."""
    import json

    typer.echo(json.dumps(value, indent=2, allow_nan=False))


def write_report_file(result: "Result", path: Path) -> None:
    """Write a forecast as a report or as JSON, by the ending, and say where it is."""
    if is_json(path):
        write_json_file(result.as_dict(), path)
    else:
        from endplate.views import write_report

        write_report(result, path)
    typer.echo(f"The report is in {path.resolve()}", err=True)


def leave(result: "Result | CheckResult") -> None:
    """End with the exit code of the findings."""
    if any(f.level == "stop" and not f.override for f in result.findings):
        raise typer.Exit(STOPPED)
