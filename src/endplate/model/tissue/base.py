"""What every tissue hypothesis answers: what a silent muscle loses, and the force that is left."""

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Self

from jax import Array

if TYPE_CHECKING:
    from endplate.model.kinetics import Kinetics


class AbstractTissue(ABC):
    """One claim on how working junctions become force.

    The share of the cross-section that is lost is the one thing that a muscle carries over from one
    treatment to the next.
    """

    @classmethod
    def of(cls, kinetics: "Kinetics") -> Self:
        """The claim with the rates of each tissue; without fields it needs none.

        `wasting_per_d` and `regrowth_per_d` [1/d] are of each subject, `most_lost` [1] of each
        tissue, shape (blocks, 1): 0 in glands, bladder and pain fibres, which have no muscle to
        lose. These three are of the precision of what works, the other rates are double.
        """
        return cls()

    @abstractmethod
    def section_lost(
        self, working_fraction: Array, time_d: Array, start: Array | None = None
    ) -> Array:
        """Share of the cross-section lost [1], of the shape of `working_fraction`.

        `working_fraction` [1] has the shape (times, blocks, subjects), or (times, blocks) of one
        subject; `time_d` are the rising times, shape (times,); `start` [1] what is lost at the
        first of them, none unless given.
        """

    def force_fraction(self, working_fraction: Array, section_lost: Array) -> Array:
        """Force the tissue can give [1], as a share of its force before treatment."""
        return working_fraction * (1.0 - section_lost)
