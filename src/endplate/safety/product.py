"""Mix-ups of products: vials that do not exist, doses that belong to another product."""

from collections.abc import Iterator
from math import isclose

from endplate.facts.label import label_rules
from endplate.facts.preparation import Vial, all_vials, vials
from endplate.safety.finding import Finding, from_label, plain, unknown
from endplate.safety.reads import reads
from endplate.safety.view import SAME, View


@reads("treatment.product", "treatment.region", "treatment.vial_u")
def vial_strength(view: View) -> Iterator[Finding]:
    """Content of the vial against the strengths on the market."""
    treatment = view.plan.treatment
    sold = vials(treatment.product, treatment.region)
    view.consulted.extend(vials(treatment.product))
    if not sold:
        reason = f"No list of vials of {treatment.product} in {treatment.region} is at hand."
        yield unknown("vial_strength", "Vial not checked", reason, "treatment.vial_u")
        return
    if any(isclose(vial.vial_u, treatment.vial_u, rel_tol=1e-3) for vial in sold):
        return
    listed = ", ".join(f"{vial_u:g}" for vial_u in sorted({vial.vial_u for vial in sold}))
    others = sorted(
        {v.product for v in all_vials() if isclose(v.vial_u, treatment.vial_u, rel_tol=1e-3)}
        - {treatment.product}
    )
    alike = f" {treatment.vial_u:g} U is a vial of {' and '.join(others)}." if others else ""
    reason = (
        f"{treatment.product} comes in vials of {listed} U in {treatment.region}.{alike} Check "
        "product and vial: units are not interchangeable."
    )
    nearest: Vial = min(sold, key=lambda vial: abs(vial.vial_u - treatment.vial_u))
    yield Finding(
        "vial_strength",
        "caution",
        f"No such vial: {treatment.vial_u:g} U of {treatment.product}",
        reason,
        value=treatment.vial_u,
        limit=nearest.vial_u,
        unit="U",
        source=nearest.source,
        locator="strengths",
        verified=nearest.verified,
    )


@reads("treatment.product", "treatment.dose_u", "treatment.sites")
def look_alike_dose(view: View) -> Iterator[Finding]:
    """Doses above this product's label that are the label dose of another product."""
    treatment = view.plan.treatment
    for area in view.areas:
        label, dose_u = view.fact("session_dose", area), view.dose_in_u(area)
        if label is None or label.value is None or dose_u is None or dose_u <= label.value + SAME:
            continue
        for row in label_rules(None, None, area, "session_dose"):
            if row.product == treatment.product or row.value is None:
                continue
            if isclose(row.value, dose_u, rel_tol=0.01):
                reason = (
                    f"{dose_u:g} U is the label dose of {row.product}, that of "
                    f"{treatment.product} is {label.value:g} U. Units of two products are not the "
                    "same; check which product is in the hand."
                )
                title = f"Dose of another product for {plain(area)}"
                yield from_label("look_alike_dose", "caution", title, reason, row, dose_u)
                break
