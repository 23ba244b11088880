"""Writes the pages of docs/ that code and tables can tell: commands, plan file, parameters."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from parameter_page import parameter_page

DOCS = Path(__file__).parents[1] / "docs"
START = "<!-- generated: {} -->"
END = "<!-- end of generated -->"


def cell(text: object) -> str:
    """Text that cannot break out of a table cell."""
    return " ".join(str(text).split()).replace("|", "\\|")


def rows(header: tuple[str, ...], body: list[tuple[object, ...]]) -> Iterator[str]:
    """A Markdown table; nothing without rows."""
    if body:
        yield f"| {' | '.join(header)} |"
        yield "|" + "---|" * len(header)
        yield from (f"| {' | '.join(map(cell, row))} |" for row in body)
        yield ""


def cli_page() -> str:
    """Every command with its arguments and options, from the commands themselves."""
    from typer.main import get_command

    from endplate.cli.main import application

    top = get_command(application([]))
    lines = ["# Commands", "", "Made by `make docs` from what `--help` says.", ""]
    lines += [" ".join((top.help or "").split()), ""]
    context = top.context_class(top, info_name="endplate")
    for name in top.list_commands(context):
        lines += group_lines(top.get_command(context, name), name, context)
    return "\n".join(lines).rstrip() + "\n"


def group_lines(command, name: str, above) -> Iterator[str]:
    """One command, or a group of them: each under its whole name."""
    if not hasattr(command, "list_commands"):
        yield from command_lines(command, name, above)
        return
    context = command.context_class(command, info_name=name.split()[-1], parent=above)
    yield from (f"## endplate {name}", "", " ".join((command.help or "").split()), "")
    for part in command.list_commands(context):
        yield from group_lines(command.get_command(context, part), f"{name} {part}", context)


def command_lines(command, name: str, above) -> Iterator[str]:
    """One command: usage, help, arguments, options."""
    context = command.context_class(command, info_name=name, parent=above)
    given = [one for one in command.get_params(context) if one.param_type_name == "argument"]
    usage = " ".join([name, *(one.name.upper() + " ..." * (one.nargs != 1) for one in given)])
    yield from (f"## endplate {name}", "", f"`endplate {usage} [OPTIONS]`", "")
    for paragraph in (command.help or "").split("\n\n"):
        yield from (" ".join(paragraph.split()), "")
    arguments, options = [], []
    for parameter in command.get_params(context):
        if parameter.param_type_name == "argument":
            text = getattr(parameter, "help", None) or ""
            arguments.append((f"`{parameter.name.upper()}`", text))
        elif "--help" not in parameter.opts:
            names = ", ".join(f"`{one}`" for one in (*parameter.opts, *parameter.secondary_opts))
            options.append((names, shown_default(parameter), parameter.help or ""))
    yield from rows(("argument", "meaning"), arguments)
    yield from rows(("option", "default", "meaning"), options)


def shown_default(parameter) -> str:
    """Default of an option as a person would type it, empty where there is none."""
    default = parameter.default
    if default is None or default is False or callable(default):
        return ""
    return f"`{default}`"


def plan_tables() -> str:
    """Fields of the plan file, from the descriptions that the reader itself uses."""
    from endplate.case import Plan

    return tables_of(Plan)


def design_tables() -> str:
    """Fields of the design file, and the endpoints of each use."""
    from endplate.facts.indications import indications
    from endplate.trials.design import Design
    from endplate.trials.regimen import endpoint_kinds

    body = []
    for row in indications():
        kinds = endpoint_kinds(row.name)
        body.append(
            (
                row.name,
                *(
                    ", ".join(f"`{code}`" for code, kind in kinds.items() if kind == wanted)
                    for wanted in ("responder", "change", "time_to_event")
                ),
            )
        )
    lines = [tables_of(Design), "", "### Endpoints", ""]
    lines += rows(("use", "responders", "changes and levels", "times"), body)
    return "\n".join(lines).rstrip()


def tables_of(top: type) -> str:
    """Tables of the fields of a file, from the top down."""
    from endplate.case.schema import entries, key_in_file

    lines: list[str] = []
    inside = [("", top, False)]
    while inside:
        path, cls, repeats = inside.pop(0)
        body = []
        for described in entries(cls):
            rule = described.metadata
            key = key_in_file(described)
            name = f"{path}.{key}".lstrip(".")
            if rule["kind"] in {"table", "tables"}:
                inside.append((name, rule["of"], rule["kind"] == "tables"))
            body.append((f"`{key}`", *field_cells(described)))
        heading = f"`[{path}]`" if path else "The file"
        if repeats:
            heading = f"`[[{path}]]`, any number of times"
        lines += [f"### {heading}", ""]
        lines += rows(("field", "needed", "what it may be", "meaning"), body)
    return "\n".join(lines).rstrip()


def field_cells(described) -> tuple[str, str, str]:
    """Whether a field is needed, what it may hold, what it means."""
    from endplate.case.schema import expected, is_required

    return (
        "yes" if is_required(described) else "no",
        expected(described),
        described.metadata["help"],
    )


def word_tables() -> str:
    """Words of each kind under their preferred name, with what else is understood."""
    from endplate.facts.table import text_rows

    kinds: dict[str, dict[str, list[str]]] = {}
    for row in text_rows("vocabulary"):
        others = kinds.setdefault(row["kind"], {}).setdefault(row["preferred"], [])
        if row["word"] != row["preferred"]:
            others.append(row["word"])
    lines: list[str] = []
    for kind, words in kinds.items():
        lines += [f"### {kind}", ""]
        body = [(f"`{word}`", ", ".join(others)) for word, others in words.items()]
        lines += rows(("name", "also understood"), body)
    return "\n".join(lines).rstrip()


def filled(text: str, name: str, content: str) -> str:
    """A page with the part between the marks of `name` replaced."""
    start = START.format(name)
    head, rest = text.split(start, 1)
    return f"{head}{start}\n{content}\n{END}{rest.split(END, 1)[1]}"


def pages() -> dict[Path, str]:
    """Path and wanted text of each page."""
    plan = (DOCS / "plan-file.md").read_text(encoding="utf-8")
    plan = filled(plan, "fields", plan_tables())
    trials = (DOCS / "trials.md").read_text(encoding="utf-8")
    return {
        DOCS / "cli.md": cli_page(),
        DOCS / "plan-file.md": filled(plan, "words", word_tables()),
        DOCS / "parameters.md": parameter_page(),
        DOCS / "trials.md": filled(trials, "design", design_tables()),
    }


def main() -> int:
    """Write the pages; with `--check`, only name those that are out of date."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing, exit 1 if stale")
    checking = parser.parse_args().check
    stale = 0
    for path, text in pages().items():
        if not path.is_file() or path.read_text(encoding="utf-8") != text:
            stale += 1
            if checking:
                print(f"docs/{path.name} is out of date: run `make docs`", file=sys.stderr)
            else:
                path.write_text(text, encoding="utf-8")
                print(f"wrote docs/{path.name}", file=sys.stderr)
    return 1 if checking and stale else 0


if __name__ == "__main__":
    sys.exit(main())
