"""Finds usual slips in a plan file that is not TOML, and says what to write instead."""

import re
import tomllib
from collections.abc import Iterator
from datetime import date

from endplate.facts.vocabulary import find_word

_ASSIGNED = re.compile(r"^(?P<key>[\w.\"-]+)\s*(?P<sign>[=:])\s*(?P<value>.*)$")
_NUMBER = r"[+-]?\d+(?:[.,]\d+)?"
_COMMA = re.compile(r"(?<![\w.,])([+-]?\d+),(\d+)(?![\w.,])")
_UNIT = re.compile(rf"^({_NUMBER})\s*([A-Za-zµ%²/]+)\.?$")
_YEAR_LAST = re.compile(r"^(\d{1,2})([./-])(\d{1,2})\2(\d{4})\.?$")
_YEAR_FIRST = re.compile(r"^(\d{4})[./-](\d{1,2})[./-](\d{1,2})$")
_MONTH_NAMED = re.compile(r"^\d{1,2}\.? ?[A-Za-zéäû]+\.?,? \d{4}$")
_SHORT_YEAR = re.compile(r"^\d{1,2}([./-])\d{1,2}\1\d{2}$")
_MONTH_FIRST = re.compile(r"^[A-Za-z]{3,9}\.? \d{1,2},? \d{4}$")
# A pair inside an inline table; a number after a comma is the rest of a decimal one.
_INLINE = re.compile(
    r"(?<![\w\"'])(?P<key>[A-Za-z_]\w*)\s*(?P<sign>[=:])\s*"
    r"(?P<value>\"[^\"]*\"|'[^']*'|\[[^\]{}]*\]|[\[{]|[+-]?\d+,\d+(?=\s*[,}\s])|[^,{}\[\]\"']+)"
)
_UNPARTED = re.compile(
    r"(?:[\"'\]}]|=\s*[\d.]+)\s+(?P<next>(?:[A-Za-z_]\w*\s*=|\{|[\"'])[^,]{0,20})"
)
_NO_SIGN = re.compile(r"^(?P<key>[a-z]\w*)\s+(?P<value>[^\s=:].*)$")
_LISTS = {"conditions", "medications", "allergies", "confirmed", "not_met"}
_WORD = re.compile(r"^[A-Za-z][\w®™ '()/+-]*$")
_THOUSANDS = re.compile(r"^[+-]?\d{1,3},\d{3}$")
_GROUPED = re.compile(r"^\d{1,3}(?:[.' ]\d{3})+(?:,\d+)?$|^\d{1,3}(?:[,' ]\d{3})+\.\d+$")
_BARE_POINT = re.compile(r"^([+-]?)(?:0+(?=\d)|(?=\.\d))(\d*(?:\.\d*)?)$|^([+-]?\d+)\.$")
_ENDED = re.compile(r"\s*(?:;|//).*$")
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
        if len(line) > 500 or _is_toml(line):
            continue
        if "{" in line:
            yield from _inline_remedies(line, number)
            continue
        if found is None:
            yield from _without_sign(line.strip(), number)
            continue
        value = _without_remark(found["value"])
        mended, why = _mended(value, found["key"])
        if other := other_unit(found["key"], value):
            mended, why = "", f"{value} is not in {other}, which {found['key']} is in; convert it"
        if found["sign"] == ":" and not mended and _is_toml(f"a = {value}"):
            mended, why = value, "a colon stands where = belongs"
        if mended and _is_toml(f"a = {mended}"):
            yield f"line {number}: {why}; write {found['key']} = {mended}."
        elif why:
            yield f"line {number}: {why}."


def _inline_remedies(line: str, number: int) -> Iterator[str]:
    """A sentence for each pair of an inline table that can be mended, and for commas between."""
    for pair in _INLINE.finditer(line):
        key, value = pair["key"], pair["value"].strip()
        if value in ("{", "[") or (pair["sign"] == "=" and _is_toml(f"a = {value}")):
            continue
        mended, why = _mended(value, key)
        if other := other_unit(key, value):
            mended, why = "", f"{value} is not in {other}, which {key} is in; convert it"
        elif pair["sign"] == ":" and _is_toml(f"a = {value}"):
            mended, why = value, "a colon stands where = belongs"
        if mended and _is_toml(f"a = {mended}"):
            yield f"line {number}: {why}; write {key} = {mended}."
        elif why:
            yield f"line {number}: {why}."
    plain = re.sub(r"\"[^\"]*\"", '""', line)
    for unparted in _UNPARTED.finditer(plain):
        before = unparted["next"].partition("=")[0].strip()
        yield f"line {number}: a comma is missing before {before}."
    if re.search(r",\s*\}|=\s*\{[^{}]*$", plain):
        yield f"line {number}: what stands in {{ }} is one line, without a comma at its end."


def _without_sign(line: str, number: int) -> Iterator[str]:
    """A sentence for a line that lacks its = sign."""
    found = _NO_SIGN.match(line)
    value = _without_remark(found["value"]) if found else ""
    if found and _is_toml(f"a = {value}"):
        yield f"line {number}: = is missing; write {found['key']} = {value}."


def _is_toml(line: str) -> bool:
    try:
        tomllib.loads(line)
    except (tomllib.TOMLDecodeError, ValueError, RecursionError):
        return False
    return True


def _without_remark(value: str) -> str:
    return value if any(mark in value for mark in _MARKS) else value.partition("#")[0].strip()


def _mended(value: str, key: str = "") -> tuple[str, str]:
    """A value as TOML wants it, "" where that is not certain, and what is wrong with it."""
    if value.endswith(",") and _is_toml(f"a = {value.rstrip(', ')}"):
        return value.rstrip(", "), "a line ends without a comma"
    if value.startswith("[") and re.search(r"\"\s+\"", value):
        return re.sub(r"\"\s+\"", '", "', value), "a comma is missing between two words"
    if value.startswith("=") and _is_toml(f"a = {value[1:].strip()}"):
        return value[1:].strip(), "one = is enough"
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
    return _mended_number(value) or _not_a_number(value, key) or _mended_text(value, key)


def _not_a_number(value: str, key: str) -> tuple[str, str] | None:
    """What a word stands for where a key takes a number or a date; None for any other key."""
    if not _WORD.match(value):
        return None
    if (key.rpartition("_")[2] in _UNITS_OF and "_" in key) or find_word("endpoint", key):
        return "", f"{value} is no number, which {key} takes"
    return ("", f"{value} is no date such as 2026-11-22") if key == "date" else None


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
    if _SHORT_YEAR.match(value):
        return "", f"{value} needs the year in four digits: the year, month and day, as 2026-11-22"
    if _MONTH_NAMED.match(value) or _MONTH_FIRST.match(value):
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


def _mended_text(value: str, key: str = "") -> tuple[str, str]:
    """A word or list as TOML wants it, "" where that is not certain, and what is wrong with it."""
    if value in ("True", "False", "TRUE", "FALSE"):
        return value.lower(), f"{value} is written small"
    if _WORD.match(value):
        quoted = f'["{value}"]' if key in _LISTS else f'"{value}"'
        return quoted, f"{value} needs quotes{' and brackets' if key in _LISTS else ''}"
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
