"""What labels say, one fact per row: doses, sites, volumes, intervals, ages, limits."""

from dataclasses import dataclass
from functools import cache

from endplate.errors import FactAmbiguous, FactMissing
from endplate.facts.store import table


@dataclass(frozen=True)
class LabelRule:
    """One figure or word of one label; `value` holds numbers, `text` everything else."""

    id: str
    product: str
    region: str
    indication: str
    population: str
    quantity: str
    value: float | None
    text: str
    unit: str
    low: float | None
    high: float | None
    kind: str
    source: str
    locator: str
    revision: str
    verified: bool
    note: str


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


@cache
def _rules() -> tuple[LabelRule, ...]:
    return tuple(
        LabelRule(
            id=row["id"],
            product=row["product"],
            region=row["region"],
            indication=row["indication"],
            population=row["population"],
            quantity=row["quantity"],
            value=_number(row["value"]),
            text=row["value"],
            unit=row["unit"],
            low=_number(row["low"]),
            high=_number(row["high"]),
            kind=row["kind"],
            source=row["source"],
            locator=row["locator"],
            revision=row["revision"],
            verified=row["verified"] == "yes",
            note=row["note"],
        )
        for row in table("label_rules")
    )


@cache
def label_rules(
    product: str | None = None,
    region: str | None = None,
    indication: str | None = None,
    quantity: str | None = None,
) -> tuple[LabelRule, ...]:
    """Rules that match every given name; a rule for `any` product or indication matches all."""
    wanted = {
        "product": product,
        "region": region,
        "indication": indication,
        "quantity": quantity,
    }
    return tuple(
        rule
        for rule in _rules()
        if all(
            name is None or getattr(rule, field) in (name, "any") for field, name in wanted.items()
        )
    )


def label_rule(product: str, region: str, indication: str, quantity: str) -> LabelRule:
    """Return the one rule that answers; one written for the product and indication goes first.

    Raises
    ------
    FactMissing
        No label row answers.
    FactAmbiguous
        Several rows answer.
    """
    found = label_rules(product, region, indication, quantity)
    for exact in (
        [r for r in found if r.product == product and r.indication == indication],
        [r for r in found if r.indication == indication],
        list(found),
    ):
        if len(exact) == 1:
            return exact[0]
        if exact:
            raise FactAmbiguous(f"{len(exact)} label rows give {quantity} of {product}")
    raise FactMissing(f"no label row gives {quantity} of {product} for {indication} in {region}")


def is_labelled_anywhere(product: str, indication: str) -> bool:
    """Whether the label of any region names the product for the indication."""
    return any(
        rule.product == product and rule.indication == indication and rule.region != "any"
        for rule in label_rules(product, None, indication)
    )
