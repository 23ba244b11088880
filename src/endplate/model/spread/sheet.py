r"""The bolus spreads at once as a sheet along the fibres, then is bound within a short length.

Volume sets the size of the bolus (an ellipsoid): along the fibres as measured by MRI in biceps,
across them so that the ellipsoid holds the volume. A uniform ellipsoid has standard deviation
(semi-axis)/sqrt(5) along each axis; binding adds its own length in quadrature.
"""

from dataclasses import dataclass
from math import pi, sqrt

from endplate.facts.parameters import value
from endplate.model.spread.base import AbstractSpread
from endplate.model.spread.wheal import Wheal

_MM3_PER_ML = 1000.0


@dataclass(frozen=True)
class Sheet(AbstractSpread):
    """Fast convection along the fibres plus short binding; the default.

    `length_1ml_mm` is the length of the sheet at 1 mL. Above 1 mL the length hardly grows
    (`length_exponent_above`); below it the bolus keeps its shape (length as the cube root of the
    volume), which is assumed.
    """

    length_1ml_mm: float
    length_exponent_above: float
    thickness_1ml_mm: float
    thickness_exponent_above: float
    binding_length_mm: float

    @classmethod
    def of(cls, tissue: str) -> AbstractSpread:
        """A sheet of the published sizes in muscle; a wheal where there are no fibres."""
        if tissue != "muscle":
            return Wheal.of(tissue)
        return cls(
            length_1ml_mm=value("sheet_length_1ml_mm"),
            length_exponent_above=value("sheet_length_exponent"),
            thickness_1ml_mm=value("sheet_thickness_1ml_mm"),
            thickness_exponent_above=value("sheet_thickness_exponent"),
            binding_length_mm=value("binding_length_mm"),
        )

    def bolus_mm(self, volume_ml: float) -> tuple[float, float, float]:
        """Full length along the fibres, thickness and width of the bolus."""
        if volume_ml > 1.0:
            length = self.length_1ml_mm * volume_ml**self.length_exponent_above
            thickness = self.thickness_1ml_mm * volume_ml**self.thickness_exponent_above
        else:
            length = self.length_1ml_mm * volume_ml ** (1 / 3)
            thickness = self.thickness_1ml_mm * volume_ml ** (1 / 3)
        width = 6.0 * volume_ml * _MM3_PER_ML / (pi * length * thickness)
        return length, thickness, width

    def sd_mm(self, volume_ml: float) -> tuple[float, float]:
        """Standard deviations along and across; across takes the wider of thickness and width."""
        length, thickness, width = self.bolus_mm(volume_ml)
        along = sqrt((length / 2) ** 2 / 5 + self.binding_length_mm**2)
        across = sqrt((max(thickness, width) / 2) ** 2 / 5 + self.binding_length_mm**2)
        return along, across
