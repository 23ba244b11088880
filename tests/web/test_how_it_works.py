"""The story of the page How it works: the article of the open plan, played in a real browser."""

import pytest

from endplate.case import DEMO_PLAN, Plan
from endplate.forecast.journey import follow
from endplate.views.article.scene import of_100
from endplate.web.workspace import Draft, Workspace
from endplate.web.workspace.plan_edits import with_value

from .conftest import DESK, PHONE

pytestmark = pytest.mark.browser
SLOW_MS = 120_000  # a first forecast on a busy machine
SIGNAL = ".hw-step:nth-of-type(4) .hw-scene"


def shown(page, people: bool = False):
    """Wait for the article; with the forecast of many people if asked."""
    page.wait_for_selector(".hw-step:nth-of-type(7)", timeout=SLOW_MS)
    if people:
        page.wait_for_selector("text=with 2000 virtual people", timeout=SLOW_MS)


def says(page, step: int) -> str:
    return page.locator(f".hw-step:nth-of-type({step}) .hw-say").first.inner_text()


def workspace_of(draft: Draft) -> Workspace:
    workspace = Workspace.with_plan(Plan.load(DEMO_PLAN))
    workspace.replace_open(draft)
    return workspace


def test_a_step_plays_and_its_picture_follows(opened):
    with opened("/how-it-works") as (page, noted):
        shown(page)
        assert page.locator("h1").all_inner_texts() == ["How it works"]
        slider = page.get_by_role("slider", name="Time in the drawing: The signal stops")
        slider.fill("0")
        assert says(page, 4).startswith("Day 0: ")
        lit = f"[...document.querySelectorAll('{SIGNAL} .hw-stage g[data-b*=working]')]"
        count = f"{lit}.filter(g => Number(g.getAttribute('opacity')) > 0.5).length"
        assert page.evaluate(count) == 20
        page.get_by_role("button", name="Play: The signal stops").click()
        page.wait_for_function(f"{count} < 5", timeout=15_000)
        page.get_by_role("button", name="Pause: The signal stops").click()
        day = float(says(page, 4).split(":")[0].removeprefix("Day "))
        assert day > 1
        assert slider.get_attribute("aria-valuetext") == says(page, 4)
        slider.press("End")
        assert says(page, 4).startswith("Day 42: ")
        assert (noted.outside, noted.errors) == ([], [])


def test_numbers_are_those_of_the_open_plan(opened, lay_out):
    high = with_value(Draft.of_plan(Plan.load(DEMO_PLAN)), "treatment.dose_u", 60.0)
    with opened("/how-it-works") as (page, _):
        shown(page)
        before = says(page, 6)
        lay_out(page, workspace_of(high))
        page.wait_for_selector("text=60 units of onabotulinumtoxinA", timeout=SLOW_MS)
        page.wait_for_function(
            "said => document.querySelector('.hw-step:nth-of-type(6) .hw-say').innerText !== said",
            arg=before,
        )
        course = follow(high.plan).course
        low = of_100(course.intact.min())
        assert f"{low} of 100" in page.locator(".hw-step:nth-of-type(3) .hw-text").inner_text()


def test_a_plan_that_is_not_covered_gets_the_bundled_one_and_says_so(opened, lay_out):
    broken = Draft.of("broken", {"patient": {"age_y": -1}, "treatment": {}})
    with opened("/how-it-works") as (page, noted):
        lay_out(page, workspace_of(broken))
        page.wait_for_selector("text=Your plan cannot be shown here.", timeout=SLOW_MS)
        shown(page)
        assert "Age is -1; it must be a number" in page.locator(".hw-why").inner_text()
        assert "Your plan cannot be shown here." in page.locator(".hw-why").inner_text()
        assert "They are not about your plan" in page.locator(".hw-lead").inner_text()
        assert noted.errors == []


def test_scientific_words_are_shown_on_demand_and_motion_is_respected(opened):
    with opened("/how-it-works") as (page, _):
        shown(page)
        page.emulate_media(reduced_motion="reduce")
        word = page.locator(".hw-text .hw-sci", has_text="SNAP-25")
        assert not word.is_visible()
        page.get_by_role("checkbox", name="Show the scientific words").click()
        word.wait_for(state="visible")
        moving = "document.getAnimations().filter(a => a.playState === 'running').length"
        page.wait_for_function(f"{moving} === 0")
        page.get_by_role("button", name="Play: It wears off").click()
        page.wait_for_function(
            "document.querySelectorAll('.hw-step')[5].querySelector('input').value > 30"
        )


def test_a_reader_without_a_plan_gets_the_whole_story(opened):
    with opened("/how-it-works") as (page, noted):
        shown(page)
        page.wait_for_selector(".g-myths", timeout=SLOW_MS)
        assert page.locator(".hw-lead").inner_text().startswith("The drawings follow a sample: 20")
        assert "The sample has 5 shots" in page.locator(".hw-text").first.inner_text()
        text = page.locator("article").inner_text()
        for chapter in (
            "The short story",
            "What it is used for",
            "What may get better?",
            "What may go wrong?",
            "Who treats you",
            "Does it poison the body?",
        ):
            assert chapter in text, chapter
        page.get_by_role("link", name="Who treats you").click()
        page.wait_for_function("location.hash === '#g-provider'")
        assert page.locator("h1").all_inner_texts() == ["How it works"]
        assert (noted.outside, noted.errors) == ([], [])


@pytest.mark.parametrize(
    ("size", "scheme"), [(DESK, "light"), (PHONE, "dark")], ids=["desk-light", "phone-dark"]
)
def test_the_article_is_sound(opened, serious, fits, size, scheme):
    with opened("/how-it-works", size, scheme) as (page, noted):
        shown(page, people=True)
        page.get_by_role("checkbox", name="Show the scientific words").click()
        for summary in page.locator("summary").all():
            summary.click()
        assert fits(page) <= 0
        assert serious(page) == []
        assert noted.errors == []
