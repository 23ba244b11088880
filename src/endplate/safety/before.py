"""What a label asks for before the needle: confirmed steps, residual volume, headache days."""

from collections.abc import Iterator

from endplate.facts import precautions
from endplate.facts.vocabulary import find_word, nearest_words
from endplate.safety.finding import Finding, from_label, from_row, plain, unknown
from endplate.safety.reads import reads
from endplate.safety.view import View

BY_CATHETER = "intermittent_catheterisation"


@reads("treatment.confirmed", "treatment.not_met", "patient.conditions", "patient.age_y")
def requirements(view: View) -> Iterator[Finding]:
    """Steps that the label asks for: met, not met, or not stated."""
    treatment = view.plan.treatment
    conditions = view.plan.patient.conditions or ()
    met = {*treatment.confirmed, *conditions}
    # Told once: what a condition already says is left to the rule on conditions, and a step that
    # two areas ask for is one step.
    told = {row.requirement for row in precautions.opposites() if row.condition in conditions}
    for area in view.areas:
        rows = precautions.requirements(treatment.product, treatment.region, area, view.population)
        view.consulted.extend(rows)
        for row in rows:
            if row.requirement in told:
                continue
            told.add(row.requirement)
            if row.requirement in treatment.not_met:
                title = f"Not met: {row.title[0].lower()}{row.title[1:]}"
                yield from_row("requirements", row.level, title, row.reason, row, row.requirement)
            elif row.requirement not in met and row.level == "note":
                title = f"Not stated: {row.title[0].lower()}{row.title[1:]}"
                yield from_row("requirements", "note", title, row.reason, row, row.requirement)
            elif row.requirement not in met:
                yield _not_stated(row)


def _not_stated(row: precautions.Requirement) -> Finding:
    reason = f'{row.reason} Write "{row.requirement}" under confirmed or not_met.'
    return Finding(
        "requirements",
        "unknown",
        f"Not stated: {row.title[0].lower()}{row.title[1:]}",
        reason,
        value=row.requirement,
        source=row.source,
        locator=row.locator,
        verified=row.verified,
        missing="treatment.confirmed",
    )


@reads("treatment.confirmed", "treatment.not_met")
def requirement_words(view: View) -> Iterator[Finding]:
    """Steps that were written down and are not known."""
    treatment = view.plan.treatment
    for word in (*treatment.confirmed, *treatment.not_met):
        if find_word("requirement", word) is None:
            near = nearest_words("requirement", word)
            hint = f"the nearest known are {', '.join(near)}" if near else "none is spelled so"
            yield unknown(
                "requirement_words",
                f"Unknown step: {word[:60]}",
                f"It cannot be checked; {hint}.",
                "treatment.confirmed",
            )
    for word in sorted(set(treatment.confirmed) & set(treatment.not_met)):
        reason = "It is listed as confirmed and as not met; it counts as not met."
        title = f"Stated both ways: {plain(word)}"
        yield unknown("requirement_words", title, reason, "treatment.confirmed")


@reads("treatment.confirmed", "patient.conditions")
def contradictions(view: View) -> Iterator[Finding]:
    """Steps confirmed beside a condition that says the opposite."""
    conditions = view.plan.patient.conditions or ()
    for row in precautions.opposites():
        view.consulted.append(row)
        if row.requirement in view.plan.treatment.confirmed and row.condition in conditions:
            yield from_row(
                "contradictions",
                "caution",
                f"Two statements that exclude each other: {plain(row.condition)}",
                f'"{row.requirement}" is confirmed and "{row.condition}" is among the conditions. '
                "The condition counts until one of them is taken out.",
                row,
                row.requirement,
            )


@reads("patient.baseline", "patient.conditions")
def residual_volume(view: View) -> Iterator[Finding]:
    """Residual urine before a bladder injection, in people who do not catheterise."""
    for area in view.areas:
        fact = view.fact("residual_volume_max", area)
        if fact is None or fact.value is None:
            continue
        if BY_CATHETER in (view.plan.patient.conditions or ()):
            continue
        left_ml = view.plan.patient.baseline.get("pvr_ml")
        if left_ml is None:
            reason = (
                "The residual volume after voiding decides whether a bladder injection may be "
                "given to someone who does not catheterise."
            )
            title = "Residual urine not stated"
            yield unknown("residual_volume", title, reason, "patient.baseline.pvr_ml")
        elif left_ml > fact.value:
            reason = (
                f"{left_ml:g} mL is left after voiding; above {fact.value:g} mL the label rules "
                "bladder injection out unless the person catheterises routinely."
            )
            title = "Residual urine above the label's limit"
            yield from_label("residual_volume", "stop", title, reason, fact, left_ml)


@reads("patient.baseline")
def headache_days(view: View) -> Iterator[Finding]:
    """Headache days against the least that makes migraine chronic in the label."""
    for area in view.areas:
        fact = view.fact("headache_days_min", area)
        if fact is None or fact.value is None:
            continue
        days = view.plan.patient.baseline.get("headache_days_28d")
        if days is None:
            reason = f"The label is for {fact.value:g} or more headache days in 28 days."
            title = "Headache days not stated"
            missing = "patient.baseline.headache_days_28d"
            yield unknown("headache_days", title, reason, missing)
        elif days < fact.value:
            reason = (
                f"{days:g} headache days in 28 days; the label is for {fact.value:g} or more, and "
                "trials in rarer migraine showed no benefit."
            )
            title = "Fewer headache days than the label asks for"
            yield from_label("headache_days", "caution", title, reason, fact, days)
