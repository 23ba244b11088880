"""What it costs to read one person's response from a table instead of running every cell."""

import jax
import jax.numpy as jnp
import numpy as np

from endplate.facts.parameters import value
from endplate.fit import arms
from endplate.model.course import response
from endplate.model.uptake.saturation import bound_density
from endplate.people import model
from endplate.people.engine import read_tables, readings, tables

DOSE_U = 20.0
# Stated in `node_kernel`; the mean over people is what outcomes are made of.
ONE_PERSON_99, MEAN = 0.01, 0.002


def test_reading_is_near_running_every_cell():
    values = model.natural_values(model.stored_vector())
    area, own = arms.area("glabellar_lines"), arms.own_normals()
    time_d = jnp.asarray(arms.time_d())
    rates = model.kinetics(values, arms.REFERENCE, own)
    potency = values["potency:glabellar_lines"] * jnp.exp(values["load_log_sd"] * own["load"])
    bound = bound_density(DOSE_U * area.density_per_u, value("binding_half_saturation_u_per_ml"))
    load = bound * potency[:, None]

    @jax.jit
    def both(load, rates):
        table = tables(rates, jnp.zeros(1), jnp.ones(1), time_d)
        direct = jax.vmap(
            lambda cells, person: (
                response(cells[None], person, jnp.zeros(1), time_d) @ jnp.asarray(area.weight).T
            )
        )
        idle = jnp.asarray(area.idle)  # end plates out of reach of any trial's dose
        read = read_tables(table, readings(load, area.weight))
        return read + idle, direct(load, rates) + idle

    found, exact = (np.asarray(one) for one in both(load, rates))
    assert exact.min() < 0.2  # the plan blocks
    assert np.quantile(np.abs(found - exact), 0.99) < ONE_PERSON_99
    assert np.abs(found.mean(axis=0) - exact.mean(axis=0)).max() < MEAN
