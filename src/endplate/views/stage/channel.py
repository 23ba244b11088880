"""What moves in a picture from week to week: one attribute of one part, a value for each week."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Number = float
Weekly = Sequence[Any]  # of numbers, of lists of numbers, or of words; one alone holds always
ALWAYS = ""


@dataclass(frozen=True)
class Channel:
    """The values of one attribute, by what the face is asked to do and what is shown.

    `on` has a key `ask/case` for both, `ask/` for one asked movement, `/case` for one side effect,
    and the empty key for everything else; the first of `ask/case`, `/case`, `ask/`, `` holds.
    `sets` is the name of an attribute, `form` for the weights of a path's other forms, `shift` for
    a way down in the unit of the picture, `turn` for degrees, or `text`.
    """

    part: str
    sets: str
    on: Mapping[str, Weekly]

    def as_dict(self) -> dict[str, Any]:
        """The channel as JSON holds it."""
        return {"part": self.part, "sets": self.sets, "on": dict(self.on)}


def always(part: str, sets: str, values: Weekly) -> Channel:
    """A channel that nothing but the week moves."""
    return Channel(part, sets, {ALWAYS: values})
