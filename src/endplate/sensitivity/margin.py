"""How near a neighbour comes to weakness in each person: the log of its load over its limit."""

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from endplate.model.course import nodes
from endplate.people.engine import tables
from endplate.people.layout import Layout, block_count, copies, gate_tissue, gates, whole_field
from endplate.people.loads import block_gains, cell_loads, densities, drawn
from endplate.people.setting import Setting


@partial(jax.jit, static_argnames=("layout", "item"))
def margins(
    vectors: Array, normals: Array, placement: Array, setting: Setting, layout: Layout, item: int
) -> Array:
    """Log of each person's load at a gate over the load that makes the organ weak, (people,).

    Above 0 the weakness shows, on the worse side. Earlier injections count where they repeat the
    planned pattern of sites. `item` is the place of the gate among those of the layout.
    """
    run = drawn(vectors, normals, setting, layout, True)
    gate, field = gates(layout)[item], whole_field(layout)
    first = block_count(layout) + sum(copies(one, layout) for one in gates(layout)[:item])
    weight = field.endplate_weight[first : first + copies(gate, layout)]
    load = cell_loads(run, densities(run, placement, jnp.float64)[:1], block_gains(run))[0]
    worse = (load @ np.asarray(weight).T).max(axis=1)
    rates = run.rates(gate_tissue(gate))
    after = jnp.where(setting.time_d >= 0, 0.0, 1.0)[None, :, None]
    table = tables(rates, setting.injection_d, setting.load_ratio, setting.time_d)
    least = (table + after).min(axis=1)
    grid = jnp.log(jnp.asarray(nodes()))
    limit = jax.vmap(lambda own: jnp.interp(-gate.least_working, -own, grid))(least)
    return jnp.log(worse) - limit
