"""What matters to the reader, the check of what was read, and the Clear Communication Index."""

import re
from dataclasses import replace
from html import unescape

import pytest
from html_reading import Page
from sample import read

from endplate.facts.guide import value_scales
from endplate.safety import check
from endplate.views import fact_sheet_page, page_text, sheet_page
from endplate.views.guide import guide_page, part_html
from endplate.views.sheet_notes import LAST_MARK, SheetNotes, fault
from endplate.views.words import known
from labelled_plans import LABELLED, labelled_plan

ONA = "onabotulinumtoxinA"
PASSIVE = re.compile(r"\b(?:is|are|was|were|be|been|being)\s+\w+ed\b")


def facts(name, region, area):
    plan = labelled_plan(name, region, area)
    return fact_sheet_page(plan, check(plan))


@pytest.mark.parametrize("use", known("indication"))
def test_every_use_has_three_to_five_scales_that_lean_both_ways(use):
    own = value_scales(use)
    assert len(own) >= 3
    assert {row.leans for row in own} == {"toward", "away"}
    (one,) = (one for one in guide_page("US").uses if one.code == use)
    leans = [value.toward for value in one.matters.values]
    assert 3 <= len(leans) <= 5
    assert leans == sorted(leans, reverse=True)
    assert len({value.code for value in one.matters.values}) == len(leans)


@pytest.mark.parametrize(("name", "region", "area"), LABELLED)
def test_the_check_asks_what_the_sheet_tells(name, region, area):
    page = facts(name, region, area)
    matters, text = page.decision.matters, Page(page_text(page)).text
    benefit, time, danger = matters.check
    for one in matters.check:
        assert one.text in text
        assert one.answer in text
        assert len(set(one.choices)) == len(one.choices) >= 2
        assert one.choices[one.right]
    if page.benefits and page.benefits[0].value:
        assert benefit.choices[benefit.right] == page.benefits[0].value
        assert benefit.answer.startswith(f"{page.benefits[0].value} of 100")
        assert benefit.sources
    else:
        assert benefit.choices[benefit.right] in ("No", "No one can tell")
    grid = dict(page.decision.grids[0].rows)
    lasts = grid.get("How long does it last?", [None])[0]
    if lasts and lasts.known:
        assert time.answer == lasts.text
    else:
        assert time.answer.startswith("No. It wears off.")
    assert page.urgent["signs"][0] in danger.text[:1].lower() + danger.text[1:]
    assert danger.answer == f"{page.urgent['title']}."


def test_a_scale_is_a_row_of_named_marks():
    page = Page(page_text(facts(ONA, "US", "chronic_migraine")))
    marks = [a for tag, a in page.elements if tag == "input" and a["name"].startswith("v-")]
    assert len(marks) == 5 * (LAST_MARK + 1)
    assert {a["type"] for a in marks} == {"radio"}
    assert all(a["aria-label"].endswith("from little to a lot") for a in marks)
    assert not any("checked" in a for a in marks)  # nothing is marked for the reader
    assert "script" not in {tag for tag, _ in page.elements}


def test_marks_are_shown_where_the_notes_keep_them(result):
    page = sheet_page(read(result))
    kept = replace(page, notes=SheetNotes(matters="any_rare=4 lines_move=0"))
    inputs = [a for tag, a in Page(page_text(kept)).elements if tag == "input" and "checked" in a]
    assert [(a["name"], a["value"]) for a in inputs] == [("v-lines_move", "0"), ("v-any_rare", "4")]
    assert SheetNotes.read({"matters": "any_rare=4"}).scale_marks == {"any_rare": 4}
    assert SheetNotes.read({"matters": "any_rare=7"}).matters == ""
    assert fault("matters", "much").startswith("What matters to the patient is 'much'")


def test_two_uses_share_five_scales():
    plan = labelled_plan(ONA, "US", "chronic_migraine")
    both = ("chronic_migraine", "axillary_hyperhidrosis")
    plan = replace(plan, treatment=replace(plan.treatment, indications=both))
    values = fact_sheet_page(plan, check(plan)).decision.matters.values
    assert [value.code for value in values[:2]] == ["head_days", "armpit_dry"]
    assert len(values) == 5


