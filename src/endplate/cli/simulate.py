"""`endplate simulate`: what a plan does, how long, how sure, and what may go wrong."""

from pathlib import Path
from typing import Annotated

import typer

from endplate.cli.simulation import (
    DAYS,
    PEOPLE,
    SEED,
    Days,
    Json,
    ModelChoices,
    ParameterChoices,
    People,
    PlanFile,
    Seed,
    leave,
    result_of,
    writable,
    write_json,
)

Out = Annotated[
    Path | None,
    typer.Option(
        help="Where to write the report (one HTML file).", callback=writable, show_default=False
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
        json: Json = False,
        out: Out = None,
    ) -> None:
        """Simulate a plan in virtual people like its patient.

        Rival hypotheses (--model) run with the parameters that were fitted with the default ones,
        unless --parameter sets others. The exit code is 1 when the label check finds a stop.
        """
        result = result_of(plan, people, seed, days, model or (), parameter or ())
        if json:
            write_json(result.as_dict())
        else:
            from endplate.views import summary

            typer.echo(summary(result), nl=False)
        if out is not None:
            from endplate.views import write_report

            path = write_report(result, out)
            typer.echo(f"The report is in {path.resolve()}", err=True)
        leave(result)
