"""A plan made ready to run, one job per chart: its sessions as arrays, times, and people."""

from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from endplate.case import Patient, PlacedSite, Plan
from endplate.facts.atlas import drivers, volume_ratio
from endplate.facts.endpoints import symptom_scores
from endplate.facts.indications import chart, chart_of, indication
from endplate.facts.parameters import value
from endplate.model.course import time_grid_d
from endplate.people import model
from endplate.people.cohort import Before, like, stated_burdens
from endplate.people.exposure import site_arrays
from endplate.people.history import Earlier, same_pattern
from endplate.people.layout import Layout, block_count, blocks, muscle_field, tissues, whole_field
from endplate.people.setting import Session, Setting, vector_row

_FACE = "upper_face"
_OTHER = {"left": "right", "right": "left", "midline": "midline"}


@dataclass(frozen=True)
class Job:
    """What every chunk of one run has in common.

    `planned` are its sites; `treated` says of each scale of each area whether any muscle that
    drives it is injected.
    """

    layout: Layout
    setting: Setting
    same_pattern: bool
    seed: int
    planned: tuple[PlacedSite, ...]
    treated: dict[str, tuple[bool, ...]]

    @property
    def areas(self) -> tuple[str, ...]:
        """Areas in the order of the chunk's."""
        return self.layout.areas

    @property
    def time_d(self) -> NDArray[np.float64]:
        """Times of the run; those of earlier treatments are negative."""
        return np.asarray(self.setting.time_d)


def make_jobs(
    plan: Plan,
    areas: tuple[str, ...],
    planned: tuple[PlacedSite, ...],
    earlier: tuple[Earlier, ...],
    days: int,
    seed: int,
) -> tuple[Job, ...]:
    """One job for each chart that the areas lie on; charts that others contain go with those."""
    jobs = []
    for name, own in areas_by_chart(areas).items():
        sites = tuple(site for site in planned if site.indication in own)
        before = tuple(e for e in earlier if chart_of(e.indication, (*own, *areas)) == name)
        jobs.append(_job(plan, name, own, sites, before, days, seed))
    return tuple(jobs)


