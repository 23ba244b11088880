"""Sentences for patients: of the sheet and of the guide."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "sheet.toml"


@cache
def sheet_words() -> Mapping[str, Any]:
    """Everything that is said to patients in sentences."""
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))
