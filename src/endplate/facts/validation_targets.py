"""How well the model promises to predict published figures."""

from dataclasses import dataclass
from functools import cache

from endplate.facts.store import table


@dataclass(frozen=True)
class ValidationTarget:
    """One promise: a measure of some figures that shall not leave `least` to `most`.

    `left_out_ratio` [1] is by how much more it may err for a trial it was not fitted to.
    """

    id: str
    figures: str
    tissue: str
    measure: str
    least: float | None
    most: float
    left_out_ratio: float | None
    unit: str
    words: str


@cache
def validation_targets() -> tuple[ValidationTarget, ...]:
    """Every promise, in file order."""

    def number(text: str) -> float | None:
        return float(text) if text else None

    return tuple(
        ValidationTarget(
            id=row["id"],
            figures=row["figures"],
            tissue=row["tissue"],
            measure=row["measure"],
            least=number(row["least"]),
            most=float(row["most"]),
            left_out_ratio=number(row["left_out_ratio"]),
            unit=row["unit"],
            words=row["words"],
        )
        for row in table("validation_targets")
    )