def areas_by_chart(areas: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Areas of each chart, in the order of the areas."""
    found: dict[str, tuple[str, ...]] = {}
    for area in areas:
        name = chart_of(area, areas)
        found[name] = (*found.get(name, ()), area)
    return found


def _job(
    plan: Plan,
    name: str,
    areas: tuple[str, ...],
    planned: tuple[PlacedSite, ...],
    earlier: tuple[Earlier, ...],
    days: int,
    seed: int,
) -> Job:
    product, patient = plan.treatment.product, plan.patient
    every_site = (*planned, *(site for session in earlier for site in session.sites))
    layout = Layout(name, areas, _sides(areas, every_site))
    alike = same_pattern(planned, earlier)
    run_apart = () if alike else tuple((e.day, e.product, e.sites) for e in earlier)
    every = ((0.0, product, planned), *run_apart)
    most = max((sites for _, _, sites in every), key=len)
    injection_d = (0.0, *(e.day for e in earlier))
    dose_u = sum(site.dose_u for site in planned)
    ratios = [1.0]
    for session in earlier:
        ratios.append(session.dose_u / dose_u * _load_ratio(session.product, product))
    male = patient.sex == "male" and name == _FACE
    shares = tuple(_shares(area, layout, planned) for area in areas)
    setting = Setting(
        sessions=tuple(_session(layout, *session, len(most)) for session in every),
        injection_d=jnp.array(injection_d),
        load_ratio=jnp.array(ratios),
        before=tuple(_before(patient, area) for area in areas),
        share=tuple(jnp.asarray(share) for share in shares),
        primary=tuple(jnp.array(_primary(s, layout, planned)) for s in shares),
        persistence_row=jnp.array(vector_row("persistence_ratio", product)),
        male_log_load=jnp.array(value("male_log_load") if male else 0.0),
        log_volume=jnp.asarray(_log_volume(layout, patient)),
        time_d=jnp.asarray(time_grid_d(injection_d, days)),
    )
    treated = {
        area: _treated(share, layout, planned) for area, share in zip(areas, shares, strict=True)
    }
    return Job(layout, setting, alike, seed, planned, treated)


def _before(patient: Patient, area: str) -> Before | Array:
    scales = symptom_scores(area)
    return stated_burdens(patient, scales) if scales else like(patient, area)


def _session(
    layout: Layout, day: float, product: str, sites: tuple[PlacedSite, ...], most: int
) -> Session:
    arrays = site_arrays(sites, whole_field(layout), layout.chart, model.spread(), most)
    return Session(jnp.array(day), arrays, jnp.array(vector_row("potency_ratio", product)))


def _load_ratio(earlier: str, planned: str) -> float:
    """Load per unit of one product over that of another at the nerve ending, at the estimates."""
    values = model.stored_values()
    one = values.get(f"potency_ratio:{earlier}", 1.0)
    return one / values.get(f"potency_ratio:{planned}", 1.0)


def _sides(areas: tuple[str, ...], sites: tuple[PlacedSite, ...]) -> tuple[str, ...]:
    """Sides to run: both, but for limbs, armpits and palms only the one treated."""
    if not all(chart(indication(area).chart).sides_apart for area in areas):
        return ("left", "right")
    treated = {"right" if site.x_mm < 0 else "left" for site in sites}
    return tuple(side for side in ("left", "right") if side in treated) or ("left", "right")


def _shares(area: str, layout: Layout, planned: tuple[PlacedSite, ...]) -> NDArray[np.float64]:
    """Each block's part in the drive of each scale of an area, shape (scales, blocks).

    The table gives one-sided patterns for one side: they are turned to the side that is treated.
    Where only one of two sides is run, as one armpit, the scale is that side's own.
    """
    rows = drivers(area)
    straight = sum(row.share * _dose_in(planned, row.muscle, row.side) for row in rows)
    turned = sum(row.share * _dose_in(planned, row.muscle, _OTHER[row.side]) for row in rows)
    place = {(b.muscle, b.part, b.side): i for i, b in enumerate(muscle_field(layout).blocks)}
    names = [scale.scale for scale in symptom_scores(area)] or [area]
    shares = np.zeros((len(names), block_count(layout)))
    driven = {row.scale for row in rows}
    for i, name in enumerate(names):
        # a scale without drivers of its own, as the force of the lids, has those of the first
        for row in (r for r in rows if r.scale == (name if name in driven else names[0])):
            side = _OTHER[row.side] if turned > straight else row.side
            key = (row.muscle, row.part, side)
            if key in place:
                shares[i, place[key]] += row.share
    if len(layout.sides) == 1 and {row.side for row in rows} >= {"left", "right"}:
        shares /= shares.sum(axis=1, keepdims=True)
    return shares


def _dose_in(sites: tuple[PlacedSite, ...], muscle: str, side: str) -> float:
    return sum(s.dose_u for s in sites if s.muscle == muscle and side in (s.side, "midline"))


def _treated(
    shares: NDArray[np.float64], layout: Layout, planned: tuple[PlacedSite, ...]
) -> tuple[bool, ...]:
    """Whether each scale's driving blocks got any dose; all count where none did."""
    found = _driving_dose_u(shares, layout, planned) > 0
    return tuple(bool(one) for one in (found if found.any() else ~found))


def _driving_dose_u(
    shares: NDArray[np.float64], layout: Layout, planned: tuple[PlacedSite, ...]
) -> NDArray[np.float64]:
    dose_u = [_dose_in(planned, b.muscle, b.side) for b in muscle_field(layout).blocks]
    return (shares > 0).astype(float) @ np.array(dose_u)


def _primary(shares: NDArray[np.float64], layout: Layout, planned: tuple[PlacedSite, ...]) -> int:
    """Scale whose driving blocks got most of the dose."""
    return int(np.argmax(_driving_dose_u(shares, layout, planned)))


def _log_volume(layout: Layout, patient: Patient) -> NDArray[np.float64]:
    """Log volume of every block of this body over the atlas; gates keep the atlas's distances."""
    own = [
        np.log(volume_ratio(b.muscle, patient.sex, patient.height_cm, patient.weight_kg))
        for b in blocks(layout)
    ]
    return np.array(own + [0.0] * (len(tissues(layout)) - len(own)))
