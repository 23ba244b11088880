"""What to draw up for a plan: volumes, syringe marks, vials, how long the content may be used."""

from dataclasses import asdict, dataclass
from itertools import groupby
from math import ceil, isclose
from typing import Any

from endplate.case.dilution import Preparation
from endplate.case.dose import total
from endplate.case.injection import Injection, injections
from endplate.case.plan import Plan
from endplate.case.protocol import areas_treated
from endplate.errors import CaseError, FactMissing
from endplate.facts.preparation import (
    Reconstitution,
    Storage,
    Syringe,
    TechniqueNote,
    reconstitutions,
    storage,
    syringes,
    technique_notes,
    vials,
)

# A dose should span several marks: fewer, and the eye's error grows beyond the dose's.
MARKS_PER_SITE = 5
ROUND = 1e-9


@dataclass(frozen=True)
class Draw:
    """Equal injections in one muscle on one side: what is planned and what the marks allow."""

    indication: str
    muscle: str
    side: str
    count: int
    dose_u: float
    volume_ml: float
    drawn_ml: float
    drawn_u: float
    marks: int


@dataclass(frozen=True)
class PreparationSheet:
    """How one session is drawn up; `storage` is None where no text is at hand."""

    product: str
    region: str
    vial_u: float
    diluent_ml: float
    form: str
    dose_u: float
    volume_ml: float
    vials: int
    left_u: float
    syringe: Syringe
    fills: int
    draws: tuple[Draw, ...]
    dilutions: tuple[Reconstitution, ...]
    storage: Storage | None
    notes: tuple[TechniqueNote, ...]

    @property
    def dose_per_tenth_ml_u(self) -> float:
        """Units in 0.1 mL."""
        return Preparation(self.vial_u, self.diluent_ml).dose_u(0.1)

    def as_dict(self) -> dict[str, Any]:
        """Return the sheet as plain values for JSON."""
        return {**asdict(self), "dose_per_tenth_ml_u": self.dose_per_tenth_ml_u}


def form_of(plan: Plan) -> str:
    """Form of the plan's vial: powder, or solution where a vial of that volume is sold."""
    treatment = plan.treatment
    for vial in vials(treatment.product, treatment.region):
        ready = vial.volume_ml is not None and isclose(
            vial.volume_ml, treatment.diluent_ml, rel_tol=0.01
        )
        if ready and isclose(vial.vial_u, treatment.vial_u, rel_tol=0.01):
            return "solution"
    return "powder"


def storage_of(plan: Plan) -> Storage | None:
    """Storage text of the plan's vial, None where none is at hand."""
    try:
        return storage(plan.treatment.product, form_of(plan))
    except FactMissing:
        return None


def preparation_sheet(plan: Plan, syringe_ml: float | None = None) -> PreparationSheet:
    """Sheet for drawing up one session.

    Parameters
    ----------
    plan : Plan
        The plan; its sites must be known.
    syringe_ml : [mL]
        Size of the syringe; the one that needs fewest fills with readable marks unless given.

    Raises
    ------
    CaseError
        No dose is known, or there is no such syringe.
    """
    treatment = plan.treatment
    shots, why = injections(plan)
    if not shots:
        raise CaseError(f"{plan.name}: no injection to prepare; {why or 'the plan has no sites'}.")
    syringe = _chosen(syringe_ml, [shot.volume_ml for shot in shots])
    mixed = Preparation(treatment.vial_u, treatment.diluent_ml)
    dose_u = total(treatment.product, shots).amount_u
    count = mixed.vials_needed(dose_u)
    return PreparationSheet(
        treatment.product,
        treatment.region,
        treatment.vial_u,
        treatment.diluent_ml,
        form_of(plan),
        dose_u,
        mixed.volume_ml(dose_u),
        count,
        count * treatment.vial_u - dose_u,
        syringe,
        _fills([shot.volume_ml for shot in shots], syringe.size_ml),
        _draws(shots, syringe, mixed),
        reconstitutions(treatment.product, treatment.region),
        storage_of(plan),
        tuple(
            dict.fromkeys(
                note
                for area in areas_treated(treatment)
                for note in technique_notes(treatment.product, treatment.region, area)
            )
        ),
    )


def _chosen(syringe_ml: float | None, volumes_ml: list[float]) -> Syringe:
    sizes = syringes()
    if syringe_ml is None:
        readable = [one for one in sizes if min(volumes_ml) >= MARKS_PER_SITE * one.mark_ml - ROUND]
        return min(
            readable or sizes[:1], key=lambda one: (_fills(volumes_ml, one.size_ml), one.mark_ml)
        )
    for one in sizes:
        if isclose(one.size_ml, syringe_ml):
            return one
    known = ", ".join(f"{one.size_ml:g}" for one in sizes)
    raise CaseError(f"no marks of a {syringe_ml:g} mL syringe are known; known are {known} mL.")


def _fills(volumes_ml: list[float], size_ml: float) -> int:
    """Fills when no injection is split over two, unless it is larger than the syringe."""
    fills, room_ml = 0, 0.0
    for volume_ml in volumes_ml:
        if volume_ml > room_ml + ROUND:
            fills += max(1, ceil(volume_ml / size_ml - ROUND))
            room_ml = size_ml * ceil(volume_ml / size_ml - ROUND)
        room_ml -= volume_ml
    return fills


def _draws(shots: tuple[Injection, ...], syringe: Syringe, mixed: Preparation) -> tuple[Draw, ...]:
    def alike(shot: Injection) -> tuple[str, str, str, float]:
        return shot.indication, shot.muscle, shot.side, round(shot.dose_u, 6)

    draws = []
    for key, group in groupby(sorted(shots, key=alike), key=alike):
        same = list(group)
        volume_ml = same[0].volume_ml
        marks = max(1, round(volume_ml / syringe.mark_ml))
        drawn_ml = marks * syringe.mark_ml
        draws.append(
            Draw(
                *key[:3],
                len(same),
                same[0].dose_u,
                volume_ml,
                drawn_ml,
                mixed.dose_u(drawn_ml),
                marks,
            )
        )
    return tuple(draws)
