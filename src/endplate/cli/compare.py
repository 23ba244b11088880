"""`endplate compare`: two to four plans side by side."""

from pathlib import Path
from typing import Annotated

import typer

from endplate.cli.output import HTML, JSON, Force, is_json, output_file, write_json_file
from endplate.cli.simulation import (
    DAYS,
    PEOPLE,
    SEED,
    Days,
    Json,
    People,
    Seed,
    result_of,
    write_json,
)

Plans = Annotated[
    list[Path], typer.Argument(help="Two to four plan files (TOML).", show_default=False)
]
Out = Annotated[
    Path | None,
    typer.Option(help="Also write the comparison: .html, or the .json that --json prints."),
]


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command()
    def compare(
        plans: Plans,
        out: Out = None,
        people: People = PEOPLE,
        seed: Seed = SEED,
        days: Days = DAYS,
        json: Json = False,
        force: Force = False,
    ) -> None:
        """Show two to four plans side by side, simulated on the same virtual people."""
        if not 2 <= len(plans) <= 4:
            raise typer.BadParameter(f"compare takes 2 to 4 plans, not {len(plans)}")
        from endplate.views import compare as compared
        from endplate.views import write_comparison
        from endplate.views.comparison import short_names

        target = output_file(out, HTML + JSON, force)
        results = [result_of(plan, people, seed, days) for plan in plans]
        comparison = compared(results, short_names([plan.stem for plan in plans]))
        if target is not None:
            if is_json(target):
                write_json_file(comparison.as_dict(), target)
            else:
                write_comparison(comparison, target)
            typer.echo(f"The comparison is in {target.resolve()}", err=True)
        if json:
            write_json(comparison.as_dict())
        else:
            typer.echo(comparison.as_text(), nl=False)
