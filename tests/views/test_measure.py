"""Scales that are not grades and outcomes that are no share of people: axis, sign and unit."""

import re
from dataclasses import replace
from itertools import pairwise

import pytest
from html_reading import Page
from protocol_result import burden, protocol_result
from sample import read

from endplate.facts.table import text_rows
from endplate.results.result import Outcome
from endplate.views import compare, report_page, sheet_page, summary, write_report, write_sheet
from endplate.views.outcome import figure, figure_range
from endplate.views.quantity import round_grid
from endplate.views.timeline import WIDE, timeline
from endplate.views.words import known

AREAS = [
    ("cervical_dystonia", 236, "twstrs_total", "points", 43.0),
    ("axillary_hyperhidrosis", 100, "sweat_mg_min", "mg/min", 220.0),
    ("chronic_migraine", 155, "headache_days_28d", "d/28 d", 19.9),
    ("overactive_bladder", 100, "ui_per_day", "1/d", 5.4),
    ("upper_limb_spasticity", 240, "mas_wrist", "grade", 3.2),
]
DYSTONIA = AREAS[0]


def treated(area, dose_u, scale, unit, start):
    return burden(protocol_result(area, dose_u), scale, unit, start)


@pytest.fixture
def dystonia():
    return treated(*DYSTONIA)


@pytest.mark.parametrize("case", AREAS, ids=lambda case: case[0])
def test_a_report_shows_the_course_and_the_change_of_its_scale(case, tmp_path):
    result = treated(*case)
    (area,) = report_page(read(result)).areas
    (group,) = area.measures
    assert area.outcomes == ()
    assert [float(row.value) for row in group.rows] == pytest.approx(
        [o["value"] for o in result["outcomes"]], abs=0.51
    )
    assert all(row.value.startswith("-") and row.placebo.startswith("-") for row in group.rows)
    assert group.unit.startswith("change from the start, ")
    assert area.timeline_wide.count('class="l-placebo"') == 1
    parsed = Page(write_report(read(result), tmp_path / "r.html").read_text(encoding="utf-8"))
    assert parsed.faults == []
    assert "_" not in group.name + group.rater + group.unit


def test_the_axis_holds_the_whole_band_in_the_unit_of_the_scale(dystonia):
    svg = timeline(read(dystonia), "cervical_dystonia", WIDE)
    ticks = [int(t) for t in re.findall(r'class="tick" text-anchor="end">(\d+)<', svg)]
    assert ticks == [0, 20, 40, 60, 80]
    assert "Neck dystonia (TWSTRS, 0 to 85)" in svg


def test_each_scale_of_an_area_has_its_panel():
    result = treated(*AREAS[-1])
    other = [
        {**item, "name": item["name"].replace("mas_wrist", "mas_elbow")}
        for item in result["course"]["series"]
        if "mas_wrist" in item["name"]
    ]
    result["course"]["series"] += other
    svg = timeline(read(result), "upper_limb_spasticity", WIDE)
    assert svg.count('class="band90"') == 2
    assert "Tone of the elbow" in svg
    assert "Tone of the wrist" in svg


def test_a_side_that_was_not_injected_has_no_line(dystonia):
    dystonia["course"]["series"].append(
        {"name": "working_fraction:splenius_capitis:left", "median": [1.0] * 366}
    )
    svg = timeline(read(dystonia), "cervical_dystonia", WIDE)
    assert "Splenius capitis" in svg
    assert "Splenius capitis, left" not in svg


def test_an_unknown_scale_is_shown_with_its_unit(dystonia):
    for item in dystonia["course"]["series"]:
        item["name"] = item["name"].replace("twstrs_total", "itchy_nose")
    assert "Itchy nose [points]" in timeline(read(dystonia), "cervical_dystonia", WIDE)


def test_percent_that_is_no_share_of_people_is_not_out_of_100(dystonia):
    for item in dystonia["outcomes"]:
        item.update(unit="%", statistic="mean", endpoint="sweat_pct_reduction", value=40.0)
    (area,) = report_page(read(dystonia)).areas
    assert area.outcomes == ()
    assert area.measures[0].rows[0].after == "%"


def test_a_gain_carries_its_sign_and_a_level_none():
    gain = Outcome(
        endpoint="pvr_ml",
        day=30,
        value=36.2,
        low=-2.0,
        high=40.0,
        unit="mL",
        statistic="mean_change",
    )
    assert (figure(36.2, gain), figure(0.0, gain), figure_range(gain)) == ("+36", "0", "-2 to +40")
    assert figure(36.2, replace(gain, statistic="mean")) == "36"


def test_terminal_comparison_and_sheet_print_the_change_beside_placebo(dystonia, tmp_path):
    assert "-21.5  -27.9 to -15     -4.3" in summary(read(dystonia))
    both = compare([read(dystonia), read(dystonia)], ["a", "b"])
    (row, _) = next(block.rows for block in both.blocks if "TWSTRS" in block.name)
    assert (row.unit, row.placebo, row.cells[0].value) == ("points", "-4.3", -21.5)
    page = Page(write_sheet(read(dystonia), tmp_path / "s.html").read_text(encoding="utf-8"))
    told = "down by 21.5 with the shots and down by 4.3 with a placebo shot, 4 weeks after."
    assert told in page.text


def test_the_sheet_speaks_of_what_is_treated(dystonia):
    page = sheet_page(read(dystonia))
    assert "relax the neck muscles" in page.what
    assert "The muscles may pull less." in [words for _, words in page.expect]
    assert "a head that you cannot hold up" in page.urgent["signs"]


@pytest.mark.parametrize(("low", "high"), [(0, 43), (-11.2, 0), (-3, 9), (0.2, 0.3), (5, 5)])
def test_a_grid_holds_its_range_in_equal_steps(low, high):
    grid = round_grid(low, high)
    steps = {round(b - a, 9) for a, b in pairwise(grid)}
    assert grid[0] <= low <= high <= grid[-1]
    assert len(steps) == 1
    assert 2 <= len(grid) <= 6


def test_every_scale_that_a_muscle_drives_has_words():
    scales = {row["scale"] for row in text_rows("drivers") if row["scale"] != row["indication"]}
    assert scales
    assert scales <= set(known("scale"))
