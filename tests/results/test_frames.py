"""A result as frames, as a dataset with named dimensions, and as figures."""

import dataclasses
import importlib
import json

import numpy as np
import pytest
from matplotlib import rcParamsDefault
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.text import Text

from endplate import simulate
from endplate.case import DEMO_PLAN, Plan
from endplate.errors import EndplateError, NotInstalled
from endplate.results.frames import TABLES
from endplate.results.plots import COLOURS
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


def test_times_that_the_end_of_the_run_cut_off_are_told_as_such(result):
    """In 60 days few lose the response: 60 d is no duration."""
    people = result.to_pandas("people")
    assert people["censored"].mean() > 0.8
    assert (people["censored"] == (people["duration_d"] == 60)).all()
    assert set(result.to_polars("timing")["horizon_d"]) == {60.0}
    assert result.to_xarray()["time"].attrs["censored_at_d"] == 60
    assert "duration: more than 60 d" in repr(result)
    words = [text.get_text() for text in result.plot.timeline().texts]
    assert "onset" in words
    assert "worn off" not in words


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
    plot = result.plot
    for method in (plot.timeline, plot.outcomes, plot.chart, plot.forest):
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


def test_a_forest_shows_every_endpoint_of_one_visit(result):
    ax = result.plot.forest(day=30)
    rows = [row for row in result.shares_of("glabellar_lines") if row.day == 30]
    assert len(rows) > 2
    named = [row.endpoint.replace("_", " ") for row in rows]
    assert [label.get_text() for label in ax.get_yticklabels()] == named
    shown = [list(line.get_xdata()) for line in ax.get_lines()]
    for row in rows:
        assert [row.low, row.high] in shown
        assert not row.trials or [figure.value for figure in row.trials] in shown
    near = min(result.timing.peak_d.median, 60)
    told = float(result.plot.forest().get_title("left").rpartition(" ")[2])
    assert all(abs(told - near) <= abs(row.day - near) for row in result.outcomes)
    with pytest.raises(EndplateError, match=r"^day is 31; allowed are the visits on 7, 30, 60"):
        result.plot.forest(day=31)


def is_title(artist, ax):
    return isinstance(artist, Text) and artist.get_text() == ax.get_title("left")


STYLES = ["dark_background", {"text.color": "#aabbcc"}, ["ggplot", {"axes.facecolor": "#010203"}]]


@pytest.mark.parametrize("style", STYLES, ids=["name", "settings", "both"])
def test_a_figure_takes_a_style_and_gives_the_old_one_back(result, style):
    from matplotlib import rcParams
    from matplotlib import style as styles

    before = dict(rcParams)
    plot = result.plot
    for method in (plot.timeline, plot.outcomes, plot.chart, plot.forest):
        ax = method(style=style)
        with styles.context(style):
            wanted = rcParams["axes.facecolor"], rcParams["text.color"]
        assert ax.get_facecolor() == to_rgba(wanted[0])
        if wanted[1] != rcParamsDefault["text.color"]:
            title = next(text for text in ax.get_children() if is_title(text, ax))
            assert to_rgba(title.get_color()) == to_rgba(wanted[1])
    assert dict(rcParams) == before


def test_colours_of_a_style_are_those_of_what_is_told_apart(result):
    plain, styled = result.plot.timeline(), result.plot.timeline(style="ggplot")
    assert to_rgba(plain.get_lines()[0].get_color()) == to_rgba(COLOURS[0])
    assert to_rgba(styled.get_lines()[0].get_color()) == to_rgba("#E24A33")


@pytest.mark.parametrize("style", ["no_such_style", 5, {"no.such": 1}, [None], b"ggplot", True])
def test_what_is_no_style_is_told(result, style):
    with pytest.raises(EndplateError, match=r"^style is .*; allowed are names, files and"):
        result.plot.timeline(style=style)


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