def test_the_guide_has_scales_and_a_check_for_every_use():
    guide = guide_page("US")
    page = Page(f"<html><body>{part_html('decide', guide)}</body></html>")
    assert page.faults == []
    names = [a["name"] for tag, a in page.elements if tag == "input"]
    for use in guide.uses:
        assert use.name in page.text
        for value in use.matters.values:
            assert names.count(f"v-{use.code}-{value.code}") == LAST_MARK + 1
    assert "is kept nowhere" in page.text


def test_a_price_is_of_the_region_or_not_known():
    def cost(region, area):
        grid = facts(ONA, region, area).decision.grids[0]
        return [cell.text for cell in dict(grid.rows)["What does it cost?"]]

    assert cost("UK", "glabellar_lines")[0].startswith("About 100 to 350 pounds")
    assert "dollars" in cost("US", "glabellar_lines")[0]
    assert cost("EU", "glabellar_lines")[0] == "not known; ask"
    (use,) = (one for one in guide_page("US").uses if one.code == "glabellar_lines")
    told = dict(use.grid.rows)["What does it cost?"][0].text
    assert "In the US: " in told
    assert "In the UK: " in told


# Items of the CDC's Clear Communication Index that can be told by reading a page, by their number
# in docs/decision-aid.md; words of the reader (7) are held by the reading grade of test_fact_sheet.
INDEX = {
    1: lambda page, text, html: page.decision.choice.startswith("You choose:"),
    2: lambda page, text, html: text.index(page.decision.choice) - text.index(page.title) < 300,
    3: lambda page, text, html: (
        f'<div class="choice">\n<p class="choose"><b>{page.decision.choice}</b>' in unescape(html)
    ),
    4: lambda page, text, html: "<svg" in html or not any(b.value for b in page.benefits),
    5: lambda page, text, html: len(page.decision.steps) >= 3,
    6: lambda page, text, html: (
        not any(PASSIVE.search(line) for line in (page.decision.choice, *page.decision.steps))
    ),
    8: lambda page, text, html: html.count("<ul") + html.count("<ol") >= 6,
    9: lambda page, text, html: html.count("<h2") >= 9,
    10: lambda page, text, html: all(
        text.index(line) < text.index("What it is") for line in page.decision.summary
    ),
    11: lambda page, text, html: "We do not know:" in text and page.decision.provenance.sources,
    12: lambda page, text, html: all(step in text for step in page.decision.steps),
    13: lambda page, text, html: page.decision.why in text,
    14: lambda page, text, html: (
        "Mark each line." in text and all(question in text for question in page.decision.questions)
    ),
    15: lambda page, text, html: not re.search(r"%|\b(?:1|one) in \d", text),
    16: lambda page, text, html: all(b.frame in text for b in page.benefits if b.value),
    17: lambda page, text, html: set(re.findall(r"out of (\d+)", text)) <= {"100", "10"},
    18: lambda page, text, html: all(sign in text for sign in page.urgent["signs"]),
    19: lambda page, text, html: "What may get better" in text and "What may go wrong" in text,
    20: lambda page, text, html: all(
        card.strip in html for card in page.harms if card.value.isdigit()
    ),
}


@pytest.mark.parametrize(("name", "region", "area"), LABELLED)
def test_every_sheet_meets_the_clear_communication_index(name, region, area):
    page = facts(name, region, area)
    html = page_text(page)
    text = Page(html).text
    assert [item for item, is_met in INDEX.items() if not is_met(page, text, html)] == []


def test_a_forecast_meets_the_clear_communication_index(result):
    page = sheet_page(read(result))
    html = page_text(page)
    text = Page(html).text
    assert [item for item, is_met in INDEX.items() if not is_met(page, text, html)] == []


def test_the_docs_score_every_item(root):
    text = (root / "docs" / "decision-aid.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d+) [^|]*\| [^|]*\| [^|]*\| ([01]) \|", text, re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 21))
    score = 5 * sum(int(point) for _, point in rows)
    assert score >= 90
    assert f"**{score} of 100**" in text
