"""Whether the use is on the label: product, region, area, and areas together, whose dose."""

from collections.abc import Iterator

from endplate.case import areas_treated, protocol_basis
from endplate.facts.label import coverage, label_rules
from endplate.facts.vocabulary import find_word, nearest_words
from endplate.safety.finding import Finding, from_label, from_row, plain, unknown
from endplate.safety.reads import reads
from endplate.safety.view import View


@reads("treatment.product", "treatment.region", "treatment.indications")
def labelled(view: View) -> Iterator[Finding]:
    """Areas for which the region's label does not name the product."""
    treatment = view.plan.treatment
    for area in view.areas:
        if view.is_labelled(area):
            continue
        if find_word("indication", area) is None:
            yield _unknown_use(area)
            continue
        elsewhere = sorted(
            {
                row.region
                for row in label_rules(treatment.product, None, area)
                if row.product == treatment.product
                and row.indication == area
                and row.region != "any"
            }
        )
        where = f" It is labelled in {', '.join(elsewhere)}." if elsewhere else ""
        known = coverage(treatment.product, treatment.region)
        view.consulted.extend(row for row in [known] if row is not None)
        if known is None or not known.complete:
            covered = f" Seen so far: {known.note}." if known is not None and known.note else ""
            yield unknown(
                "labelled",
                f"Label status of {plain(area)} in {treatment.region} not known",
                f"Not all {treatment.region} label texts of {treatment.product} are at hand, so "
                f"whether this use is on the label cannot be told.{where}{covered}",
                "label_coverage",
            )
            continue
        yield Finding(
            "labelled",
            "caution",
            f"Off label: {treatment.product} for {plain(area)} in {treatment.region}",
            f"No {treatment.region} label row names this product for this use.{where}",
            value=area,
        )


def _unknown_use(area: str) -> Finding:
    near = nearest_words("indication", area)
    hint = f" If it is a slip of the pen: {', '.join(near)}." if near else ""
    return Finding(
        "labelled",
        "caution",
        f"Use not known here, so off label: {plain(area)[:60]}",
        "No label and no trial at hand names it. The person, the doses and their sums are checked; "
        f"sites, benefit and side effects of this use are not.{hint}",
        value=area,
    )


@reads("treatment.indications", "treatment.sites")
def forehead_with_glabella(view: View) -> Iterator[Finding]:
    """Forehead treated without the muscles that pull the brow down."""
    rows = [row for row in label_rules(None, None, "forehead_lines", "companion") if row.verified]
    view.consulted.extend(rows)
    forehead, glabella = view.dose_in_u("forehead_lines"), view.dose_in_u("glabellar_lines")
    if not rows or not forehead or glabella:
        return
    reason = (
        "The label doses the forehead together with the glabella: the frontalis alone being weak, "
        "the frown muscles pull the brow down."
    )
    title = "Forehead without the glabella"
    yield from_label("forehead_with_glabella", "caution", title, reason, rows[0], 0.0)


@reads("treatment.product", "treatment.region", "treatment.indications", "treatment.protocol")
def trial_dose(view: View) -> Iterator[Finding]:
    """Say so where the protocol takes the dose of a trial, the label giving no single one."""
    treatment = view.plan.treatment
    if treatment.protocol is None or view.unplaced:
        return
    for area in areas_treated(treatment):
        basis = protocol_basis(treatment, area)
        if basis is None or basis.basis != "trial":
            continue
        view.consulted.append(basis)
        note = f" {basis.note[:1].upper()}{basis.note[1:]}." if basis.note else ""
        reason = (
            f"No label gives this use one dose; the sites are those usual in trials, with the "
            f"{basis.dose_u:g} U of one of them.{note} Sites and dose differ from person to person."
        )
        title = f"Dose and sites for {plain(area)} are those of a trial"
        yield from_row("trial_dose", "note", title, reason, basis, view.dose_in_u(area))
