"""A dose belongs to its product: units of two products are never added, compared or converted."""

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


class Given(Protocol):
    """Anything that has a dose of a product: an injection, a session."""

    @property
    def dose_u(self) -> float:
        """Units of the product."""
        ...

    @property
    def product(self) -> str:
        """The product whose units they are."""
        ...


def total(product: str, given: Iterable[Given]) -> Dose:
    """Sum of what was given of one product.

    Raises
    ------
    UnitMismatch
        Something among it is of another product.
    """
    found = Dose(0.0, product)
    for one in given:
        found = found + Dose(one.dose_u, one.product)
    return found
