"""What makes a figure unsure is shown in its parts, and a result without them as before."""

import re

import pytest
import sample
from html_reading import Page
from sample import read

from endplate.results.result import Outcome, TimeQuantiles
from endplate.views import compare, report_page, summary, write_report, write_sheet
from endplate.views.glyphs import Lane, outcome_strip
from endplate.views.outcome import middle_words, parts_of, widened_words

BOUNDS = {
    "parameters_low": 78.0,
    "parameters_high": 84.0,
    "trials_low": 73.0,
    "trials_high": 88.0,
    "people_low": 75.0,
    "people_high": 87.0,
}


@pytest.fixture
def told():
    result = sample.result()
    result["outcomes"] = [{**one, **BOUNDS, "widened": 1.0} for one in result["outcomes"]]
    ends = {"low": 100.0, "high": 150.0, "parameters_low": 110.0, "parameters_high": 140.0}
    result["timing_by_indication"]["glabellar_lines"]["duration_d"] |= {
        **ends,
        "trials_low": 105.0,
        "trials_high": 145.0,
    }
    return result


def test_each_row_has_its_parts_in_words_and_drawn(told, tmp_path):
    page = report_page(read(told))
    (area,) = page.areas
    row = area.outcomes[0].rows[0]
    assert [part.range for part in row.parts] == ["78 to 84", "73 to 88", "75 to 87"]
    kinds = re.findall(r'class="part p-(\w+)"', row.strip)
    assert kinds == ["parameters", "trials", "people"] == [code for code, _, _ in page.parts]
    parsed = Page(write_report(read(told), tmp_path / "report.html").read_text(encoding="utf-8"))
    assert parsed.faults == []
    for _, _, meaning in page.parts:
        assert meaning in parsed.text
    assert "100 to 150 days (model 110 to 140 days, trials 105 to 145 days)" in parsed.text
    assert area.widened == ""


def test_a_result_without_parts_shows_none(result, tmp_path):
    page = report_page(read(result))
    assert page.parts == ()
    assert all(row.parts == () for g in page.areas[0].outcomes for row in g.rows)
    text = Page(
        write_report(read(result), tmp_path / "report.html").read_text(encoding="utf-8")
    ).text
    assert "how trials differ" not in text
    assert "How sure" not in summary(read(result))


def test_the_terminal_names_the_parts(told):
    text = summary(read(told))
    assert re.search(r"30 +81 +72 to 90 +3 +78 to 84 +73 to 88 +75 to 87", text)
    assert "Trials:\n  how trials differ" in text or "Trials: how trials differ" in text


def test_what_is_widened_is_said_once_for_its_area(told):
    assert widened_words(read(told), "glabellar_lines") == ""
    for one in told["outcomes"]:
        one["widened"] = 2.24
    assert "2.2 times as wide" in widened_words(read(told), "glabellar_lines")
    assert widened_words(read(told), "forehead_lines") == ""
    for one in told["outcomes"]:
        one["widened"] = 1.02
    assert "taken hardly wider" in widened_words(read(told), "glabellar_lines")
    assert report_page(read(told)).areas[0].widened in summary(read(told)).replace("\n  ", " ")


def test_a_change_writes_its_parts_with_sign_and_unit():
    figures = dict.fromkeys(("value", "low", "high", *BOUNDS), -3.26)
    item = Outcome(endpoint="x", day=30, unit="points", statistic="mean_change", **figures)
    assert [part.range for part in parts_of(item)] == ["-3.3"] * 3


def test_lanes_lie_between_the_model_and_the_trials():
    lanes = tuple(Lane(10, 20, kind, f"p-{kind}") for kind in "abc")
    drawn = outcome_strip(15, 5, 25, None, (), lanes)
    bare = outcome_strip(15, 5, 25, None, ())
    height = [int(re.search(r'height="(\d+)"', one)[1]) for one in (drawn, bare)]
    rows = [int(y) for y in re.findall(r'y1="(\d+)" y2="\1" class="part', drawn)]
    assert rows == sorted(rows)
    assert len(set(rows)) == 3
    assert max(rows) < height[0]
    assert height[1] < height[0]


def test_times_of_no_one_are_left_out(told, tmp_path):
    """A dose so small that no one responds: the page says nothing of a duration, and stands."""
    never = dict.fromkeys(("median", "p05", "p25", "p75", "p95", "low", "high"))
    assert middle_words(TimeQuantiles(), 365) == ""
    told["timing_by_indication"]["glabellar_lines"]["duration_d"] |= never
    names = [answer.name for answer in report_page(read(told)).areas[0].answers]
    assert names == ["Starts to work", "Strongest"]
    assert Page(write_report(read(told), tmp_path / "report.html").read_text(encoding="utf-8")).text
    assert Page(write_sheet(read(told), tmp_path / "sheet.html").read_text(encoding="utf-8")).text
    assert "Strongest" in summary(read(told))
    assert compare([read(told), read(told)], ["a", "b"]).as_text()
