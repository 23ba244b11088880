"""Doses and dilutions: units of two products are never added, compared or converted."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from endplate.errors import UnitMismatch


@dataclass(frozen=True)
class Dose:
    """An amount [U] of one product.

    Examples
    --------
    >>> (Dose(12, "onabotulinumtoxinA") + 2 * Dose(4, "onabotulinumtoxinA")).amount_u
    20
    >>> Dose(20, "onabotulinumtoxinA") + Dose(50, "abobotulinumtoxinA")
    Traceback (most recent call last):
    endplate.errors.UnitMismatch: units of onabotulinumtoxinA and abobotulinumtoxinA cannot be mixed
    """

    amount_u: float
    product: str

    def __add__(self, other: "Dose") -> "Dose":
        return Dose(self.amount_u + self._same(other), self.product)

    def __sub__(self, other: "Dose") -> "Dose":
        return Dose(self.amount_u - self._same(other), self.product)

    def __mul__(self, factor: float) -> "Dose":
        if isinstance(factor, Dose):
            raise UnitMismatch("a dose cannot be multiplied by a dose; take a number")
        return Dose(self.amount_u * factor, self.product)

    __rmul__ = __mul__

    def __truediv__(self, other: "Dose") -> float:
        """How many times another dose of the same product goes into this one."""
        return self.amount_u / self._same(other)

    def __lt__(self, other: "Dose") -> bool:
        return self.amount_u < self._same(other)

    def __le__(self, other: "Dose") -> bool:
        return self.amount_u <= self._same(other)

    def __gt__(self, other: "Dose") -> bool:
        return self.amount_u > self._same(other)

    def __ge__(self, other: "Dose") -> bool:
        return self.amount_u >= self._same(other)

    def _same(self, other: "Dose") -> float:
        """Units of the other dose, once it is known to be of the same product."""
        if not isinstance(other, Dose):
            raise UnitMismatch(f"{other!r} names no product; units of {self.product} need one")
        if other.product != self.product:
            raise UnitMismatch(f"units of {self.product} and {other.product} cannot be mixed")
        return other.amount_u


class HasDose(Protocol):
    """Anything that has a dose of a product: an injection, a session."""

    @property
    def dose_u(self) -> float:
        """Units of the product."""
        ...

    @property
    def product(self) -> str:
        """The product whose units they are."""
        ...


def total(product: str, given: Iterable[HasDose]) -> Dose:
    """Sum of the doses given of one product.

    Raises
    ------
    UnitMismatch
        One of them is of another product.
    """
    result = Dose(0.0, product)
    for item in given:
        result += Dose(item.dose_u, item.product)
    return result


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
