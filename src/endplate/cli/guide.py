"""`endplate guide`: the whole story for someone without a plan, in one file."""

from pathlib import Path
from typing import Annotated

import typer

from endplate.cli.output import HTML, Force, output_file
from endplate.cli.simulation import Json, write_json

DEFAULT_FILE = Path("guide.html")
Out = Annotated[
    Path | None,
    typer.Option(help="Where to write the guide as HTML; guide.html if not given."),
]
LanguageOption = Annotated[
    str,
    typer.Option("--language", help="Language of the guide: en (English) or es (Spanish)."),
]
Region = Annotated[str, typer.Option(help="Whose call for help is named: US, EU or UK.")]


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command()
    def guide(
        out: Out = None,
        region: Region = "US",
        language: LanguageOption = "en",
        json: Json = False,
        force: Force = False,
    ) -> None:
        """Write a guide in plain words for someone who wonders what an injection does.

        It needs no plan: uses, how it works with drawings, times, benefits, side effects, other
        choices, who should treat you, and answers to what many ask. One file, nothing to load.
        """
        from endplate.case import DEMO_PLAN, Plan
        from endplate.facts.vocabulary import known_word
        from endplate.views.language import known_language

        region = known_word("region", region)
        language = known_language(language)
        target = output_file(out or (None if json else DEFAULT_FILE), HTML, force)
        from endplate.views.guide import guide_page, write_guide

        if json:
            write_json(guide_page(region, language).as_dict())
        if target is not None:
            from endplate.forecast.journey import follow

            path = write_guide(follow(Plan.load(DEMO_PLAN)), target, region, language)
            typer.echo(f"The guide is in {path.resolve()}", err=True)
