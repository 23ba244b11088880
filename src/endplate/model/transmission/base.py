"""What every transmission hypothesis answers."""

from abc import ABC, abstractmethod

from jax import Array


class AbstractTransmission(ABC):
    """One claim on how loss of SNAP-25 silences junctions, and how they come back."""

    @abstractmethod
    def working_fraction(self, intact: Array, time_d: Array, fatigue: Array | float = 0.0) -> Array:
        """Share of junctions that work [1].

        `intact` is the share of SNAP-25 that is intact, shape (times, ...); `time_d` the rising
        times, shape (times,); `fatigue` [1] the share by which earlier blocks raise the power of
        release, a number or of the shape of `intact`.
        """
