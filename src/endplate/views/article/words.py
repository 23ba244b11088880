"""Words of the article, and how a plain word stands with its scientific one."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from html import escape
from pathlib import Path
from typing import Any

from endplate.views.language import language, translated

_FILE = Path(__file__).parent / "words.toml"
_PAIR = re.compile(r"\[\[([^|\]]+)\|([^\]]+)\]\]")


def words() -> Mapping[str, Any]:
    """Everything the article says, in the language spoken."""
    return _words(language())


@cache
def _words(code: str) -> Mapping[str, Any]:
    return translated(_read())


@cache
def _read() -> Mapping[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def for_tissue(table: str, tissue: str) -> Any:
    """One entry for a tissue, or the table itself where all tissues share it."""
    entry = words()[table]
    return entry.get(tissue, entry)


def plain(text: str) -> str:
    """The text without scientific words.

    Examples
    --------
    >>> plain("It cuts a [[hook|SNAP-25]].")
    'It cuts a hook.'
    """
    return _PAIR.sub(r"\1", text)


def html(text: str) -> str:
    """The text as HTML; a scientific word follows its plain one and is hidden until asked for.

    Examples
    --------
    >>> html("a [[hook|SNAP-25]] & more")
    'a hook<span class="hw-sci"> (SNAP-25)</span> &amp; more'
    """
    return _PAIR.sub(r'\1<span class="hw-sci"> (\2)</span>', escape(text, quote=False))


def place_words(muscle: str) -> str:
    """A muscle, gland field or wall in plain words."""
    return words()["muscle"].get(muscle, muscle.replace("_", " "))


def scientific(muscle: str) -> str:
    """Its scientific name."""
    return muscle.replace("_", " ")
