"""`endplate demo`: the bundled plan, checked, simulated and explained."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from endplate.case import DEMO_PLAN
from endplate.cli.output import HTML, JSON, Force, output_file
from endplate.cli.simulation import (
    DAYS,
    PEOPLE,
    SEED,
    Json,
    People,
    Seed,
    leave,
    result_of,
    write_json,
    write_report_file,
)

Out = Annotated[Path, typer.Option(help="Where to write the report: .html, or .json.")]


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command()
    def demo(
        out: Out = Path("report.html"),
        people: People = PEOPLE,
        seed: Seed = SEED,
        json: Json = False,
        force: Force = False,
    ) -> None:
        """Run the bundled plan (glabellar lines, 20 U) and write its report."""
        from endplate.views import summary

        target = output_file(out, HTML + JSON, force)
        # The plan lies in the installed package: this command is what a reader can type.
        command = f"endplate demo --people {people} --seed {seed}"
        result = result_of(DEMO_PLAN, people, seed, DAYS)
        result = replace(result, provenance=replace(result.provenance, command=command))
        if json:
            write_json(result.as_dict())
        else:
            typer.echo(summary(result), nl=False)
        if target is not None:
            write_report_file(result, target)
        leave(result)
