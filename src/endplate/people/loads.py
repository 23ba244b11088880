"""People of one chunk: their rates, the dose density at their end plates, and the load it makes."""

from functools import partial
from math import log
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array
from jax.typing import DTypeLike

from endplate.facts.endpoints import symptom_scores
from endplate.facts.parameters import value
from endplate.model.course import Kinetics
from endplate.observe import BurdenScale
from endplate.people import model
from endplate.people.cohort import Before, Lines, burdens_before, lines_before
from endplate.people.draws import PURPOSES
from endplate.people.exposure import bound, landed_densities
from endplate.people.layout import (
    Layout,
    blocks,
    copies,
    gate_tissue,
    gates,
    potency_of,
    whole_field,
)
from endplate.people.setting import Setting


class Burdens(NamedTuple):
    """Burdens of each person before treatment (scales, people), and what ties them to the drive."""

    level: Array
    link: BurdenScale


class Traits(NamedTuple):
    """Who the people of a chunk are, before anything is injected; arrays over people.

    `values` are their parameters on the natural scale, `own` their draws by purpose, `longer` how
    much longer the product lasts, `before` what each area showed before treatment.
    """

    values: dict[str, Array]
    own: dict[str, Array]
    vectors: Array
    longer: Array
    before: tuple[Lines | Burdens, ...]


class Run(NamedTuple):
    """What the steps of one chunk share.

    `responses` are the tables of each tissue where they are at hand, `told` the places of the times
    on which shares of people are told; all times unless given.
    """

    traits: Traits
    setting: Setting
    layout: Layout
    same_pattern: bool
    responses: dict[str, Array] | None = None
    told: Array | None = None

    @property
    def values(self) -> dict[str, Array]:
        """Each person's parameters on the natural scale."""
        return self.traits.values

    @property
    def own(self) -> dict[str, Array]:
        """Each person's draws by purpose."""
        return self.traits.own

    def rates(self, tissue: str) -> Kinetics:
        """Each person's rates in one tissue, with the product's persistence."""
        return _rates(self.values, self.own, self.traits.longer, tissue)


def drawn(
    vectors: Array, normals: Array, setting: Setting, layout: Layout, same_pattern: bool
) -> Run:
    """A run of people with these draws, shape (people, purposes)."""
    return Run(traits_of(vectors, normals, setting, layout), setting, layout, same_pattern)


@partial(jax.jit, static_argnames="layout")
def traits_of(vectors: Array, normals: Array, setting: Setting, layout: Layout) -> Traits:
    """Who people with these draws are.

    Compiled by itself where a run begins: with the rest, the compiler would put this work into the
    steps that use it and do it anew at every time.
    """
    values, own, longer = _named(vectors, normals, setting.persistence_row)
    before = tuple(
        lines_before(normals, stated)
        if isinstance(stated, Before)
        else Burdens(
            burdens_before(normals, symptom_scores(area), stated),
            model.burden_scale(values, area, own),
        )
        for area, stated in zip(layout.areas, setting.before, strict=True)
    )
    return Traits(values, own, vectors, longer, before)


def rates_of(vectors: Array, normals: Array, persistence_row: Array, tissue: str) -> Kinetics:
    """Rates in one tissue of people with these draws, for the product whose row is given."""
    return _rates(*_named(vectors, normals, persistence_row), tissue)


def _named(
    vectors: Array, normals: Array, persistence_row: Array
) -> tuple[dict[str, Array], dict[str, Array], Array]:
    own = {purpose: normals[:, i] for i, purpose in enumerate(PURPOSES)}
    return model.natural_values(vectors.T), own, jnp.exp(column_of(vectors, persistence_row))


def _rates(values: dict[str, Array], own: dict[str, Array], longer: Array, tissue: str) -> Kinetics:
    rates = model.kinetics(values, "", own, tissue)
    return rates._replace(persistence_d=rates.persistence_d * longer)


def site_count(setting: Setting) -> int:
    """Sites that a needle is placed at, padding included."""
    return len(setting.sessions[0].sites.dose_u)


def densities(run: Run, placement: Array, dtype: DTypeLike) -> list[Array]:
    """Dose density [U/mL] of each session in every cell, each of shape (people, cells)."""
    sessions = run.setting.sessions
    field = whole_field(run.layout)
    return [landed_densities(field, session.sites, placement, dtype) for session in sessions]


def block_gains(run: Run) -> Array:
    """Log of load over dose density in every cell, each block's own tissue; (people, cells)."""
    return jnp.stack(log_gains(run), axis=1)[:, whole_field(run.layout).cell_block]


def pain_gains(run: Run, area: str) -> Array:
    """Log of load over dose density of the pain fibres of an area, shape (people, 1)."""
    return jnp.log(run.values[f"potency:{area}"])[:, None]


def cell_loads(run: Run, density: list[Array], gain: Array) -> list[Array]:
    """Load of each session in every cell, each of shape (people, cells)."""
    person = run.values["load_log_sd"] * run.own["load"] + run.setting.male_log_load
    gain = jnp.exp(gain + person[:, None])
    return [
        bound(one, column_of(run.traits.vectors, session.ratio_row)) * gain
        for one, session in zip(density, run.setting.sessions, strict=True)
    ]


def column_of(vectors: Array, row: Array) -> Array:
    """One parameter of each person, 0 where the row is -1."""
    return jnp.where(row >= 0, vectors[:, jnp.maximum(row, 0)], 0.0)


def log_gains(run: Run) -> list[Array]:
    """Log of load over dose density of every block and gate, each of shape (people,)."""
    layout, values = run.layout, run.values
    gains = []
    for i, block in enumerate(blocks(layout)):
        name = potency_of(block.muscle, block.tissue, layout.areas)
        gains.append(jnp.log(values[f"potency:{name}"]) - run.setting.log_volume[i])
    tail = value("anatomy_log_sd") * run.own["neighbour"]
    for neighbour in gates(layout):
        areas = (neighbour.calibrated_on,)
        name = potency_of(neighbour.muscle, gate_tissue(neighbour), areas)
        gain = jnp.log(values[f"potency:{name}"]) + log(neighbour.reach)
        gains += [gain + tail] * copies(neighbour, layout)
    return gains
