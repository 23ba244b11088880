"""A plan as the rules look at it: its injections, areas and label rows."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from endplate.case import (
    Injection,
    PatternSite,
    Plan,
    areas_treated,
    injections,
    label_pattern,
    population_of,
    total,
)
from endplate.facts.label import LabelRule, label_rules, own_rules
from endplate.facts.preparation import COSMETIC as COSMETIC

# Doses are sums of a few entered numbers: anything nearer than this is the same dose.
SAME = 1e-6
REFERENCE_REGION = "US"
"""Region whose label texts are all at hand, told beside what another region's lack."""
BLADDER = {"overactive_bladder", "neurogenic_detrusor_overactivity"}
FACE = {*COSMETIC, "chronic_migraine", "blepharospasm", "strabismus", "hemifacial_spasm"}


@dataclass(frozen=True)
class View:
    """A plan with its injections laid out; `unplaced` says why some have no place.

    `consulted` gathers the rows of the facts tables that the rules looked at.
    """

    plan: Plan
    shots: tuple[Injection, ...]
    unplaced: str
    consulted: list[Any] = field(default_factory=list, compare=False, repr=False)

    @classmethod
    def of(cls, plan: Plan) -> "View":
        """Lay out a plan; sites that cannot be placed keep dose and volume."""
        return cls(plan, *injections(plan))

    @cached_property
    def areas(self) -> tuple[str, ...]:
        """Areas planned, the label's companions and those of entered sites included."""
        planned = areas_treated(self.plan.treatment)
        return tuple(dict.fromkeys((*planned, *(shot.indication for shot in self.shots))))

    @property
    def dose_u(self) -> float | None:
        """Total of the session; None when no dose is known."""
        treatment = self.plan.treatment
        if not self.shots:
            return treatment.dose_u
        # The stated total of a protocol that could not be laid out counts beside entered sites.
        laid_out = treatment.protocol is None or any(not shot.stated for shot in self.shots)
        return self.total_u(self.shots) + (0.0 if laid_out else treatment.dose_u or 0.0)

    def total_u(self, shots: Iterable[Injection]) -> float:
        """Sum of injections [U] of the plan's product."""
        return total(self.plan.treatment.product, shots).amount_u

    def shots_in(self, area: str) -> tuple[Injection, ...]:
        """Injections of one area."""
        return tuple(shot for shot in self.shots if shot.indication == area)

    def dose_in_u(self, area: str) -> float | None:
        """Dose of one area; None when its sites are not known."""
        shots = self.shots_in(area)
        if shots:
            return self.total_u(shots)
        alone = self.areas == (area,) and self.unplaced
        return self.plan.treatment.dose_u if alone else None

    @cached_property
    def population(self) -> str:
        """Population whose label rows go first."""
        return population_of(self.plan.patient.age_y)

    def pattern(self, area: str) -> tuple[PatternSite, ...]:
        """Muscles that the label names for an area, with this person's ranges."""
        treatment, patient = self.plan.treatment, self.plan.patient
        pattern = label_pattern(
            treatment.product, treatment.region, area, self.population, patient.weight_kg
        )
        self.consulted.extend(site.fact for site in pattern)
        return pattern

    def fact(self, quantity: str, area: str = "any") -> LabelRule | None:
        """Label row for product, region and age; one written for area and age goes first."""
        return self._fact_in(self.plan.treatment.region, quantity, area)

    def reference_fact(self, quantity: str, area: str) -> LabelRule | None:
        """Row of the US label, to stand beside a fact that the plan's own region lacks."""
        return self._fact_in(REFERENCE_REGION, quantity, area)

    def _fact_in(self, region: str, quantity: str, area: str) -> LabelRule | None:
        ranked = sorted(
            (
                row
                for row in label_rules(self.plan.treatment.product, region, area, quantity)
                if row.population in ("any", "adult", self.population)
            ),
            key=lambda row: (
                row.product == "any",
                row.indication == "any",
                row.population != self.population,
                row.id,
            ),
        )
        self.consulted.extend(ranked[:1])
        return ranked[0] if ranked else None

    def is_labelled(self, area: str) -> bool:
        """Whether the region's label names the product for the area."""
        treatment = self.plan.treatment
        rows = own_rules(treatment.product, treatment.region, area)
        self.consulted.extend(row for row in rows if row.quantity == "indication")
        return bool(rows)
