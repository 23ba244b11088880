"""What labels say of uses and doses: rules, dose limits, doses by muscle and by body weight."""

from dataclasses import dataclass
from functools import cache
from typing import Annotated

from endplate.facts.table import Columns, SourcedRow, typed_rows


@dataclass(frozen=True)
class LabelRule(SourcedRow):
    """One figure or word of one label; `text` is the cell, `value` its number if it is one."""

    id: str
    product: str
    region: str
    indication: str
    population: str
    quantity: str
    text: Annotated[str, Columns("value")]
    unit: str
    low: float | None
    high: float | None
    kind: str
    locator: str
    revision: str

    @property
    def value(self) -> float | None:
        """Number of the rule, None where it is a word."""
        try:
            return float(self.text)
        except ValueError:
            return None


@cache
def label_rules(
    product: str | None = None,
    region: str | None = None,
    indication: str | None = None,
    quantity: str | None = None,
) -> tuple[LabelRule, ...]:
    """Rules that match every given name; a rule for `any` product or indication matches all."""
    return typed_rows(
        LabelRule,
        "label_rules",
        product=product and (product, "any"),
        region=region and (region, "any"),
        indication=indication and (indication, "any"),
        quantity=quantity,
    )


def own_rules(product: str, region: str, indication: str) -> tuple[LabelRule, ...]:
    """Rules of a region's own label on a product for an indication, of whatever quantity."""
    return tuple(
        row
        for row in label_rules(product, region, indication)
        if row.product != "any" and row.region != "any" and row.indication == indication
    )


def is_labelled(product: str, region: str, indication: str) -> bool:
    """Whether the label of a region names the product for the indication."""
    return bool(own_rules(product, region, indication))


def is_labelled_anywhere(product: str, indication: str) -> bool:
    """Whether the label of any region names the product for the indication."""
    return any(
        rule.product == product and rule.indication == indication and rule.region != "any"
        for rule in label_rules(product, None, indication)
    )


@dataclass(frozen=True)
class Coverage(SourcedRow):
    """One product in one region; without `complete`, a use that is missing may be labelled.

    Without `dilutions_complete`, so may a dilution.
    """

    id: str
    product: str
    region: str
    complete: bool
    dilutions_complete: bool


@cache
def coverage(product: str, region: str) -> Coverage | None:
    """Coverage of one product and region, None when nothing of its label was seen."""
    rows = typed_rows(Coverage, "label_coverage", product=product, region=region)
    return rows[0] if rows else None


@dataclass(frozen=True)
class DoseCap(SourcedRow):
    """One limit; the lower of `max_u` and `max_u_per_kg` counts where both are given.

    `indications` are joined by `+`, or `any`; `per` is session, side, muscle, site or window, and
    `window_d` the length of a window, 0 for one session of all uses together.
    """

    id: str
    product: str
    region: str
    population: str
    indications: str
    muscle: str
    per: str
    window_d: float | None
    max_u: float | None
    max_u_per_kg: float | None
    level: str
    locator: str
    revision: str

    @property
    def scope(self) -> tuple[str, ...]:
        """Indications that count, empty for all of them."""
        return () if self.indications == "any" else tuple(self.indications.split("+"))

    def covers(self, indication: str | None) -> bool:
        """Whether doses given for an indication count; one not stated does."""
        return not self.scope or indication is None or indication in self.scope

    def limit_u(self, weight_kg: float | None) -> float | None:
        """Limit of one person; None when only a share per kilogram is given and no weight."""
        limits_u = [] if self.max_u is None else [self.max_u]
        if self.max_u_per_kg is not None and weight_kg is not None:
            limits_u.append(self.max_u_per_kg * weight_kg)
        return min(limits_u, default=None)


@cache
def dose_caps(product: str, region: str, population: str) -> tuple[DoseCap, ...]:
    """Limits for one population; an adult limit stands in where its like for children is missing.

    A limit for children goes before the adult one for the same use and span.
    """
    caps = typed_rows(DoseCap, "dose_caps", product=product, region=region)
    specific = [cap for cap in caps if cap.population == population]
    covered = {(cap.indications, cap.per, cap.window_d) for cap in specific}
    adult = [
        cap
        for cap in caps
        if cap.population == "adult" and (cap.indications, cap.per, cap.window_d) not in covered
    ]
    return (*specific, *adult)


@dataclass(frozen=True)
class MuscleDose(SourcedRow):
    """Range of one muscle, gland field or bladder on one side, in U or U/kg as `unit` says.

    `side` is each where both are treated, either where the disease decides, or midline.
    `complete` says whether the label's list of muscles is meant to be whole.
    """

    id: str
    product: str
    region: str
    indication: str
    population: str
    muscle: str
    side: str
    low: float
    high: float
    unit: str
    max_u: float | None
    sites_low: float | None
    sites_high: float | None
    complete: bool
    locator: str
    revision: str

    @property
    def is_fixed(self) -> bool:
        """Whether the label gives one dose and no range."""
        return self.low == self.high and self.unit == "U"

    def range_u(self, weight_kg: float | None) -> tuple[float, float] | None:
        """Lowest and highest dose of one person; None when the weight is needed and missing."""
        if self.unit == "U":
            return self.low, self.high
        if weight_kg is None:
            return None
        most_u = self.high * weight_kg
        if self.max_u is not None:
            most_u = min(most_u, self.max_u)
        return min(self.low * weight_kg, most_u), most_u


@cache
def muscle_doses(
    product: str, region: str, indication: str, population: str
) -> tuple[MuscleDose, ...]:
    """Muscles of one use; the adult ones where the label has none for children."""
    use = {"product": product, "region": region, "indication": indication}
    specific = typed_rows(MuscleDose, "muscle_doses", **use, population=population)
    return specific or typed_rows(MuscleDose, "muscle_doses", **use, population="adult")


@dataclass(frozen=True)
class WeightBand(SourcedRow):
    """Dose of one band of weight: of the session, or of one gland where `muscle` names it."""

    id: str
    product: str
    region: str
    indication: str
    population: str
    from_kg: float
    below_kg: float | None
    muscle: str
    dose_u: float
    locator: str
    revision: str

    def holds(self, weight_kg: float) -> bool:
        """Whether a weight lies in the band."""
        return self.from_kg <= weight_kg and (self.below_kg is None or weight_kg < self.below_kg)


@cache
def weight_bands(product: str, region: str, indication: str) -> tuple[WeightBand, ...]:
    """Bands of one use, lightest first; empty when the label does not dose it by weight."""
    return typed_rows(
        WeightBand, "weight_bands", product=product, region=region, indication=indication
    )
