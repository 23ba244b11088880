"""Volume per site, the vial and its diluent, the number of vials."""

from collections.abc import Iterator
from math import isclose

from endplate.case import Preparation, Treatment
from endplate.facts.label import coverage
from endplate.facts.preparation import Reconstitution, reconstitutions
from endplate.safety.finding import Finding, from_label, plain, unknown
from endplate.safety.reads import reads
from endplate.safety.view import COSMETIC, REFERENCE_REGION, View

# Labels print volumes to two figures: 0.08 mL for 10 U of 300 U in 2.5 mL is 0.083 mL.
ROUNDING = 1.05
BLADDER = "neurogenic_detrusor_overactivity"


@reads("treatment.vial_u", "treatment.diluent_ml", "treatment.sites")
def site_volume(view: View) -> Iterator[Finding]:
    """Largest volume at one site of each area against the label's."""
    for area in view.areas:
        fact = view.fact("site_volume", area)
        volumes_ml = [shot.volume_ml for shot in view.shots_in(area)]
        if fact is None or fact.value is None or not volumes_ml:
            continue
        if max(volumes_ml) > fact.value * ROUNDING:
            title = f"Volume at one site of {plain(area)} above the label"
            reason = (
                f"{max(volumes_ml):.3g} mL at one site, the label has {fact.value:g} mL; "
                "a larger volume spreads further."
            )
            yield from_label("site_volume", "caution", title, reason, fact, max(volumes_ml))


@reads("treatment.product", "treatment.region", "treatment.vial_u", "treatment.diluent_ml")
def reconstitution(view: View) -> Iterator[Finding]:
    """Vial and diluent against those the label names."""
    treatment = view.plan.treatment
    rows = reconstitutions(treatment.product, treatment.region)
    view.consulted.extend(rows)
    mixed = f"{treatment.vial_u:g} U in {treatment.diluent_ml:g} mL"
    if not rows:
        reason = f"No label table of vials and diluents of {treatment.product} is at hand."
        yield unknown("reconstitution", "Dilution not checked", reason, "reconstitution")
        return
    cosmetic = any(area in COSMETIC for area in view.areas)
    uses = {"any", "cosmetic"} if cosmetic else {"any", "therapeutic"}
    if view.population == "paediatric" and BLADDER in view.areas:
        uses.add("paediatric_bladder")
    same = [row for row in rows if _is_mixed_so(row, treatment)]
    if any(row.use in uses for row in same):
        return
    known = coverage(treatment.product, treatment.region)
    view.consulted.extend(row for row in [known] if row is not None)
    if known is None or not known.dilutions_complete:
        yield _dilution_not_known(view, mixed, uses)
        return
    named = same or [row for row in rows if row.use in uses] or list(rows)
    listed = "; ".join(f"{row.vial_u:g} U in {row.diluent_ml:g} mL" for row in named[:6])
    reason = (
        f"{mixed} is on the label for another use."
        if same
        else f"{mixed} is not on the label, which has {listed}."
    )
    yield Finding(
        "reconstitution",
        "note" if same else "caution",
        "Dilution of another use" if same else "Dilution not on the label",
        reason + " Volume per site, and so spread, differs from the trials.",
        value=round(treatment.diluent_ml, 4),
        limit=named[0].diluent_ml,
        unit="mL",
        source=named[0].source,
        locator="dilution table",
        verified=named[0].verified,
    )


def _dilution_not_known(view: View, mixed: str, uses: set[str]) -> Finding:
    """Finding on a dilution that the rows at hand lack, where the text may name more of them."""
    treatment = view.plan.treatment
    elsewhere = reconstitutions(treatment.product, REFERENCE_REGION)
    named = any(row.use in uses and _is_mixed_so(row, treatment) for row in elsewhere)
    said = "names it" if named else "does not name it either"
    reason = (
        f"{mixed} is not among the {treatment.region} dilutions at hand, which are not all of the "
        f"label's; the {REFERENCE_REGION} label {said}."
    )
    title = f"Dilution not known in {treatment.region}"
    return unknown("reconstitution", title, reason, "reconstitution")


def _is_mixed_so(row: Reconstitution, treatment: Treatment) -> bool:
    return isclose(row.vial_u, treatment.vial_u, rel_tol=0.01) and isclose(
        row.diluent_ml, treatment.diluent_ml, rel_tol=0.01
    )


@reads("treatment.vial_u", "treatment.dose_u", "treatment.sites")
def vials(view: View) -> Iterator[Finding]:
    """Say how many vials the session needs when one is not enough."""
    treatment, dose_u = view.plan.treatment, view.dose_u
    if dose_u is None:
        yield unknown("vials", "Vials not counted", "No dose is known yet.", "treatment.site")
        return
    count = Preparation(treatment.vial_u, treatment.diluent_ml).vials_needed(dose_u)
    if count > 1:
        yield Finding(
            "vials",
            "note",
            f"{count} vials needed",
            f"{dose_u:g} U are more than one vial of {treatment.vial_u:g} U holds.",
            value=round(dose_u, 4),
            limit=treatment.vial_u,
            unit="U",
        )
