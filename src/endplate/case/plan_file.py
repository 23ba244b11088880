"""The plan file: reads TOML into the records that the schema describes, and writes them."""

import math
import re
import tomllib
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, is_dataclass
from datetime import date, datetime
from numbers import Real
from os import PathLike
from pathlib import Path
from typing import Any

from endplate.arguments import printable
from endplate.case.schema import (
    LONGEST_NAME,
    Grades,
    entries,
    expected,
    is_required,
    key_in_file,
    number_words,
)
from endplate.errors import PlanFaults
from endplate.facts.endpoints import baseline_scale, baseline_scales
from endplate.facts.vocabulary import find_word, key_of, nearest, nearest_words, preferred_words

MAX_BYTES = 1_000_000
FIRST_YEAR, LAST_YEAR = 1977, 2200
MAX_ITEMS, MAX_TEXT, MAX_FAULTS = 200, 2000, 100
UNREADABLE: Any = None
_POINT_OR_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}\.\d\d0")
_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def read_text(path: str | Path) -> str:
    """Text of a plan file of at most 1 MB.

    Raises
    ------
    PlanFaults
        The file is missing, no file, too large, or not UTF-8.
    """
    if not isinstance(path, str | PathLike):
        raise PlanFaults([f"{printable(path)} is no path; give the path of a plan file."])
    name = str(path)[:200]
    try:
        if Path(path).is_dir():
            raise PlanFaults([f"{name} is a directory; give the path of a plan file."])
        with Path(path).open("rb") as stream:
            # One byte over the limit tells a large file, a device or a pipe without reading it.
            raw = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise PlanFaults([f"{name} does not exist; give the path of a plan file."]) from None
    except (OSError, ValueError, TypeError) as error:
        reason = getattr(error, "strerror", None) or "the name is no path"
        raise PlanFaults([f"{name!r} cannot be read: {reason}."]) from None
    if len(raw) > MAX_BYTES:
        raise PlanFaults([f"{name} is larger than 1 MB; a plan is a short text file."])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise PlanFaults([f"{name} is not UTF-8 text; save the plan as UTF-8."]) from None


class _Written(float):
    """A number of a plan file that keeps how it was written."""

    written: str

    def __new__(cls, written: str) -> "_Written":
        """The number that a text means in TOML."""
        number = super().__new__(cls, written)
        number.written = written
        return number

    def __repr__(self) -> str:
        return self.written


def parse_toml(text: str, name: str) -> dict[str, Any]:
    """Tables of TOML text of at most 1 MB.

    Raises
    ------
    PlanFaults
        The text is none, too large, or not TOML.
    """
    if not isinstance(text, str):
        raise PlanFaults([f"{printable(text)} is no text; give the text of a plan file (TOML)."])
    name = str(name)
    if len(text) > MAX_BYTES:
        raise PlanFaults([f"{name[:200]} is larger than 1 MB; a plan is a short text file."])
    # What was copied out of a Windows editor may begin with a mark of its encoding.
    text = text.removeprefix("\ufeff")
    try:
        return tomllib.loads(text, parse_float=_Written)
    except tomllib.TOMLDecodeError as error:
        raise PlanFaults(_toml_faults(text, name[:200], str(error)[:200])) from None
    except (RecursionError, ValueError, OverflowError):
        raise PlanFaults(
            [f"{name[:200]} is not a plan: a value in it is too deep or long."]
        ) from None


def _toml_faults(text: str, name: str, fault: str) -> list[str]:
    from endplate.case.slips import remedies  # only a file with slips needs it

    found = [f"{name}, {remedy}" for remedy in remedies(text, fault)]
    return found or [f"{name} is not valid TOML: {fault}."]


@dataclass(frozen=True)
class Understood:
    """A word of the file that was read as another one."""

    path: str
    written: str
    preferred: str


def unknown_word(path: str, vocabulary: str, value: str) -> str:
    """Sentence on a word that the vocabulary lacks, with the nearest that it has."""
    known = preferred_words(vocabulary)
    near = nearest_words(vocabulary, value) or (known if len(known) < 10 else ())
    hint = f"the nearest known: {', '.join(near)}" if near else "none is spelled like it"
    return f"{path} is {printable(value)}, not a known {vocabulary}; {hint}."


