"""What provider and patient write onto the sheet, and how much room there is for it."""

import re
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
    "matters": 400,
}
"""Characters that there is room for."""
LAST_MARK = 4
_MARK = re.compile(rf"([a-z_]+)=([0-{LAST_MARK}])")


def _line(help_: str) -> Any:
    return field(default="", metadata={"help": help_})


@dataclass(frozen=True)
class SheetNotes:
    """Notes of one talk.

    `follow_up` is an ISO date, `matters` the marks on the scales, such as `any_rare=4 any_again=0`.
    """

    questions: str = _line("What the patient asks")
    agreed: str = _line("What was agreed")
    follow_up: str = _line("Next visit")
    patient: str = _line("Name of the patient")
    provider: str = _line("Name of the provider")
    matters: str = _line("What matters to the patient")

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

    @property
    def scale_marks(self) -> Mapping[str, int]:
        """Place of the mark on each scale that has one."""
        return marks(self.matters)


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
    if name == "matters" and len(marks(words)) != len(words.split()):
        return f"{NAMES[name]} is {words!r}; it must be marks as any_rare=4, 0 to {LAST_MARK}."
    return ""


def marks(words: str) -> dict[str, int]:
    """Marks on scales by the scale; what is none is left out.

    Examples
    --------
    >>> marks("any_rare=4 any_again=0 any_rare=9")
    {'any_rare': 4, 'any_again': 0}
    """
    found = (_MARK.fullmatch(part) for part in words.split())
    return {one[1]: int(one[2]) for one in found if one}


def written_marks(found: Mapping[str, int]) -> str:
    """Marks as they are stored.

    Examples
    --------
    >>> written_marks({"any_rare": 4, "any_again": 0})
    'any_rare=4 any_again=0'
    """
    return " ".join(f"{code}={place}" for code, place in found.items())


def _is_date(words: str) -> bool:
    try:
        date.fromisoformat(words)
    except ValueError:
        return False
    return True
