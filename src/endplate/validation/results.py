"""What a validation says: figures beside predictions, how far off they are, and what was promised.

Rows are summarised by area and kind, and the summary is held against the promises of
`facts/tables/validation_targets.csv`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from endplate.arguments import one_of
from endplate.errors import EndplateError
from endplate.facts.indications import indication
from endplate.facts.trials import TrialFigure
from endplate.facts.validation import ValidationTarget, validation_targets
from endplate.results.frames import columns_of, pandas_frame, polars_frame
from endplate.results.plots import ForestRow, forest, spaced
from endplate.results.told import table_html

if TYPE_CHECKING:
    from endplate.model import Parameters

Summary = Sequence[Mapping[str, Any]]
UNITS = {"percent": "points", "change": "own unit", "duration": "d", "harm": "points"}
# Error of a mean change that counts as small: a fifth of the group's own change, or a point.
NEAR_SHARE, NEAR_POINTS = 0.2, 1.0
EVERY = "all"
MEDIAN_DURATION = "median_duration"
BY_PRODUCT = "duration_by_product"
_LEAST_SCORES = 3
_FARTHEST_RANK = 1e-4  # a figure farther out than that says no more
_COMPARED_IN = "glabellar_lines"  # where the field compares products
_TISSUES = {"muscle": ("muscle",), "gland or bladder": ("gland", "bladder")}


@dataclass(frozen=True)
class Row:
    """One published figure beside its prediction; `low` to `high` is the 90 % interval.

    `rank` [1] is the predictive probability of less than was published, None for a bound;
    `area_dose_u` [U] the dose in the area, `figure` its index in the table it comes from.
    """

    trial_id: str
    indication: str
    product: str
    arm: str
    day: float | None
    endpoint: str
    kind: str
    n: int | None
    observed: float
    bound: str
    predicted: float
    low: float
    high: float
    inside: bool
    unit: str
    verified: bool
    rank: float | None = None
    area_dose_u: float | None = None
    source: str = ""
    note: str = ""
    figure: int | None = None


def row_of(
    figure: TrialFigure,
    kind: str,
    unit: str,
    predicted: float,
    interval: tuple[float, float, float | None],
    inside: bool,
    index: int | None = None,
) -> Row:
    """Row of a published figure; `interval` is the 90 % interval and the rank in it."""
    low, high, rank = interval
    return Row(
        trial_id=figure.trial_id,
        indication=figure.indication,
        product=figure.product,
        arm=figure.arm,
        day=figure.day,
        endpoint=figure.endpoint,
        kind=kind,
        n=figure.n,
        observed=figure.value,
        bound=figure.bound,
        predicted=predicted,
        low=low,
        high=high,
        inside=inside,
        unit=unit,
        verified=figure.verified,
        rank=rank,
        area_dose_u=figure.area_dose_u,
        source=figure.source,
        note=figure.note,
        figure=index,
    )


@dataclass(frozen=True)
class Target:
    """One promise and its measure over `n` figures; both None where there are no figures."""

    id: str
    words: str
    n: int
    measured: float | None
    least: float | None
    most: float
    unit: str
    met: bool | None


@dataclass(frozen=True, eq=False)
class DrawnFigures:
    """What draws of the posterior say of the figures that the body model predicts.

    `places` are the figures' places in their table, `linked` (draws, figures) predictions on the
    link scale [1] under each of the `parameters`.
    """

    places: tuple[int, ...]
    figures: tuple[TrialFigure, ...]
    parameters: "Parameters"
    linked: NDArray[np.float64]


@dataclass(frozen=True, repr=False)
class Validation:
    """Rows predicted, figures skipped with the reason, and a summary by area and kind.

    `drawn` is what `to_xarray` tells; a validation that was stored keeps none.
    """

    rows: tuple[Row, ...]
    skipped: tuple[dict[str, Any], ...]
    summary: tuple[dict[str, Any], ...]
    drawn: DrawnFigures | None = field(default=None, repr=False, compare=False)

    def __repr__(self) -> str:
        told = f"Validation: {len(self.rows)} figures predicted, {len(self.skipped)} skipped"
        inside = _percent(row.inside for row in self.rows)
        return told if inside is None else f"{told}; {inside:.0f} % in their 90 % interval"

    def _repr_html_(self) -> str:
        """The summary by area and kind, for a notebook."""
        return table_html(repr(self), self._columns("summary"))

    @property
    def targets(self) -> tuple[Target, ...]:
        """What the project promised, met or not."""
        return targets_of(self.summary)

    @property
    def plot(self) -> "ValidationPlots":
        """Figures of the validation (Matplotlib): `forest`."""
        return ValidationPlots(self)

    def to_polars(self, table: str = "rows") -> Any:
        """Every figure beside its prediction as a polars frame.

        Parameters
        ----------
        table : str
            `rows`, or `summary` by area and kind.

        Raises
        ------
        EndplateError
            There is no such table, or polars is not installed.
        """
        return polars_frame(self._columns(table))

    def to_pandas(self, table: str = "rows") -> Any:
        """Every figure beside its prediction as a pandas frame.

        Parameters
        ----------
        table : str
            `rows`, or `summary` by area and kind.

        Raises
        ------
        EndplateError
            There is no such table, or pandas is not installed.
        """
        return pandas_frame(self._columns(table))

    def to_xarray(self) -> Any:
        """Posterior, predictions and published figures as an xarray tree in the layout of ArviZ.

        Groups: `posterior` (parameters, natural scale), `posterior_predictive` (what a trial of
        that size would publish under each draw), `observed_data`, and `log_likelihood` of the
        treated and of the placebo arms of each trial. `value` is in percent of people, in points or
        in days, as the coordinate `unit` says. Unwanted effects have a fit of their own and are
        left out.

        Raises
        ------
        EndplateError
            The validation keeps no draws, or xarray is not installed.
        """
        from endplate.validation.dataset import tree_of

        return tree_of(self)

    def _columns(self, table: str) -> dict[str, list[Any]]:
        if one_of("table", table, ("rows", "summary")) == "rows":
            return columns_of(self.rows, Row)
        names = dict.fromkeys(name for entry in self.summary for name in entry)
        return {name: [entry.get(name) for entry in self.summary] for name in names}

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "rows": [asdict(row) for row in self.rows],
            "skipped": list(self.skipped),
            "summary": list(self.summary),
            "targets": [asdict(target) for target in self.targets],
        }


@dataclass(frozen=True)
class ValidationPlots:
    """Figures of a validation; each method returns the axes it drew on."""

    validation: Validation

    def forest(
        self,
        indication: str | None = None,
        kind: str | None = None,
        ax: Any = None,
        style: Any = None,
    ) -> Any:
        """Published figures of one use on the 90 % intervals of their predictions.

        Parameters
        ----------
        indication : str
            Use; the first one unless given.
        kind : str
            `percent`, `change`, `duration` or `harm`; the first that the use has unless given.
        ax : matplotlib.axes.Axes
            Where to draw; a new figure unless given.
        style : str, Path, dict or list of them
            A style of Matplotlib, as `plt.style.use` takes it; the one in force unless given.

        Raises
        ------
        EndplateError
            No figure of that use and kind was predicted, `ax` is no axes, or Matplotlib is not
            installed.
        """
        rows = self.validation.rows
        uses = list(dict.fromkeys(row.indication for row in rows))
        if not uses:
            raise EndplateError("No figure was predicted.")
        use = uses[0] if indication is None else one_of("indication", indication, uses)
        kinds = list(dict.fromkeys(row.kind for row in rows if row.indication == use))
        chosen = kinds[0] if kind is None else one_of("kind", kind, kinds)
        own = [row for row in rows if (row.indication, row.kind) == (use, chosen)]
        own = [row for row in own if row.unit == own[0].unit]
        drawn = [
            ForestRow(_label(row), row.predicted, row.low, row.high, (row.observed,), row.inside)
            for row in own
        ]
        return forest(drawn, f"{spaced(chosen)} [{own[0].unit}]", spaced(use), ax=ax, style=style)


def _label(row: Row) -> str:
    day = "" if row.day is None else f", day {row.day:g}"
    return f"{row.trial_id}, {row.arm}{day}, {row.endpoint.replace('_', ' ')}"


@dataclass(frozen=True)
class LeftOutTrials:
    """Rows predicted by fits that have not seen their trial; `k_hat` and `refitted` by trial."""

    rows: tuple[Row, ...]
    k_hat: Mapping[str, float]
    refitted: frozenset[str]

    @property
    def summary(self) -> Sequence[Mapping[str, Any]]:
        """Errors by area and kind, as those of a validation."""
        return summary(self.rows)

    @property
    def targets(self) -> tuple[Target, ...]:
        """What the project promised of trials left out, met or not."""
        return targets_of(self.summary, left_out=True)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "summary": list(self.summary),
            "targets": [asdict(target) for target in self.targets],
            "trials": [
                {"trial_id": name, "k_hat": k_hat, "refitted": name in self.refitted}
                for name, k_hat in self.k_hat.items()
            ],
        }


def summary(rows: tuple[Row, ...]) -> tuple[dict[str, Any], ...]:
    """Error and coverage by area and kind, and over all areas; floors count for coverage alone.

    Changes have many units: their error is given in each figure's own unit, as a part of what
    counts as small, and as the share of figures within that. Median durations are also given by
    tissue, and coverage over all kinds together. `score_sd` says how wide intervals are beside what
    they should be.
    """
    areas = (*dict.fromkeys(row.indication for row in rows), EVERY)
    entries = [
        _entry(
            area, kind, unit, [r for r in rows if area in (r.indication, EVERY) and r.kind == kind]
        )
        for area in areas
        for kind, unit in UNITS.items()
    ]
    medians = [row for row in rows if is_median_duration(row)]
    for name, tissues in _TISSUES.items():
        of_tissue = [row for row in medians if indication(row.indication).tissue in tissues]
        entries.append(_entry(EVERY, MEDIAN_DURATION, "d", of_tissue, name))
    entries.append(_by_product([row for row in medians if row.indication == _COMPARED_IN]))
    entries.append(_entry(EVERY, EVERY, "", list(rows)))
    return tuple(entry for entry in entries if entry["n"])


def is_median_duration(row: Row) -> bool:
    """Whether a row is the median duration of a response; not a mean, nor an onset."""
    return row.kind == "duration" and row.endpoint.startswith(("median_duration", "median_time_"))


def error_ratio(row: Row) -> float:
    """Error of a mean change over what counts as small for it [1]."""
    return abs(row.predicted - row.observed) / small_change(row.observed)


def small_change(observed: float) -> float:
    """Error of a published mean change that counts as small, in its own unit."""
    return max(NEAR_SHARE * abs(observed), NEAR_POINTS)


def _entry(area: str, kind: str, unit: str, rows: list[Row], tissue: str = "") -> dict[str, Any]:
    exact = [row for row in rows if not row.bound]
    errors = [row.predicted - row.observed for row in exact] if kind != EVERY else []
    entry: dict[str, Any] = {
        "indication": area,
        "kind": kind,
        "tissue": tissue,
        "n": len(rows),
        "mae": _mean(abs(error) for error in errors),
        "bias": _mean(errors),
        "coverage_90": _percent(row.inside for row in rows),
        "score_sd": _score_sd(row.rank for row in rows),
        "unit": unit,
    }
    if kind == "change":
        entry["near_percent"] = _percent(error_ratio(row) <= 1.0 for row in rows)
        entry["mae_ratio"] = _mean(error_ratio(row) for row in exact)
    return entry


def _by_product(rows: list[Row]) -> dict[str, Any]:
    """Error of each product's mean duration, averaged over products; `n` counts products."""
    errors_by_product: dict[str, list[float]] = {}
    for row in rows:
        if not row.bound:
            errors_by_product.setdefault(row.product, []).append(row.predicted - row.observed)
    errors = [float(np.mean(errors)) for errors in errors_by_product.values()]
    inside = [row.inside for row in rows if row.product in errors_by_product]
    return _entry(EVERY, BY_PRODUCT, "d", []) | {
        "n": len(errors),
        "mae": _mean(abs(error) for error in errors),
        "bias": _mean(errors),
        "coverage_90": _percent(inside),
    }


