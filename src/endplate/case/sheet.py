"""What to draw up for a plan: volumes, syringe marks, vials, how long the content may be used."""

from dataclasses import asdict, dataclass
from itertools import groupby
from math import ceil, isclose
from typing import Any

from endplate.case.dose import Preparation, total
from endplate.case.injections import Injection, injections
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
    """How one session is drawn up; `storage` is None where no text is known."""

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
    """Storage text of the plan's vial, None where none is known."""
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
    planned, why = injections(plan)
    if not planned:
        raise CaseError(f"{plan.name}: no injection to prepare; {why or 'the plan has no sites'}.")
    syringe = _syringe(syringe_ml, [injection.volume_ml for injection in planned])
    preparation = Preparation(treatment.vial_u, treatment.diluent_ml)
    dose_u = total(treatment.product, planned).amount_u
    count = preparation.vials_needed(dose_u)
    return PreparationSheet(
        treatment.product,
        treatment.region,
        treatment.vial_u,
        treatment.diluent_ml,
        form_of(plan),
        dose_u,
        preparation.volume_ml(dose_u),
        count,
        count * treatment.vial_u - dose_u,
        syringe,
        _fills([injection.volume_ml for injection in planned], syringe.size_ml),
        _draws(planned, syringe, preparation),
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


def _syringe(syringe_ml: float | None, volumes_ml: list[float]) -> Syringe:
    sizes = syringes()
    if syringe_ml is None:
        least_ml = min(volumes_ml) + ROUND
        readable = [syringe for syringe in sizes if MARKS_PER_SITE * syringe.mark_ml <= least_ml]
        return min(
            readable or sizes[:1],
            key=lambda syringe: (_fills(volumes_ml, syringe.size_ml), syringe.mark_ml),
        )
    for syringe in sizes:
        if isclose(syringe.size_ml, syringe_ml):
            return syringe
    known = ", ".join(f"{syringe.size_ml:g}" for syringe in sizes)
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


def _draws(
    planned: tuple[Injection, ...], syringe: Syringe, preparation: Preparation
) -> tuple[Draw, ...]:
    def group_key(injection: Injection) -> tuple[str, str, str, float]:
        return (injection.indication, injection.muscle, injection.side, round(injection.dose_u, 6))

    draws = []
    for key, group in groupby(sorted(planned, key=group_key), key=group_key):
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
                preparation.dose_u(drawn_ml),
                marks,
            )
        )
    return tuple(draws)
