"""`endplate demo`: the bundled plan, checked, simulated and explained."""

from pathlib import Path
from typing import Annotated

import typer

from endplate.case import DEMO_PLAN
from endplate.cli.simulation import (
    DAYS,
    PEOPLE,
    SEED,
    Json,
    People,
    Seed,
    leave,
    result_of,
    writable,
    write_json,
)

Out = Annotated[Path, typer.Option(help="Where to write the report (HTML).", callback=writable)]


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command()
    def demo(
        out: Out = Path("report.html"),
        people: People = PEOPLE,
        seed: Seed = SEED,
        json: Json = False,
    ) -> None:
        """Run the bundled plan (glabellar lines, 20 U) and write its report."""
        from endplate.views import summary, write_report

        result = result_of(DEMO_PLAN, people, seed, DAYS)
        if json:
            write_json(result.as_dict())
        else:
            typer.echo(summary(result), nl=False)
        path = write_report(result, out)
        typer.echo(f"The report is in {path.resolve()}", err=True)
        leave(result)
