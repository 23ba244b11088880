"""`endplate discuss`: the sheet for the patient."""

from pathlib import Path
from typing import Annotated

import typer

from endplate.cli.output import HTML, JSON, PDF, Force, is_json, output_file, write_json_file
from endplate.cli.simulation import (
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
    write_json,
)

DEFAULT_FILE = Path("sheet.html")
Out = Annotated[
    Path | None,
    typer.Option(
        help="Where to write the sheet, by its ending: .html, .pdf or the .json that --json "
        "prints; sheet.html if not given."
    ),
]
LargePrint = Annotated[
    bool, typer.Option("--large-print", help="Letters of 16 points in place of 12.")
]
LanguageOption = Annotated[
    str, typer.Option("--language", help="Language of the sheet: en (English) or es (Spanish).")
]


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command()
    def discuss(
        plan: PlanFile,
        out: Out = None,
        large_print: LargePrint = False,
        language: LanguageOption = "en",
        people: People = PEOPLE,
        seed: Seed = SEED,
        days: Days = DAYS,
        json: Json = False,
        force: Force = False,
    ) -> None:
        """Write a sheet in plain words to discuss a plan with the patient.

        A use that the model does not cover gets its figures from labels and trials alone.
        """
        from endplate.case import Plan
        from endplate.views import write_page
        from endplate.views.fact_sheet import discussion
        from endplate.views.language import known_language

        language = known_language(language)
        wanted = out or (None if json else DEFAULT_FILE)
        target = output_file(wanted, HTML + PDF + JSON, force)
        loaded = Plan.load(plan)
        sheet = discussion(
            loaded, lambda: result_of(plan, people, seed, days), large_print, language
        )
        if sheet.not_covered:
            typer.echo(f"{sheet.not_covered}; the sheet rests on labels and trials alone", err=True)
        if json:
            write_json(sheet.page.as_dict())
        if target is not None:
            if is_json(target):
                write_json_file(sheet.page.as_dict(), target)
            else:
                write_page(sheet.page, target)
            typer.echo(f"The sheet is in {target.resolve()}", err=True)
        leave(sheet.result)
