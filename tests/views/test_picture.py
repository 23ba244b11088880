import re

import pytest
from sample import read

from endplate.views.glyphs import icon_array, position, strip_of_people
from endplate.views.timeline import NARROW, WIDE, Panel, PlotFrame, axis_days, timeline


def test_icon_arrays_hold_one_hundred_people():
    svg = icon_array(30.4, 12.0, 41.0)
    counts = {kind: svg.count(f'class="{kind}"') for kind in ("i-bg", "i-add", "i-max", "i-no")}
    assert counts == {"i-bg": 12, "i-add": 18, "i-max": 11, "i-no": 59}


def test_placebo_above_the_toxin_adds_nobody():
    svg = icon_array(9.0, 11.0, 12.0)
    assert svg.count('class="i-bg"') == 9
    assert svg.count('class="i-add"') == 0


def test_a_strip_places_values_on_one_axis():
    left, middle, right = (float(position(v).rstrip("%")) for v in (0, 50, 100))
    assert middle == (left + right) / 2
    assert left > 0
    assert right < 100


def test_the_time_axis_is_linear_and_ends_after_wearing_off(result):
    horizon = axis_days(read(result), "glabellar_lines")
    assert horizon % 28 == 0
    assert result["timing"]["duration_d"]["p95"] < horizon <= 365
    frame = PlotFrame(WIDE, 78, 14, horizon)
    assert frame.x(horizon / 2) == pytest.approx((frame.x(0) + frame.x(horizon)) / 2)
    panel = Panel(10, 90, "", 0, 3)
    assert (panel.y(3), panel.y(0)) == (10, 100)


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_the_median_is_drawn_where_the_result_has_it(result, width):
    svg = timeline(read(result), "glabellar_lines", width)
    path = re.findall(r'd="M([^"]+)" class="l-median"', svg)[0]
    points = [tuple(map(float, p.split(","))) for p in path.split("L")]
    series = result["course"]["series"][0]["median"]
    horizon = axis_days(read(result), "glabellar_lines")
    frame = PlotFrame(width, 72 if width == NARROW else 78, 14, horizon)
    panel = Panel(32, 170, "", 0, 3)
    for x, y in points:
        day = round((x - frame.x(0)) / (frame.x(horizon) - frame.x(0)) * horizon)
        assert y == pytest.approx(panel.y(series[day]), abs=0.1)
    assert len(points) > 100


def test_an_area_shows_the_muscles_injected_for_it(result):
    for site in result["plan"]["sites"]:
        site["indication"] = "glabellar_lines" if site["muscle"] == "procerus" else "other"
    svg = timeline(read(result), "glabellar_lines")
    assert "Procerus" in svg
    assert "Corrugator" not in svg


def test_sides_that_differ_get_their_own_line(result):
    right = next(s for s in result["course"]["series"] if s["name"].endswith("supercilii:right"))
    right["median"] = [1.0] * len(right["median"])
    svg = timeline(read(result), "glabellar_lines")
    assert "Corrugator supercilii, left" in svg
    assert "Corrugator supercilii, right" in svg


@pytest.mark.parametrize(("percent", "filled"), [(0.0, 0), (0.3, 0), (4.0, 4), (100.0, 100)])
def test_a_strip_has_a_hundred_people_and_fills_so_many(percent, filled):
    shown, others = re.findall(r'd="([^"]*)"', strip_of_people(percent, "i-add"))
    assert shown.count("h3v3") == filled
    assert shown.count("h3v3") + others.count("h3v3") == 100
