"""Gets the text of a plan file and turns it into a plan, or into sentences about its faults."""

import tomllib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from endplate.case.faults import plan_faults
from endplate.case.reader import Reader
from endplate.errors import PlanFaults

MAX_BYTES = 1_000_000
DEMO_PLAN = Path(__file__).parent / "demo_plan.toml"


def read_text(path: str | Path) -> str:
    """Text of a plan file of at most 1 MB.

    Raises
    ------
    PlanFaults
        The file is missing, no file, too large, or not UTF-8.
    """
    name = str(path)[:200]
    try:
        if Path(path).is_dir():
            raise PlanFaults([f"{name} is a directory; give the path of a plan file."])
        with Path(path).open("rb") as stream:
            # One byte over the limit tells a large file, a device or a pipe without reading it.
            raw = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise PlanFaults([f"{name} does not exist; give the path of a plan file."]) from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the name is no path"
        raise PlanFaults([f"{name!r} cannot be read: {reason}."]) from None
    if len(raw) > MAX_BYTES:
        raise PlanFaults([f"{name} is larger than 1 MB; a plan is a short text file."])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise PlanFaults([f"{name} is not UTF-8 text; save the plan as UTF-8."]) from None


def parse_plan(cls: Any, text: str, name: str) -> Any:
    """Plan from TOML text.

    Raises
    ------
    PlanFaults
        One sentence per fault, all of them at once.
    """
    if len(text) > MAX_BYTES:
        raise PlanFaults([f"{name[:200]} is larger than 1 MB; a plan is a short text file."])
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PlanFaults([f"{name[:200]} is not valid TOML: {str(error)[:200]}."]) from None
    except (RecursionError, ValueError, OverflowError):
        raise PlanFaults(
            [f"{name[:200]} is not a plan: a value in it is too deep or long."]
        ) from None
    return plan_of(cls, data, name)


def plan_of(cls: Any, data: Mapping[str, Any], name: str) -> Any:
    """Plan from the tables of a plan file, whatever form they came in.

    Raises
    ------
    PlanFaults
        One sentence per fault, all of them at once.
    """
    reader = Reader()
    read = reader.record(cls, data, "")
    faults = [*reader.faults, *plan_faults(read, reader.faults)]
    if faults:
        raise PlanFaults(faults)
    return replace(read, name=name, understood=tuple(reader.understood))
