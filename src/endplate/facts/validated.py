"""What the model predicted for each shipped trial figure, kept so that nobody waits for it."""

from dataclasses import dataclass
from functools import cache

from endplate.facts.calibration import INPUTS as FIT_INPUTS
from endplate.facts.store import document, hash_of, table

INPUTS = (
    *FIT_INPUTS, "fitted", "harm_doses", "harm_fit", "harm_scatter", "harm_terms", "posterior",
)  # fmt: skip
"""Tables that a validation reads; when one changes, the kept predictions are of other facts."""
REMAKE = "endplate validate --store"
"""The command that makes the kept predictions anew."""


@dataclass(frozen=True)
class ValidatedFigure:
    """One figure of the shipped trials, by its place in their table, as the model predicts it.

    `predicted`, `low` and `high` in `unit`; `rank` [1] as in a validation. A figure that is not
    predicted has a `reason` and nothing else.
    """

    figure: int
    kind: str
    unit: str
    predicted: float
    low: float
    high: float
    rank: float | None
    inside: bool
    reason: str


@dataclass(frozen=True)
class ValidatedRecord:
    """How the kept predictions were made; `facts_hash` is that of their inputs."""

    version: str
    command: str
    facts_hash: str

    @property
    def is_of_these_facts(self) -> bool:
        """Whether the tables they were made from are still the same."""
        return self.facts_hash == validated_inputs_hash()


def validated_inputs_hash() -> str:
    """Hash of the tables that a validation of the shipped figures reads."""
    return hash_of(INPUTS)


def validated_record() -> ValidatedRecord:
    """Record of the kept predictions."""
    return ValidatedRecord(**document("validated"))


@cache
def validated_figures() -> tuple[ValidatedFigure, ...]:
    """Every figure of the shipped trials, in the order of their table."""
    return tuple(
        ValidatedFigure(
            figure=int(row["figure"]),
            kind=row["kind"],
            unit=row["unit"],
            predicted=float(row["predicted"] or 0),
            low=float(row["low"] or 0),
            high=float(row["high"] or 0),
            rank=float(row["rank"]) if row["rank"] else None,
            inside=row["inside"] == "yes",
            reason=row["reason"],
        )
        for row in table("validated")
    )
