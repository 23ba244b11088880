"""`endplate sources`: where every fact comes from, or what one result rests on."""

import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from endplate.cli.simulation import Json, write_json
from endplate.views.words import known, word

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
        from endplate.views.citations import citations_of, every_source

        report = every_source() if result is None else citations_of(_read(result))
        if json:
            write_json(report)
            return
        lines = source_lines(report["sources"]) if result is None else citation_lines(report)
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


WIDTH = 88
Fields = dict[str, Any]


def source_lines(sources: list[Fields]) -> Iterator[str]:
    """Every source with its link and the rows that rest on it."""
    for entry in sources:
        where = ", ".join(f"{table} ({rows})" for table, rows in entry["rows"].items())
        yield from _source_lines(entry)
        yield f"    rows: {where}" if where else "    no rows"


def citation_lines(report: Fields) -> Iterator[str]:
    """Sources of a result, under a heading for each part."""
    for part in known("basis"):
        entries = [entry for entry in report["sources"] if part in entry["parts"]]
        if not entries:
            continue
        yield word("basis", part)
        if part == "fit":
            yield from _trial_lines(report["trials"])
            yield "  published in"
        for entry in entries:
            yield from _source_lines(entry, "    " if part == "fit" else "  ")
        yield ""


def _trial_lines(trials: list[Fields]) -> Iterator[str]:
    """Trials by the parameters that they set; those of other uses on one line a use."""
    shared = {n for trial in trials if trial["role"] == "shared" for n in trial["parameters"]}
    for role in known("trial_role"):
        of_role = [trial for trial in trials if trial["role"] == role]
        if not of_role:
            continue
        parameters = dict.fromkeys(name for trial in of_role for name in trial["parameters"])
        names = [name for name in parameters if role == "shared" or name not in shared]
        names += [] if role == "shared" or not shared else ["and what uses share (below)"]
        yield from _wrapped(f"{word('trial_role', role)}: {', '.join(names)}", "  ")
        for use in dict.fromkeys(trial["indication"] for trial in of_role):
            listed = ", ".join(
                f"{trial['trial_id']} ({trial['rows']})"
                for trial in of_role
                if trial["indication"] == use
            )
            of = "" if role == "use" else "shared with "
            yield from _wrapped(f"{of}{use.replace('_', ' ')}: {listed}", "    ")


def _source_lines(entry: Fields, indent: str = "") -> Iterator[str]:
    yield f"{indent}{entry['key']} [{entry['kind']}]: {entry['title']}"
    if entry["link"]:
        yield f"{indent}    {entry['link']}"


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=f"{indent}    ",
        break_on_hyphens=False,
        break_long_words=False,
    )
