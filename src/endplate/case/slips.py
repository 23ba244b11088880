"""Finds usual slips in a plan file that is not TOML, and says what to write instead."""

import re
import tomllib
from collections.abc import Iterator
from datetime import date

_ASSIGNED = re.compile(r"^(?P<key>[\w.\"-]+)\s*(?P<sign>[=:])\s*(?P<value>.*)$")
_NUMBER = r"[+-]?\d+(?:[.,]\d+)?"
_COMMA = re.compile(r"(?<![\w.,])([+-]?\d+),(\d+)(?![\w.,])")
_UNIT = re.compile(rf"^({_NUMBER})\s*([A-Za-zµ%²/]+)\.?$")
_YEAR_LAST = re.compile(r"^(\d{1,2})([./-])(\d{1,2})\2(\d{4})\.?$")
_YEAR_FIRST = re.compile(r"^(\d{4})[./-](\d{1,2})[./-](\d{1,2})$")
_MONTH_NAMED = re.compile(r"^\d{1,2}\.? ?[A-Za-zéäû]+\.?,? \d{4}$")
_WORD = re.compile(r"^[A-Za-z][\w®™ '()/+-]*$")
_THOUSANDS = re.compile(r"^[+-]?\d{1,3},\d{3}$")
_GROUPED = re.compile(r"^\d{1,3}(?:[.' ]\d{3})+(?:,\d+)?$|^\d{1,3}(?:[,' ]\d{3})+\.\d+$")
_BARE_POINT = re.compile(r"^([+-]?)(?:0+(?=\d)|(?=\.\d))(\d*(?:\.\d*)?)$|^([+-]?\d+)\.$")
_ENDED = re.compile(r"\s*(?:;|//.*)$")
_HEADING = re.compile(r"^(\[{1,2})([\w.]+)\]?$")
_UNITS_OF = {
    "u": {"u", "units", "unit", "e", "ie", "iu", "ui"},
    "kg": {"kg", "kgs", "kilo", "kilos", "kilogram", "kilograms", "kilogramm"},
    "ml": {"ml", "cc", "milliliter", "millilitre", "milliliters", "millilitres"},
    "cm": {"cm", "centimeter", "centimetre", "centimeters", "centimetres"},
    "mm": {"mm", "millimeter", "millimetre", "millimeters", "millimetres"},
    "y": {"y", "yr", "yrs", "year", "years", "yo", "a", "jahre", "ans"},
    "d": {"d", "day", "days", "tage", "jours"},
}
"""Spellings of the unit that the end of a key names."""
_NONE = {"none", "null", "nil", "n/a", "na", "no", "keine", "-", "--", "?"}
_CURLY = str.maketrans("“”„‟«»", '""""""')
_MARKS = "\"'“”„‟«»’‘"
MOST_REMEDIES = 20


def remedies(text: str, fault: str) -> list[str]:
    """What to change in a text that is not TOML, a sentence for each slip; [] where none is seen.

    Parameters
    ----------
    text : str
        The file.
    fault : str
        What the parser says of the first fault.
    """
    found = list(_line_remedies(text))
    twice = _twice(text, fault)
    return ([twice] if twice else []) + found[:MOST_REMEDIES]


def other_unit(key: str, text: str) -> str:
    """Unit that a key names where a number has another one behind it, as pounds; else empty.

    Examples
    --------
    >>> other_unit("weight_kg", "140 lb"), other_unit("weight_kg", "64 kg")
    ('kg', '')
    """
    unit = key.rpartition("_")[2]
    found = _UNIT.match(text.strip().strip(_MARKS))
    allowed = _UNITS_OF.get(unit)
    if not found or not allowed or found[2].casefold() in allowed:
        return ""
    return {"u": "U", "ml": "mL", "y": "years", "d": "days"}.get(unit, unit)


def number_remedy(key: str, text: str) -> str:
    """What to write for a number in quotes, with a decimal comma or a unit; "" if it is none."""
    if other := other_unit(key, text):
        return f"convert it to {other}"
    plain = text.strip()
    with_unit = _UNIT.match(plain)
    number = with_unit[1] if with_unit else plain
    if not re.fullmatch(_NUMBER, number):
        return ""
    if _THOUSANDS.match(number):
        return f"write {_both_numbers(number)}, whichever is meant"
    return f"write {number.replace(',', '.')}, without quotes{' or unit' if with_unit else ''}"


def date_remedy(text: str) -> str:
    """The date of a text in another order, as a plan file wants it; "" where it is none or two."""
    found = _YEAR_FIRST.match(text.strip())
    if found:
        return _iso(int(found[1]), int(found[2]), int(found[3]))
    found = _YEAR_LAST.match(text.strip())
    if not found:
        return ""
    first, mark, second, year = int(found[1]), found[2], int(found[3]), int(found[4])
    day_first, month_first = _iso(year, second, first), _iso(year, first, second)
    if mark == "." or not month_first or day_first == month_first:
        return day_first
    # 3/4/2026 is the fourth of March to some and the third of April to others.
    return month_first if not day_first else f"{day_first} or {month_first}"


def _iso(year: int, month: int, day: int) -> str:
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return ""


