"""One or more instances of every hypothesis of the model; a test says that none is missing."""

from math import log

import jax.numpy as jnp
from jax import Array

from endplate.facts.parameters import value
from endplate.model import Kinetics, Model
from endplate.model.endings import TimeNodes, Window, injected, run_window, untreated
from endplate.model.spread import Isotropic, NoSpread, Sheet, Wheal
from endplate.model.transmission import NoBlock, OriginalTerminal, Sprouts
from endplate.model.uptake import Clearing, Lebeda3, Lebeda4, NoUptake

# Round numbers of the right size on purpose: a change of a fact must not move these tests.
CLEARING = Clearing(0.6, 1.66, 83.5, 203.0, 18.7, log(2) / 33)
UPTAKES = {
    "clearing": CLEARING,
    "clearing_slow": Clearing(0.05, 1.0, 80.0, 200.0, 5.0, log(2) / 10),
    "lebeda3": Lebeda3(83.5, 203.0, 18.7),
    "lebeda4": Lebeda4(0.216, 83.5, 203.0, 18.7),
    "none": NoUptake(),
}
ORIGINAL = OriginalTerminal(3.0, 1.95, 0.33)
TRANSMISSIONS = {
    "original_terminal": ORIGINAL,
    "sprouts": Sprouts(ORIGINAL, 0.17, 28.0),
    "none": NoBlock(),
}
SPREADS = {
    "sheet": Sheet(53.0, 0.1, 5.2, 0.87, 5.0),
    "isotropic": Isotropic(9.0),
    "wheal": Wheal(3.0, 5.0),
    "none": NoSpread(),
}
RENEWAL_PER_D = log(2) / 3
DEFAULT = Model()


def subject_kinetics(
    release_per_d=0.6, persistence_d=33.0, renewal_per_d=RENEWAL_PER_D
) -> Kinetics:
    """Rates of subjects; numbers or one value per subject, for tests that move one at a time."""
    numbers = (
        release_per_d, 1.66, 83.5, 203.0, 18.7, persistence_d, renewal_per_d,
        3.0, 1.95, 0.33, log(2) / 18, log(2) / 45, 0.4,
    )  # fmt: skip
    rows = jnp.broadcast_arrays(*(jnp.atleast_1d(jnp.asarray(n, float)) for n in numbers))
    return Kinetics(*rows)


def after_injection(
    load: Array, kinetics: Kinetics, nodes: TimeNodes, model: Model = DEFAULT
) -> Window:
    """Courses after one injection; `load` [1] is (points,) or (points, subjects)."""
    load = jnp.asarray(load)
    load = load[None, :, None] if load.ndim == 1 else load[None]
    start = untreated(model, kinetics, 1, load.shape[1], load.dtype)
    start = injected(start, model, kinetics, 0, 1.0)
    return run_window(start, load, model, kinetics, None, nodes)


def published_margin() -> OriginalTerminal:
    """Margins between the published weakest and strongest fibres, 5 % outside on either side."""
    low, high = log(value("safety_factor_low")), log(value("safety_factor_high"))
    return OriginalTerminal(value("snare_power"), (low + high) / 2, (high - low) / 3.2897072539)
