"""What provider and patient write onto the sheet, and how much room there is for it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date
from typing import Any

from endplate.views.quantity import date_text, read_date

MOST: Mapping[str, int] = {
    "questions": 1200,
    "agreed": 1200,
    "follow_up": 10,
    "patient": 80,
    "provider": 80,
}
"""Characters that there is room for."""


def _line(help_: str) -> Any:
    return field(default="", metadata={"help": help_})


@dataclass(frozen=True)
class SheetNotes:
    """Notes of one talk; `follow_up` is an ISO date."""

    questions: str = _line("What the patient asks")
    agreed: str = _line("What was agreed")
    follow_up: str = _line("Next visit")
    patient: str = _line("Name of the patient")
    provider: str = _line("Name of the provider")

    @classmethod
    def read(cls, stored: Any) -> "SheetNotes":
        """Notes as they were stored; what is none, too long or no text is left out."""
        given = stored if isinstance(stored, Mapping) else {}
        return cls(
            **{
                item.name: given[item.name]
                for item in fields(cls)
                if isinstance(given.get(item.name), str) and not fault(item.name, given[item.name])
            }
        )

    def as_dict(self) -> dict[str, str]:
        """The notes that were written."""
        return {name: words for name, words in asdict(self).items() if words}

    @property
    def follow_up_text(self) -> str:
        """The next visit as a date to read."""
        day = read_date(self.follow_up)
        return date_text(day) if day else ""


NAMES: Mapping[str, str] = {item.name: item.metadata["help"] for item in fields(SheetNotes)}


def fault(name: str, words: str) -> str:
    """What is wrong with one note, one sentence; empty where nothing is.

    Examples
    --------
    >>> fault("patient", "A. Miller")
    ''
    >>> fault("follow_up", "soon")
    "Next visit is 'soon'; it must be a date as 2026-11-22."
    >>> fault("patient", "x" * 81)
    'Name of the patient has 81 characters; there is room for 80.'
    """
    if len(words) > MOST[name]:
        return f"{NAMES[name]} has {len(words)} characters; there is room for {MOST[name]}."
    if name == "follow_up" and words and not _is_date(words):
        return f"{NAMES[name]} is {words!r}; it must be a date as 2026-11-22."
    return ""


def _is_date(words: str) -> bool:
    try:
        date.fromisoformat(words)
    except ValueError:
        return False
    return True
