"""The language in which a page is said: English as in the code, or a catalogue of its own."""

import gettext as catalogues
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

from endplate.errors import ArgumentFault, NotTranslated
from endplate.facts.vocabulary import unaccented

ENGLISH = "en"
LANGUAGES = {ENGLISH: "English", "es": "Spanish"}
"""Languages of the sheet and of the guide, by their code."""
LOCALE = Path(__file__).parent / "locale"
_spoken: ContextVar[str] = ContextVar("language", default=ENGLISH)


def known_language(code: str) -> str:
    """The code of a language that there is.

    Raises
    ------
    ArgumentFault
        There is no such language.

    Examples
    --------
    >>> known_language("ES")
    'es'
    """
    if code.lower() not in LANGUAGES:
        allowed = " or ".join(f"{key} ({name})" for key, name in LANGUAGES.items())
        raise ArgumentFault(f"language is {code!r}; allowed: {allowed}")
    return code.lower()


def language() -> str:
    """Code of the language that is spoken here."""
    return _spoken.get()


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Say what is made inside in one language."""
    token = _spoken.set(code)
    try:
        yield
    finally:
        _spoken.reset(token)


def gettext(message: str) -> str:
    """A sentence in the language spoken; in English it is the sentence itself.

    Raises
    ------
    NotTranslated
        The catalogue of the language does not hold the sentence.

    Examples
    --------
    >>> with speaking("es"):
    ...     gettext("A droopy eyelid")
    'Un párpado caído'
    """
    code = language()
    if code == ENGLISH or not message.strip():
        return message
    said = catalogue(code).gettext(message)
    if said is message:
        raise NotTranslated(_missing(message))
    return said


def ngettext(one: str, many: str, count: int) -> str:
    """A sentence for a count, in the language spoken.

    Raises
    ------
    NotTranslated
        The catalogue of the language does not hold the sentence.
    """
    code = language()
    if code == ENGLISH:
        return one if count == 1 else many
    said = catalogue(code).ngettext(one, many, count)
    if said is one or said is many:
        raise NotTranslated(_missing(one))
    return said


def gettext_if_known(word: str) -> str:
    """A word in the language spoken; one that no catalogue holds, such as a brand, as it is."""
    if language() == ENGLISH:
        return word
    return catalogue(language()).gettext(word)


def translated(value: Any, codes: tuple[str, ...] = ()) -> Any:
    """A tree of tables, lists and sentences, each sentence in the language spoken.

    What stands under a key of `codes` is a code of ours and stays as it is.
    """
    if isinstance(value, str):
        return gettext(value)
    if isinstance(value, dict):
        return {
            key: item if key in codes and isinstance(item, str) else translated(item, codes)
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [translated(item, codes) for item in value]
    return value


@cache
def catalogue(code: str) -> catalogues.NullTranslations:
    """The sentences of one language, from the text file that translators edit."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    path = LOCALE / code / "LC_MESSAGES" / "endplate.po"
    compiled = BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=code))
    compiled.seek(0)
    return catalogues.GNUTranslations(compiled)


def alphabetical(text: str) -> str:
    """What to sort words by, accents left out.

    Examples
    --------
    >>> sorted(["zumo", "órgano", "Nada"], key=alphabetical)
    ['Nada', 'órgano', 'zumo']
    """
    return unaccented(text).lower()


def joined(parts: list[str] | tuple[str, ...]) -> str:
    """Parts as a list to read.

    Examples
    --------
    >>> joined(["a", "b", "c"])
    'a, b and c'
    """
    if len(parts) == 1:
        return parts[0]
    return gettext("{first} and {last}").format(first=", ".join(parts[:-1]), last=parts[-1])


def _missing(message: str) -> str:
    return f"{LANGUAGES.get(language(), language())} has no words yet for: {message}"
