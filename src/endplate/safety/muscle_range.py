"""Dose of each muscle on each side against the range that the label gives for it."""

from collections import defaultdict
from collections.abc import Iterator

from endplate.case import Injection, PatternSite
from endplate.facts.targets import harm_muscles, is_target
from endplate.safety.finding import Finding, from_row, plain, unknown
from endplate.safety.reads import reads
from endplate.safety.view import SAME, View


def _named(site: PatternSite, shot: Injection) -> bool:
    """Whether a shot is in the muscle of a label row, its heads included."""
    return site.side == shot.side and (
        shot.muscle == site.muscle or shot.muscle.startswith(f"{site.muscle}_")
    )


def _by_muscle(view: View, area: str) -> dict[PatternSite, list[Injection]]:
    by_site: dict[PatternSite, list[Injection]] = defaultdict(list)
    for site in view.pattern(area):
        for shot in view.shots_in(area):
            if _named(site, shot):
                by_site[site].append(shot)
    return by_site


@reads("patient.age_y", "patient.weight_kg", "treatment.sites")
def dose_muscle(view: View) -> Iterator[Finding]:
    """Sum in each muscle on each side against the label's range."""
    for area in view.areas:
        for site, shots in _by_muscle(view, area).items():
            yield from _against_range(site, view.total_u(shots))


def _against_range(site: PatternSite, dose_u: float) -> Iterator[Finding]:
    where = f"the {site.side} {plain(site.muscle)}"
    if site.low_u is None or site.high_u is None:
        reason = (
            f"The label gives {site.fact.low:g} to {site.fact.high:g} {site.fact.unit} for "
            f"{where}; without the weight it cannot be checked."
        )
        yield unknown("dose_muscle", f"Dose in {where} not checked", reason, "patient.weight_kg")
        return
    fixed = site.low_u == site.high_u
    dose = f"{site.high_u:g} U" if fixed else f"{site.low_u:g} to {site.high_u:g} U"
    note = f" Label: {site.fact.note}." if site.fact.note else ""
    reason = f"{dose_u:g} U planned, the label gives {dose} on one side.{note}"
    if dose_u > site.high_u + SAME:
        title = f"Dose in {where} above the label"
        yield from_row("dose_muscle", "caution", title, reason, site.fact, dose_u, site.high_u, "U")
    elif dose_u < site.low_u - SAME:
        title = f"Dose in {where} below the label"
        yield from_row("dose_muscle", "note", title, reason, site.fact, dose_u, site.low_u, "U")


@reads("treatment.sites")
def muscle_sites(view: View) -> Iterator[Finding]:
    """Number of sites in each muscle on each side against the label's."""
    for area in view.areas:
        for site, shots in _by_muscle(view, area).items():
            low, high = site.sites_low, site.sites_high
            below = low is not None and len(shots) < low
            above = high is not None and len(shots) > high
            if not below and not above:
                continue
            where = f"the {site.side} {plain(site.muscle)}"
            count = " to ".join(f"{n}" for n in dict.fromkeys((low, high)) if n is not None)
            yield from_row(
                "muscle_sites",
                "note",
                f"{'More' if above else 'Fewer'} sites in {where} than the label",
                f"{len(shots)} sites planned, the label has {count} on one side.",
                site.fact,
                len(shots),
                high if above else low,
                "sites",
            )


def is_of_list(view: View, muscle: str, area: str) -> bool:
    """Whether the label's list decides on a muscle, not the rule on untargeted muscles.

    A list that is not whole says nothing of a muscle that the use never treats, and none lessens a
    named harm.
    """
    if is_target(muscle, area):
        return True
    pattern = view.pattern(area)
    return bool(pattern) and pattern[0].fact.complete and muscle not in harm_muscles()


@reads("treatment.sites")
def muscle_named(view: View) -> Iterator[Finding]:
    """Muscles that the label's list for the use does not hold."""
    for area in view.areas:
        pattern = view.pattern(area)
        if not pattern:
            continue
        fact = pattern[0].fact
        known = {site.muscle for site in pattern}
        others = {
            shot.muscle
            for shot in view.shots_in(area)
            if is_of_list(view, shot.muscle, area)
            and not any(shot.muscle.startswith(muscle) for muscle in known)
        }
        for muscle in sorted(others):
            whole = "" if fact.complete else " The list is of usual muscles and not complete."
            yield from_row(
                "muscle_named",
                "caution" if fact.complete else "note",
                f"{plain(muscle).capitalize()} is not in the label's list for {plain(area)}",
                f"The label names {', '.join(plain(name) for name in sorted(known))}.{whole}",
                fact,
                muscle,
            )
