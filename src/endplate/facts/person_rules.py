"""What labels say about a person: contraindications, warnings, interactions, ingredients."""

from dataclasses import dataclass
from functools import cache

from endplate.facts.store import table


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
class Ingredient:
    """An ingredient of one product to which people may be allergic."""

    product: str
    allergy: str
    source: str
    verified: bool
    note: str


@cache
def person_rules(family: str) -> tuple[PersonRule, ...]:
    """Rules of one family: condition, medication or allergy."""
    names = [f for f in PersonRule.__dataclass_fields__ if f != "verified"]
    return tuple(
        PersonRule(*(row[name] for name in names), verified=row["verified"] == "yes")
        for row in table("person_rules")
        if row["family"] == family
    )


@cache
def ingredients(product: str) -> tuple[Ingredient, ...]:
    """Ingredients of one product that count as allergens."""
    return tuple(
        Ingredient(
            row["product"], row["allergy"], row["source"], row["verified"] == "yes", row["note"]
        )
        for row in table("ingredients")
        if row["product"] == product
    )
