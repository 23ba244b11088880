"""Limits that labels set on dose: per session, side, muscle and site, by weight where stated."""

from collections import defaultdict
from collections.abc import Iterator

from endplate.case import Injection
from endplate.facts.label import DoseCap, dose_caps
from endplate.safety.finding import Finding, from_row, plain, unknown
from endplate.safety.reads import reads
from endplate.safety.view import SAME, View

PAIRED = ("left", "right")


def caps_for(view: View, per: str) -> list[DoseCap]:
    """Limits of one span that bear on the areas of a plan."""
    treatment = view.plan.treatment
    caps = [
        cap
        for cap in dose_caps(treatment.product, treatment.region, view.population)
        if cap.per == per and any(cap.covers(area) for area in view.areas)
    ]
    view.consulted.extend(caps)
    return caps


def over_limit(
    view: View, cap: DoseCap, rule: str, amount_u: float | None, what: str
) -> Iterator[Finding]:
    """Finding when an amount is above a limit, or when the weight is missing to tell."""
    weight_kg = view.plan.patient.weight_kg
    limit_u = cap.limit_u(weight_kg)
    if amount_u is not None and limit_u is not None and amount_u > limit_u + SAME:
        per_kg = f" ({cap.max_u_per_kg:g} U/kg)" if _by_weight(cap, limit_u) else ""
        note = f" Label: {cap.note}." if cap.note else ""
        reason = f"{amount_u:g} U planned, the label allows {limit_u:g} U{per_kg}.{note}"
        title = f"Dose {what} above the label's limit"
        yield from_row(rule, cap.level, title, reason, cap, amount_u, limit_u, "U")
    if cap.max_u_per_kg is not None and weight_kg is None and amount_u:
        reason = (
            f"The label's limit {what} is {cap.max_u_per_kg:g} U/kg; without the weight it cannot "
            "be checked."
        )
        yield unknown(rule, f"Limit {what} not checked", reason, "patient.weight_kg")


def _by_weight(cap: DoseCap, limit_u: float) -> bool:
    return cap.max_u_per_kg is not None and limit_u != cap.max_u


def _scope_words(cap: DoseCap) -> str:
    muscle = "" if cap.muscle == "any" else f" in {plain(cap.muscle)}"
    return f"{muscle} for {', '.join(plain(area) for area in cap.scope) or 'all uses'}"


def _shots(view: View, cap: DoseCap) -> list[Injection]:
    return [
        shot
        for shot in view.shots
        if cap.covers(shot.indication) and cap.muscle in ("any", shot.muscle)
    ]


@reads("patient.age_y", "patient.weight_kg", "treatment.dose_u", "treatment.sites")
def session_cap(view: View) -> Iterator[Finding]:
    """Sum of the session over the uses that one limit covers."""
    for cap in caps_for(view, "session"):
        amount_u: float | None = view.total_u(_shots(view, cap))
        if cap.muscle == "any" and all(map(cap.covers, view.areas)):
            amount_u = view.dose_u
        yield from over_limit(
            view, cap, "session_cap", amount_u, f"of the session{_scope_words(cap)}"
        )


@reads("patient.age_y", "patient.weight_kg", "treatment.sites")
def side_cap(view: View) -> Iterator[Finding]:
    """Sum on one side; a midline site counts for both."""
    for cap in caps_for(view, "side"):
        sums_u = {
            side: view.total_u(s for s in _shots(view, cap) if s.side in (side, "midline"))
            for side in PAIRED
        }
        side = max(sums_u, key=lambda name: sums_u[name])
        what = f"on the {side}{_scope_words(cap)}"
        yield from over_limit(view, cap, "side_cap", sums_u[side] or None, what)


@reads("patient.age_y", "treatment.sites")
def muscle_cap(view: View) -> Iterator[Finding]:
    """Sum in any one muscle."""
    for cap in caps_for(view, "muscle"):
        shots: dict[tuple[str, str], list[Injection]] = defaultdict(list)
        for shot in _shots(view, cap):
            shots[shot.muscle, shot.side].append(shot)
        for (muscle, side), injections in shots.items():
            what = f"in the {side} {plain(muscle)}"
            yield from over_limit(view, cap, "muscle_cap", view.total_u(injections), what)


@reads("patient.age_y", "treatment.sites")
def site_cap(view: View) -> Iterator[Finding]:
    """Largest single injection."""
    for cap in caps_for(view, "site"):
        most_u = max((shot.dose_u for shot in _shots(view, cap)), default=None)
        what = f"at one site{_scope_words(cap)}"
        yield from over_limit(view, cap, "site_cap", most_u, what)
