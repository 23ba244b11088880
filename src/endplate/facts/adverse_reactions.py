"""Adverse reactions by product and area, with the share under placebo where it was printed."""

from dataclasses import dataclass
from functools import cache

from endplate.facts.store import table


@dataclass(frozen=True)
class AdverseReaction:
    """One reaction in one arm; percentages of people, None where no figure was printed.

    `group` is needle, local, systemic, neighbour or any; `preference` orders competing rows of
    one reaction, 1 first; `dose_u` is None for a dose by weight and where none was stated.
    """

    id: str
    product: str
    indication: str
    population: str
    dose_u: float | None
    term: str
    group: str
    drug_percent: float
    placebo_percent: float | None
    drug_n: int | None
    placebo_n: int | None
    preference: int
    kind: str
    source: str
    locator: str
    verified: bool
    note: str


def _float(text: str) -> float | None:
    return float(text) if text else None


def _int(text: str) -> int | None:
    return int(text) if text else None


@cache
def adverse_reactions(
    product: str | None = None, indication: str | None = None, term: str | None = None
) -> tuple[AdverseReaction, ...]:
    """Reactions that match every given name, best row of each reaction first."""
    rows = (
        AdverseReaction(
            id=row["id"],
            product=row["product"],
            indication=row["indication"],
            population=row["population"],
            dose_u=_float(row["dose"]) if row["dose_unit"] == "U" else None,
            term=row["term"],
            group=row["group"],
            drug_percent=float(row["drug_percent"]),
            placebo_percent=_float(row["placebo_percent"]),
            drug_n=_int(row["drug_n"]),
            placebo_n=_int(row["placebo_n"]),
            preference=int(row["preference"]),
            kind=row["kind"],
            source=row["source"],
            locator=row["locator"],
            verified=row["verified"] == "yes",
            note=row["note"],
        )
        for row in table("adverse_reactions")
        if product in (None, row["product"])
        and indication in (None, row["indication"])
        and term in (None, row["term"])
    )
    return tuple(sorted(rows, key=lambda reaction: reaction.preference))
