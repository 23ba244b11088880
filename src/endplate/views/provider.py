"""Who treats you: what a qualified provider does, the rules of a region, and what to ask."""

from collections.abc import Sequence
from dataclasses import dataclass

from endplate.facts.guide import provider_rules, statements
from endplate.views.language import gettext as _
from endplate.views.language import ngettext
from endplate.views.quantity import number
from endplate.views.sheet_words import sheet_words
from endplate.views.source import References, Said


@dataclass(frozen=True)
class ProviderCard:
    """What to look for in the person who gives the shots; `rules` are those of the region."""

    region: str
    does: tuple[Said, ...]
    leave: tuple[Said, ...]
    rules: tuple[Said, ...]
    unknown: str


def provider_card(region: str | None, references: References) -> ProviderCard:
    """What a qualified provider is and does; a region whose rules were not read says so."""
    rules = provider_rules(region or "")
    return ProviderCard(
        region=sheet_words()["provider"]["region"].get(region or "", region or ""),
        does=tuple(references.said(row) for row in statements("provider")),
        leave=tuple(references.said(row) for row in statements("walk_away")),
        rules=tuple(
            Said(_(row.text), "", references.numbers(row.source), False, row.verified)
            for row in rules
        ),
        unknown="" if rules else sheet_words()["provider"]["unknown"],
    )


def in_spots(spots: int) -> str:
    """In how many spots."""
    return ngettext("in {count} spot", "in {count} spots", spots).format(count=spots)


def plan_questions(
    product: str, dose_u: float | None, spots: int, off_label: bool, worries: Sequence[str]
) -> tuple[str, ...]:
    """What to ask of this very plan.

    Parameters
    ----------
    product : str
        Product.
    dose_u : [U]
        Total dose, None where it is not set.
    spots : int
        How many spots, 0 where that is not known.
    off_label : bool
        Whether the label of the region does not name a use, or is not known to.
    worries : sequence of str
        Side effects in plain words; the first is asked about.
    """
    say = sheet_words()["ask"]
    where = f" {in_spots(spots)}" if spots else ""
    dose = "" if dose_u is None else say["dose"].format(dose=number(dose_u, 2), where=where)
    asked = [
        say["who"],
        say["product"].format(product=product, dose=dose),
        say["off_label"] if off_label else "",
        say["worry"].format(harm=worries[0][:1].lower() + worries[0][1:]) if worries else "",
        *say["always"],
    ]
    return tuple(question for question in asked if question)
