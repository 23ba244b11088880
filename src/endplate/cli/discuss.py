"""`endplate discuss`: the one-page sheet for the patient."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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

if TYPE_CHECKING:
    from endplate.report import SheetPage

DEFAULT_FILE = Path("sheet.html")
Out = Annotated[
    Path | None,
    typer.Option(
        help="Where to write the sheet, HTML or PDF by its ending; sheet.html if not given.",
        callback=writable,
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
        """Write a one-page sheet in plain words to discuss a plan with the patient.

        A use that the model does not cover gets its figures from labels and trials alone.
        """
        from endplate.errors import NotCovered
        from endplate.report import sheet_page, write_page

        try:
            result = result_of(plan, people, seed, days)
            page = sheet_page(result, large_print)
        except NotCovered as reason:
            typer.echo(f"{reason}; the sheet rests on labels and trials alone", err=True)
            result, page = from_facts(plan, large_print)
        if json:
            write_json(page.as_dict())
        if out or not json:
            path = write_page(page, out or DEFAULT_FILE)
            typer.echo(f"The sheet is in {path.resolve()}", err=True)
        leave(result)


def from_facts(plan_file: Path, large_print: bool) -> tuple[dict[str, Any], "SheetPage"]:
    """Findings and sheet of a plan that the model does not cover."""
    from endplate.case import Plan
    from endplate.report import fact_sheet_page
    from endplate.safety import check

    plan = Plan.load(plan_file)
    checked = check(plan)
    return checked.as_dict(), fact_sheet_page(plan, checked, large_print)
