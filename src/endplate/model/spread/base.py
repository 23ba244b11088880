"""What every spread hypothesis answers: the standard deviations of where the dose comes to rest."""

from abc import ABC, abstractmethod


class AbstractSpread(ABC):
    """One claim on the shape of the cloud that one injection leaves.

    Every kernel is a Gaussian along and across the fibres of the muscle it was placed in, mirrored
    at the skin, so it integrates to one over the half space under the skin.
    """

    @classmethod
    def of(cls, tissue: str) -> "AbstractSpread":
        """The claim on one tissue (muscle, gland, bladder); without fields it needs no size."""
        return cls()

    @abstractmethod
    def sd_mm(self, volume_ml: float) -> tuple[float, float]:
        """Standard deviations (along, across the fibres) of the cloud of `volume_ml`."""
