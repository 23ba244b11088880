"""Side effects from labels and trials as the patient's sheet shows them."""

from collections.abc import Iterator

from endplate.facts.harms import AdverseReaction, NamedReaction, adverse_reactions, named_reactions
from endplate.safety.view import View
from endplate.views.fact_benefit import distance, origin
from endplate.views.harm import HarmCard
from endplate.views.quantity import people
from endplate.views.source import link
from endplate.views.words import word


def fact_harms(view: View) -> tuple[HarmCard, ...]:
    """Side effects of all uses of a plan, the frequent ones first, those without a figure last."""
    cards = [card for area in view.areas for card in _of_area(view, area)]
    return tuple(sorted(cards, key=lambda card: (not card.value, -card.percent)))


def _of_area(view: View, area: str) -> Iterator[HarmCard]:
    product = view.plan.treatment.product
    rows = [
        row
        for row in adverse_reactions(product, area)
        if row.population in ("any", view.population)
    ]
    planned_u = view.dose_in_u(area)
    rows.sort(key=lambda row: (distance(row.dose_u, planned_u), row.preference))
    told: dict[str, AdverseReaction | NamedReaction] = {}
    for row in (*rows, *named_reactions(product, area, view.population)):
        told.setdefault(row.term, row)
    name = word("indication", area, "short") if len(view.areas) > 1 else ""
    for row in told.values():
        if isinstance(row, AdverseReaction) and row.drug_percent == row.placebo_percent == 0:
            continue  # seen at other doses only
        yield _counted(row, name) if isinstance(row, AdverseReaction) else _named(row, name)


def _counted(row: AdverseReaction, area: str) -> HarmCard:
    dummy = row.placebo_percent
    return _card(
        row,
        area,
        value=people(row.drug_percent),
        background="" if dummy is None else people(dummy),
        percent=row.drug_percent,
        origin_=origin(row.kind, row.dose_u),
    )


def _named(row: NamedReaction, area: str) -> HarmCard:
    low, high = row.low_percent, row.high_percent
    value = ""
    if low is not None:
        value = f"{people(low)} or more" if high is None else f"{people(low)} to {people(high)}"
    return _card(row, area, value=value, background="", percent=low or 0.0, origin_="label")


def _card(
    row: AdverseReaction | NamedReaction,
    area: str,
    value: str,
    background: str,
    percent: float,
    origin_: str,
) -> HarmCard:
    plain = word("harm", row.term, "plain")
    return HarmCard(
        name=word("harm", row.term),
        plain=f"{plain} ({area})" if area else plain,
        value=value,
        range="",
        background=background,
        course="",
        short_course="",
        plain_start="",
        plain_length="",
        origin=origin_,
        verified=row.verified,
        note=row.note,
        source=link(row.source),
        picture="",
        percent=percent,
        background_percent=row.placebo_percent if isinstance(row, AdverseReaction) else None,
    )
