"""`endplate sources`: where every fact comes from, or what one result rests on."""

from pathlib import Path
from typing import Annotated, Any

import typer

from endplate.cli.simulated import Json, write_json

ResultFile = Annotated[
    Path | None,
    typer.Argument(
        help="Result of `endplate simulate --json`; every source if not given.",
        show_default=False,
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command()
    def sources(result: ResultFile = None, json: Json = False) -> None:
        """List the sources of all facts, or what a saved result rests on.

        Of a result: what the label says, the model's numbers, the trials that set its fit,
        the figures shown beside outcomes, and side effects.
        """
        from endplate.cli.resting import resting_lines, source_lines
        from endplate.views.citations import citations_of, every_source

        told = every_source() if result is None else citations_of(_read(result))
        if json:
            write_json(told)
            return
        lines = source_lines(told["sources"]) if result is None else resting_lines(told)
        for line in lines:
            typer.echo(line)


def _read(path: Path) -> dict[str, Any]:
    import json

    from endplate.errors import EndplateError

    if not path.is_file():
        raise EndplateError(f"There is no file {path}.")
    try:
        result = json.loads(path.read_text(encoding="utf-8"))
    except (UnicodeDecodeError, json.JSONDecodeError) as fault:
        raise EndplateError(f"{path} is not a saved result: {fault}.") from None
    if not isinstance(result, dict) or not {"findings", "provenance"} & set(result):
        raise EndplateError(f"{path} is not a result of `endplate simulate --json` or `check`.")
    return result
