"""The guide tells the whole story for every use, sourced sentence by sentence, in one file."""

import json
import re

import pytest
from html_reading import Page
from readability import grade

from endplate.case import DEMO_PLAN, Plan
from endplate.facts.guide import (
    ADVICE,
    QUESTIONS,
    OptionFact,
    ProviderRule,
    Statement,
    option_facts,
    statements,
)
from endplate.facts.sources import source
from endplate.facts.table import typed_rows
from endplate.forecast.journey import follow
from endplate.views.guide import AFTER, BEFORE, guide_page, part_html, write_guide
from endplate.views.sheet_words import sheet_words
from endplate.views.words import known, word

MOST_GRADE = 6.0
PRODUCT = re.compile(r"\b\w+toxin[AB]\b")


@pytest.fixture(scope="module")
def guide():
    return guide_page("US")


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("guide") / "guide.html"
    return write_guide(follow(Plan.load(DEMO_PLAN)), path, "US")


def part(guide, name: str) -> Page:
    return Page(f"<!DOCTYPE html><html><body>{part_html(name, guide)}</body></html>")


@pytest.mark.parametrize("name", [*BEFORE, *AFTER])
def test_every_part_is_read_with_ease(guide, name):
    page = part(guide, name)
    assert page.faults == []
    read = Page(part_html(name, guide).split("<ol")[0])  # titles of papers are not ours
    sentences = [" ".join(words.split()) for words in read.words]
    text = "\n".join(s for s in sentences if len(s.split()) >= 6)
    assert grade(PRODUCT.sub("drug", text)) <= MOST_GRADE
    assert not re.search(r"%|\{|\bnan\b|\bNone\b", read.text)


def test_every_sentence_is_sourced_or_marked_as_advice(guide):
    for row in typed_rows(Statement, "guide"):
        for key in row.source.split(";"):
            assert source(key.strip()).title
        assert (row.kind == "assumed") or row.source != ADVICE
        said = [one for one in _every_said(guide) if one.text == row.text]
        for one in said:
            assert one.advice is (row.source == ADVICE), row.id
            assert bool(one.sources) is not one.advice, row.id
    assert part(guide, "living").text.count("our advice") == 2
    assert "our advice" not in part(guide, "repeat").text.split("So shots may")[0]


def _every_said(guide):
    for value in vars(guide).values():
        if isinstance(value, tuple):
            yield from (item for item in value if hasattr(item, "advice"))
    for card in guide.providers:
        yield from (*card.does, *card.leave, *card.rules)
    for use in guide.uses:
        yield from use.place


def test_every_statement_is_shown(guide):
    shown = {one.text for one in _every_said(guide)}
    child = {row.text for row in statements("child")}  # stands on sheets for children
    missing = {row.text for row in typed_rows(Statement, "guide")} - shown - child
    assert missing == set()
    assert {row.text for row in typed_rows(ProviderRule, "provider_rules")} <= shown


def test_the_whole_story_is_told_for_every_use(guide):
    assert [use.code for use in guide.uses] == list(known("indication"))
    assert {use.code for use in guide.uses} == set(sheet_words()["use"])
    text = part(guide, "uses").text
    for use in guide.uses:
        assert use.condition in text
        assert use.how in text
    told = part(guide, "benefits").text, part(guide, "harms").text
    for use in guide.uses:
        assert all(use.name in each for each in told), use.code  # a figure, or that there is none


def test_benefits_are_told_in_both_frames_beside_a_dummy_shot(guide):
    text = part(guide, "benefits").text
    (bladder,) = (use for use in guide.uses if use.code == "neurogenic_detrusor_overactivity")
    assert (bladder.benefit.value, bladder.benefit.placebo) == ("36", "10")
    assert "36 will. 64 will not. 26 of the 36 owe it to the shots." in text
    assert "It could be 30 to 43. We are less sure." in text
    labels = [a["aria-label"] or "" for tag, a in part(guide, "benefits").elements if "role" in a]
    assert "100 people drawn: 36 filled, 10 of them as with a placebo shot." in labels
    assert len(labels) == sum(bool(use.benefit and use.benefit.value) for use in guide.uses)


def test_harms_shown_were_read_in_their_source(guide):
    for use in guide.uses:
        assert all(card.verified for card, _ in use.harms), use.code
        percents = [card.percent for card, _ in use.harms]
        assert percents == sorted(percents, reverse=True)
    text = part(guide, "harms").text
    assert "cause death" in text
    assert "A bladder infection 24 of 100" in text


