"""What every transmission hypothesis answers."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar, Self

from jax import Array

if TYPE_CHECKING:
    from endplate.model.kinetics import Kinetics


class AbstractTransmission(ABC):
    """One claim on how loss of SNAP-25 silences junctions, and how they come back.

    `of_now` says that it rests on SNAP-25 of the same time alone, not on what was before.
    """

    of_now: ClassVar[bool] = False

    @classmethod
    def of(cls, kinetics: "Kinetics") -> Self:
        """The claim with the margins of one tissue; without fields it needs none."""
        return cls()

    @abstractmethod
    def working_fraction(self, intact: Array, time_d: Array, fatigue: Array | float = 0.0) -> Array:
        """Share of junctions that work [1].

        `intact` is the share of SNAP-25 that is intact, shape (times, ...); `time_d` the rising
        times, shape (times,); `fatigue` [1] the share by which earlier blocks raise the power of
        release, a number or of the shape of `intact`.
        """
