"""Concepts of a record as words of a plan: by code first, then by wording."""

from collections.abc import Iterator, Sequence
from typing import Any

from endplate.errors import FactMissing
from endplate.facts.atlas import blocks_of
from endplate.facts.codes import CodeWord, code_words, system_of
from endplate.facts.vocabulary import find_word
from endplate.facts.wording import (
    SUBSTRING_KINDS,
    has_phrase,
    inside,
    is_negated,
    is_only,
    match,
    tokens,
)

_SIDES = {"left": "left", "right": "right", "midline": "midline", "lt": "left", "rt": "right"}
_LIMBS = {"arm": "upper_limb_spasticity", "leg": "lower_limb_spasticity"}
_TELLING = 2  # words of a phrase that tells a use in whatever company
NO_ALLERGY = {"no_allergy": "any", "no_drug_allergy": "medicines", "no_food_allergy": "foods"}


def texts(concept: Any) -> list[str]:
    """What a concept is called, in its own words first."""
    if concept is None:
        return []
    names = [concept.text, *(coding.display for coding in concept.coding or ())]
    return [text.strip() for text in dict.fromkeys(names) if text and text.strip()]


def name_of(concept: Any) -> str:
    """Words to show for a concept."""
    codes = [coding.code for coding in getattr(concept, "coding", None) or () if coding.code]
    return next(iter(texts(concept) or codes), "without a name")[:120]


def codes_of(concept: Any) -> set[str]:
    """Codes of a status concept."""
    return {coding.code for coding in getattr(concept, "coding", None) or () if coding.code}


def coded(kind: str, concept: Any) -> Iterator[CodeWord]:
    """Rows of a kind that the codes of a concept mean."""
    for coding in getattr(concept, "coding", None) or ():
        system = system_of(str(coding.system or ""))
        if system and coding.code:
            yield from code_words(kind, system, coding.code)


def words_of(kind: str, concept: Any, names: Sequence[str] = ()) -> tuple[str, ...]:
    """Plan's words of a kind that a concept means: by code, else by wording; none if unknown.

    A code that no second source confirms counts only where the wording says nothing.
    """
    rows = list(coded(kind, concept))
    sure = [row.word for row in rows if row.verified]
    words = sure or words_named(kind, [*texts(concept), *names]) or [row.word for row in rows]
    return tuple(dict.fromkeys(words))


def rests_on_unverified_code(kind: str, concept: Any, names: Sequence[str] = ()) -> bool:
    """Whether a concept is known by codes alone of which none was seen in a second source."""
    rows = list(coded(kind, concept))
    is_sure = any(row.verified for row in rows)
    return bool(rows) and not is_sure and not words_named(kind, [*texts(concept), *names])


def words_named(kind: str, names: Sequence[str]) -> list[str]:
    """Plan's words of a kind that one of the names means."""
    for name in names:
        known = find_word(kind, name)
        if known is not None:
            return [known.preferred]
    for name in names:
        found = match(kind, name, also="condition" if kind == "indication" else "")
        if found.is_whole:
            return list(found.words) if kind != "indication" else _limb(found.words, name)
    if kind == "indication":
        return next(filter(None, map(_use_inside, names)), [])
    if kind in SUBSTRING_KINDS:
        return [word for name in names if (word := inside(kind, name)) is not None][:1]
    if kind == "allergy":
        return _allergen_inside(names)
    return []


def word_of(kind: str, names: Sequence[str]) -> str | None:
    """First plan's word of a kind that one of the names means, None when none is known."""
    return next(iter(words_named(kind, names)), None)


def _use_inside(name: str) -> list[str]:
    """Use that a longer reason names, as in "chronic migraine, two preventives failed".

    One word alone will not do: the forehead may be treated for something else.
    """
    found = match("indication", name, also="condition")
    is_barred = has_phrase("bars", name) or has_phrase("family", name)
    return [] if is_barred or found.longest < _TELLING else _limb(found.words, name)


def _limb(words: Sequence[str], name: str) -> list[str]:
    """Spasticity of the limb that a text names, of both where it names none."""
    named = {use for limb, use in _LIMBS.items() if has_phrase(limb, name)}
    if len(named) == 1 and set(_LIMBS.values()) <= set(words):
        return [word for word in words if word not in set(_LIMBS.values()) - named]
    return list(words)


def _allergen_inside(names: Sequence[str]) -> list[str]:
    """Toxin, or a drug that no label names, inside a longer name; never an ingredient.

    "Milk" stands in the names of plants and antacids too, so that only a whole match will do.
    """
    for name in names:
        word = None if is_negated(name) else inside("allergy", name)
        known = find_word("allergy", word) if word else None
        if known is not None and known.group in ("known_no_rule", "any_toxin"):
            return [known.preferred]
    return []


def absent_allergy(concept: Any) -> str:
    """What an entry says the person has no known allergy to: any, medicines, foods; else empty."""
    for row in coded("standing", concept):
        if row.word in NO_ALLERGY:
            return NO_ALLERGY[row.word]
    for name in texts(concept):
        for effect, scope in NO_ALLERGY.items():
            if is_only(effect, name):
                return scope
    return ""


def standing_of(concept: Any) -> str:
    """Whether an entry is of the `family` or `past`; empty where it is of the person and now."""
    rows = [row.word for row in coded("standing", concept) if row.word in ("family", "past")]
    if rows:
        return rows[0]
    for standing in ("family", "past"):
        if any(has_phrase(standing, name) for name in texts(concept)):
            return standing
    return ""


def is_toxin(names: Sequence[str]) -> bool:
    """Whether a medicine is a botulinum toxin, known by product or not."""
    return word_of("product", names) is not None or any(
        "botulin" in name.lower() and "antitoxin" not in name.lower() for name in names
    )


def muscle_and_side(names: Sequence[str]) -> tuple[str, str] | None:
    """Muscle and side that a body site means, None where one of them is not stated."""
    for name in names:
        words = tokens(name)
        sides = {_SIDES[word] for word in words if word in _SIDES}
        rest = [word for word in words if word not in {*_SIDES, "muscle", "of", "the"}]
        muscle = _muscle(rest)
        if muscle is None or len(sides) > 1:
            continue
        side = next(iter(sides), _only_side(muscle))
        if side is not None:
            return muscle, side
    return None


def _muscle(words: Sequence[str]) -> str | None:
    found = match("muscle", " ".join(words))
    return found.words[0] if found.is_whole and len(found.words) == 1 else None


def _only_side(muscle: str) -> str | None:
    try:
        return None if any(block.paired for block in blocks_of(muscle)) else "midline"
    except FactMissing:
        return None