@dataclass
class TableReader:
    """Reads tables into records; a field that cannot be read stays None and leaves a fault."""

    faults: list[str] = field(default_factory=list)
    understood: list[Understood] = field(default_factory=list)

    def record(self, cls: type, data: Any, path: str) -> Any:
        """Record of class `cls` from one table of the file."""
        if not isinstance(data, Mapping):
            return self._fault(path, data, "a table")
        return cls(**self.fields(cls, data, path))

    def fields(self, cls: type, data: Mapping[str, Any], path: str) -> dict[str, Any]:
        """Fields of a record of class `cls`, None where they cannot be read."""
        known = [key_in_file(f) for f in entries(cls)]
        self._unknown_keys(data, known, path)
        values = {}
        for described in entries(cls):
            key = key_in_file(described)
            where = f"{path}.{key}" if path else key
            if key in data:
                values[described.name] = self._value(described, data[key], where)
            elif is_required(described):
                values[described.name] = UNREADABLE
                if self._has_room():
                    self.faults.append(f"{where} is missing; it must be {expected(described)}.")
            else:
                values[described.name] = described.default
        return values

    def _unknown_keys(self, data: Mapping, known: list[str], path: str) -> None:
        for key in data:
            if key not in known and self._has_room():
                near = nearest(str(key), known, 1)
                hint = f"did you mean {near[0]}?" if near else "known are " + ", ".join(known) + "."
                where = f" in [{path}]" if path else ""
                self.faults.append(f"{printable(key)} is not a known key{where}; {hint}")

    def _has_room(self) -> bool:
        # Past this many faults another sentence helps nobody, and the search for words is slow.
        if len(self.faults) == MAX_FAULTS:
            self.faults.append("There are more faults; they are listed once these are corrected.")
        return len(self.faults) < MAX_FAULTS

    def _value(self, described: Field, value: Any, path: str) -> Any:
        rule = described.metadata
        match rule["kind"]:
            case "number":
                return self._number(described, value, path)
            case "date":
                return self._date(described, value, path)
            case "table":
                return self.record(rule["of"], value, path)
            case "tables":
                return self._tables(rule["of"], value, path)
            case "word":
                return self._word(described, value, path)
            case "words" | "names":
                return self._words(described, value, path)
            case "grades":
                return self._grades(described, value, path)
            case "position":
                return self._position(described, value, path)
            case "flag":
                good = isinstance(value, bool)
                return value if good else self._fault(path, value, expected(described))
            case "numbers":
                return self._numbers(described, value, path)
        return self._text(described, value, path)

    def _fault(self, path: str, value: Any, must: str) -> Any:
        if self._has_room():
            self.faults.append(f"{path} is {printable(value)}; it must be {must}.")
        return UNREADABLE

    def _number(self, described: Field, value: Any, path: str) -> float | None:
        if isinstance(value, str):
            return self._with_remedy(path, value, described)
        rule = described.metadata
        number = finite_number(value)
        written = getattr(value, "written", "")
        # Where the point parts thousands, 1.000 U are a thousand; nobody doses to a thousandth.
        if rule["unit"] == "U" and _POINT_OR_THOUSANDS.fullmatch(written):
            both = f"{number:g} or {written.replace('.', '')}"
            return self._fault(path, value, f"written {both}, whichever is meant")
        good = _within(number, rule)
        return number if good else self._fault(path, value, expected(described))

    def _numbers(self, described: Field, value: Any, path: str) -> tuple[float, ...] | None:
        rule = described.metadata
        if not isinstance(value, list) or not 0 < len(value) <= MAX_ITEMS:
            return self._fault(path, value, expected(described))
        numbers = []
        for n, item in enumerate(value, 1):
            number = finite_number(item)
            if not _within(number, rule):
                self._fault(f"{path}[{n}]", item, number_words(rule))
            else:
                numbers.append(number)
        return tuple(numbers) if len(numbers) == len(value) else UNREADABLE

    def _with_remedy(self, path: str, value: Any, described: Field) -> Any:
        """Fault of a number or date in quotes, with what to write where that is plain."""
        from endplate.case.slips import date_remedy, number_remedy

        is_date = described.metadata["kind"] == "date"
        remedy = f"write {date_remedy(value)}" if is_date else number_remedy(path, value)
        must = expected(described) + (f"; {remedy}" if remedy.removeprefix("write ") else "")
        return self._fault(path, value, must)

    def _date(self, described: Field, value: Any, path: str) -> date | None:
        if isinstance(value, str):
            try:
                value = date.fromisoformat(value)
            except ValueError:
                return self._with_remedy(path, value, described)
        if not isinstance(value, date) or isinstance(value, datetime):
            return self._fault(path, value, expected(described))
        good = FIRST_YEAR <= value.year <= LAST_YEAR
        return value if good else self._fault(path, value, expected(described))

    def _text(self, described: Field, value: Any, path: str) -> str | None:
        choices = described.metadata["choices"]
        good = isinstance(value, str) and len(value) <= MAX_TEXT
        if not good or (choices and value not in choices):
            return self._fault(path, value, expected(described))
        return value

    def _word(self, described: Field, value: Any, path: str) -> str | None:
        vocabulary = described.metadata["vocabulary"]
        if described.metadata["any_word"]:
            return self._name(vocabulary, value, path, LONGEST_NAME)
        if not isinstance(value, str):
            return self._fault(path, value, f"the name of a known {vocabulary}")
        word = find_word(vocabulary, value)
        if word is None and not self._has_room():
            return UNREADABLE
        if word is None:
            self.faults.append(unknown_word(path, vocabulary, value))
            return UNREADABLE
        self._note(path, value, word.preferred)
        return word.preferred

    def _note(self, path: str, written: str, preferred: str) -> None:
        if key_of(written) != key_of(preferred):
            self.understood.append(Understood(path, written, preferred))

    def _words(self, described: Field, value: Any, path: str) -> tuple[str, ...] | None:
        rule = described.metadata
        strict = rule["kind"] == "words"
        items = [value] if strict and isinstance(value, str) else value
        if not isinstance(items, list) or len(items) > MAX_ITEMS or (strict and not items):
            return self._fault(path, value, expected(described))
        is_list = items is value
        words: list[str | None] = []
        for n, item in enumerate(items, 1):
            if strict:
                words.append(self._word(described, item, f"{path}[{n}]" if is_list else path))
            else:
                words += self._meant(rule["vocabulary"], item, f"{path}[{n}]")
        return tuple(dict.fromkeys(word for word in words if word is not None))

    def _meant(self, vocabulary: str, value: Any, path: str) -> tuple[str | None, ...]:
        """Words that an entry about the person means, as records write it; else as written."""
        plain = self._name(vocabulary, value, path)
        if plain is None or find_word(vocabulary, plain) is not None:
            return (plain,)
        from endplate.facts.wording import words_for  # most entries are words as they are

        meant = words_for(vocabulary, plain)
        if meant:
            self._note(path, plain, ", ".join(meant))
        return meant or (plain,)

    def _name(self, vocabulary: str, value: Any, path: str, longest: int = MAX_TEXT) -> str | None:
        if not isinstance(value, str) or not value.strip() or len(value) > longest:
            must = f"the name of a {vocabulary}, at most {longest} characters"
            return self._fault(path, value, must.replace("a indication", "an indication"))
        word = find_word(vocabulary, value)
        if word is None:
            return value.strip()
        self._note(path, value, word.preferred)
        return word.preferred

    def _grades(self, described: Field, value: Any, path: str) -> Grades | None:
        if not isinstance(value, Mapping) or len(value) > MAX_ITEMS:
            return self._fault(path, value, expected(described))
        grades = {}
        for key, grade in value.items():
            word = find_word("endpoint", str(key))
            if word is None and not self._has_room():
                break
            if word is None:
                near = nearest_words("endpoint", str(key)) or tuple(baseline_scales())
                hint = " or ".join(near[:6])
                self.faults.append(f"{path}.{printable(key)} is not a known scale; try {hint}.")
                continue
            self._note(f"{path}.{key}", str(key), word.preferred)
            grades[word.preferred] = self._grade(word.preferred, grade, f"{path}.{key}")
        return Grades({key: grade for key, grade in grades.items() if grade is not None})

    def _grade(self, endpoint: str, value: Any, path: str) -> float | None:
        scale = baseline_scale(endpoint)
        number = finite_number(value)
        good = number is not None and scale.low <= number <= scale.high
        if not good or number is None or (scale.whole and number != int(number)):
            whole = "a whole number" if scale.whole else "a number"
            must = f"{whole} from {scale.low:g} to {scale.high:g} ({scale.name})"
            return self._fault(path, value, must)
        return number

    def _position(self, described: Field, value: Any, path: str) -> Any:
        numbers = [finite_number(item) for item in value] if isinstance(value, list) else []
        if len(numbers) != 3 or any(number is None for number in numbers):
            return self._fault(path, value, expected(described))
        return tuple(numbers)

    def _tables(self, cls: type, value: Any, path: str) -> tuple[Any, ...] | None:
        if not isinstance(value, list) or len(value) > MAX_ITEMS:
            heads = f", each headed [[{path}]]" if isinstance(value, Mapping) else ""
            return self._fault(path, value, f"a list of at most {MAX_ITEMS} tables{heads}")
        return tuple(
            record
            for n, item in enumerate(value, 1)
            if (record := self.record(cls, item, f"{path}[{n}]")) is not None
        )


