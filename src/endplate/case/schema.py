"""How a field of a plan is described: unit, help, bounds; one description for file, form, docs."""

from collections.abc import Iterator, Mapping
from dataclasses import MISSING, Field, field, fields
from typing import Any

LONGEST_NAME = 80


def entry(
    kind: str,
    text: str,
    *,
    unit: str = "",
    low: float | None = None,
    high: float | None = None,
    above: float | None = None,
    whole: bool = False,
    choices: tuple[str, ...] = (),
    vocabulary: str = "",
    any_word: bool = False,
    of: type | None = None,
    key: str = "",
    default: Any = MISSING,
) -> Any:
    """Describe one field of a plan.

    Parameters
    ----------
    kind : str
        What the file may hold there: number, numbers, flag, date, text, choice, word, words, names,
        position, grades, table or tables. A word must be in the vocabulary; names may be unknown
        to it.
    text : str
        What the field means, one phrase.
    unit : str
        Unit of a number, "" for other kinds.
    low, high, above : float
        Bounds of a number, the first two included, `above` excluded.
    whole : bool
        Only whole numbers will do.
    choices, vocabulary : tuple, str
        Allowed words, or the vocabulary kind that holds them.
    any_word : bool
        A word that the vocabulary lacks is kept as written, for a rule to speak of.
    of : type
        Class of a table or of each of several tables.
    key : str
        Name in the file where it differs from the field.
    default : object
        Value when the file is silent; without it the field is required.
    """
    metadata = {
        "kind": kind,
        "help": text,
        "unit": unit,
        "source": "entered",
        "low": low,
        "high": high,
        "above": above,
        "whole": whole,
        "choices": choices,
        "vocabulary": vocabulary,
        "any_word": any_word,
        "of": of,
        "key": key,
    }
    return field(default=default, metadata=metadata)


def entries(cls: type) -> tuple[Field, ...]:
    """Fields of a class that a plan file may fill."""
    return tuple(f for f in fields(cls) if "kind" in f.metadata)


def key_in_file(described: Field) -> str:
    """Name of the field in a plan file."""
    return described.metadata["key"] or described.name


def is_required(described: Field) -> bool:
    """Whether a plan file must hold the field."""
    return described.default is MISSING


def expected(described: Field) -> str:
    """What the field must be, as the end of a sentence."""
    rule = described.metadata
    if rule["kind"] == "number":
        return number_words(rule)
    words = {
        "date": "a date such as 2026-11-22, from 1977 to 2200",
        "text": "text of at most 2000 characters",
        "choice": "one of " + ", ".join(rule["choices"]),
        "word": _word_words(rule),
        "words": f"{_word_words(rule)}, or a list of such names",
        "names": 'a list of names such as ["..."], or [] for none',
        "position": "three numbers in mm: [x lateral, y up, z depth]",
        "flag": "true or false",
        "numbers": f"a list of numbers, each {number_words(rule).removeprefix('a ')}",
        "grades": "a table of numbers such as { glabellar_lines = 3 }",
        "table": "a table",
        "tables": "a list of tables, or [] for none",
    }
    return words[rule["kind"]]


def _word_words(rule: Any) -> str:
    if rule["any_word"]:
        return f"the name of a {rule['vocabulary']}, at most {LONGEST_NAME} characters".replace(
            "a indication", "an indication"
        )
    return f"the name of a known {rule['vocabulary']}"


def number_words(rule: Any) -> str:
    """What one number must be, with its bounds and unit."""
    unit = f" {rule['unit']}" if rule["unit"] else ""
    parts = []
    if rule["above"] is not None:
        parts.append(f"above {rule['above']:g}")
    if rule["low"] is not None:
        parts.append(f"at least {rule['low']:g}")
    if rule["high"] is not None:
        parts.append(f"at most {rule['high']:g}")
    number = "a whole number" if rule["whole"] else "a number"
    return number + (" " + " and ".join(parts) + unit if parts else "")


class Grades(Mapping[str, float]):
    """Baseline scores of a patient by endpoint, as `{"glabellar_lines": 3.0}`; can be hashed."""

    def __init__(self, scores: Mapping[str, float] | None = None) -> None:
        self._scores = dict(scores or {})

    def __getitem__(self, endpoint: str) -> float:
        return self._scores[endpoint]

    def __iter__(self) -> Iterator[str]:
        return iter(self._scores)

    def __len__(self) -> int:
        return len(self._scores)

    def __hash__(self) -> int:
        return hash(frozenset(self._scores.items()))

    def __repr__(self) -> str:
        return f"Grades({self._scores!r})"
