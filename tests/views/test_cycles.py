"""Repeated treatment on the report and in the terminal."""

from html_reading import Page
from sample import read

from endplate.views import report_page, summary, write_report
from endplate.views.cycles import cycle_areas
from endplate.views.text import WIDTH


def test_every_treatment_is_a_row_of_the_report_and_of_the_text(repeated, tmp_path):
    html = write_report(read(repeated), tmp_path / "report.html").read_text(encoding="utf-8")
    page = Page(html)
    assert page.faults == []
    text = summary(read(repeated))
    assert "200 (180 to 240)" in page.text
    assert "200  " in text
    for told in (page.text, text):
        assert "Treated again and again" in told
        assert "0.5 (-0.2 to 1.5)" in told or "0.5 (-0.3 to 1.5)" in told
        assert "112 days" in told
        assert "89" in told
    (area,) = cycle_areas(read(repeated))
    assert [row.antibodies for row in area.rows] == ["0", "fewer than 1", "fewer than 1"]
    assert [row.lost for row in area.rows] == ["0", "3", "6"]
    assert area.timeline_wide in html
    assert "days of their own" in page.text
    assert max(map(len, text.splitlines())) <= WIDTH


def test_the_long_course_spans_all_its_days(repeated):
    (area,) = cycle_areas(read(repeated))
    assert "Course over 1460 days" in area.timeline_wide
    assert "iv90" not in area.timeline_wide  # the times of the first treatment stand elsewhere


def test_forty_years_still_have_an_axis(repeated):
    course = repeated["cycles"]["course"]
    course["day"] = [10.0 * day for day in course["day"]]
    (area,) = cycle_areas(read(repeated))
    assert ">416<" in area.timeline_narrow


def test_a_single_treatment_has_no_such_part(result, tmp_path):
    assert cycle_areas(read(result)) == ()
    assert report_page(read(result)).cycles == ()
    assert "again and again" not in summary(read(result))
    html = write_report(read(result), tmp_path / "report.html").read_text(encoding="utf-8")
    assert 'class="cycles"' not in html
