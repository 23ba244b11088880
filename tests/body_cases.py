"""One or more instances of every hypothesis of the body; a test says that none is missing."""

from dataclasses import dataclass
from math import log

import jax.numpy as jnp
import numpy as np

from endplate.facts.parameters import value
from endplate.model.course import Kinetics
from endplate.model.spread import Isotropic, NoSpread, Sheet, Wheal
from endplate.model.transmission import NoBlock, OriginalTerminal, Sprouts, Weary
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
    "weary": Weary(ORIGINAL, 0.6, 0.2, 0.5, 180.0, 5.0),
    "none": NoBlock(),
}
SPREADS = {
    "sheet": Sheet(53.0, 0.1, 5.2, 0.87, 5.0),
    "isotropic": Isotropic(9.0),
    "wheal": Wheal(3.0, 5.0),
    "none": NoSpread(),
}


@dataclass(frozen=True)
class Arrival:
    """Rates of one person, for tests that move one of them at a time."""

    release_per_d: float = 0.6
    persistence_d: float = 33.0
    renewal_per_d: float = log(2) / 3

    def kinetics(self) -> Kinetics:
        numbers = (
            self.release_per_d, 1.66, 83.5, 203.0, 18.7, self.persistence_d, self.renewal_per_d,
            3.0, 1.95, 0.33, log(2) / 18, log(2) / 45, 0.4,
        )  # fmt: skip
        return Kinetics(*(jnp.asarray(number) for number in numbers))


def published_margin() -> OriginalTerminal:
    """Margins between the published weakest and strongest fibres, 5 % outside on either side."""
    low, high = log(value("safety_factor_low")), log(value("safety_factor_high"))
    return OriginalTerminal(value("snare_power"), (low + high) / 2, (high - low) / 3.2897072539)


def daily(days: int) -> np.ndarray:
    """Days 0 to `days`."""
    return np.arange(0.0, days + 1.0)
