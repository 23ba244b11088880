"""How far the trials behind the fit reach, and what counts as one step beyond them."""

from dataclasses import dataclass
from functools import cache

from endplate.errors import FactMissing
from endplate.facts.record import records


@dataclass(frozen=True)
class FittedRange:
    """Bounds of what trials tried in one respect; `one_beyond` is the step that counts as one.

    A bound that is None does not exist. Steps of a ratio are factors, those of others are added.
    """

    id: str
    low: float | None
    high: float | None
    one_beyond: float
    unit: str
    kind: str
    source: str
    verified: bool
    note: str


@cache
def fitted_range(name: str) -> FittedRange:
    """Range of one respect: `dose`, `age`, `interval`, `line_grade` or `burden`.

    Raises
    ------
    FactMissing
        The table has no such row.
    """
    for row in records(FittedRange, "fitted_range"):
        if row.id == name:
            return row
    raise FactMissing(f"the table of fitted ranges has no row {name!r}")
