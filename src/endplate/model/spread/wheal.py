"""A wheal in a thin layer (skin, bladder wall): a disc that holds the volume, and short binding.

Skin and bladder wall have no fibres that a bolus would follow; the layer bounds its thickness.
"""

from dataclasses import dataclass
from math import pi, sqrt

from endplate.facts.parameters import value
from endplate.model.spread.base import AbstractSpread

_MM3_PER_ML = 1000.0


@dataclass(frozen=True)
class Wheal(AbstractSpread):
    """Disc of the layer's thickness; its axis, in place of fibres, stands on the layer."""

    layer_mm: float
    binding_length_mm: float

    @classmethod
    def of(cls, tissue: str) -> "Wheal":
        """A layer of the published thickness."""
        return cls(value("layer_thickness_mm"), value("binding_length_mm"))

    def bolus_mm(self, volume_ml: float) -> tuple[float, float, float]:
        """Full length, thickness and width of the wheal."""
        across = 2.0 * sqrt(volume_ml * _MM3_PER_ML / (pi * self.layer_mm))
        return across, self.layer_mm, across

    def sd_mm(self, volume_ml: float) -> tuple[float, float]:
        """Standard deviations through the layer and along it.

        A uniform disc has half its radius along each of its axes; binding adds its own length
        along the layer, while the layer's borders hold the dose through it.
        """
        radius = self.bolus_mm(volume_ml)[0] / 2
        return self.layer_mm / 2, sqrt(radius**2 / 4 + self.binding_length_mm**2)
