"""The parameters of the model as pages show them: value, interval, unit, prior, what set it."""

from dataclasses import dataclass
from math import exp

from endplate.facts.parameters import FitRow, Parameter, fit_rows, parameters
from endplate.facts.table import text_rows
from endplate.fit.provenance import ParameterTrial, trials_setting

TIERS = {
    "shared": (
        "Shared by all uses",
        "Numbers of the chain, of raters and of the scatter between trials. Those of raters and "
        "thresholds are of lines alone; the table says which trials each is predicted with.",
    ),
    "indication": (
        "Of one use",
        "Load per dose density of onabotulinumtoxinA, what of the lines or of the burden the "
        "treated drive makes, and what placebo does.",
    ),
    "product": (
        "Of one product",
        "Ratios at the nerve ending in this model. They are no dose conversion.",
    ),
    "tissue": ("Of one tissue", "How much longer a light chain keeps an ending silent there."),
    "burden": ("Fitted on burdens", "Type B, and the scatter of mean changes between trials."),
}
"""Fitted parameters by what they belong to: heading, and what they are."""
_Z90 = 1.645
_BACK = {"identity": lambda x: x, "log": exp, "logit": lambda x: 1 / (1 + exp(-x))}


@dataclass(frozen=True)
class FittedRow:
    """One fitted parameter: its value with the 90 % interval, its prior, and the trials behind."""

    id: str
    tier: str
    value: str
    prior: str
    trials: tuple[ParameterTrial, ...]
    note: str


@dataclass(frozen=True)
class FixedRow:
    """One fixed parameter; `unread` where it was not checked in its source."""

    id: str
    step: str
    value: str
    kind: str
    sources: tuple[str, ...]
    locator: str
    unread: bool
    note: str


def fitted_parameters() -> tuple[FittedRow, ...]:
    """Every fitted parameter, in the order of the fit."""
    stored = {row["id"]: row for row in text_rows("fitted")}
    return tuple(_fitted(row, stored[row.id]) for row in fit_rows())


def fixed_parameters() -> tuple[FixedRow, ...]:
    """Every fixed parameter, in the order of the table."""
    return tuple(map(_fixed, parameters()))


def trial_count_words(trials: tuple[ParameterTrial, ...]) -> str:
    """How many trials and figures set a parameter."""
    uses = len({trial.indication for trial in trials})
    figures = sum(trial.rows for trial in trials)
    of = f" of {uses} uses" if uses > 1 else ""
    noun = "trial" if len(trials) == 1 else "trials"
    return f"{len(trials)} {noun}{of}, {figures} figures"


def value_words(value: float, low: float | None, high: float | None, unit: str) -> str:
    """A value with its interval and unit; a plain ratio has none.

    Examples
    --------
    >>> value_words(0.2164, 0.149, 0.279, "grade"), value_words(1.58, None, None, "1")
    ('0.216 (0.149 to 0.279) grade', '1.58')
    """
    ends = [_number(end) for end in (low, high) if end is not None]
    span = f" ({' to '.join(ends)})" if len(ends) == 2 else ""
    return f"{_number(value)}{span}{'' if unit == '1' else f' {unit}'}"


def _number(value: float) -> str:
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:,.0f}"


def _fitted(row: FitRow, stored) -> FittedRow:
    value, low, high = (float(stored[name]) for name in ("value", "low", "high"))
    return FittedRow(
        row.id, row.tier, value_words(value, low, high, row.unit), _prior(row),
        trials_setting(row.id), row.note,
    )  # fmt: skip


def _prior(row: FitRow) -> str:
    """Middle and 90 % interval of a prior on the natural scale."""
    ends = (row.prior_mean + way * _Z90 * row.prior_sd for way in (0, -1, 1))
    middle, low, high = map(_BACK[row.transform], ends)
    return value_words(middle, low, high, "1")


def _fixed(row: Parameter) -> FixedRow:
    assumed = row.kind == "assumed"
    return FixedRow(
        id=row.id,
        step=row.step,
        value=value_words(row.value, row.low, row.high, row.unit),
        kind=row.kind,
        sources=tuple(key.strip() for key in row.source.split(";")),
        locator="" if assumed else row.locator,
        unread=not row.verified and not assumed,
        note=row.note,
    )
