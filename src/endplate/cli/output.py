"""Where the commands write: which forms each of them has, and what may be overwritten."""

import os
from pathlib import Path
from typing import Annotated, Any

import typer

Force = Annotated[
    bool, typer.Option("--force", help="Overwrite a file even if endplate did not make it.")
]
HTML, PDF, JSON = (".html", ".htm"), (".pdf",), (".json",)
SBML, CSV = (".xml", ".sbml"), (".csv",)


def output_file(
    path: Path | None, endings: tuple[str, ...], force: bool, option: str = "--out"
) -> Path | None:
    """The path, if this command may write a file there; asked before the work, not after it.

    Parameters
    ----------
    path : Path or None
        Where to write; None writes nothing.
    endings : tuple
        Endings of the forms that the command writes.
    force : bool
        Whether a file that is not ours may be overwritten.
    option : str
        The option that named the path.

    Raises
    ------
    typer.BadParameter
        The ending is another one, the place cannot be written, or it holds somebody's file.
    CannotWrite
        The form needs an extra that is not installed.
    """
    if path is None:
        return None
    fault = _fault(path, endings, force)
    if fault:
        raise typer.BadParameter(fault, param_hint=option)
    _require_extra(path)
    return path


def _fault(path: Path, endings: tuple[str, ...], force: bool) -> str:
    """Why a file cannot be written at a path, "" where it can."""
    if path.is_dir():
        return f"{path} is a folder, not a file."
    if path.suffix.lower() not in endings:
        forms = " or ".join(ending for ending in endings if ending != ".htm")
        return f"{str(path)!r} does not end in {forms}, which is what this command writes."
    if not path.parent.is_dir():
        return f"there is no folder {path.parent}."
    if not os.access(path.parent, os.W_OK):
        return f"the folder {path.parent} cannot be written to."
    if path.exists() and not force:
        return _fault_of_old(path)
    return ""


def _fault_of_old(path: Path) -> str:
    from endplate.files.output import is_ours

    try:
        ours = path.is_file() and is_ours(path)
    except OSError as fault:
        return f"{path} is there and cannot be read: {fault.strerror}."
    return (
        ""
        if ours
        else f"{path} exists and was not made by endplate; give another name, or --force to "
        "overwrite it."
    )


def _require_extra(path: Path) -> None:
    """What the form needs is installed."""
    if path.suffix.lower() in PDF:
        from endplate.views.pdf import require_pdf

        require_pdf()
    elif path.suffix.lower() in SBML:
        from endplate.export.sbml.draft import libsbml

        libsbml()


def is_json(path: Path) -> bool:
    """Whether a file is to hold JSON."""
    return path.suffix.lower() in JSON


def write_json_file(value: dict[str, Any], path: Path) -> Path:
    """Write the JSON that a command prints into a file, with our mark as `generator`."""
    import json

    from endplate.files.output import maker, write_whole

    marked = {"generator": maker()} | value
    return write_whole(json.dumps(marked, indent=2, allow_nan=False) + "\n", path)
