"""The middle person's treatment followed at one place, from the needle to what the tissue does.

The place is the muscle, gland field, wall or field of pain fibres that gets the largest dose of
the first area named. What a page draws of it are these numbers and no others.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from endplate.case import PlacedSite, Plan, placed_sites
from endplate.engine.scenario import planned_charts
from endplate.facts.atlas import MuscleBlock, chart_blocks
from endplate.facts.indications import indication
from endplate.forecast.individual import Individual, TreatedTissue, individual
from endplate.model import Kinetics, Model
from endplate.model.spread import Sheet, Wheal
from endplate.model.uptake import Clearing
from endplate.results.course import spread_of
from endplate.results.limits import covered_areas

Numbers = NDArray[np.float64]
HOURS = np.linspace(0.0, 72.0, 73)  # after the shot: the toxin is inside or gone by then
PUSHES = np.linspace(0.0, 1.0, 11)  # how far the plunger is down
_HOURS_PER_DAY = 24.0


@dataclass(frozen=True)
class Shot:
    """One injection of the place: its pool of fluid while the plunger goes down, and the cloud.

    `pool_mm` (pushes, 3) is length along the fibres, thickness and width at each of `PUSHES`;
    the cloud at rest is Gaussian with these standard deviations.
    """

    dose_u: float
    volume_ml: float
    depth_mm: float
    off_zone_mm: float
    pool_mm: Numbers
    sd_along_mm: float
    sd_across_mm: float


class Course(NamedTuple):
    """What happens in the endings of the place, arrays over `Journey.day` [d].

    `light_chain` [1] over its largest, `intact` the share of SNAP-25 that is whole, `release` what
    the endings still release of a full one, `working` the share of endings that do their work,
    `lost` the share of a muscle's cross-section lost, `force` what it can still do.
    """

    light_chain: Numbers
    intact: Numbers
    release: Numbers
    working: Numbers
    lost: Numbers
    force: Numbers


@dataclass(frozen=True)
class Journey:
    """One treatment at one place; `tissue` is what is silenced there, `block` where that lies.

    `stages` are the shares of a dose at each of `HOURS`, named as those of the uptake scheme;
    `spread` the share of the dose in each muscle; `given` counts earlier treatments too.
    """

    product: str
    area: str
    areas: tuple[str, ...]
    dose_u: float
    sites: int
    tissue: str
    block: MuscleBlock
    side: str
    shot: Shot
    spread: tuple[tuple[str, float], ...]
    stages: Mapping[str, Numbers]
    day: Numbers
    course: Course
    kinetics: Kinetics
    given: int


def follow(plan: Plan, days: int = 365) -> Journey:
    """Follow the middle person of a plan.

    Parameters
    ----------
    plan : Plan
        The plan; earlier treatments it lists act too.
    days : int
        Last day after the planned treatment.

    Raises
    ------
    NotCovered
        There is no evidence for the product or the indication.
    """
    own = individual(plan, None, days=days, fine=False)
    areas, planned = covered_areas(plan), placed_sites(plan)
    part = own.parts[0]
    row = _most_treated(part, planned, areas[0])
    block = next(
        b
        for b in chart_blocks(part.chart)
        if (b.muscle, b.part) == (part.blocks[row].muscle, part.blocks[row].part)
    )
    stages = _default_uptake(part.kinetics).stages(jnp.array(HOURS / _HOURS_PER_DAY))
    return Journey(
        product=plan.treatment.product,
        area=areas[0],
        areas=areas,
        dose_u=own.given[0].dose_u,
        sites=len(planned),
        tissue=indication(areas[0]).tissue,
        block=block,
        side=part.blocks[row].side,
        shot=_shot(block, _aimed(planned, part, row)),
        spread=_shares(plan, areas, planned, days),
        stages={name: np.asarray(share) for name, share in stages._asdict().items()},
        day=own.time_d[own.time_d >= 0.0],
        course=_course(own, part, row),
        kinetics=part.kinetics,
        given=len(own.given),
    )


def _aimed(planned: tuple[PlacedSite, ...], part: TreatedTissue, row: int) -> PlacedSite:
    """The largest injection into a block's muscle on its side."""
    own = part.blocks[row]
    sites = [
        s
        for s in planned
        if s.muscle == own.muscle and (s.side == own.side or "midline" in (s.side, own.side))
    ] or [s for s in planned if s.muscle == own.muscle]
    return max(sites, key=lambda site: site.dose_u)


def _most_treated(part: TreatedTissue, planned: tuple[PlacedSite, ...], area: str) -> int:
    """The block with the largest dose; of a muscle's parts the one that most of it reaches."""
    dose_u = [
        sum(
            site.dose_u
            for site in planned
            if site.muscle == block.muscle
            and site.indication == area
            and ("midline" in (site.side, block.side) or site.side == block.side)
        )
        for block in part.blocks
    ]
    reached = part.weight @ part.load[0]
    return max(range(len(dose_u)), key=lambda i: (round(dose_u[i], 6), reached[i]))


def _shot(block: MuscleBlock, site: PlacedSite) -> Shot:
    spread = Model().spread_by_tissue[block.tissue]
    if not isinstance(spread, Sheet | Wheal):
        raise TypeError("the default spread has no bolus")
    along, across = spread.sd_mm(site.volume_ml)
    pools = [spread.bolus_mm(site.volume_ml * push) if push else (0.0,) * 3 for push in PUSHES]
    sign = -1.0 if block.paired and site.x_mm < 0 else 1.0
    away = np.array([sign * site.x_mm, site.y_mm, site.z_mm]) - np.array(block.centre_mm)
    zone = (block.zone_centre - 0.5) * block.length_mm
    return Shot(
        dose_u=site.dose_u,
        volume_ml=site.volume_ml,
        depth_mm=site.z_mm,
        off_zone_mm=float(away @ np.array(block.axes[0]) - zone),
        pool_mm=np.array(pools),
        sd_along_mm=along,
        sd_across_mm=across,
    )


def _shares(
    plan: Plan, areas: tuple[str, ...], planned: tuple[PlacedSite, ...], days: int
) -> tuple[tuple[str, float], ...]:
    """Share of the dose in each muscle, the largest first, `elsewhere` last."""
    shares: dict[str, float] = {}
    for place in spread_of(planned_charts(plan, areas, planned, (), Model()), Model()):
        shares[place.muscle] = shares.get(place.muscle, 0.0) + place.fraction
    rest = shares.pop("elsewhere")
    return (*sorted(shares.items(), key=lambda one: -one[1]), ("elsewhere", rest))


def _course(own: Individual, part: TreatedTissue, row: int) -> Course:
    """Courses of one block: those of the person, and what lies between toxin and silence."""
    cells = part.weight[row] > 0.0
    load, weight = part.load[:, cells], part.weight[row][cells]
    intact = part.intact[:, cells]
    cutting = (load @ weight) @ part.light_chain
    after = own.time_d >= 0.0
    most = cutting[after].max()
    return Course(
        light_chain=cutting[after] / (most if most > 0.0 else 1.0),
        intact=(intact @ weight)[after],
        release=(intact ** float(part.kinetics.snare_power) @ weight)[after],
        working=part.working[after, row],
        lost=part.lost[after, row],
        force=part.force[after, row],
    )


def _default_uptake(rates: Kinetics) -> Clearing:
    """The scheme whose places a dose passes through."""
    uptake = Model().uptake_of(rates)
    if not isinstance(uptake, Clearing):
        raise TypeError("the default uptake has no stages")
    return uptake
