"""Pure diffusion: a round cloud whatever the volume. MRI of a bolus in muscle speaks against it."""

from dataclasses import dataclass

from endplate.facts.parameters import value
from endplate.model.spread.base import AbstractSpread


@dataclass(frozen=True)
class Isotropic(AbstractSpread):
    """A round Gaussian of one length, the same for every volume."""

    binding_length_mm: float

    @classmethod
    def of(cls, tissue: str) -> "Isotropic":
        """The published binding length, in every tissue."""
        return cls(value("binding_length_mm"))

    def sd_mm(self, volume_ml: float) -> tuple[float, float]:
        """The binding length, both along and across."""
        return self.binding_length_mm, self.binding_length_mm
