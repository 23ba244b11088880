"""The words a plan may use: preferred names, accepted synonyms, classes of drugs."""

import re
from dataclasses import dataclass
from functools import cache

from endplate.errors import CaseError
from endplate.facts.table import SourcedRow, TextRow, text_rows


@dataclass(frozen=True)
class Word(SourcedRow):
    """A known word of one kind, under its preferred name; `group` is its class, "" if none."""

    kind: str
    preferred: str
    group: str


# Marks that change no word: apostrophes, and those that brands carry.
_SILENT = str.maketrans(dict.fromkeys("'’®™©℠", ""))
# Brands in plain letters: BOTOX(R), Dysport (TM).
_BRAND_MARK = re.compile(r"\((?:r|tm|c)\)|(?<=\w)\^(?:r|tm)\b")


def unaccented(text: str) -> str:
    """Text without accents and dots on its letters.

    Examples
    --------
    >>> unaccented("Guillain-Barré, Sjögren")
    'Guillain-Barre, Sjogren'
    """
    if text.isascii():
        return text
    from unicodedata import combining, normalize

    return "".join(char for char in normalize("NFD", text) if not combining(char))


def key_of(text: str) -> str:
    """Spelling of a word without case, accents, hyphens, apostrophes, brand marks, blanks."""
    plain = unaccented(text[:200].casefold()).translate(_SILENT)
    plain = _BRAND_MARK.sub(" ", plain)
    for mark in "-/_":
        plain = plain.replace(mark, " ")
    return "_".join(plain.split())


@cache
def _rows(kind: str) -> dict[str, TextRow]:
    return {key_of(row["word"]): row for row in text_rows("vocabulary") if row["kind"] == kind}


@cache
def preferred_words(kind: str) -> tuple[str, ...]:
    """Preferred names of one kind, in table order."""
    return tuple(dict.fromkeys(row["preferred"] for row in _rows(kind).values()))


def find_word(kind: str, text: str) -> Word | None:
    """Word that `text` names, by preferred name or synonym; None when it is not known."""
    row = _rows(kind).get(key_of(text))
    if row is None:
        return None
    # Synonym rows repeat the class and source of the preferred row, notes stand there alone.
    note = _rows(kind)[key_of(row["preferred"])]["note"]
    return Word(
        kind=kind,
        preferred=row["preferred"],
        group=row["class"],
        source=row["source"],
        verified=row["verified"] == "yes",
        note=note,
    )


def nearest(text: str, candidates: tuple[str, ...] | list[str], count: int = 3) -> tuple[str, ...]:
    """Candidates spelled most like `text`, best first; empty when none is near."""
    keys = {key_of(candidate): candidate for candidate in candidates}
    return tuple(keys[key] for key in _nearest_keys(text, list(keys), count))


def _nearest_keys(text: str, keys: list[str], count: int) -> list[str]:
    from difflib import get_close_matches

    return get_close_matches(key_of(text)[:60], keys, n=count, cutoff=0.55)


def nearest_words(kind: str, text: str, count: int = 3) -> tuple[str, ...]:
    """Preferred names of one kind whose name or synonym is spelled most like `text`."""
    rows = _rows(kind)
    matches = _nearest_keys(text, list(rows), count * 2)
    return tuple(dict.fromkeys(rows[key]["preferred"] for key in matches))[:count]


def known_word(kind: str, text: str) -> str:
    """Preferred name of a word.

    Raises
    ------
    CaseError
        The word is not known; the sentence names the nearest and all that are known.
    """
    word = find_word(kind, text)
    if word is None:
        near = nearest_words(kind, text)
        hint = f"the nearest: {', '.join(near)}; " if near else ""
        known = ", ".join(preferred_words(kind))
        raise CaseError(f"{text[:60]!r} is not a known {kind}; {hint}known are {known}.")
    return word.preferred
