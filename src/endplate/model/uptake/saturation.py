"""Binding sites fill up: the load of a point levels off at high dose density."""

from jax import Array


def bound_density(density_u_per_ml: Array, half_saturation_u_per_ml: float) -> Array:
    """Dose density that finds a binding site [U/mL]: Langmuir, linear at low density.

    Binding is over within hours of the injection, so it is an algebraic step before the chain.
    """
    return density_u_per_ml / (1.0 + density_u_per_ml / half_saturation_u_per_ml)
