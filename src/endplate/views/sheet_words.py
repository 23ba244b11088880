"""Sentences for patients: of the sheet and of the guide."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from endplate.views.language import language, translated

CODES = ("family",)
"""Keys under which a code stands, no sentence."""
_FILE = Path(__file__).parent / "sheet.toml"


def sheet_words() -> Mapping[str, Any]:
    """Everything that is said to patients in sentences, in the language spoken."""
    return _words(language())


@cache
def _words(code: str) -> Mapping[str, Any]:
    return translated(_read(), CODES)


@cache
def _read() -> Mapping[str, Any]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
