"""Which vials to open for a day's plans so that least is thrown away."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from math import isclose
from typing import Any

from endplate.case import Dose, Plan, injections, total
from endplate.case.sheet import storage_of
from endplate.errors import CaseError
from endplate.facts.preparation import reconstitutions, vials

HOURS_A_DAY = 24.0
# Far below the difference of any two vials: decides only between equal wastes.
PER_VIAL = 1e-3

Stock = Mapping[tuple[str, float], int]


@dataclass(frozen=True)
class Sitting:
    """Plans that may share vials: one person, one day, one product, one concentration."""

    plans: tuple[Plan, ...]
    dose_u: float
    shared: str

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the plans."""
        return tuple(plan.name for plan in self.plans)


@dataclass(frozen=True)
class Opening:
    """Vials to open for one sitting; `vials` are content, diluent and number of each."""

    plans: tuple[str, ...]
    product: str
    dose_u: float
    vials: tuple[tuple[float, float, int], ...]
    left_u: float
    why: str


def openings_as_dict(openings: Sequence[Opening]) -> dict[str, Any]:
    """Return what to open as plain values for JSON."""
    return {"openings": [asdict(opening) for opening in openings], "left_u": totals(openings)}


def totals(openings: Sequence[Opening]) -> dict[str, float]:
    """Units left by product; units of two products are never added."""
    left: dict[str, float] = {}
    for opening in openings:
        left[opening.product] = left.get(opening.product, 0.0) + opening.left_u
    return left


def dose_of(plan: Plan) -> float | None:
    """Session dose of a plan, None when it is not known yet."""
    shots, _ = injections(plan)
    return total(plan.treatment.product, shots).amount_u if shots else plan.treatment.dose_u


def sittings(plans: Sequence[Plan], same_person: Sequence[Sequence[str]] = ()) -> list[Sitting]:
    """Group plans whose vials the labels let share: a vial is for one person and one session.

    `same_person` has the names of plans of one person. What is mixed at one sitting serves the
    others of that day only where the label allows a day of storage.

    Raises
    ------
    CaseError
        No plan has one of these names.
    """
    names = {plan.name for plan in plans}
    for name in (name for group in same_person for name in group):
        if name not in names:
            raise CaseError(f"no plan is named {name!r}; names are {', '.join(sorted(names))}.")
    person = {name: n for n, names in enumerate(same_person) for name in names}
    groups: dict[tuple, list[Plan]] = {}
    for n, plan in enumerate(plans):
        treatment, storage = plan.treatment, storage_of(plan)
        lasts_a_day = storage is not None and (storage.use_within_h or 0.0) >= HOURS_A_DAY
        is_alone = plan.name not in person or not lasts_a_day
        key = (
            ("plan", n) if is_alone else ("person", person[plan.name]),
            treatment.product,
            treatment.region,
            treatment.date,
            round(treatment.vial_u / treatment.diluent_ml, 6),
        )
        groups.setdefault(key, []).append(plan)
    return [_sitting(group) for group in groups.values()]


def _sitting(group: list[Plan]) -> Sitting:
    whole = Dose(0.0, group[0].treatment.product)
    for plan in group:
        dose_u = dose_of(plan)
        if dose_u is None:
            raise CaseError(f"{plan.name}: no dose is known, so its vials cannot be counted.")
        whole += Dose(dose_u, plan.treatment.product)
    storage = storage_of(group[0])
    if storage is None or storage.one_person != "yes":
        shared = "no text on sharing is known, so each vial is for one person"
    else:
        shared = "the label keeps each vial for one person"
    if len(group) > 1 and storage is not None:
        shared += f"; plans of one person share within {storage.use_within_h:g} hours"
    return Sitting(tuple(group), whole.amount_u, shared)


def candidates(sitting: Sitting) -> tuple[tuple[float, float], ...]:
    """Vials and diluents of the same concentration on the label, those of the plan first."""
    treatment = sitting.plans[0].treatment
    per_ml_u = treatment.vial_u / treatment.diluent_ml
    pairs = [(treatment.vial_u, treatment.diluent_ml)]
    for vial in vials(treatment.product, treatment.region):
        for row in reconstitutions(treatment.product, treatment.region):
            same = isclose(row.vial_u, vial.vial_u) and isclose(
                row.vial_u / row.diluent_ml, per_ml_u, rel_tol=0.02
            )
            if same and all(not isclose(row.vial_u, size) for size, _ in pairs):
                pairs.append((row.vial_u, row.diluent_ml))
    return tuple(pairs)


def choose(sittings: Sequence[Sitting], stock: Stock | None = None) -> list[Opening]:
    """Vials that waste least in all, and of those choices the fewest vials; exact.

    Parameters
    ----------
    sittings : sequence of Sitting
        What is to be given.
    stock : mapping, optional
        Number of vials in stock by product and content; a product that is not named is not limited.

    Raises
    ------
    CaseError
        The vials in stock do not hold the doses.
    """
    columns = [(n, *vial) for n, sitting in enumerate(sittings) for vial in candidates(sitting)]
    if not columns:
        return []
    counts = _solved(sittings, columns, stock or {})
    openings = []
    for n, sitting in enumerate(sittings):
        opened = tuple(
            (vial_u, diluent_ml, count)
            for (owner, vial_u, diluent_ml), count in zip(columns, counts, strict=True)
            if owner == n and count
        )
        openings.append(_opening(sitting, opened))
    return openings


def _solved(
    sittings: Sequence[Sitting], columns: list[tuple[int, float, float]], stock: Stock
) -> list[int]:
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp

    vial_u = np.array([column[1] for column in columns])
    owner = np.array([column[0] for column in columns])
    enough = np.where(owner == np.arange(len(sittings))[:, None], vial_u, 0.0)
    needed_u = np.array([sitting.dose_u for sitting in sittings])
    limits = [LinearConstraint(enough, lb=needed_u - 1e-6)]  # pyright: ignore[reportArgumentType]
    product = [sittings[column[0]].plans[0].treatment.product for column in columns]
    limited = {name for name, _ in stock}
    sizes = {(p, u) for p, u in zip(product, vial_u.tolist(), strict=True) if p in limited}
    for name, size_u in sorted(sizes):
        in_stock = np.array([p == name for p in product]) & (vial_u == size_u)
        limits.append(LinearConstraint(in_stock.astype(float), ub=stock.get((name, size_u), 0)))
    solved = milp(
        vial_u + PER_VIAL,
        integrality=np.ones(len(columns)),
        bounds=Bounds(0, np.inf),
        constraints=limits,
        options={"mip_rel_gap": 0.0},
    )
    if not solved.success:
        raise CaseError("the vials in stock do not hold the doses of these plans.")
    return [round(count) for count in solved.x]


def _opening(sitting: Sitting, opened: tuple[tuple[float, float, int], ...]) -> Opening:
    held_u = sum(vial_u * count for vial_u, _, count in opened)
    left_u = max(0.0, held_u - sitting.dose_u)
    sizes = ", ".join(f"{u:g}" for u, _ in sorted(candidates(sitting)))
    if left_u < 1e-6:
        why = f"nothing is left; {sitting.shared}"
    else:
        why = (
            f"vials of {sizes} U at this concentration hold no sum nearer to "
            f"{sitting.dose_u:g} U with this stock; {sitting.shared}"
        )
    product = sitting.plans[0].treatment.product
    return Opening(sitting.names, product, sitting.dose_u, opened, left_u, why)