def _score_sd(ranks: Iterable[float | None]) -> float | None:
    """Standard deviation of the normal scores of ranks [1]: 1 where intervals are as wide as they
    say, less where they are too wide."""
    known = np.array([rank for rank in ranks if rank is not None])
    if len(known) < _LEAST_SCORES:
        return None
    return float(np.std(ndtri(np.clip(known, _FARTHEST_RANK, 1.0 - _FARTHEST_RANK))))


def _mean(values: Iterable[float]) -> float | None:
    numbers = list(values)
    return float(np.mean(numbers)) if numbers else None


def _percent(flags: Iterable[bool]) -> float | None:
    share = _mean(float(flag) for flag in flags)
    return None if share is None else 100 * share


def targets_of(summary: Summary, left_out: bool = False) -> tuple[Target, ...]:
    """Every promise beside the summary of a validation.

    Parameters
    ----------
    summary
        As `validate` gives it, or in the same form over predictions of trials left out.
    left_out : bool
        Whether each trial was left out of the fit that predicts it: then errors may be larger,
        by the ratio of the table, and only promises with such a ratio count.
    """
    return tuple(
        _target(row, summary, (row.left_out_ratio or 1.0) if left_out else 1.0)
        for row in validation_targets()
        if row.left_out_ratio or not left_out
    )


def _target(row: ValidationTarget, summary: Summary, ratio: float) -> Target:
    key = (EVERY, row.figures, row.tissue)
    entries = [e for e in summary if (e["indication"], e["kind"], e["tissue"]) == key]
    measured = entries[0][row.measure] if entries else None
    least, most = row.least, row.most * ratio
    return Target(
        id=row.id,
        words=row.words,
        n=entries[0]["n"] if entries else 0,
        measured=measured,
        least=least,
        most=most,
        unit=row.unit,
        met=None if measured is None else (least is None or least <= measured) and measured <= most,
    )
