"""Arguments of the public functions: what each must be, or one sentence that says so."""

from collections.abc import Callable, Iterable
from datetime import date
from math import isfinite
from numbers import Integral, Real
from os import PathLike
from pathlib import Path
from typing import Any

from endplate.errors import ArgumentFault

_SHOWN = 60


def printable(value: Any) -> str:
    """Value as text for a sentence, at most 60 characters.

    Examples
    --------
    >>> printable("a" * 100)[-6:]
    'aaa...'
    """
    try:
        text = value.isoformat() if isinstance(value, date) else repr(value)
    except Exception:  # an integer of more digits than Python prints, or a repr that fails
        text = "a value too long to show"
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."


def wrong(name: str, value: Any, allowed: str) -> ArgumentFault:
    """The fault of an argument: its name, what it is, what is allowed.

    Examples
    --------
    >>> print(wrong("people", "many", "whole numbers from 1 to 1000000"))
    people is 'many'; allowed are whole numbers from 1 to 1000000.
    """
    return ArgumentFault(f"{name} is {printable(value)}; allowed are {allowed}.")


def whole(name: str, value: Any, low: int, high: int) -> int:
    """A whole number within its bounds, `2000.0` too.

    Raises
    ------
    ArgumentFault
        It is none; the sentence names the argument.
    """
    number = _finite(value)
    if number is None or number != int(number) or not low <= number <= high:
        raise wrong(name, value, f"whole numbers from {low} to {high}")
    return int(number)


def number(name: str, value: Any, low: float, high: float) -> float:
    """A number within its bounds.

    Raises
    ------
    ArgumentFault
        It is none; the sentence names the argument.
    """
    found = _finite(value)
    if found is None or not low <= found <= high:
        raise wrong(name, value, f"numbers from {low:g} to {high:g}")
    return found


def flag(name: str, value: Any) -> bool:
    """True or False.

    Raises
    ------
    ArgumentFault
        It is neither; the sentence names the argument.
    """
    if not isinstance(value, bool):
        raise wrong(name, value, "True and False")
    return value


def text(name: str, value: Any, what: str = "words (str)") -> str:
    """Text.

    Raises
    ------
    ArgumentFault
        It is none; the sentence names the argument.
    """
    if not isinstance(value, str):
        raise wrong(name, value, what)
    return value


def one_of(name: str, value: Any, allowed: Iterable[str]) -> str:
    """One of a few words.

    Raises
    ------
    ArgumentFault
        It is another one; the sentence lists them.
    """
    words = list(allowed)
    if not isinstance(value, str) or value not in words:
        raise wrong(name, value, ", ".join(words))
    return value


def path(name: str, value: Any, what: str = "paths (str or pathlib.Path)") -> Path:
    """A path of the file system; whether something lies there is for its reader to say.

    Raises
    ------
    ArgumentFault
        It is none; the sentence names the argument.
    """
    if not isinstance(value, str | PathLike) or value == "":
        raise wrong(name, value, what)
    try:
        found = Path(value)
        str(found).encode()
    except (TypeError, ValueError):
        raise wrong(name, value, what) from None
    if "\0" in str(found):
        raise wrong(name, value, what)
    return found


def called(name: str, value: Any) -> Callable[..., Any] | None:
    """A function to call, or None.

    Raises
    ------
    ArgumentFault
        It is neither; the sentence names the argument.
    """
    if value is not None and not callable(value):
        raise wrong(name, value, "functions, and None for none")
    return value


def _finite(value: Any) -> float | int | None:
    if isinstance(value, bool) or not isinstance(value, Integral | Real):
        return None
    try:
        return float(value) if isfinite(value) else None
    except (OverflowError, ValueError, TypeError):
        return None
