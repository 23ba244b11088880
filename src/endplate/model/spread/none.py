"""The null hypothesis: the dose stays where the needle left it."""

from dataclasses import dataclass

from endplate.model.spread.base import AbstractSpread


@dataclass(frozen=True)
class NoSpread(AbstractSpread):
    """A cloud of half a millimetre: as small as the quadrature of the muscles resolves."""

    def sd_mm(self, volume_ml: float) -> tuple[float, float]:
        """Half a millimetre."""
        return 0.5, 0.5
