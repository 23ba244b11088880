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
        """List the sources of all facts, or those that a saved result rests on."""
        from endplate.facts.citing import cited, sources_of
        from endplate.facts.sources import source, source_keys

        uses = cited()
        if result is None:
            found = tuple(source(key) for key in source_keys())
        else:
            found = sources_of(_read(result))
        if json:
            write_json({"sources": [_fields(s, uses) for s in found]})
            return
        for entry in found:
            told = _fields(entry, uses)
            where = ", ".join(f"{table} ({rows})" for table, rows in told["rows"].items())
            typer.echo(f"{entry.key} [{entry.kind}]: {entry.title}")
            for line in (entry.link, f"rows: {where}" if where else "no rows"):
                if line:
                    typer.echo(f"    {line}")


def _fields(entry: Any, uses: dict[str, dict[str, int]]) -> dict[str, Any]:
    return {
        "key": entry.key,
        "title": entry.title,
        "kind": entry.kind,
        "year": entry.year,
        "link": entry.link,
        "rows": uses.get(entry.key, {}),
    }


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
