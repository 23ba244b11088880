"""The Forecast page in a browser: change a plan, let weeks go by, compare, lose the net."""

import base64
import copy
import json
import re
import tomllib

import pytest

from endplate.case import DEMO_PLAN, Plan

from .conftest import DESK, PHONE

MADE_WITHIN_MS = 120_000  # the first forecast of a kind of plan is compiled
TABLES = tomllib.loads(Plan.load(DEMO_PLAN).dumps())


def _desk(*plans: dict, at: int = 0) -> str:
    told = [{"name": f"plan {i}", "tables": tables} for i, tables in enumerate(plans, 1)]
    text = json.dumps({"plans": told, "at": at}, default=str)
    return "#desk=" + base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _made(page, people: str = "") -> None:
    """Wait until the page shows a forecast."""
    page.wait_for_selector(".fc-body:not(.waiting) .fc-group", timeout=MADE_WITHIN_MS)
    if people:
        page.get_by_text(f"Forecast over {people} virtual people.").wait_for(timeout=MADE_WITHIN_MS)


def _renewed(page, change) -> None:
    """Make a change and wait until the stage shows its answer."""
    before = page.locator(".fc-stage").get_attribute("data-version")
    change()
    page.wait_for_function(
        "before => document.querySelector('.fc-stage').dataset.version !== before",
        arg=before,
        timeout=MADE_WITHIN_MS,
    )


def _all_of_it(page) -> None:
    """Have the browser draw what lies below the window too, to be read and checked."""
    page.add_style_tag(content=".fc-body section{content-visibility:visible!important}")


def _shade(page, part: str) -> float:
    shape = page.locator(f'[data-part="{part}"]').first
    return float(shape.get_attribute("fill-opacity"))


def _said(page) -> str:
    return page.get_by_role("slider").get_attribute("aria-valuetext")


@pytest.mark.browser
def test_the_weeks_go_by_and_the_drawing_with_them(opened):
    with opened("/forecast?week=0" + _desk(TABLES)) as (page, noted):
        _made(page)
        slider = page.get_by_role("slider", name="Week after the treatment")
        assert slider.input_value() == "0"
        part = "corrugator_supercilii:left"
        fresh, brow = _shade(page, part), page.locator('[data-part="brow:left"]').first
        frown = brow.get_attribute("d")
        slider.focus()
        for _ in range(4):
            page.keyboard.press("ArrowRight")
        assert _said(page).startswith("Week 4: ")
        assert "silenced in corrugator supercilii" in _said(page)
        assert _shade(page, part) > fresh + 0.4
        assert brow.get_attribute("d") != frown
        assert "week=4" in page.url
        # the line in the course stands at the same week
        assert (
            page.evaluate(
                "getComputedStyle(document.querySelector('.fc-courses')).getPropertyValue('--fc-day')"
            )
            == "28"
        )
        page.get_by_role("radio", name="at rest").check()
        page.wait_for_timeout(600)
        assert page.locator(".fc-week").inner_text().split() == ["Week", "4"]
        assert noted.errors == []


@pytest.mark.browser
def test_the_weeks_can_be_played_and_stopped(opened):
    with opened("/forecast?week=0" + _desk(TABLES)) as (page, _):
        _made(page)
        page.get_by_role("button", name="Play the weeks").click()
        page.wait_for_function("document.querySelector('.fc-slide input').value > 2")
        page.get_by_role("button", name="Pause").click()
        stopped = page.get_by_role("slider").input_value()
        page.wait_for_timeout(500)
        assert page.get_by_role("slider").input_value() == stopped
        assert f"week={stopped}" in page.url


@pytest.mark.browser
def test_a_change_of_the_dose_is_seen_and_can_be_undone(opened):
    with opened("/forecast?week=8" + _desk(TABLES)) as (page, noted):
        _made(page)
        usual = _shade(page, "corrugator_supercilii:left")
        field = page.get_by_role("spinbutton", name="Total dose [U]")
        assert field.input_value() == "20"
        page.get_by_role("button", name="More by 1 U").focus()
        _renewed(page, lambda: page.keyboard.press("Enter"))
        assert field.input_value() == "21"
        assert "21 U" in page.locator(".fc-title").inner_text()
        # the focus stays on the button, to be pressed again
        assert page.evaluate("document.activeElement.getAttribute('aria-label')") == "More by 1 U"

        def typed() -> None:
            field.fill("60")
            field.press("Enter")

        _renewed(page, typed)
        page.wait_for_function("document.querySelector('.fc-title').textContent.includes('60 U')")
        assert _shade(page, "corrugator_supercilii:left") > usual
        _renewed(page, lambda: page.get_by_role("button", name="Undo").click())
        page.wait_for_function("document.querySelector('.fc-dose input').value === '21'")
        field.fill("0")
        field.press("Enter")
        page.get_by_text("The total dose must be a number above 0").wait_for()
        assert noted.errors == []


