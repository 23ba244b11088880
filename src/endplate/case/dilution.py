"""Dilution arithmetic: what one vial and its diluent give."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class Preparation:
    """A vial of `vial_u` units dissolved in `diluent_ml` of diluent."""

    vial_u: float
    diluent_ml: float

    def volume_ml(self, dose_u: float) -> float:
        """Volume that holds a dose.

        Examples
        --------
        >>> Preparation(vial_u=100, diluent_ml=2.5).volume_ml(dose_u=4)
        0.1
        """
        return dose_u * self.diluent_ml / self.vial_u

    def dose_u(self, volume_ml: float) -> float:
        """Dose that a volume holds."""
        return volume_ml * self.vial_u / self.diluent_ml

    def vials_needed(self, dose_u: float) -> int:
        """Whole vials that hold a dose."""
        return math.ceil(dose_u / self.vial_u - 1e-9)
