"""A result as the tables that data frames hold, and as one dataset with named dimensions."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from endplate.arguments import one_of
from endplate.errors import EndplateError
from endplate.extras import required
from endplate.safety import Finding

if TYPE_CHECKING:
    from endplate.results.result import Result

Columns = dict[str, list[Any]]
EXTRA = "frames"
QUANTILES = ("p05", "p25", "median", "p75", "p95")
EVENTS = ("onset_d", "peak_d", "duration_d")
_NESTED = ("trials", "as_trials", "definition")
_ENDS = ("low", "high", "parameters_low", "parameters_high", "trials_low", "trials_high")


def polars_frame(columns: Columns) -> Any:
    """Columns as a polars frame.

    Raises
    ------
    NotInstalled
        Polars is not there.
    """
    polars = required("polars", EXTRA, "A frame of polars")
    return polars.DataFrame(columns, strict=False, infer_schema_length=None)


def pandas_frame(columns: Columns) -> Any:
    """Columns as a pandas frame.

    Raises
    ------
    NotInstalled
        pandas is not there.
    """
    return required("pandas", EXTRA, "A frame of pandas").DataFrame(columns)


def columns_of(rows: Iterable[Any], kind: type, leave_out: Sequence[str] = ()) -> Columns:
    """Records of one kind as columns, in the order of its fields."""
    records = list(rows)
    names = [f.name for f in fields(kind) if f.name not in leave_out]
    return {name: [getattr(row, name) for row in records] for name in names}


def table_of(result: "Result", table: str) -> Columns:
    """One table of a result as columns.

    Raises
    ------
    EndplateError
        There is no such table, or the people were not kept.
    """
    return TABLES[one_of("table", table, TABLES)](result)


def _outcomes(result: "Result") -> Columns:
    from endplate.results.result import Outcome

    return columns_of(result.outcomes, Outcome, _NESTED)


def _published(result: "Result") -> Columns:
    from endplate.results.result import PublishedFigure

    pairs = [(outcome, figure) for outcome in result.outcomes for figure in outcome.trials]
    about = ("indication", "endpoint", "statistic", "unit")
    of_outcome = {name: [getattr(outcome, name) for outcome, _ in pairs] for name in about}
    return of_outcome | columns_of([figure for _, figure in pairs], PublishedFigure)


def _harms(result: "Result") -> Columns:
    from endplate.results.result import Harm

    return columns_of(result.harms, Harm)


def _course(result: "Result") -> Columns:
    day, series = result.course.day, result.course.series
    columns: Columns = {
        "series": [one.name for one in series for _ in day],
        "unit": [one.unit for one in series for _ in day],
        "day": [d for _ in series for d in day],
    }
    for name in QUANTILES:
        bands = [getattr(one, name) or [None] * len(day) for one in series]
        columns[name] = [value for band in bands for value in band]
    return columns


def _timing(result: "Result") -> Columns:
    rows = [
        (code, event, time)
        for code in result.indications
        for event, time in result.timing_of(code).items()
    ]
    columns: Columns = {
        "indication": [code for code, _, _ in rows],
        "event": [event for _, event, _ in rows],
        "unit": ["d" for _ in rows],
    }
    for name in (*QUANTILES, *_ENDS, "percent_with_event"):
        columns[name] = [getattr(time, name) for _, _, time in rows]
    columns["horizon_d"] = [result.horizon_d for _ in rows]  # later times are cut off there
    return columns


def _sites(result: "Result") -> Columns:
    from endplate.results.result import SiteSummary

    return columns_of(result.plan.sites, SiteSummary)


def _spread(result: "Result") -> Columns:
    from endplate.results.result import MuscleShare

    columns = columns_of(result.spread, MuscleShare)
    silenced = {(row.muscle, row.side): row.peak_block for row in result.reach}
    keys = zip(columns["muscle"], columns["side"], strict=True)
    return columns | {"peak_block": [silenced.get(key) for key in keys]}


def _findings(result: "Result") -> Columns:
    columns = columns_of(result.findings, Finding)
    # a value or a limit may be a number or words: a column has one type
    return {
        name: [None if value is None else str(value) for value in values]
        if name in ("value", "limit")
        else values
        for name, values in columns.items()
    }


def _people(result: "Result") -> Columns:
    areas = individuals_of(result)
    columns: Columns = {"indication": [], "person": [], **{event: [] for event in EVENTS}}
    columns["censored"] = []  # the run ended before the response was lost
    for code, area in areas.items():
        count = len(area.times[EVENTS[0]])
        columns["indication"] += [code] * count
        columns["person"] += range(count)
        for event in EVENTS:
            columns[event] += _known(area.times[event])
        columns["censored"] += (area.times["duration_d"] >= result.horizon_d).tolist()
    return columns


def _scores(result: "Result") -> Columns:
    columns: Columns = {n: [] for n in ("indication", "person", "score", "unit", "day", "value")}
    for code, area in individuals_of(result).items():
        for name, values in area.scores.items():
            people, days = values.shape
            columns["indication"] += [code] * values.size
            columns["person"] += [k for k in range(people) for _ in range(days)]
            columns["score"] += [name] * values.size
            columns["unit"] += [area.units[name]] * values.size
            columns["day"] += area.day.tolist() * people
            columns["value"] += _known(values.ravel())
    return columns


def _known(values: Any) -> list[float | None]:
    return [None if value != value else value for value in values.tolist()]


def individuals_of(result: "Result") -> Mapping[str, Any]:
    """What each person shows, by area.

    Raises
    ------
    EndplateError
        The result was made without.
    """
    if result.people is None:
        raise EndplateError(
            "This result holds no single people; simulate with people_level=True to keep them."
        )
    return result.people


TABLES: dict[str, Callable[["Result"], Columns]] = {
    "outcomes": _outcomes,
    "published": _published,
    "course": _course,
    "timing": _timing,
    "harms": _harms,
    "sites": _sites,
    "spread": _spread,
    "findings": _findings,
    "people": _people,
    "scores": _scores,
}
"""Tables of a result by name."""


def dataset_of(result: "Result") -> Any:
    """A result as one xarray dataset, each variable with its unit.

    Raises
    ------
    NotInstalled
        xarray is not there.
    """
    xarray = required("xarray", EXTRA, "A dataset")
    variables: dict[str, Any] = {}
    for name, series in _by_kind(result).items():
        variables |= _course_variable(result, name, series)
    found = xarray.Dataset(
        {**variables, **_timing_variable(result), **_people_variables(result)},
        coords={"day": result.course.day, "quantile": [0.05, 0.25, 0.5, 0.75, 0.95]},
        attrs={name: value for name, value in vars(result.provenance).items() if value is not None}
        | {"product": result.plan.product, "dose_u": result.plan.dose_u},
    )
    found = found.merge(_outcome_dataset(xarray, result))
    found["day"].attrs["units"] = "d"
    if "visit_day" in found.coords:
        found["visit_day"].attrs["units"] = "d"
    return found


def _by_kind(result: "Result") -> dict[str, dict[str, Any]]:
    """Series of the course by variable, then by the label on its own dimension."""
    kinds: dict[str, dict[str, Any]] = {}
    for series in result.course.series:
        kind, *where = series.name.split(":")
        if kind == "working_fraction":
            kinds.setdefault(kind, {})[":".join(where)] = series
        else:
            name = "_".join([kind, *where[:-1]])
            kinds.setdefault(name, {})[where[-1]] = series
    return kinds


def _course_variable(result: "Result", name: str, by_label: dict[str, Any]) -> dict[str, Any]:
    """Bands of one kind of series; not a number in areas that have none."""
    of_muscle = name == "working_fraction"
    labels = list(by_label) if of_muscle else list(result.indications)
    nothing = [float("nan")] * len(result.course.day)
    bands = [
        [
            (getattr(by_label[label], q) or nothing) if label in by_label else nothing
            for q in QUANTILES
        ]
        for label in labels
    ]
    dimension = "muscle" if of_muscle else "indication"
    units = next(iter(by_label.values())).unit
    dims = (dimension, "quantile", "day")
    return {name: (dims, bands, {"units": units}), dimension: ([dimension], labels)}


def _timing_variable(result: "Result") -> dict[str, Any]:
    missing = float("nan")

    def bands(code: str, event: str) -> list[float]:
        time = result.timing_of(code).get(event)
        values = [None if time is None else getattr(time, q) for q in QUANTILES]
        return [missing if value is None else value for value in values]

    values = [[bands(code, event) for event in EVENTS] for code in result.indications]
    return {
        "time": (
            ("indication", "event", "quantile"),
            values,
            {"units": "d", "censored_at_d": result.horizon_d},
        ),
        "indication": (["indication"], list(result.indications)),
        "event": (["event"], [event.removesuffix("_d") for event in EVENTS]),
    }


def _outcome_dataset(xarray: Any, result: "Result") -> Any:
    """Outcomes by indication, endpoint and day of the visit; the units are a coordinate."""
    rows = result.outcomes
    areas = list(result.indications)
    codes = list(dict.fromkeys(row.endpoint for row in rows))
    days = sorted({row.day for row in rows})
    shape = (len(areas), len(codes), len(days))
    numpy = required("numpy", EXTRA, "A dataset")
    variables = {}
    for name in ("value", "low", "high", "placebo"):
        values = numpy.full(shape, numpy.nan)
        for row in rows:
            number = getattr(row, name)
            where = slice(None) if row.indication is None else areas.index(row.indication)
            if number is not None:
                values[where, codes.index(row.endpoint), days.index(row.day)] = number
        variables["outcome" if name == "value" else f"outcome_{name}"] = (
            ("indication", "endpoint", "visit_day"),
            values,
            {"units": "see endpoint_unit"},
        )
    of = {row.endpoint: row for row in reversed(rows)}
    return xarray.Dataset(
        variables,
        coords={
            "indication": areas,
            "endpoint": codes,
            "visit_day": days,
            "endpoint_unit": (["endpoint"], [of[code].unit for code in codes]),
            "endpoint_statistic": (["endpoint"], [of[code].statistic for code in codes]),
        },
    )


def _people_variables(result: "Result") -> dict[str, Any]:
    """Times of each person, where the result keeps them."""
    if result.people is None:
        return {}
    values = [[area.times[event] for event in EVENTS] for area in result.people.values()]
    attributes = {"units": "d", "censored_at_d": result.horizon_d}
    return {"person_time": (("indication", "event", "person"), values, attributes)}