@pytest.mark.browser
def test_two_plans_stand_side_by_side_and_share_the_slider(opened, serious):
    with opened("/forecast?week=6" + _desk(TABLES)) as (page, noted):
        _made(page)
        page.get_by_role("button", name="Add a copy to compare").click()
        page.wait_for_function("document.querySelectorAll('[data-stage]').length === 2")
        assert page.get_by_role("button", name="plan 2", exact=True).is_visible()
        field = page.get_by_role("spinbutton", name="Total dose [U]")
        field.fill("8")
        field.press("Enter")
        looks = page.locator("[data-stage]")
        looks.nth(1).get_by_text("8 U for").wait_for(timeout=MADE_WITHIN_MS)
        words = [looks.nth(i).locator(".fc-bar p").first for i in (0, 1)]
        told = [one.inner_text() for one in words]
        assert told[0] != told[1]
        page.get_by_role("slider").press("Home")
        assert [one.inner_text() for one in words] != told
        page.get_by_role("heading", name="Side by side").wait_for()
        _all_of_it(page)
        assert serious(page) == []
        page.get_by_role("button", name="Remove plan 2").click()
        page.wait_for_function("document.querySelectorAll('[data-stage]').length === 1")
        page.get_by_role("heading", name="Side by side").wait_for(state="hidden")
        assert noted.errors == []


@pytest.mark.browser
def test_a_lost_connection_leaves_the_weeks(opened):
    with opened("/forecast?week=0" + _desk(TABLES)) as (page, _):
        _made(page)
        page.context.set_offline(True)
        page.get_by_role("slider").press("End")
        last = page.get_by_role("slider").get_attribute("max")
        assert _said(page).startswith(f"Week {last}: ")
        page.get_by_role("slider").press("Home")
        assert _said(page).startswith("Week 0: ")


@pytest.mark.browser
def test_less_motion_is_a_step_a_week(opened):
    with opened("/forecast?week=0" + _desk(TABLES)) as (page, _):
        page.emulate_media(reduced_motion="reduce")
        _made(page)
        page.get_by_role("button", name="Play the weeks").click()
        page.wait_for_function("document.querySelector('.fc-slide input').value >= 2")
        days = page.evaluate(
            """async () => {
              const seen = new Set(), page = document.querySelector('.fc-courses');
              for (let i = 0; i < 40; i++) {
                seen.add(getComputedStyle(page).getPropertyValue('--fc-day'));
                await new Promise((done) => setTimeout(done, 40));
              }
              return [...seen];
            }"""
        )
        assert len(days) > 1
        assert all(float(day) % 7 == 0 for day in days)


@pytest.mark.browser
@pytest.mark.parametrize(("size", "scheme"), [(DESK, "light"), (PHONE, "dark")])
def test_the_whole_page_is_sound(opened, serious, fits, size, scheme):
    with opened("/forecast" + _desk(TABLES), size, scheme) as (page, noted):
        _made(page, "2,000")
        page.wait_for_selector(".fc-line")
        assert fits(page) <= 0
        _all_of_it(page)
        assert fits(page) <= 0
        assert serious(page) == []
        assert (noted.outside, noted.errors) == ([], [])
        for section in ("Side effects out of 100 people", "What gets better", "What is not known"):
            assert page.get_by_role("heading", name=section).is_visible()
        assert re.search(r"Day 30\s+\d+ of 100", page.locator(".fc-benefits").inner_text())
        small = page.evaluate(
            """[...document.querySelectorAll('.fc-page button, .fc-page select, .fc-page label')]
              .filter((e) => e.offsetParent && e.getBoundingClientRect().height < 40)
              .map((e) => e.outerHTML.slice(0, 80))"""
        )
        assert small == []


@pytest.mark.browser
def test_what_is_not_covered_is_told_in_a_sentence(opened):
    refused = copy.deepcopy(TABLES)
    refused["treatment"] |= {"product": "rimabotulinumtoxinB", "vial_u": 5000, "diluent_ml": 1}
    broken = copy.deepcopy(TABLES)
    broken["treatment"]["vial_u"] = -1
    with opened("/forecast" + _desk(refused, broken)) as (page, noted):
        page.get_by_text("This plan cannot be forecast.").wait_for(timeout=MADE_WITHIN_MS)
        assert page.get_by_text("rimabotulinumtoxinB for glabellar_lines is refused").is_visible()
        page.get_by_role("button", name="plan 2", exact=True).click()
        page.get_by_text("This plan has faults.").wait_for()
        assert page.get_by_text("Vial is -1").is_visible()
        page.locator(".fc-refusal").get_by_role("link", name="Plan").click()
        page.wait_for_url(re.compile(r"/$"))
        assert noted.errors == []