def _line_remedies(text: str) -> Iterator[str]:
    """A sentence for each line `key = value` that is no TOML by itself and that can be mended."""
    for number, line in enumerate(text.split("\n"), 1):
        heading = _HEADING.match(line.strip())
        if heading and not _is_toml(line):
            whole = f"{heading[1]}{heading[2]}{']' * len(heading[1])}"
            yield f"line {number}: {line.strip()} lacks a bracket; write {whole}."
            continue
        found = _ASSIGNED.match(line.strip())
        if found is None or len(line) > 500 or _is_toml(line):
            continue
        value = _without_remark(found["value"])
        mended, why = _mended(value)
        if other := other_unit(found["key"], value):
            mended, why = "", f"{value} is not in {other}, which {found['key']} is in; convert it"
        if found["sign"] == ":" and not mended and _is_toml(f"a = {value}"):
            mended, why = value, "a colon stands where = belongs"
        if mended and _is_toml(f"a = {mended}"):
            yield f"line {number}: {why}; write {found['key']} = {mended}."
        elif why:
            yield f"line {number}: {why}."


def _is_toml(line: str) -> bool:
    try:
        tomllib.loads(line)
    except (tomllib.TOMLDecodeError, ValueError, RecursionError):
        return False
    return True


def _without_remark(value: str) -> str:
    return value if any(mark in value for mark in _MARKS) else value.partition("#")[0].strip()


def _mended(value: str) -> tuple[str, str]:
    """A value as TOML wants it, "" where that is not certain, and what is wrong with it."""
    if not value:
        return "", "nothing stands after ="
    if value.casefold() in _NONE:
        return "", (
            f"{value} is no value: [] says that you asked and there are none, a line left out that "
            "it is not known"
        )
    if _ENDED.search(value) and not any(mark in value for mark in _MARKS):
        plain = _ENDED.sub("", value)
        mended, _ = ("", "") if _is_toml(f"a = {plain}") else _mended(plain)
        return mended or plain, "a line ends without ; and a remark begins with #"
    return _mended_number(value) or _mended_text(value)


def _both_numbers(text: str) -> str:
    """The two numbers that 1,500 may be."""
    return f"{text.replace(',', '.')} or {text.replace(',', '')}"


def _mended_number(value: str) -> tuple[str, str] | None:
    """A date or number as TOML wants it, and what is wrong with it; None where it is neither."""
    as_date = date_remedy(value)
    if as_date:
        sure = "" if " or " in as_date else as_date
        return sure, f"{value} is a date in another order" + (
            "" if sure else f"; write {as_date}, whichever is meant"
        )
    if _YEAR_FIRST.match(value) or _YEAR_LAST.match(value):
        return "", f"{value} is no day of the calendar"
    if _MONTH_NAMED.match(value):
        return "", f"{value} needs numbers alone: the year, month and day, as 2026-11-22"
    with_unit = _UNIT.match(value)
    number = with_unit[1] if with_unit else value
    if _THOUSANDS.match(number):
        return "", f"{value} is written {_both_numbers(number)}, whichever is meant"
    if with_unit:
        return with_unit[1].replace(",", "."), f"{value} has a unit behind the number"
    if _GROUPED.match(value):
        whole, mark, rest = value.rpartition("," if "," in value[-4:] else ".")
        whole, rest = (whole, rest) if mark and len(rest) != 3 else (value, "")
        digits = re.sub(r"\D", "", whole)
        return f"{digits}.{rest}" if rest else digits, f"{value} parts its thousands"
    bare = _BARE_POINT.match(value)
    if bare:
        digits = bare[3] or f"{bare[1]}{'0' if bare[2][:1] == '.' else ''}{bare[2]}"
        return digits.rstrip("."), f"{value} has a bare point or leading zeros"
    if _COMMA.search(value) and not any(mark in value for mark in _MARKS):
        return _COMMA.sub(r"\1.\2", value), f"{value} has a decimal comma"
    return None


def _mended_text(value: str) -> tuple[str, str]:
    """A word or list as TOML wants it, "" where that is not certain, and what is wrong with it."""
    if value in ("True", "False", "TRUE", "FALSE"):
        return value.lower(), f"{value} is written small"
    if _WORD.match(value):
        return f'"{value}"', f"{value} needs quotes"
    return _quoted(value)


def _quoted(value: str) -> tuple[str, str]:
    """A text or list with straight quotes around every word."""
    inner = value.strip("[]").translate(_CURLY).split(",")
    words = [word.strip().strip(_MARKS).strip() for word in inner]
    if not all(words) or not all(_WORD.match(word) for word in words):
        return "", ""
    quoted = ", ".join(f'"{word}"' for word in words)
    if value.startswith("["):
        return f"[{quoted}]", "each word of a list needs straight quotes around it"
    if len(words) > 1:
        return f"[{quoted}]", "several words are a list"
    return quoted, "a word needs straight quotes on both sides"


def _twice(text: str, fault: str) -> str:
    """What to say of a key that is given in two ways."""
    lines = text.split("\n")
    at = re.search(r"line (\d+)", fault)
    line = lines[int(at[1]) - 1].strip() if at and int(at[1]) <= len(lines) else ""
    heading = re.match(r"^\[+\s*([\w.]+)\s*\]+", line)
    if heading and ("immutable" in fault or "overwrite" in fault or "mutate" in fault):
        key = heading[1].rpartition(".")[2]
        for number, earlier in enumerate(lines, 1):
            if re.match(rf"^\s*(?:\w+\.)*{key}\s*=", earlier):
                return (
                    f"line {number}: {earlier.strip()[:60]} stands beside {heading[0]}; take out "
                    f"line {number}, and list each in a [[...]] of its own."
                )
    assigned = _ASSIGNED.match(line)
    if assigned and "overwrite" in fault:
        return f"line {at[1] if at else '?'}: {assigned['key']} stands twice; keep one of them."
    if heading and "twice" in fault:
        return f"line {at[1] if at else '?'}: {heading[0]} stands twice; join the two."
    return ""
