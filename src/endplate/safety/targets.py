"""Sites in muscles that the use does not treat."""

from collections.abc import Iterator

from endplate.case import Injection, area_of, areas_treated
from endplate.facts.indications import is_charted
from endplate.facts.targets import harm_muscles, targets
from endplate.facts.vocabulary import find_word
from endplate.safety.finding import Finding, from_row, plain, unknown
from endplate.safety.muscle_range import is_of_list
from endplate.safety.reads import reads
from endplate.safety.view import View


@reads("treatment.indications", "treatment.sites")
def untargeted_muscle(view: View) -> Iterator[Finding]:
    """Sites in a muscle that the use does not treat: a named harm, no benefit, or not known."""
    stated = areas_treated(view.plan.treatment)
    for area in view.areas:
        for muscle in dict.fromkeys(shot.muscle for shot in view.shots_in(area)):
            shots = [shot for shot in view.shots_in(area) if shot.muscle == muscle]
            if not targets(area) and not is_charted(area):
                yield _unchecked(area, muscle)
            elif not is_of_list(view, muscle, area):
                yield _untargeted(view, area, shots)
            elif area not in stated and _is_inferred(view, area, muscle):
                yield _unstated(view, area, shots)


def _untargeted(view: View, area: str, shots: list[Injection]) -> Finding:
    muscle, dose_u = shots[0].muscle, view.total_u(shots)
    sides = " and ".join(dict.fromkeys(shot.side for shot in shots))
    title = f"{plain(muscle).capitalize()} is not treated for {plain(area)}"
    where = f"{dose_u:g} U planned in the {sides} {plain(muscle)}"
    harm = harm_muscles().get(muscle)
    if harm is not None:
        view.consulted.append(harm)
        reason = f"{where}, which {harm.harm}: a harm that labels warn of, and no part of this use."
        return from_row("untargeted_muscle", "stop", title, reason, harm, muscle)
    known = ", ".join(plain(name) for name in sorted(targets(area)))
    reason = f"{where}; labels, trials and practice treat {known}. It weakens without a benefit."
    return Finding("untargeted_muscle", "caution", title, reason, value=muscle)


def _is_inferred(view: View, area: str, muscle: str) -> bool:
    """Whether a use follows from the muscle of a site alone, not from what a site or plan says."""
    said = {site.indication for site in view.plan.treatment.sites or ()}
    return area not in said and area_of(muscle, view.plan.treatment) == area


def _unstated(view: View, area: str, shots: list[Injection]) -> Finding:
    muscle = shots[0].muscle
    uses = " and ".join(plain(name) for name in view.plan.treatment.indications)
    return Finding(
        "untargeted_muscle",
        "caution",
        f"{plain(muscle).capitalize()} is not treated for {uses}",
        f"{view.total_u(shots):g} U planned there count as {plain(area)}, which the plan does not "
        "name. If they are meant, name that use under treatment.indication as well.",
        value=muscle,
    )


def _unchecked(area: str, muscle: str) -> Finding:
    name = plain(muscle)[:60]
    known = "" if find_word("muscle", muscle) else " The muscle is not a known one."
    return unknown(
        "untargeted_muscle",
        f"Site in {name} not checked",
        f"Which muscles {plain(area)[:60]} treats is not at hand; the dose counts in the sums."
        f"{known}",
        "treatment.site.muscle",
    )
