"""`endplate check`: a plan against the label facts."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typer

STOPPED = 1


def register(app: "typer.Typer") -> None:
    """Add the command."""
    from typing import Annotated

    import typer

    @app.command()
    def check(
        plan: Annotated[str, typer.Argument(help="Plan file (TOML).", show_default=False)],
        json: Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")] = False,
    ) -> None:
        """Check a plan against the labels."""
        raise typer.Exit(check_file(plan, json))


def check_file(path: str | Path, as_json: bool) -> int:
    """Check a plan file, print the findings, return the exit code."""
    from endplate.case import Plan
    from endplate.safety import check

    plan = Plan.load(path)
    result = check(plan)
    if as_json:
        from json import dumps

        text = dumps(result.as_dict(), indent=2, allow_nan=False) + "\n"
    else:
        from endplate.cli.findings import check_text

        text = check_text(plan, result)
    sys.stdout.write(text)
    return STOPPED if result.open_stops else 0
