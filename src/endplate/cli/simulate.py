"""`endplate simulate`: what a plan does, how long, how sure, and what may go wrong."""

from pathlib import Path
from typing import Annotated

import typer

from endplate.cli.output import HTML, JSON, Force, output_file
from endplate.cli.simulation import (
    DAYS,
    PEOPLE,
    SEED,
    Days,
    EndpointsFile,
    FitFolder,
    Json,
    ModelChoices,
    ParameterChoices,
    People,
    PlanFile,
    PopulationFile,
    Seed,
    leave,
    result_of,
    write_json,
    write_report_file,
)

Out = Annotated[
    Path | None,
    typer.Option(
        help="Where to write the report: one .html file, or the .json that --json prints.",
        show_default=False,
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command()
    def simulate(
        plan: PlanFile,
        people: People = PEOPLE,
        seed: Seed = SEED,
        days: Days = DAYS,
        model: ModelChoices = None,
        parameter: ParameterChoices = None,
        endpoints: EndpointsFile = None,
        population: PopulationFile = None,
        fit: FitFolder = None,
        json: Json = False,
        out: Out = None,
        force: Force = False,
    ) -> None:
        """Simulate a plan in virtual people like its patient.

        Rival hypotheses (--model) run with the parameters that were fitted with the default ones,
        unless --parameter or --fit sets others. The exit code is 1 when the label check finds a
        stop.
        """
        target = output_file(out, HTML + JSON, force)
        result = result_of(
            plan, people, seed, days, model or (), parameter or (), endpoints, population, fit
        )
        if json:
            write_json(result.as_dict())
        else:
            from endplate.views import summary

            typer.echo(summary(result), nl=False)
        if target is not None:
            write_report_file(result, target)
        leave(result)
