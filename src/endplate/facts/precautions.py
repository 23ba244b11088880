"""What labels say about the person: contraindications, warnings, allergens, what to confirm."""

from dataclasses import dataclass
from functools import cache

from endplate.facts.table import SourcedRow, typed_rows


@dataclass(frozen=True)
class PersonRule:
    """One statement; `match` is a word of the vocabulary or `class:` and a class of words.

    A condition named by `unless` lifts it.
    """

    id: str
    family: str
    product: str
    region: str
    indication: str
    match: str
    unless: str
    level: str
    title: str
    reason: str
    source: str
    locator: str
    verified: bool


@dataclass(frozen=True)
class Ingredient(SourcedRow):
    """An ingredient of one product to which people may be allergic."""

    product: str
    allergy: str


@dataclass(frozen=True)
class Requirement:
    """One thing to confirm before treatment; `level` is the finding when it is not met."""

    id: str
    product: str
    region: str
    indication: str
    population: str
    requirement: str
    level: str
    title: str
    reason: str
    source: str
    locator: str
    revision: str
    verified: bool


@dataclass(frozen=True)
class Opposite(SourcedRow):
    """A step to confirm and the condition under which it cannot be so."""

    id: str
    requirement: str
    condition: str
    locator: str


@cache
def opposites() -> tuple[Opposite, ...]:
    """Steps and the conditions that exclude them."""
    return typed_rows(Opposite, "opposites")


@dataclass(frozen=True)
class ReactionWord(SourcedRow):
    """Part of a word by which the words on an earlier treatment tell an allergy or a failure."""

    words: str
    meaning: str
    level: str
    locator: str


# What takes the word after it back: "no allergy", "without hives".
_DENIED = ("no ", "not ", "without ", "never ", "denies ", "nor ")


def reported_reaction(text: str, meaning: str) -> ReactionWord | None:
    """Word of a text that tells an allergy or a failure; None where it tells neither.

    Examples
    --------
    >>> reported_reaction("Anaphylactic shock in the clinic", "allergy").level
    'stop'
    >>> reported_reaction("no allergic reaction", "allergy") is None
    True
    """
    plain = " ".join(text.casefold().split())
    for row in typed_rows(ReactionWord, "reaction_words", meaning=meaning):
        at = plain.find(row.words)
        while at >= 0:
            before = plain[max(0, at - 24) : at].rsplit(",", 1)[-1].rsplit(";", 1)[-1]
            if not any(word in f" {before}" for word in (f" {denied}" for denied in _DENIED)):
                return row
            at = plain.find(row.words, at + 1)
    return None


@cache
def person_rules(family: str) -> tuple[PersonRule, ...]:
    """Rules of one family: condition, medication or allergy."""
    return typed_rows(PersonRule, "person_rules", family=family)


@cache
def ingredients(product: str) -> tuple[Ingredient, ...]:
    """Ingredients of one product that count as allergens."""
    return typed_rows(Ingredient, "ingredients", product=product)


@cache
def requirements(
    product: str, region: str, indication: str, population: str
) -> tuple[Requirement, ...]:
    """Requirements of one use and population."""
    return typed_rows(
        Requirement,
        "requirements",
        product=product,
        region=region,
        indication=indication,
        population=("any", population),
    )