def _within(number: float | None, rule: Mapping[str, Any]) -> bool:
    """Whether a number keeps the bounds of its field."""
    return number is not None and not (
        (rule["low"] is not None and number < rule["low"])
        or (rule["high"] is not None and number > rule["high"])
        or (rule["above"] is not None and number <= rule["above"])
        or (rule["whole"] and number != int(number))
    )


def finite_number(value: Any) -> float | None:
    """Value as a float; None when it is no number, not finite, or a truth value."""
    if isinstance(value, bool) or not isinstance(value, Real):  # those of numpy are real too
        return None
    try:
        number = float(value)
    except (OverflowError, TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def tables_of(value: Any) -> Any:
    """A record as the tables of its file: fields that are not stated are left out.

    Tables and lists that hold records are followed; what is neither is given back as it is, for
    the reader to speak of.
    """
    if is_dataclass(value) and not isinstance(value, type):
        stated = ((key_in_file(f), getattr(value, f.name)) for f in entries(type(value)))
        return {key: tables_of(item) for key, item in stated if item is not None}
    if isinstance(value, Mapping):
        return {key: tables_of(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [tables_of(item) for item in value]
    return value


def toml_text(plan: Any) -> str:
    """TOML text of a plan."""
    return (
        "\n\n".join(
            block
            for described in entries(type(plan))
            for block in _top_level_blocks(described, getattr(plan, described.name))
        )
        + "\n"
    )


def _top_level_blocks(described: Any, value: Any) -> list[str]:
    if described.metadata["kind"] == "table":
        return [] if value is None else _table_blocks(key_in_file(described), value, False)
    return [
        block for item in value or () for block in _table_blocks(key_in_file(described), item, True)
    ]


def _table_blocks(path: str, record: Any, repeated: bool) -> list[str]:
    head = f"[[{path}]]" if repeated else f"[{path}]"
    lines, below = [head], []
    for described in entries(type(record)):
        value = getattr(record, described.name)
        if value is None or (not is_required(described) and value == described.default):
            continue
        if described.metadata["kind"] == "tables" and value:
            for item in value:
                below += _table_blocks(f"{path}.{key_in_file(described)}", item, True)
        else:
            # One indication reads better as a plain word than as a list of one.
            plain = described.metadata["kind"] == "words" and len(value) == 1
            lines.append(f"{key_in_file(described)} = {_value(value[0] if plain else value)}")
    return ["\n".join(lines), *below]


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
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
