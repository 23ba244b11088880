"""Earlier treatments that still act: which of them the run takes in, and how."""

from dataclasses import dataclass, replace

from endplate.case import PlacedSite, Plan, placed_sites
from endplate.case.treatment import PreviousTreatment
from endplate.errors import EndplateError
from endplate.facts.indications import chart_of, is_charted
from endplate.facts.parameters import fit_rows

LOOK_BACK_D = 720  # a label dose is far below one per cent of its effect by then
MOST_TAKEN = 20


@dataclass(frozen=True)
class Earlier:
    """One earlier session: its day (negative), product and sites."""

    day: float
    product: str
    indication: str
    dose_u: float
    sites: tuple[PlacedSite, ...]


def earlier_sessions(
    plan: Plan, areas: tuple[str, ...]
) -> tuple[tuple[Earlier, ...], tuple[str, ...]]:
    """Earlier sessions the run takes in, and sentences on those it leaves out or assumes."""
    taken: list[Earlier] = []
    said: list[str] = []
    for previous in plan.patient.previous or ():
        day = float((previous.date - plan.treatment.date).days)
        name = f"The treatment of {previous.date.isoformat()}"
        if day < -LOOK_BACK_D:
            continue
        found = _taken(plan, previous, areas, day)
        if isinstance(found, str):
            said.append(f"{name} is left out of the forecast: {found}.")
            continue
        if previous.dose_u is None:
            said.append(f"{name} is taken at the label's dose: its dose is not stated.")
        taken.append(found)
    if len(taken) > MOST_TAKEN:
        said.append(f"Only the last {MOST_TAKEN} earlier treatments are taken in.")
        taken = sorted(taken, key=lambda session: session.day)[-MOST_TAKEN:]
    if taken:
        said.append(
            "Earlier treatments are placed at the label's sites and run on their days; what is "
            "left of them acts on top of the planned one."
        )
    return tuple(taken), tuple(said)


def _taken(
    plan: Plan, previous: PreviousTreatment, areas: tuple[str, ...], day: float
) -> Earlier | str:
    """One earlier session as it is run, or why it is not."""
    known = {row.applies_to for row in fit_rows() if row.id.startswith("potency_ratio:")}
    product, use = previous.product, previous.indication
    if use is None or not is_charted(use):
        return "what it was given for has no model here"
    if chart_of(use, areas) not in {chart_of(area, areas) for area in areas}:
        return "it was given elsewhere in the body"
    if product != "onabotulinumtoxinA" and product not in known:
        return f"{product} has no model here"
    try:
        sites = _sites_of(plan, product, use, previous.dose_u)
    except EndplateError:
        return "its dose and sites are not known"
    return Earlier(day, product, use, sum(site.dose_u for site in sites), sites)


def _sites_of(
    plan: Plan, product: str, indication: str, dose_u: float | None
) -> tuple[PlacedSite, ...]:
    session = replace(
        plan.treatment,
        product=product,
        indications=(indication,),
        protocol="label",
        dose_u=dose_u,
        sites=(),
    )
    return placed_sites(replace(plan, treatment=session))


def same_pattern(planned: tuple[PlacedSite, ...], earlier: tuple[Earlier, ...]) -> bool:
    """Whether every earlier session put its dose at the planned sites in like proportions."""
    own = _pattern(planned)
    return all(_pattern(session.sites) == own for session in earlier)


def _pattern(sites: tuple[PlacedSite, ...]) -> tuple[tuple[float, ...], ...]:
    total_u = sum(site.dose_u for site in sites)
    return tuple(
        (s.x_mm, s.y_mm, s.z_mm, round(s.volume_ml, 2), round(s.dose_u / total_u, 4)) for s in sites
    )
