"""How a plan is drawn up, in one sentence."""

from endplate.case import Plan
from endplate.case.sheet import preparation_sheet
from endplate.errors import EndplateError
from endplate.views.quantity import number


def drawing_up_sentence(plan: Plan | None) -> str:
    """Vials, strength and the marks of the syringe; empty where the plan cannot be drawn up."""
    if plan is None:
        return ""
    try:
        sheet = preparation_sheet(plan, None)
    except EndplateError:
        return ""
    vials = "vial" if sheet.vials == 1 else "vials"
    draws = {(draw.dose_u, draw.marks) for draw in sheet.draws}
    marks = ", ".join(
        f"{number(dose_u, 3)} U is {count} {'mark' if count == 1 else 'marks'}"
        for dose_u, count in sorted(draws)[:3]
    )
    return (
        f"{sheet.vials} {vials} of {number(sheet.vial_u, 3)} U with "
        f"{number(sheet.diluent_ml, 3)} mL: {number(sheet.dose_per_tenth_ml_u, 3)} U in 0.1 mL. "
        f"On a {number(sheet.syringe.size_ml, 3)} mL syringe {marks}."
    )
