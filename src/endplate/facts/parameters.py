"""Parameters of the model: fixed ones from the literature, and the stored result of the fit."""

from dataclasses import dataclass
from functools import cache

from endplate.errors import FactMissing
from endplate.facts.store import table


@dataclass(frozen=True)
class Parameter:
    """One number of the model with its unit, interval and source."""

    id: str
    step: str
    value: float
    unit: str
    low: float | None
    high: float | None
    kind: str
    source: str
    locator: str
    verified: bool
    note: str


@dataclass(frozen=True)
class FitRow:
    """One parameter that is fitted: its prior, and after a fit its estimate, on the working scale.

    `transform` says how the working scale becomes the natural one: `identity`, `log` or `logit`.
    """

    id: str
    tier: str
    applies_to: str
    transform: str
    prior_mean: float
    prior_sd: float
    unit: str
    note: str


@cache
def _parameters() -> dict[str, Parameter]:
    return {
        row["id"]: Parameter(
            id=row["id"],
            step=row["step"],
            value=float(row["value"]),
            unit=row["unit"],
            low=float(row["low"]) if row["low"] else None,
            high=float(row["high"]) if row["high"] else None,
            kind=row["kind"],
            source=row["source"],
            locator=row["locator"],
            verified=row["verified"] == "yes",
            note=row["note"],
        )
        for row in table("parameters")
    }


def parameters() -> tuple[Parameter, ...]:
    """Every fixed parameter, in file order."""
    return tuple(_parameters().values())


def parameter(parameter_id: str) -> Parameter:
    """One fixed parameter.

    Raises
    ------
    FactMissing
        The table has no such row.
    """
    try:
        return _parameters()[parameter_id]
    except KeyError:
        raise FactMissing(f"the parameters table has no row {parameter_id!r}") from None


def value(parameter_id: str) -> float:
    """Value of one fixed parameter, in the unit its row states."""
    return parameter(parameter_id).value


@cache
def fit_rows() -> tuple[FitRow, ...]:
    """The fitted parameters and their priors, in the order of the stored estimates."""
    return tuple(
        FitRow(
            id=row["id"],
            tier=row["tier"],
            applies_to=row["applies_to"],
            transform=row["transform"],
            prior_mean=float(row["prior_mean"]),
            prior_sd=float(row["prior_sd"]),
            unit=row["unit"],
            note=row["note"],
        )
        for row in table("fit_priors")
    )


@cache
def fitted_estimates() -> tuple[float, ...]:
    """Stored estimates on the working scale, in the order of `fit_rows`.

    Raises
    ------
    FactMissing
        The stored table does not hold exactly the fitted parameters: run `endplate calibrate`.
    """
    stored = {row["id"]: float(row["estimate"]) for row in table("fitted")}
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
    stored = table("posterior")
    if not stored or {*stored[0]} != {"draw", *wanted}:
        raise FactMissing("table 'posterior' does not match 'fit_priors'; run: endplate calibrate")
    return tuple(tuple(float(row[name]) for name in wanted) for row in stored)
