"""Words of FHIR concepts as words of a plan: by text and display, never by a code alone."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from endplate.errors import FactMissing
from endplate.facts.atlas import blocks_of
from endplate.facts.table import text_rows
from endplate.facts.vocabulary import find_word

# Drug names stand inside longer ones, as in "aspirin 81 MG Oral Tablet"; diseases do not: a family
# history of a disease is not the disease.
INSIDE = ("product", "medication", "allergy")
UNITS = {"u", "unit", "units", "unt", "[u]", "[iu]", "iu", "{unit}", "{units}", "[arb'u]"}
_SIDES = {"left": "left", "right": "right", "midline": "midline", "lt": "left", "rt": "right"}


def texts(concept: Any) -> list[str]:
    """What a concept is called, in its own words first."""
    if concept is None:
        return []
    found = [concept.text, *(coding.display for coding in concept.coding or ())]
    return [text.strip() for text in dict.fromkeys(found) if text and text.strip()]


def name_of(concept: Any) -> str:
    """Words to show for a concept."""
    codes = [coding.code for coding in getattr(concept, "coding", None) or () if coding.code]
    return next(iter(texts(concept) or codes), "without a name")[:120]


def word_of(kind: str, names: Sequence[str]) -> str | None:
    """Preferred word of a kind that one of the names means, None when none is known."""
    for name in names:
        for text in (name, re.sub(r"\s*\([^()]*\)\s*$", "", name)):
            word = find_word(kind, text)
            if word is not None:
                return word.preferred
    if kind in INSIDE:
        return next(filter(None, (_inside(kind, name) for name in names)), None)
    return None


def is_toxin(names: Sequence[str]) -> bool:
    """Whether a medicine is a botulinum toxin, known by product or not."""
    return word_of("product", names) is not None or any("botulin" in n.lower() for n in names)


def muscle_and_side(names: Sequence[str]) -> tuple[str, str] | None:
    """Muscle and side that a body site means, None where one of them is not told."""
    for name in names:
        steps = _steps(name)
        sides = {_SIDES[step] for step in steps if step in _SIDES}
        rest = " ".join(step for step in steps if step not in {*_SIDES, "muscle", "of", "the"})
        word = find_word("muscle", rest)
        if word is None or len(sides) > 1:
            continue
        side = next(iter(sides), _only_side(word.preferred))
        if side is not None:
            return word.preferred, side
    return None


def _only_side(muscle: str) -> str | None:
    try:
        return None if any(block.paired for block in blocks_of(muscle)) else "midline"
    except FactMissing:
        return None


def _steps(text: str) -> list[str]:
    return re.findall(r"[a-z0-9']+", text[:200].lower())


@cache
def _known(kind: str) -> tuple[tuple[tuple[str, ...], str], ...]:
    """Words of a kind as steps, the longest first, with their preferred word."""
    rows = [
        (tuple(_steps(row["word"].replace("_", " "))), row["preferred"])
        for row in text_rows("vocabulary")
        if row["kind"] == kind
    ]
    return tuple(sorted(rows, key=lambda row: -len(row[0])))


def _inside(kind: str, name: str) -> str | None:
    steps = _steps(name)
    for wanted, preferred in _known(kind):
        size = len(wanted)
        if size and any(tuple(steps[n : n + size]) == wanted for n in range(len(steps) - size + 1)):
            return preferred
    return None