def test_numbers_lead_to_sources(guide):
    pages = [part(guide, name) for name in (*BEFORE, *AFTER)]
    ids = {one for page in pages for one in page.ids} | {"g-steps"}
    links = [address for page in pages for address in page.links if address.startswith("#")]
    assert len(links) > 100
    assert {address[1:] for address in links} <= ids
    assert len(guide.provenance.sources) == len(set(guide.provenance.sources))


def test_what_is_little_known_is_said_to_be(guide):
    text = part(guide, "repeat").text
    assert "We know little." in text
    assert "Two people prove little." in text
    asked = {one.title for one in guide.myths}
    assert {
        "Does a bigger dose last for ever?",
        "Does it poison the body?",
        "Must I keep upright for four hours?",
    } <= asked
    (poison,) = (one for one in guide.myths if "poison" in one.title)
    assert not poison.verified  # seen in one place: it carries a star


def test_an_option_tells_its_figure_and_ranks_nothing(guide):
    names = sheet_words()["option"]
    for row in typed_rows(OptionFact, "options"):
        assert row.question in QUESTIONS
        assert row.option in names
        assert set(row.indication) <= {"any", *known("indication")}
        if row.value is not None and row.unit != "ratio":
            figures = [float(f) for f in re.findall(r"\d+(?:\.\d+)?", row.answer)]
            assert any(f in (row.value, float(int(row.value + 0.5))) for f in figures), row.id
    for use in guide.uses:
        first, second, *others = use.grid.options
        assert (first, second) == (names["injection"], names["nothing"])
        assert others == sorted(others)
        assert all(len(cells) == len(use.grid.options) for _, cells in use.grid.rows)
        for _, cells in use.grid.rows:
            for cell in cells:
                assert cell.known or (not cell.sources and cell.text.startswith("not known"))


def test_every_labelled_use_has_two_other_options(guide):
    few = {use.code for use in guide.uses if use.labels and len(use.grid.options) < 4}
    assert few == {"platysma_bands", "hemifacial_spasm", "strabismus", "sialorrhea"}
    assert {row.option for row in option_facts("overactive_bladder")} >= {
        "bladder_pills",
        "nerve_device",
    }


def test_who_treats_you_names_where_to_look(guide):
    us, uk, eu = guide.providers
    assert any("docinfo.org" in one.text for one in us.rules)
    assert any("face to face" in one.text for one in uk.rules)
    assert eu.rules == ()
    assert eu.unknown
    assert any("a party" in one.text for one in us.leave)


def test_the_guide_says_who_made_it_and_when_it_is_due(guide):
    text = part(guide, "provenance").text
    for told in ("28 Nov 2026", "28 Nov 2027", "developers of endplate", "money", "conflict"):
        assert told in text


def test_the_guide_as_json_has_no_pictures(guide):
    text = json.dumps(guide.as_dict(), allow_nan=False)
    assert "<svg" not in text
    assert word("indication", "sialorrhea", "plain") in text.lower()


def test_the_file_needs_nothing_else(file):
    page = Page(file.read_text(encoding="utf-8"))
    assert page.faults == []
    assert page.loads == []
    assert "src" not in {key for tag, a in page.elements if tag == "script" for key in a}
    assert not re.search(r"url\((?!#)", file.read_text(encoding="utf-8").split("<script")[0])
    assert [tag for tag, _ in page.elements].count("h1") == 1
    assert "Your plan" not in page.text
    assert not [address for address in page.links if address.startswith("/")]


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1440])
def test_the_file_plays_its_drawings(chromium, file, width):
    from axe_playwright_python.sync_playwright import Axe

    page, errors = chromium.new_page(viewport={"width": width, "height": 800}), []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(file.as_uri())
    slider = page.get_by_role("slider", name="Time in the drawing: The signal stops")
    slider.fill("0")
    said = page.locator(".hw-step:nth-of-type(4) .hw-say")
    assert said.inner_text().startswith("Day 0: ")
    page.get_by_role("button", name="Play: The signal stops").click()
    page.wait_for_function(
        "!document.querySelectorAll('.hw-step')[3].querySelector('.hw-say')"
        ".textContent.startsWith('Day 0: ')"
    )
    assert slider.get_attribute("aria-valuetext") is not None
    for summary in page.locator("summary").all():
        summary.click()
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
    found = Axe().run(page).response["violations"]
    page.close()
    assert errors == []
    assert [v["id"] for v in found if v["impact"] in ("serious", "critical")] == []
