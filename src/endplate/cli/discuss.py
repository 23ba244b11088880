"""`endplate discuss`: the one-page sheet for the patient."""

from pathlib import Path
from typing import Annotated

import typer

from endplate.cli.simulated import (
    DAYS,
    PEOPLE,
    SEED,
    Days,
    Json,
    People,
    PlanFile,
    Seed,
    leave,
    result_of,
    writable,
    write_json,
)

DEFAULT_FILE = Path("sheet.html")
Out = Annotated[
    Path | None,
    typer.Option(
        help="Where to write the sheet (HTML); sheet.html if not given.", callback=writable
    ),
]
LargePrint = Annotated[bool, typer.Option("--large-print", help="Larger letters, two pages.")]


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command()
    def discuss(
        plan: PlanFile,
        out: Out = None,
        large_print: LargePrint = False,
        people: People = PEOPLE,
        seed: Seed = SEED,
        days: Days = DAYS,
        json: Json = False,
    ) -> None:
        """Write a one-page sheet in plain words to discuss a plan with the patient."""
        from endplate.report import sheet_page, write_sheet

        result = result_of(plan, people, seed, days)
        if json:
            write_json(sheet_page(result, large_print).as_dict())
        if out or not json:
            path = write_sheet(result, out or DEFAULT_FILE, large_print)
            typer.echo(f"The sheet is in {path.resolve()}", err=True)
        leave(result)
