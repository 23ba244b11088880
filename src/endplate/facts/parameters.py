"""Parameters of the model: fixed ones from the literature, and the stored fit with its record."""

import hashlib
from dataclasses import dataclass
from functools import cache

from endplate.errors import FactMissing
from endplate.facts.table import SourcedRow, document, hash_of, text_rows, typed_row, typed_rows

INPUTS = (
    "baseline_scales",
    "body_size",
    "burdens",
    "charts",
    "drivers",
    "durations",
    "endpoints",
    "fit_priors",
    "indications",
    "muscles",
    "neighbours",
    "parameters",
    "protocol_sites",
    "readings",
    "scales",
    "trial_protocols",
    "trials",
)
"""Tables that a calibration reads; when one changes, the stored fit is of other facts.

Not `fitted_reach`: what gates reach is set after the fit, which runs none.
"""
_AFTER = "reference"  # rows of the parameters that are read off a fit, not by it


@dataclass(frozen=True)
class Parameter(SourcedRow):
    """One number of the model with its unit, interval and source."""

    id: str
    step: str
    value: float
    unit: str
    low: float | None
    high: float | None
    kind: str
    locator: str


@dataclass(frozen=True)
class FitRow:
    """One parameter that is fitted: its prior, and after a fit its estimate, on the working scale.

    `transform` says how the working scale becomes the natural one: `identity`, `log` or `logit`.
    A parameter of the same tissue as another is `pooled_with` it: the prior is about how far the
    other lies from its own prior mean, and `prior_sd` says how far the two may differ.
    """

    id: str
    tier: str
    applies_to: str
    transform: str
    prior_mean: float
    prior_sd: float
    pooled_with: str
    unit: str
    note: str


def parameters() -> tuple[Parameter, ...]:
    """Every fixed parameter, in file order."""
    return typed_rows(Parameter, "parameters")


@cache
def parameter(parameter_id: str) -> Parameter:
    """One fixed parameter.

    Raises
    ------
    FactMissing
        The table has no such row.
    """
    missing = f"the parameters table has no row {parameter_id!r}"
    return typed_row(Parameter, "parameters", missing, id=parameter_id)


def value(parameter_id: str) -> float:
    """Value of one fixed parameter, in the unit its row states."""
    return parameter(parameter_id).value


@cache
def fit_rows() -> tuple[FitRow, ...]:
    """The fitted parameters and their priors, in the order of the stored estimates."""
    return typed_rows(FitRow, "fit_priors")


@cache
def fitted_estimates() -> tuple[float, ...]:
    """Stored estimates on the working scale, in the order of `fit_rows`.

    Raises
    ------
    FactMissing
        The stored table does not hold exactly the fitted parameters: run `endplate calibrate`.
    """
    stored = {row["id"]: float(row["estimate"]) for row in text_rows("fitted")}
    wanted = [row.id for row in fit_rows()]
    if set(stored) != set(wanted):
        raise FactMissing("table 'fitted' does not match 'fit_priors'; run: endplate calibrate")
    return tuple(stored[name] for name in wanted)


@cache
def posterior_draws() -> tuple[tuple[float, ...], ...]:
    """Stored draws of the posterior on the working scale, columns in the order of `fit_rows`.

    Raises
    ------
    FactMissing
        The stored table does not hold exactly the fitted parameters: run `endplate calibrate`.
    """
    wanted = [row.id for row in fit_rows()]
    stored = text_rows("posterior")
    if not stored or {*stored[0]} != {"draw", *wanted}:
        raise FactMissing("table 'posterior' does not match 'fit_priors'; run: endplate calibrate")
    return tuple(tuple(float(row[name]) for name in wanted) for row in stored)


@dataclass(frozen=True)
class FittedRange(SourcedRow):
    """Bounds of what the trials behind the fit tried in one respect.

    `one_beyond` is the step that counts as one beyond them: a factor for a ratio, else added. A
    bound that is None does not exist.
    """

    id: str
    low: float | None
    high: float | None
    one_beyond: float
    unit: str
    kind: str


@cache
def fitted_range(name: str) -> FittedRange:
    """Range of one respect: `dose`, `age`, `interval`, `line_grade` or `burden`.

    Raises
    ------
    FactMissing
        The table has no such row.
    """
    missing = f"the table of fitted ranges has no row {name!r}"
    return typed_row(FittedRange, "fitted_range", missing, id=name)


@dataclass(frozen=True)
class CalibrationRecord:
    """The stored fit: what it was made from and how its checks came out.

    `facts_hash` is `inputs_hash` when it was made; `minutes` [min] what it took.
    """

    version: str
    command: str
    facts_hash: str
    seed: int
    minutes: float
    figures: int
    trials: int
    draws: int
    r_hat: float
    effective_sample_size: float
    divergent: int
    pareto_k_hat: float

    @property
    def is_of_these_facts(self) -> bool:
        """Whether the tables it was made from are still the same."""
        return self.facts_hash == inputs_hash()


def inputs_hash() -> str:
    """Hash of what a calibration reads: its tables, but for parameters set after a fit."""
    digest = hashlib.sha256(hash_of(tuple(n for n in INPUTS if n != "parameters")).encode())
    for row in text_rows("parameters"):
        if row["step"] != _AFTER:
            digest.update("\x1f".join(row.values()).encode())
    return digest.hexdigest()[:16]


def calibration_record() -> CalibrationRecord:
    """Record of the stored fit."""
    stored = document("calibration")
    return CalibrationRecord(**{k: v for k, v in stored.items() if k != "surrogate_misfit"})
