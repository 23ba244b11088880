"""Fields of the records: what each may hold, one sentence where it does not."""

import math
from datetime import date

from endplate.errors import CaseError, RecordError
from endplate.facts.vocabulary import known_word

_FIRST, _LAST = date(1880, 1, 1), date(2200, 1, 1)


def text_of(name: str, value: str, most: int = 4000) -> str:
    """Text without blanks around it, of 1 to `most` characters.

    Raises
    ------
    RecordError
        It is empty, longer, or holds characters that cannot be shown.
    """
    plain = value.strip()
    if not 0 < len(plain) <= most or any(
        not char.isprintable() and char not in "\r\n\t" for char in plain
    ):
        raise RecordError(f"{name} must be text of 1 to {most} characters that can be shown.")
    return plain


def optional_text(name: str, value: str | None, most: int = 4000) -> str | None:
    """Text as `text_of` takes it, or none."""
    return text_of(name, value, most) if value and value.strip() else None


def word_of(kind: str, value: str) -> str:
    """Preferred name of a known word.

    Raises
    ------
    RecordError
        The word is not known; the sentence names the nearest.
    """
    try:
        return known_word(kind, value)
    except CaseError as fault:
        raise RecordError(str(fault)) from None


def choice_of(name: str, value: str, allowed: tuple[str, ...]) -> str:
    """One of some words.

    Raises
    ------
    RecordError
        It is another one.
    """
    if value not in allowed:
        raise RecordError(f"{name} is {value[:40]!r}; allowed are {', '.join(allowed)}.")
    return value


def day(name: str, value: date | str) -> date:
    """A date, or one as ISO text.

    Raises
    ------
    RecordError
        It is none, or out of any person's time.
    """
    try:
        found = date.fromisoformat(value.strip()) if isinstance(value, str) else value
    except ValueError:
        found = _LAST
    if not _FIRST <= found < _LAST:
        raise RecordError(f"{name} must be a date such as 2026-11-22, from {_FIRST} to {_LAST}.")
    return found


def number(name: str, value: float | str, low: float, high: float) -> float:
    """A number within bounds.

    Raises
    ------
    RecordError
        It is none, or out of bounds.
    """
    try:
        found = float(value)
    except ValueError:
        found = math.nan
    if not low <= found <= high:
        raise RecordError(f"{name} must be a number from {low:g} to {high:g}.")
    return found
