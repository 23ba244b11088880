"""A plan made ready to run: its sessions as arrays, its times, who its people are."""

from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from endplate.body.course import time_grid_d
from endplate.case import PlacedSite, Plan
from endplate.facts.parameters import value
from endplate.people import model
from endplate.people.cohort import like
from endplate.people.exposure import site_arrays
from endplate.people.history import Earlier, same_pattern
from endplate.people.run import Session, Setting, persistence_row, ratio_row, whole_field


@dataclass(frozen=True)
class Job:
    """What every chunk of one run has in common."""

    areas: tuple[str, ...]
    setting: Setting
    same_pattern: bool
    seed: int

    @property
    def time_d(self) -> NDArray[np.float64]:
        """Times of the run; those of earlier treatments are negative."""
        return np.asarray(self.setting.time_d)


def make_job(
    plan: Plan,
    areas: tuple[str, ...],
    planned: tuple[PlacedSite, ...],
    earlier: tuple[Earlier, ...],
    days: int,
    seed: int,
) -> Job:
    """Arrays of a plan and of the earlier sessions that still act."""
    product = plan.treatment.product
    alike = same_pattern(planned, earlier)
    run_apart = () if alike else tuple((e.day, e.product, e.sites) for e in earlier)
    every = ((0.0, product, planned), *run_apart)
    most = max((sites for _, _, sites in every), key=len)
    sessions = tuple(_session(day, name, sites, len(most)) for day, name, sites in every)
    injection_d = (0.0, *(e.day for e in earlier))
    dose_u = sum(site.dose_u for site in planned)
    ratios = [1.0]
    for session in earlier:
        ratios.append(session.dose_u / dose_u * _load_ratio(session.product, product))
    male = plan.patient.sex == "male"
    setting = Setting(
        sessions=sessions,
        injection_d=jnp.array(injection_d),
        load_ratio=jnp.array(ratios),
        persistence_row=jnp.array(persistence_row(product)),
        before=tuple(like(plan.patient, area) for area in areas),
        male_log_load=jnp.array(value("male_log_load") if male else 0.0),
        time_d=jnp.asarray(time_grid_d(injection_d, days)),
    )
    return Job(areas, setting, alike, seed)


def _session(day: float, product: str, sites: tuple[PlacedSite, ...], most: int) -> Session:
    arrays = site_arrays(sites, whole_field(), model.spread(), most)
    return Session(jnp.array(day), arrays, jnp.array(ratio_row(product)))


def _load_ratio(earlier: str, planned: str) -> float:
    """Load per unit of one product over that of another at the nerve ending, at the estimates."""
    values = model.natural_values(model.stored_vector())
    one = values.get(f"potency_ratio:{earlier}", jnp.ones(()))
    other = values.get(f"potency_ratio:{planned}", jnp.ones(()))
    return float(one / other)
