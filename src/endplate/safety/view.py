"""A plan as the rules look at it: its injections, areas and label rows."""

from dataclasses import dataclass
from functools import cached_property

from endplate.case import Plan, Preparation, area_of, areas_treated, placed_sites
from endplate.errors import NotCovered
from endplate.facts.label import LabelRule, label_rules

Point = tuple[float, float, float]
COSMETIC = (
    "glabellar_lines",
    "lateral_canthal_lines",
    "forehead_lines",
    "platysma_bands",
    "masseter_prominence",
)
FACE = {*COSMETIC, "chronic_migraine", "blepharospasm", "strabismus", "hemifacial_spasm"}


@dataclass(frozen=True)
class Shot:
    """One injection; `point_mm` is None when it has no place, x is lateral on its side."""

    indication: str
    muscle: str
    side: str
    dose_u: float
    volume_ml: float
    point_mm: Point | None
    stated: bool


@dataclass(frozen=True)
class View:
    """A plan with its injections laid out; `unplaced` says why some have no place."""

    plan: Plan
    shots: tuple[Shot, ...]
    unplaced: str

    @classmethod
    def of(cls, plan: Plan) -> "View":
        """Lay out a plan; sites that cannot be placed keep dose and volume."""
        try:
            placed = placed_sites(plan)
        except NotCovered as reason:
            return cls(plan, _shots_without_place(plan), str(reason))
        shots = tuple(
            Shot(
                s.indication,
                s.muscle,
                s.side,
                s.dose_u,
                s.volume_ml,
                (abs(s.x_mm), s.y_mm, s.z_mm),
                s.origin == "entered",
            )
            for s in placed
        )
        return cls(plan, shots, "")

    @cached_property
    def areas(self) -> tuple[str, ...]:
        """Areas planned, the label's companions and those of entered sites included."""
        planned = areas_treated(self.plan.treatment)
        return tuple(dict.fromkeys((*planned, *(shot.indication for shot in self.shots))))

    @property
    def dose_u(self) -> float | None:
        """Total of the session; None when no dose is known."""
        if self.shots:
            return sum(shot.dose_u for shot in self.shots)
        return self.plan.treatment.dose_u

    def shots_in(self, area: str) -> tuple[Shot, ...]:
        """Injections of one area."""
        return tuple(shot for shot in self.shots if shot.indication == area)

    def dose_in_u(self, area: str) -> float | None:
        """Dose of one area; None when its sites are not known."""
        shots = self.shots_in(area)
        if shots:
            return sum(shot.dose_u for shot in shots)
        alone = self.areas == (area,) and self.unplaced
        return self.plan.treatment.dose_u if alone else None

    def fact(self, quantity: str, area: str = "any") -> LabelRule | None:
        """Label row for this product and region; one written for the area goes first."""
        treatment = self.plan.treatment
        rows = label_rules(treatment.product, treatment.region, area, quantity)
        ranked = sorted(
            rows, key=lambda row: (row.product == "any", row.indication == "any", row.id)
        )
        return ranked[0] if ranked else None

    def is_labelled(self, area: str) -> bool:
        """Whether the region's label names the product for the area."""
        treatment = self.plan.treatment
        return any(
            row.product != "any" and row.region != "any" and row.indication == area
            for row in label_rules(treatment.product, treatment.region, area)
        )


def _shots_without_place(plan: Plan) -> tuple[Shot, ...]:
    treatment = plan.treatment
    mixed = Preparation(treatment.vial_u, treatment.diluent_ml)
    return tuple(
        Shot(
            site.indication or area_of(site.muscle or "", treatment),
            site.muscle or "",
            site.side,
            site.dose_u,
            mixed.volume_ml(site.dose_u),
            site.at_mm,
            True,
        )
        for site in treatment.sites
    )
