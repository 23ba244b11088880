"""The story of the page Discuss: the sheet, notes on it, print, PDF and HTML, in a real browser."""

import re

import pytest

from endplate.case import DEMO_PLAN, Plan
from endplate.views.html import TEMPLATES
from endplate.web.pages.discuss import paper_style
from endplate.web.workspace import Draft, Workspace
from endplate.web.workspace.plan_edits import with_value
from labelled_plans import labelled_plan
from pdf_reading import words

from .conftest import DESK, PHONE

QUESTION = "Will it <b>hurt</b>?"
SLOW_MS = 120_000  # a first forecast on a busy machine


def shown(page):
    """Wait until the sheet is there."""
    page.wait_for_selector(".ds-paper .page", timeout=SLOW_MS)


def written(page, label: str, words: str):
    page.get_by_label(label).fill(words)
    page.wait_for_function(
        "words => document.querySelector('.ds-paper').innerText.includes(words)", arg=words
    )


def test_the_style_of_the_file_stays_on_the_paper():
    look = paper_style()
    style = (TEMPLATES / "sheet.css").read_text(encoding="utf-8")
    inside = look[: look.rindex("}\n@page")]
    assert not re.search(r"\bbody\b", inside)
    assert inside.count("{") - 1 == style.count("{") - style.count("@page{")
    assert look.startswith(".ds-paper{&{--pt:1}")


@pytest.mark.browser
def test_notes_are_written_kept_printed_and_saved(opened, tmp_path):
    with opened("/discuss") as (page, noted):
        shown(page)
        assert page.locator("h1").all_inner_texts() == [
            "Shots for frown lines between the eyebrows"
        ]
        written(page, "What the patient asks", QUESTION)
        written(page, "Name of the patient", "Ann O'Neil")
        assert page.locator(".ds-paper b", has_text="hurt").count() == 0
        page.reload()
        shown(page)
        assert page.get_by_label("What the patient asks").input_value() == QUESTION
        page.wait_for_function("document.querySelector('.ds-paper').innerText.includes('Ann O')")
        with page.expect_download(timeout=60_000) as got:
            page.get_by_role("button", name="PDF").click()
        got.value.save_as(tmp_path / "sheet.pdf")
        content = (tmp_path / "sheet.pdf").read_bytes()
        assert got.value.suggested_filename == "demo_plan-sheet.pdf"
        assert content.startswith(b"%PDF")
        assert QUESTION in words(content)
        with page.expect_download() as got:
            page.get_by_role("button", name="HTML file").click()
        text = got.value.path().read_text(encoding="utf-8")
        assert "Will it &lt;b&gt;hurt&lt;/b&gt;?" in text
        assert (noted.outside, noted.errors) == ([], [])


@pytest.mark.browser
def test_print_shows_the_sheet_alone(opened):
    with opened("/discuss") as (page, _):
        shown(page)
        written(page, "What was agreed", "A check in two weeks")
        page.evaluate("window.print = () => { window.printed = true }")
        page.get_by_role("button", name="Print").click()
        page.wait_for_function("window.printed")
        page.emulate_media(media="print")
        for hidden in ("header", ".ds-tools", ".ds-side", ".a-purpose", ".a-sample"):
            assert not page.locator(hidden).first.is_visible(), hidden
        paper = page.locator(".ds-paper")
        assert "A check in two weeks" in paper.inner_text()
        assert paper.bounding_box()["y"] < 5
        content = page.pdf(format="A4", prefer_css_page_size=False)
        assert content.count(b"/Type /Page\n") <= 4  # letters of 12 points


@pytest.mark.browser
def test_what_matters_is_kept_only_by_the_button(opened):
    mark = ".ds-paper input[name=v-any_rare][value='4']"
    with opened("/discuss") as (page, noted):
        shown(page)
        page.locator(mark).check()
        written(page, "What was agreed", "A check in two weeks")  # the sheet is drawn anew
        page.wait_for_function("mark => document.querySelector(mark).checked", arg=mark)
        page.reload()
        shown(page)
        assert not page.locator(mark).is_checked()
        page.locator(mark).check()
        page.get_by_role("button", name="Keep what matters in the notes").click()
        page.get_by_role("button", name="Take it out of the notes").wait_for()
        page.reload()
        shown(page)
        page.wait_for_function("mark => document.querySelector(mark)?.checked", arg=mark)
        page.get_by_role("button", name="Take it out of the notes").click()
        page.wait_for_function("mark => !document.querySelector(mark).checked", arg=mark)
        assert (noted.outside, noted.errors) == ([], [])


@pytest.mark.browser
def test_an_answer_shows_once_one_is_picked(opened):
    with opened("/discuss") as (page, _):
        shown(page)
        answer = page.locator(".ds-paper .mt-answer").first
        assert not answer.is_visible()
        page.locator(".ds-paper input[name=c-check1]").first.check()
        assert answer.is_visible()


@pytest.mark.browser
def test_a_note_that_does_not_fit_is_told(opened):
    with opened("/discuss") as (page, _):
        shown(page)
        page.get_by_label("Name of the provider").fill("x" * 81)
        page.wait_for_selector("text=Name of the provider has 81 characters; there is room for 80.")
        assert "xxx" not in page.locator(".ds-paper").inner_text()


@pytest.mark.browser
def test_large_print_and_a_use_that_no_model_reaches(opened, lay_out):
    plan = labelled_plan("incobotulinumtoxinA", "US", "sialorrhea")
    with opened("/discuss") as (page, noted):
        shown(page)
        lay_out(page, Workspace.with_plan(plan))
        page.wait_for_selector("h1:has-text('Shots for drooling')", timeout=SLOW_MS)
        said = page.locator(".ds-state").inner_text()
        assert said.startswith("Simulation of sialorrhea is not covered")
        assert "The sheet rests on labels and trials alone." in said
        size = "parseFloat(getComputedStyle(document.querySelector('.ds-paper')).fontSize)"
        before = page.evaluate(size)
        page.get_by_role("switch", name="Large print").click()
        page.wait_for_selector(".ds-paper.large.facts")
        assert page.evaluate(size) > 1.2 * before
        assert noted.errors == []


@pytest.mark.browser
def test_a_stop_stands_on_top_of_the_sheet(opened, lay_out):
    stopped = with_value(
        Draft.of_plan(Plan.load(DEMO_PLAN)), "patient.conditions", ["infection_at_site"]
    )
    workspace = Workspace.with_plan(Plan.load(DEMO_PLAN))
    workspace.replace_open(stopped)
    with opened("/discuss") as (page, _):
        lay_out(page, workspace)
        page.wait_for_selector("text=Do not sign yet.", timeout=SLOW_MS)
        text = page.locator(".ds-paper").inner_text()
        assert text.index("Do not sign yet") < text.index("What it is")


@pytest.mark.browser
@pytest.mark.parametrize(
    ("size", "scheme"), [(DESK, "light"), (PHONE, "dark")], ids=["desk-light", "phone-dark"]
)
def test_the_sheet_is_sound(opened, serious, fits, size, scheme):
    with opened("/discuss", size, scheme) as (page, noted):
        shown(page)
        assert fits(page) <= 0
        assert serious(page) == []
        assert noted.errors == []
