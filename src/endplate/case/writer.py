"""Writes a plan as TOML text a clinician can read."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from endplate.case.schema import entries, is_required, key_in_file

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def plan_text(plan: Any) -> str:
    """TOML text of a plan."""
    return (
        "\n\n".join(
            block
            for described in entries(type(plan))
            for block in _top(described, getattr(plan, described.name))
        )
        + "\n"
    )


def _top(described: Any, value: Any) -> list[str]:
    if described.metadata["kind"] == "table":
        return [] if value is None else _blocks(key_in_file(described), value, False)
    return [block for item in value or () for block in _blocks(key_in_file(described), item, True)]


def _blocks(path: str, record: Any, one_of_many: bool) -> list[str]:
    head = f"[[{path}]]" if one_of_many else f"[{path}]"
    lines, below = [head], []
    for described in entries(type(record)):
        value = getattr(record, described.name)
        if value is None or (not is_required(described) and value == described.default):
            continue
        if described.metadata["kind"] == "tables" and value:
            for item in value:
                below += _blocks(f"{path}.{key_in_file(described)}", item, True)
        else:
            # One indication reads better as a plain word than as a list of one.
            plain = described.metadata["kind"] == "words" and len(value) == 1
            lines.append(f"{key_in_file(described)} = {_value(value[0] if plain else value)}")
    return ["\n".join(lines), *below]


def _value(value: Any) -> str:
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{key} = {_value(item)}" for key, item in value.items()) + " }"
    if isinstance(value, tuple):
        return "[" + ", ".join(_value(item) for item in value) + "]"
    return _number(value)


def _number(value: float) -> str:
    return repr(int(value)) if value == int(value) and abs(value) < 1e15 else repr(value)


def _quoted(text: str) -> str:
    safe = "".join(
        _ESCAPES.get(char)
        or (f"\\u{ord(char):04X}" if ord(char) < 32 or ord(char) == 127 else char)
        for char in text
    )
    return f'"{safe}"'
