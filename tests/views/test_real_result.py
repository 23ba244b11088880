"""The pages on a result of the simulator itself: what it really gives is what they can show."""

import pytest
from html_reading import Page

from endplate.case import DEMO_PLAN, Plan
from endplate.forecast import simulate
from endplate.views import compare, report_page, summary, write_report, write_sheet
from endplate.views.text import WIDTH


@pytest.fixture(scope="module")
def real():
    return simulate(Plan.load(DEMO_PLAN), people=200, days=120)


def test_the_report_shows_every_part_of_it(real, tmp_path):
    page = report_page(real)
    (area,) = page.areas
    assert len(area.answers) == 3
    assert area.timeline_wide.count("<path") > 6
    assert area.outcomes
    assert page.harms
    assert len(page.drawings) == 2
    parsed = Page(write_report(real, tmp_path / "report.html").read_text(encoding="utf-8"))
    assert parsed.faults == []
    for harm in real.harms:
        assert (
            f"{harm.percent:.0f} of 100" in parsed.text
            or harm.percent % 1 == 0.5
            or harm.percent < 0.5
        )


def test_shares_of_the_dose_on_the_page_sum_to_all_of_it(real):
    shares = [a.bar or 0.0 for row in report_page(real).muscles for a in row.shares]
    assert sum(shares) == pytest.approx(100, abs=0.1)


def test_every_word_of_it_is_known(real, tmp_path):
    parsed = Page(write_sheet(real, tmp_path / "sheet.html").read_text(encoding="utf-8"))
    assert parsed.faults == []
    assert "_" not in parsed.text
    assert all("_" not in group.name for area in report_page(real).areas for group in area.outcomes)


def test_the_terminal_and_the_comparison_take_it(real):
    assert max(map(len, summary(real).splitlines())) <= WIDTH + 4
    assert "day 30" in compare([real, real], ["a", "b"]).as_text()
