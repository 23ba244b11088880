r"""Cleavage of SNAP-25: the light chain cuts it, the nerve ending makes it anew.

.. math:: \frac{dP}{dt} = k_{syn} (1 - P) - k_{cut}\, c(t)\, P

*P* is the share of SNAP-25 that is intact, *c* the light chain for a load of one, *k_cut* the
load of the point. Duration grows with the log of the load (one half-life of the light chain per
doubling) while the peak hardly moves.
"""

import jax
import jax.numpy as jnp
from jax import Array
from jax.typing import DTypeLike


def intact_after_step(
    intact: Array,
    cut_start: Array,
    cut_end: Array,
    cut_area: Array,
    k_syn_per_d: Array,
    step_d: Array,
) -> Array:
    r"""Intact SNAP-25 one step later.

    Parameters
    ----------
    intact : [1], in [0, 1]
        Share intact at the start of the step.
    cut_start, cut_end : [1/d], >= 0
        Cutting rate (load times light chain) at both ends of the step.
    cut_area : [1], >= 0
        Exact area under the cutting rate over the step.
    k_syn_per_d : [1/d], > 0
        Rate at which SNAP-25 is renewed.
    step_d : [d], > 0
        Length of the step.

    Returns
    -------
    [1], in [0, 1]
        Share intact at the end of the step.

    Notes
    -----
    Exponential step of fourth order: the decay factor is exact, the making of new SNAP-25 is
    integrated for a cutting rate that is linear over the step. With :math:`z` the exact area
    under :math:`k_{syn} + k_{cut} c` and :math:`\beta` the slope,
    :math:`P' = e^{-z} P + k_{syn} h\,[\varphi_1(z) - \tfrac12 \beta h^2 \psi(z)]`.
    """
    total = k_syn_per_d * step_d + cut_area
    left, phi1, psi = _step_functions(total)
    # The slope correction belongs to small bends; far outside (a step over the whole first rise
    # at an enormous load) it is held so that the result stays a share.
    bend = 0.5 * (cut_end - cut_start) * step_d * psi
    made = k_syn_per_d * step_d * (phi1 - jnp.clip(bend, -phi1, phi1))
    return jnp.clip(left * intact + made, 0.0, 1.0)


def _step_functions(z: Array) -> tuple[Array, Array, Array]:
    """Functions of the step's area: exp(-z), phi_1 and psi.

    phi_1 is (1 - exp(-z)) / z, which is 1 at zero, and psi ((z - 2) + (z + 2) exp(-z)) / z^3, which
    is 1/6 at zero; one exponential and one division serve all three. Under 0.05 both are series,
    good to 1e-12.
    """
    small = z < 0.05
    held = jnp.where(small, 1.0, z)
    left, inverse = jnp.exp(-z), 1.0 / held
    phi1 = (1.0 - left) * inverse
    psi = (held - 2.0 + (held + 2.0) * left) * (inverse * inverse * inverse)
    phi1_series = 1 - z / 2 * (1 - z / 3 * (1 - z / 4 * (1 - z / 5 * (1 - z / 6 * (1 - z / 7)))))
    psi_series = 1 / 6 - z * (1 / 12 - z * (1 / 40 - z * (1 / 180 - z * (1 / 1008 - z / 6720))))
    return left, jnp.where(small, phi1_series, phi1), jnp.where(small, psi_series, psi)


def intact_snap25(
    load_per_d: Array,
    light_chain: Array,
    light_chain_area_d: Array,
    k_syn_per_d: Array,
    time_d: Array,
    dtype: DTypeLike = jnp.float64,
    start: Array | None = None,
) -> Array:
    """Share of SNAP-25 intact at each time, from all injections together.

    Parameters
    ----------
    load_per_d : [1/d], >= 0
        Cutting rate per unit of light chain, shape (injections, nodes).
    light_chain : [1], >= 0
        Light chain for a load of one, shape (injections, times); 0 before the injection.
    light_chain_area_d : [d], >= 0
        Area under it up to each time, same shape.
    k_syn_per_d : [1/d], > 0
        Rate at which SNAP-25 is renewed, scalar.
    time_d : [d]
        Rising times, shape (times,).
    dtype
        Precision of the steps; the areas over them are taken in double precision first.
    start : [1], in [0, 1]
        Share intact at the first time, shape (nodes,); whole unless given.

    Returns
    -------
    [1], in [0, 1]
        Shape (times, nodes).
    """
    area_d = jnp.diff(light_chain_area_d, axis=-1)
    load, light, area_d = (x.astype(dtype) for x in (load_per_d, light_chain, area_d))
    cut = jnp.einsum("jn,jt->tn", load, light)
    area = jnp.einsum("jn,jt->tn", load, area_d)
    k_syn, steps_d = k_syn_per_d.astype(dtype), jnp.diff(time_d).astype(dtype)

    def step(intact: Array, now: tuple[Array, Array, Array, Array]) -> tuple[Array, Array]:
        cut_start, cut_end, cut_area, step_d = now
        after = intact_after_step(intact, cut_start, cut_end, cut_area, k_syn, step_d)
        return after, after

    start = jnp.ones_like(cut[0]) if start is None else start.astype(dtype)
    _, later = jax.lax.scan(step, start, (cut[:-1], cut[1:], area, steps_d))
    return jnp.concatenate([start[None], later])
