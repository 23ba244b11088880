"""A result as frames, as a dataset with named dimensions, and as figures."""

import dataclasses
import importlib
import json

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from endplate import simulate
from endplate.case import DEMO_PLAN, Plan
from endplate.errors import EndplateError, NotInstalled
from endplate.results.frames import TABLES
from endplate.trials import TrialResult
from endplate.validation.stored import stored_validation
from endplate.views import compare

PEOPLE = 64


@pytest.fixture(scope="module")
def result():
    return simulate(DEMO_PLAN, people=PEOPLE, days=60, people_level=True)


@pytest.mark.parametrize("table", TABLES)
def test_both_frames_hold_the_same_rows(result, table):
    polars, pandas = result.to_polars(table), result.to_pandas(table)
    assert polars.shape == pandas.shape
    assert polars.columns == list(pandas)
    assert len(polars) > 0


def test_a_frame_holds_the_numbers_of_the_result(result):
    frame = result.to_polars("outcomes")
    assert frame["value"].to_list() == [row.value for row in result.outcomes]
    course = result.to_polars("course")
    assert len(course) == len(result.course.day) * len(result.course.series)
    last = result.course.series[-1]
    assert course["median"].to_list()[-len(last.median) :] == last.median


def test_people_are_those_that_the_quantiles_are_of(result):
    people = result.to_pandas("people")
    assert len(people) == PEOPLE
    duration = people["duration_d"].dropna()
    assert np.median(duration) == pytest.approx(result.timing.duration_d.median)
    share = 100 * len(duration) / PEOPLE
    assert share == pytest.approx(result.timing.duration_d.percent_with_event)
    scores = result.to_pandas("scores").query("score == 'severity_contraction' and day == 30")
    told = result.series("severity_contraction:glabellar_lines").median[30]
    assert scores["value"].median() == pytest.approx(told, abs=1e-3)


def test_people_are_no_part_of_the_json_and_can_be_left_out(result):
    assert "people" not in result.as_dict()
    plain = dataclasses.replace(result, people=None)
    assert plain == result
    with pytest.raises(EndplateError, match="simulate with people_level=True"):
        plain.to_polars("people")
    assert "person" not in plain.to_xarray().dims


def test_the_dataset_has_named_dimensions_and_units(result):
    data = result.to_xarray()
    course = data["severity_contraction"]
    assert course.dims == ("indication", "quantile", "day")
    assert course.attrs["units"] == "grade"
    median = course.sel(indication="glabellar_lines", quantile=0.5).values
    told = result.series("severity_contraction:glabellar_lines").median
    assert median.tolist() == told
    day = result.outcomes[0]
    found = data["outcome"].sel(
        indication="glabellar_lines", endpoint=day.endpoint, visit_day=day.day
    )
    assert float(found) == day.value
    assert data["endpoint_unit"].sel(endpoint=day.endpoint).item() == day.unit
    duration = data["time"].sel(event="duration", quantile=0.5).item()
    assert duration == result.timing.duration_d.median
    assert data["person_time"].sizes["person"] == PEOPLE
    assert data.attrs["people"] == PEOPLE


def test_every_figure_is_drawn_on_the_axes_given(result):
    figure = Figure()
    for method in (result.plot.timeline, result.plot.outcomes, result.plot.chart):
        ax = figure.add_subplot()
        assert method(ax=ax) is ax
        assert isinstance(method(), Axes)
        assert ax.get_title("left")


def test_a_timeline_shows_the_median_and_both_bands(result):
    ax = result.plot.timeline()
    (median, *_) = ax.get_lines()
    assert list(median.get_ydata()) == result.course.series[0].median
    assert len(ax.collections) == 2


def test_a_chart_shows_every_site(result):
    ax = result.plot.chart()
    (sites,) = ax.collections  # all of one dose
    assert len(sites.get_offsets()) == len(result.plan.sites) == 5
    assert sum(text.get_text() == "4 U" for text in ax.texts) == 5


def test_forests_of_comparison_and_validation(result):
    comparison = compare([result, result], ["one", "other"])
    ax = comparison.plot.forest()
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert labels[0].endswith(": one")
    assert labels[1].endswith(": other")
    assert comparison.to_polars().shape == comparison.to_pandas().shape
    validation = stored_validation()
    ax = validation.plot.forest("glabellar_lines", "duration")
    rows = validation.to_polars()
    wanted = rows.filter((rows["indication"] == "glabellar_lines") & (rows["kind"] == "duration"))
    assert len(ax.get_yticks()) == len(wanted)
    assert len(rows) == len(validation.rows)
    with pytest.raises(EndplateError, match=r"^indication is 'x'; allowed are"):
        validation.plot.forest("x")
    with pytest.raises(EndplateError, match=r"^block is 'x'; allowed are"):
        comparison.plot.forest("x")


def test_a_forest_of_a_trial(tmp_path):
    row = {"day": 30.0, "arm": "20 U", "control": "placebo", "unit": "percentage points"}
    row |= {"method": "risk difference with Newcombe's interval; a test", "estimate": 70.0}
    ends = {"low": 55.0, "high": 80.0}
    other = row | {"endpoint": "median_duration", "unit": "hazard ratio", "day": None}
    rows = [row | {"endpoint": "inv_ge1"} | ends, other | ends]
    told = {"title": "Two arms", "endpoints": rows}
    (tmp_path / "summary.json").write_text(json.dumps(told))
    plots = TrialResult(tmp_path).plot
    ax = plots.forest()
    assert [one.get_text() for one in ax.get_yticklabels()] == ["inv ge1, day 30: 20 U - placebo"]
    assert ax.get_xlabel() == "Risk difference with Newcombe's interval [percentage points]"
    with pytest.raises(EndplateError, match=r"^endpoint is 'x'; allowed are inv_ge1, median_dur"):
        plots.forest("x")


@pytest.mark.parametrize(
    ("package", "extra", "use"),
    [
        ("polars", "frames", lambda result: result.to_polars()),
        ("pandas", "frames", lambda result: result.to_pandas()),
        ("xarray", "frames", lambda result: result.to_xarray()),
        ("matplotlib", "plot", lambda result: result.plot.timeline()),
    ],
)
def test_a_missing_package_names_its_extra(result, monkeypatch, package, extra, use):
    load = importlib.import_module

    def missing(name, *more):
        if name == package:
            raise ImportError(name)
        return load(name, *more)

    monkeypatch.setattr("endplate.extras.import_module", missing)
    sentence = rf"needs {package}: pip install 'endplate\[{extra}\]'\.$"
    with pytest.raises(NotInstalled, match=sentence):
        use(result)


def test_the_function_and_the_command_make_the_same(result):
    from endplate import forecast

    plan = Plan.load(DEMO_PLAN)
    command = forecast.command_of("demo_plan.toml", PEOPLE, 0, 60)
    assert forecast.simulate(plan, people=PEOPLE, days=60, command=command) == result
