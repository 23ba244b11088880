"""Side effects: those the body model forecasts, and those that labels and trials counted."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from math import exp, hypot, log, log2

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, expit, logit

from endplate.case import PlacedSite
from endplate.facts.harms import (
    AdverseReaction,
    HarmEstimate,
    HarmScatter,
    NamedReaction,
    Neighbour,
    adverse_reactions,
    canonical_term,
    harm_fit,
    named_reactions,
    neighbours,
    warning_of,
)
from endplate.facts.indications import indication
from endplate.facts.parameters import parameter, value
from endplate.facts.protocols import protocol_sites
from endplate.facts.table import text_rows
from endplate.observe.harms import Weakness, per_session
from endplate.results.result import Harm

UNSTATED_N = 60  # people in a group whose size is not stated: near the median of the trials
# Spread of a dose that is not stated, in doublings: half or twice the usual one is rare.
_UNSTATED_DOUBLINGS = 0.5
_Z90 = 1.6448536269514722
_WEEKS_12_D = 84.0
_FACE = "upper_face"
_NEEDLE = "needle"
_KINDS = {
    "needle": "needle",
    "local": "needle",
    "systemic": "systemic",
    "neighbour": "neighbour",
}
_DRAWS = 2000
_SEED = 20261122
_FROM_OTHERS = "Not counted with this product in this use: from counts with other products."
_FROM_ALL = "From all counts with this product in this use together; none of them is verified."
_FROM_ADULTS = "Counted in adults."
_SET_TO_ADULTS = "Set to counts in adults."
Numbers = NDArray[np.float64]
Sites = tuple[PlacedSite, ...]


def modelled(
    product: str,
    areas: tuple[str, ...],
    weakness: Iterable[tuple[Neighbour, Weakness]],
    population: str,
) -> tuple[Harm, ...]:
    """Weakness of neighbours from the simulated gates of one chart.

    Parameters
    ----------
    product : str
        Product.
    areas : tuple of str
        Areas of the chart.
    weakness : iterable of (Neighbour, Weakness)
        What was simulated at each gate.
    population : str
        `adult` or `paediatric`, as in `counted`.
    """
    told = tuple(
        _weak_neighbour(neighbour, weak, _background(product, areas, neighbour, population))
        for neighbour, weak in weakness
    )
    if population == "adult":
        return told
    return tuple(replace(harm, note=_noted(harm.note, _SET_TO_ADULTS)) for harm in told)


def _background(
    product: str, areas: tuple[str, ...], neighbour: Neighbour, population: str
) -> float:
    """Percent under placebo: of the count the gate was set to, or listed by trials; else 0."""
    if neighbour.background_percent:
        return neighbour.background_percent
    for area in tables_of(areas):
        for row in adverse_reactions(product, area, neighbour.term):
            if row.placebo_percent is not None and row.population in ("any", population):
                return row.placebo_percent
    return 0.0


def _weak_neighbour(neighbour: Neighbour, weakness: Weakness, background_percent: float) -> Harm:
    low, high = _calibration_band(neighbour, weakness.share)
    others = neighbour.background_percent / 100  # who would have it anyway, as under placebo

    def of_all(share: float) -> float:
        return 100 * (1.0 - (1.0 - share) * (1.0 - others))

    return Harm(
        term=neighbour.term,
        percent=of_all(weakness.share),
        low=of_all(low),
        high=of_all(high),
        background_percent=background_percent,
        start_d=weakness.start_d,
        length_d=weakness.length_d,
        length_low_d=weakness.length_low_d,
        length_high_d=weakness.length_high_d,
        warning=warning_of(neighbour.term),
        kind="neighbour",
        origin="model",
        verified=neighbour.verified,
        source=neighbour.source,
        note=neighbour.note,
    )


def _calibration_band(neighbour: Neighbour, share: float) -> tuple[float, float]:
    """90 % band: as uncertain on the log scale as the count the reach was calibrated on."""
    events, n = neighbour.observed_events, neighbour.observed_n
    centre = (events + 0.5) / (n + 1)
    bounds = share_band(events, n)
    least = 3.0 / n  # a forecast of none still allows what that many people could have hidden
    return float(share * bounds[0] / centre), float(
        min(1.0, max(share * bounds[1] / centre, least if share < 1 / n else 0.0))
    )


def infections(area: str, residual_ml: Numbers, untreated_ml: Numbers, time_d: Numbers) -> Harm:
    """Urinary infection from the urine that stays behind.

    Parameters
    ----------
    area : str
        Use on the bladder.
    residual_ml, untreated_ml : [mL]
        Mean rise of the residual with the drug and under placebo, shape (times,).
    time_d : [d]
        Times from day 0 on; the first twelve weeks count, as trials count them.
    """
    counted_d = time_d <= _WEEKS_12_D
    more_ml = np.maximum(residual_ml - untreated_ml, 0.0)[counted_d]
    without = value("infection_hazard_per_d") * _WEEKS_12_D
    added_ml_d = float(np.trapezoid(more_ml, time_d[counted_d]))
    row = parameter("infection_hazard_per_ml_d")
    per_ml = [row.value if bound is None else bound for bound in (row.value, row.low, row.high)]
    percent, low, high = (100 * (1 - exp(-without - added_ml_d * rate)) for rate in per_ml)
    start_d, length_d = times("urinary_tract_infection")
    return Harm(
        term="urinary_tract_infection",
        percent=percent,
        low=low,
        high=high,
        background_percent=100 * (1 - exp(-without)),
        start_d=start_d,
        length_d=length_d,
        kind="systemic",
        origin="model",
        verified=row.verified,
        source=row.source,
        note=f"Within twelve weeks of {area.replace('_', ' ')}; rises with the residual urine.",
    )


def antibodies(product: str, areas: tuple[str, ...], population: str) -> tuple[Harm, ...]:
    """Neutralising antibodies in trials of the product, for the first area that has a count.

    They were counted in adults; nothing is told beside what was counted in children.
    """
    if counted_people(product, areas, population) == "paediatric":
        return ()
    for area in areas:
        for row in text_rows("antibodies"):
            if row["product"] == product and row["indication"] == area:
                events, n = int(row["positive"]), int(row["n"])
                low, high = sampling_band(events, n)
                return (
                    Harm(
                        term="neutralising_antibodies",
                        percent=100 * events / n,
                        low=100 * float(low) if events else 0.0,
                        high=100 * float(high),
                        kind="antibody",
                        origin="trial",
                        verified=row["verified"] == "yes",
                        source=row["source"],
                        note=_noted(row["note"], _FROM_ADULTS if population != "adult" else ""),
                    ),
                )
    return ()


def counted(
    product: str,
    areas: tuple[str, ...],
    sites: Sites,
    population: str,
    with_weakness: bool = False,
) -> tuple[Harm, ...]:
    """Harms of needle and drug: the best table row of each, else the fit; weakness is modelled.

    Parameters
    ----------
    product : str
        Product.
    areas : tuple of str
        Areas treated.
    sites : tuple of PlacedSite
        Planned sites.
    population : str
        `adult` or `paediatric`. What was counted in children and in adults never stands side by
        side: `counted_people` says whose counts are told.
    with_weakness : bool
        Whether counts of what the body model forecasts are told as well.
    """
    rows: dict[str, AdverseReaction] = {}
    people = counted_people(product, areas, population)
    terms = _followed() - (set() if with_weakness else _modelled(areas))
    for area in tables_of(areas):
        dose_u = _dose_u(sites, area)
        known = [r for r in adverse_reactions(product, area) if r.population in ("any", people)]
        known.sort(key=lambda row: _distance(row, dose_u))
        for row in known:
            if row.term in terms and not (people == "adult" and _is_outweighed(row, known)):
                rows.setdefault(row.term, row)
    terms -= {name for term in rows for name in (term, canonical_term(term))}
    estimates: dict[str, tuple[str, HarmEstimate]] = {}
    for area in areas if people == "adult" else ():  # the fit is to counts in adults
        own = tuple(r.term for r in adverse_reactions(product, area))
        for term in (*harm_fit().shared_in(area), *own):
            estimate = harm_fit().estimate(term, area, product)
            if estimate is not None and term in terms:
                estimates.setdefault(term, (area, estimate))
    terms -= {name for term in estimates for name in (term, canonical_term(term))}
    named: dict[str, NamedReaction] = {}
    for area in areas:
        for reaction in named_reactions(product, area, people):
            if reaction.term in terms and reaction.low_percent and reaction.high_percent:
                named.setdefault(reaction.term, reaction)
    return (
        *(_counted(row, areas, sites, population) for row in rows.values()),
        *(_named(reaction) for reaction in named.values()),
        *(
            _fitted(product, area, estimate, sites, population)
            for area, estimate in estimates.values()
        ),
    )


def _is_outweighed(row: AdverseReaction, known: Sequence[AdverseReaction]) -> bool:
    """Whether an unverified count of one trial stands beside another, so that all tell together."""
    alone = (row.term, row.indication, row.product) not in harm_fit().estimates
    others = [other for other in known if other.term == row.term and other is not row]
    return row.kind != "label" and not row.verified and bool(others) and not alone


def _named(reaction: NamedReaction) -> Harm:
    """A reaction for which the label gives a range and no figure."""
    low, high = reaction.low_percent or 0.0, reaction.high_percent or 100.0
    start_d, length_d = times(reaction.term)
    return Harm(
        term=reaction.term,
        percent=float(np.sqrt(low * high)),
        low=low,
        high=high,
        start_d=start_d,
        length_d=length_d,
        kind=_KINDS[reaction.group],
        origin="label",
        verified=reaction.verified,
        source=reaction.source,
        warning=warning_of(reaction.term),
        note=_noted(
            f"The label says {low:g} to {high:g} of 100; its middle is told.", reaction.note
        ),
    )


def counted_people(product: str, areas: tuple[str, ...], population: str) -> str:
    """Whose counts are told: those of the population, of adults where children have none."""
    known = (row for area in tables_of(areas) for row in adverse_reactions(product, area))
    return population if any(row.population == population for row in known) else "adult"


def _is_of_adults(row: AdverseReaction, population: str) -> bool:
    """Whether a count in adults stands in for one in children."""
    return population == "paediatric" and row.population == "adult"


def _noted(*notes: str) -> str:
    return ". ".join(note for note in notes if note)


def tables_of(areas: tuple[str, ...]) -> tuple[str, ...]:
    """Tables of counted effects that cover these areas, the most exact first."""
    face = any(indication(area).chart == _FACE for area in areas)
    return ("+".join(sorted(areas)), *areas, *((_FACE,) if face else ()))


def times(term: str) -> tuple[float | None, float | None]:
    """Day an effect starts and days it lasts; None where that is not known."""
    for row in text_rows("harm_courses"):
        if row["term"] == term:
            return float(row["start_d"]), float(row["length_d"])
    return None, None


def _modelled(areas: tuple[str, ...]) -> set[str]:
    """Terms that the body model forecasts for these areas."""
    terms = {n.term for n in neighbours() if n.calibrated_on in areas}
    if any(indication(area).chart == _FACE for area in areas):
        terms |= {n.term for n in neighbours() if n.chart == _FACE}
    return terms


def _followed() -> set[str]:
    """Terms that a forecast reports; colds and the like, as common under placebo, are left out."""
    return {row["term"] for row in text_rows("harm_courses")}


def _dose_u(sites: Sites, area: str) -> float:
    return sum(site.dose_u for site in sites if site.indication == area)


def _distance(row: AdverseReaction, dose_u: float) -> float:
    """Doublings between the dose of a count and a plan's; the needle's harms know no dose."""
    if row.group == _NEEDLE or not row.dose_u or not dose_u:
        return 0.0
    return abs(log2(dose_u / row.dose_u))


def _counted(row: AdverseReaction, areas: tuple[str, ...], sites: Sites, population: str) -> Harm:
    """One row of the tables, moved to the plan, with how groups differ in its interval."""
    scale, slope_sd = _scaling(row, areas, sites)
    percent, people = 100 * scale(row.drug_percent / 100), row.drug_n or UNSTATED_N
    events = row.drug_percent / 100 * people
    low, high = (100 * scale(bound) for bound in share_band(events, people, slope_sd))
    start_d, length_d = times(row.term)
    return Harm(
        term=row.term,
        percent=percent,
        low=min(low, percent),
        high=max(high, percent),
        background_percent=row.placebo_percent,
        start_d=start_d,
        length_d=length_d,
        kind=_KINDS[row.group],
        origin="label" if row.kind == "label" else "trial",
        verified=row.verified,
        source=row.source,
        warning=warning_of(row.term),
        note=_noted(row.note, _FROM_ADULTS if _is_of_adults(row, population) else ""),
    )


def _scaling(
    row: AdverseReaction, areas: tuple[str, ...], sites: Sites
) -> tuple[Callable[[float], float], float]:
    """How a counted share moves to this plan (with the sites, the dose, or not), and how surely."""
    if row.group == _NEEDLE:
        counted_sites = _label_sites(areas) or len(sites)
        return lambda share: per_session(share, counted_sites, len(sites)), 0.0
    estimate = harm_fit().estimate(row.term, row.indication, row.product)
    dose_u = _dose_u(sites, row.indication)
    if estimate is None or not row.dose_u or not dose_u:
        return lambda share: share, 0.0
    placebo, doublings = (row.placebo_percent or 0.0) / 100, log2(dose_u / row.dose_u)
    slope_sd = estimate.slope * estimate.slope_log_sd * abs(doublings)
    return lambda share: share_at(share, placebo, estimate.slope * doublings), slope_sd


def _fitted(product: str, area: str, estimate: HarmEstimate, sites: Sites, population: str) -> Harm:
    """An effect counted in this use with other products only, or by unverified counts together."""
    fit, rng = harm_fit(), np.random.default_rng(_SEED)
    needle, from_counts = estimate.group == _NEEDLE, _FROM_ALL if estimate.product else _FROM_OTHERS
    doublings = 0.0 if needle else fit.doublings(area, product, _dose_u(sites, area))
    shares = drawn_shares(estimate, fit.scatter, True, doublings, rng, _DRAWS)
    untreated = drawn_shares(estimate, fit.scatter, False, None, rng, _DRAWS)
    mean, low, high = (float(x) for x in (np.mean(shares), *np.percentile(shares, [5, 95])))
    if needle:
        planned = sum(site.indication == area for site in sites)
        usual = _label_sites((area,)) or max(planned, 1)
        mean, low, high = (per_session(share, usual, planned) for share in (mean, low, high))
    percent, start_d, length_d = 100 * mean, *times(estimate.term)
    return Harm(
        term=estimate.term,
        percent=percent,
        low=min(100 * low, percent),
        high=max(100 * high, percent),
        background_percent=float(100 * np.mean(untreated)),
        start_d=start_d,
        length_d=length_d,
        kind=_KINDS[estimate.group],
        origin="model",
        verified=estimate.verified,
        source="endplate_model",
        warning=warning_of(estimate.term),
        note=f"{from_counts} {_FROM_ADULTS if population != 'adult' else ''}".strip(),
    )


def _label_sites(areas: tuple[str, ...]) -> int:
    return sum(len(protocol_sites(area)) for area in areas)


def drawn_shares(
    estimate: HarmEstimate,
    scatter: HarmScatter,
    drug: bool,
    doublings: float | None,
    rng: np.random.Generator,
    count: int,
    shift: float = 0.0,
) -> Numbers:
    """Shares in groups of people to come [1]: what the fit leaves open, and how groups differ.

    Parameters
    ----------
    estimate, scatter : HarmEstimate, HarmScatter
        Row and scatter of the fit.
    drug : bool
        Treated, else placebo.
    doublings : [1] or None
        Doublings from the usual dose; None where the dose is not known.
    rng : numpy.random.Generator
        Source of the draws.
    count : int
        Number of draws.
    shift : [1]
        Shift on the log odds, of counts defined more narrowly.
    """
    normals = rng.standard_normal((5, count))
    hazard = np.logaddexp(0.0, estimate.background_logit + estimate.background_sd * normals[0])
    if drug:
        stated = doublings is not None
        steps = doublings if stated else _UNSTATED_DOUBLINGS * normals[4]
        slope = np.exp(log(estimate.slope) + estimate.slope_log_sd * normals[1])
        correlation = estimate.correlation
        excess = correlation * normals[0] + np.sqrt(1.0 - correlation**2) * normals[2]
        excess = estimate.excess_logit + estimate.excess_sd * excess
        hazard = hazard + np.logaddexp(0.0, excess + slope * steps)
    log_odds = hazard + np.log(-np.expm1(-hazard)) + shift + scatter.between_sd * normals[3]
    return expit(log_odds)


def sampling_band(events: float, n: int) -> tuple[float, float]:
    """90 % interval of a share counted as `events` of `n` (Jeffreys): the sampling of n alone."""
    low, high = betaincinv(events + 0.5, n - events + 0.5, np.array([0.05, 0.95]))
    return float(low), float(high)


def share_band(events: float, n: int, other_sd: float = 0.0) -> tuple[float, float]:
    """90 % interval of the share in another group of people.

    Parameters
    ----------
    events, n : [1]
        What was counted.
    other_sd : [1]
        Further standard deviation of the log odds, as of the slope a count was moved by.

    Returns
    -------
    tuple of [1]
        The sampling of n people, how far groups differ that are alike in all the model knows, and
        the further spread, added up as squares on the log odds.
    """
    centre = logit((events + 0.5) / (n + 1.0))
    spread = _Z90 * hypot(harm_fit().scatter.between_sd, other_sd)
    below, above = (logit(bound) - centre for bound in sampling_band(events, n))
    return float(expit(centre - hypot(below, spread))), float(expit(centre + hypot(above, spread)))


def share_at(share: float, placebo_share: float, log_odds: float) -> float:
    """Share of people with an effect at another dose.

    Parameters
    ----------
    share : [1]
        Share at the counted dose.
    placebo_share : [1]
        Share under placebo, which no dose moves.
    log_odds : [1]
        Rise of the log odds of what the drug adds: slope per doubling times doublings.

    Returns
    -------
    [1], in [0, 1]
        Unchanged where no more was counted than under placebo.

    Examples
    --------
    >>> round(share_at(0.15, 0.0, 0.68), 3)
    0.258
    """
    if not placebo_share < share < 1.0:
        return share
    beyond = (share - placebo_share) / (1.0 - placebo_share)
    odds = beyond / (1.0 - beyond) * exp(log_odds)
    return placebo_share + (1.0 - placebo_share) * odds / (1.0 + odds)
