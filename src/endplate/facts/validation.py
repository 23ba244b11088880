"""Stored predictions of the published figures, and how well the model promises to predict them."""

from dataclasses import dataclass
from functools import cache

from endplate.facts.parameters import INPUTS as CALIBRATION_INPUTS
from endplate.facts.table import document, hash_of, typed_rows

INPUTS = (
    *CALIBRATION_INPUTS, "fitted", "harm_doses", "harm_fit", "harm_scatter", "harm_terms",
    "posterior",
)  # fmt: skip
"""Tables that a validation reads; when one changes, the stored predictions are of other facts."""
REMAKE = "endplate validate --store"
"""The command that makes the stored predictions anew."""


@dataclass(frozen=True, kw_only=True)
class ValidatedFigure:
    """One figure of the shipped trials, by its index in their table, as the model predicts it.

    `predicted`, `low` and `high` in `unit`; `rank` [1] as in a validation. A figure that is not
    predicted has a `reason` and nothing else.
    """

    figure: int
    kind: str
    unit: str
    predicted: float = 0.0
    low: float = 0.0
    high: float = 0.0
    rank: float | None
    inside: bool = False
    reason: str


@dataclass(frozen=True)
class ValidatedRecord:
    """How the stored predictions were made; `facts_hash` is that of their inputs."""

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
    """Record of the stored predictions."""
    return ValidatedRecord(**document("validated"))


@cache
def validated_figures() -> tuple[ValidatedFigure, ...]:
    """Every figure of the shipped trials, in the order of their table."""
    return typed_rows(ValidatedFigure, "validated")


@dataclass(frozen=True)
class LeftOutFigure:
    """One figure of the shipped trials, by its index in their table, predicted without its trial.

    `predicted`, `low` and `high` in the unit of the figure; `rank` [1] is the predictive
    probability of less than was published, None for a bound. `k_hat` says how far the reweighted
    draws could be trusted; above 0.7 the chains ran again, `refitted`.
    """

    figure: int
    trial_id: str
    predicted: float
    low: float
    high: float
    rank: float | None
    inside: bool
    k_hat: float
    refitted: bool


@cache
def left_out_figures() -> tuple[LeftOutFigure, ...]:
    """Every figure that the fit uses, in the order of the trials table."""
    return typed_rows(LeftOutFigure, "left_out")


@dataclass(frozen=True)
class ValidationTarget:
    """One promise: a measure of some figures that stays between `least` and `most`.

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
    return typed_rows(ValidationTarget, "validation_targets")
