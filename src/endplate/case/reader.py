"""Reads plain tables into the records of a plan and collects every fault on the way."""

import math
from collections.abc import Mapping
from dataclasses import Field, dataclass, field
from datetime import date, datetime
from typing import Any

from endplate.case.grades import Grades
from endplate.case.schema import entries, expected, is_required, key_in_file
from endplate.facts.endpoints import baseline_scale, baseline_scales
from endplate.facts.vocabulary import find_word, key_of, nearest, nearest_words, preferred_words

FIRST_YEAR, LAST_YEAR = 1977, 2200
MAX_ITEMS, MAX_TEXT, MAX_FAULTS = 200, 2000, 100
FAULT: Any = None


@dataclass(frozen=True)
class Understood:
    """A word of the file that was read as another one."""

    path: str
    written: str
    preferred: str


def shown(value: Any) -> str:
    """Value as it may stand in a sentence: printable, at most 60 characters."""
    try:
        text = value.isoformat() if isinstance(value, date) else repr(value)
    except (ValueError, RecursionError):  # an integer of more digits than Python prints
        text = "a value too long to show"
    return text if len(text) <= 60 else text[:57] + "..."


@dataclass
class Reader:
    """Reads tables into records; a field that cannot be read stays None and leaves a fault."""

    faults: list[str] = field(default_factory=list)
    understood: list[Understood] = field(default_factory=list)

    def record(self, cls: type, data: Any, path: str) -> Any:
        """Record of class `cls` from one table of the file."""
        if not isinstance(data, Mapping):
            return self._fault(path, data, "a table")
        known = [key_in_file(f) for f in entries(cls)]
        self._unknown_keys(data, known, path)
        values = {}
        for described in entries(cls):
            key = key_in_file(described)
            where = f"{path}.{key}" if path else key
            if key in data:
                values[described.name] = self._value(described, data[key], where)
            elif is_required(described):
                values[described.name] = FAULT
                if self._has_room():
                    self.faults.append(f"{where} is missing; it must be {expected(described)}.")
        return cls(**values)

    def _unknown_keys(self, data: Mapping, known: list[str], path: str) -> None:
        for key in data:
            if key not in known and self._has_room():
                near = nearest(str(key), known, 1)
                hint = f"did you mean {near[0]}?" if near else "known are " + ", ".join(known) + "."
                where = f" in [{path}]" if path else ""
                self.faults.append(f"{shown(key)} is not a known key{where}; {hint}")

    def _has_room(self) -> bool:
        # Past this many faults another sentence helps nobody, and looking for neighbours is slow.
        if len(self.faults) == MAX_FAULTS:
            self.faults.append("There are more faults; they are told once these are mended.")
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
                return self._word(rule["vocabulary"], value, path)
            case "words" | "names":
                return self._words(described, value, path)
            case "grades":
                return self._grades(described, value, path)
            case "position":
                return self._position(described, value, path)
        return self._text(described, value, path)

    def _fault(self, path: str, value: Any, must: str) -> Any:
        if self._has_room():
            self.faults.append(f"{path} is {shown(value)}; it must be {must}.")
        return FAULT

    def _number(self, described: Field, value: Any, path: str) -> float | None:
        rule = described.metadata
        number = finite(value)
        good = number is not None and not (
            (rule["low"] is not None and number < rule["low"])
            or (rule["high"] is not None and number > rule["high"])
            or (rule["above"] is not None and number <= rule["above"])
            or (rule["whole"] and number != int(number))
        )
        return number if good else self._fault(path, value, expected(described))

    def _date(self, described: Field, value: Any, path: str) -> date | None:
        if isinstance(value, str):
            try:
                value = date.fromisoformat(value)
            except ValueError:
                return self._fault(path, value, expected(described))
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

    def _word(self, vocabulary: str, value: Any, path: str) -> str | None:
        if not isinstance(value, str):
            return self._fault(path, value, f"the name of a known {vocabulary}")
        word = find_word(vocabulary, value)
        if word is None and not self._has_room():
            return FAULT
        if word is None:
            known = preferred_words(vocabulary)
            near = nearest_words(vocabulary, value) or (known if len(known) < 10 else ())
            hint = f"the nearest known: {', '.join(near)}" if near else "none is spelled like it"
            self.faults.append(f"{path} is {shown(value)}, not a known {vocabulary}; {hint}.")
            return FAULT
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
        several = items is value
        read = [
            self._word(rule["vocabulary"], item, f"{path}[{n}]" if several else path)
            if strict
            else self._name(rule["vocabulary"], item, f"{path}[{n}]")
            for n, item in enumerate(items, 1)
        ]
        return tuple(dict.fromkeys(word for word in read if word is not None))

    def _name(self, vocabulary: str, value: Any, path: str) -> str | None:
        if not isinstance(value, str) or not value.strip() or len(value) > MAX_TEXT:
            return self._fault(path, value, f"the name of a {vocabulary}")
        word = find_word(vocabulary, value)
        if word is None:
            return value.strip()
        self._note(path, value, word.preferred)
        return word.preferred

    def _grades(self, described: Field, value: Any, path: str) -> Grades | None:
        if not isinstance(value, Mapping) or len(value) > MAX_ITEMS:
            return self._fault(path, value, expected(described))
        read = {}
        for key, grade in value.items():
            word = find_word("endpoint", key)
            if word is None and not self._has_room():
                break
            if word is None:
                near = nearest_words("endpoint", key) or tuple(baseline_scales())
                hint = " or ".join(near[:6])
                self.faults.append(f"{path}.{shown(key)} is not a known scale; try {hint}.")
                continue
            self._note(f"{path}.{key}", key, word.preferred)
            read[word.preferred] = self._grade(word.preferred, grade, f"{path}.{key}")
        return Grades({key: grade for key, grade in read.items() if grade is not None})

    def _grade(self, endpoint: str, value: Any, path: str) -> float | None:
        scale = baseline_scale(endpoint)
        number = finite(value)
        good = number is not None and scale.low <= number <= scale.high
        if not good or number is None or (scale.whole and number != int(number)):
            whole = "a whole number" if scale.whole else "a number"
            must = f"{whole} from {scale.low:g} to {scale.high:g} ({scale.name})"
            return self._fault(path, value, must)
        return number

    def _position(self, described: Field, value: Any, path: str) -> Any:
        numbers = [finite(item) for item in value] if isinstance(value, list) else []
        if len(numbers) != 3 or any(number is None for number in numbers):
            return self._fault(path, value, expected(described))
        return tuple(numbers)

    def _tables(self, cls: type, value: Any, path: str) -> tuple[Any, ...] | None:
        if not isinstance(value, list) or len(value) > MAX_ITEMS:
            return self._fault(path, value, f"a list of at most {MAX_ITEMS} tables")
        return tuple(
            record
            for n, item in enumerate(value, 1)
            if (record := self.record(cls, item, f"{path}[{n}]")) is not None
        )


def finite(value: Any) -> float | None:
    """Value as a float; None when it is no number, not finite, or a truth value."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if math.isfinite(number) else None
