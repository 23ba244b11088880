r"""Cleavage of SNAP-25: the light chain cuts it, the nerve ending makes it anew.

.. math:: \frac{dP}{dt} = k_{syn} (1 - P) - k_{syn}\, x(t)\, P

*P* is the share of SNAP-25 that is intact, *x* the exposure: the cutting rate over the rate of
renewal. Duration grows with the log of the load (one half-life of the light chain per doubling)
while the peak hardly moves.
"""

import jax.numpy as jnp
from jax import Array

# Levels of the continued fraction. With SNAP-25 of 3 days the error is below 1e-7 for a light chain
# of 35 days, 3e-4 for one of 8; of one day 0.1, where only a rest of it is left to act.
_DEPTH = 6


def intact_after_step(
    intact: Array,
    exposure_start: Array,
    exposure_end: Array,
    exposure_area_d: Array,
    k_syn_per_d: Array,
    step_d: Array,
) -> Array:
    r"""Intact SNAP-25 one step later.

    Parameters
    ----------
    intact : [1], in [0, 1]
        Share intact at the start of the step.
    exposure_start, exposure_end : [1], >= 0
        Cutting rate over renewal rate at both ends of the step.
    exposure_area_d : [d], >= 0
        Exact area under the exposure over the step.
    k_syn_per_d : [1/d], > 0
        Rate at which SNAP-25 is renewed.
    step_d : [d], >= 0
        Length of the step.

    Returns
    -------
    [1], in [0, 1]
        Share intact at the end of the step.

    Notes
    -----
    Exponential step of fourth order: the decay factor is exact, the making of new SNAP-25 is
    integrated for a cutting rate that is linear over the step. With :math:`z` the exact area
    under :math:`k_{syn} (1 + x)`, :math:`h` the step and :math:`\beta` the slope of the rate,
    :math:`P' = e^{-z} P + k_{syn} h\,[\varphi_1(z) - \tfrac12 \beta h^2 \psi(z)]`.
    """
    total = k_syn_per_d * (step_d + exposure_area_d)
    left, phi1, psi = _step_functions(total)
    # The slope correction belongs to small bends; far outside (a step over the whole first rise
    # at an enormous load) it is held so that the result stays a share.
    bend = 0.5 * k_syn_per_d * (exposure_end - exposure_start) * step_d * psi
    made = k_syn_per_d * step_d * (phi1 - jnp.clip(bend, -phi1, phi1))
    return jnp.clip(left * intact + made, 0.0, 1.0)


def _step_functions(z: Array) -> tuple[Array, Array, Array]:
    """Functions of the step's area: exp(-z), phi_1 and psi.

    phi_1 is (1 - exp(-z)) / z, which is 1 at zero, and psi ((z - 2) + (z + 2) exp(-z)) / z^3, which
    is 1/6 at zero; one exponential and one division serve all three. Under 0.05 both are series,
    good to 1e-12.
    """
    small = z < 0.05
    safe = jnp.where(small, 1.0, z)
    left, inverse = jnp.exp(-z), 1.0 / safe
    phi1 = (1.0 - left) * inverse
    psi = (safe - 2.0 + (safe + 2.0) * left) * (inverse * inverse * inverse)
    phi1_series = 1 - z / 2 * (1 - z / 3 * (1 - z / 4 * (1 - z / 5 * (1 - z / 6 * (1 - z / 7)))))
    psi_series = 1 / 6 - z * (1 / 12 - z * (1 / 40 - z * (1 / 180 - z * (1 / 1008 - z / 6720))))
    return left, jnp.where(small, phi1_series, phi1), jnp.where(small, psi_series, psi)


def slaved_intact(exposure: Array, decay_ratio: Array) -> Array:
    r"""Intact SNAP-25 that only follows an exposure in exponential decay, its start forgotten.

    Parameters
    ----------
    exposure : [1], >= 0
        Exposure *x* now; it falls as :math:`e^{-kt}`.
    decay_ratio : [1], > 0
        :math:`\kappa = k / k_{syn}`.

    Returns
    -------
    [1], in [0, 1]
        :math:`G(x) = \tfrac1\kappa e^{x/\kappa} E_{1+1/\kappa}(x/\kappa)`, *E* the generalised
        exponential integral; it solves :math:`\kappa x G' = (1 + x) G - 1`.

    Notes
    -----
    By the continued fraction of *E* (DLMF 8.19.17) with :math:`s = 1 + x + \kappa`:
    :math:`G = 1/(s - \kappa(1+\kappa)/(s + 2\kappa - 2\kappa(1+2\kappa)/(s + 4\kappa - \dots)))`,
    worked out from below in divisions, which no precision overflows. What lies below the last level
    is taken from the level's own recursion as if neighbouring levels were :math:`\kappa` apart, as
    they are at :math:`x = 0`: without exposure :math:`G` is then one whatever :math:`\kappa` is.
    """
    first = 1.0 + exposure + decay_ratio
    rest = (exposure - 1.0) ** 2 + 4.0 * exposure * (1.0 + (_DEPTH + 1) * decay_ratio)
    below = 1.0 + _DEPTH * decay_ratio + 0.5 * (exposure - 1.0 + jnp.sqrt(rest))
    for level in range(_DEPTH, 0, -1):
        ahead = level * decay_ratio
        below = first + 2.0 * (level - 1) * decay_ratio - ahead * (1.0 + ahead) / below
    return 1.0 / below


def intact_in_decay(
    away_at_start: Array,
    exposure_start: Array,
    exposure: Array,
    since_d: Array,
    k_syn_per_d: Array,
    decay_ratio: Array,
) -> Array:
    r"""Intact SNAP-25 while the exposure decays exponentially: exact, at any time.

    Parameters
    ----------
    away_at_start : [1]
        What was intact at the start beyond `slaved_intact` of its exposure.
    exposure_start, exposure : [1], >= 0
        Exposure at the start and now.
    since_d : [d], >= 0
        Time since the start.
    k_syn_per_d : [1/d], > 0
        Rate at which SNAP-25 is renewed.
    decay_ratio : [1], > 0
        Decay rate of the exposure over `k_syn_per_d`.

    Returns
    -------
    [1], in [0, 1]
        Share intact now.

    Notes
    -----
    With :math:`x` the exposure, what the start was beyond :math:`G(x_0)` fades as
    :math:`\exp(-k_{syn} t - (x_0 - x)/\kappa)`.
    """
    fade = jnp.exp(-k_syn_per_d * since_d - (exposure_start - exposure) / decay_ratio)
    return jnp.clip(slaved_intact(exposure, decay_ratio) + away_at_start * fade, 0.0, 1.0)
