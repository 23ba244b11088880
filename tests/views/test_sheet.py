import json
import re
from dataclasses import replace

import pytest
from html_reading import Page
from readability import grade, syllables
from sample import read

from endplate.files.output import is_ours
from endplate.views import sheet_page, write_page, write_sheet
from endplate.views.pdf import pdf_bytes
from endplate.views.sheet import page_text
from endplate.views.sheet_notes import SheetNotes, fault
from pdf_reading import words

HARD = "The multidisciplinary committee subsequently recommended comprehensive evaluation."


def sheet(result, tmp_path, **options) -> Page:
    path = write_sheet(read(result), tmp_path / "sheet.html", **options)
    return Page(path.read_text(encoding="utf-8"))


def test_syllables_are_counted_as_spoken():
    known = {"shot": 1, "muscle": 2, "eyelid": 2, "relaxed": 2, "wrinkles": 2, "swallowing": 3}
    assert {word: syllables(word) for word in known} == known
    assert grade(HARD) > 15


def test_the_words_are_read_with_ease_at_twelve(result, tmp_path):
    """Whole sentences only: headings and table cells would make any text look easy."""
    product = result["plan"]["product"]
    chunks = [" ".join(words.split()) for words in sheet(result, tmp_path).words]
    sentences = [words.replace(product, "drug") for words in chunks if len(words.split()) >= 6]
    fine_print = [words for words in sentences if "Made with endplate" in words]
    text = "\n".join(words for words in sentences if words not in fine_print)
    assert len(text.split()) > 150
    assert grade(text) <= 7
    assert grade(sheet_page(read(result)).purpose) <= 7


def test_every_risk_has_the_same_denominator(result, tmp_path):
    text = sheet(result, tmp_path).text
    assert not re.search(r"\b(1|one) in (\d|a)", text)
    assert "%" not in text
    assert set(re.findall(r"(?:out )?of (\d+)", text)) == {"100", "10"}  # 9 out of 10 is a range
    assert text.count("of 10 ") == 1


def test_each_side_effect_has_its_placebo_and_its_time(result, tmp_path):
    page = sheet_page(read(result))
    assert [card.percent for card in page.harms] == sorted(
        (h["percent"] for h in result["harms"]), reverse=True
    )
    text = sheet(result, tmp_path).text
    row = r"A droopy eyelid 3 of 100\* \(1 to 5\) \d+ 0 of 100\* after 6 days about 3 weeks"
    assert re.search(row, text)  # its range and the number of its source stand there too


def test_times_are_those_of_the_result(result):
    when = [row[0] for row in sheet_page(read(result)).expect]
    assert when == ["First hours", "1 to 9 days", "2 to 6 weeks", "2 to 7 months", "After 7 months"]


def test_times_of_several_areas_are_the_widest(result):
    result["plan"]["indications"].append("forehead_lines")
    result["timing_by_indication"]["forehead_lines"] = {
        "onset_d": {**result["timing"]["onset_d"], "p05": 0.1, "p95": 10.2},
        "duration_d": {**result["timing"]["duration_d"], "p95": 300.0},
    }
    when = [row[0] for row in sheet_page(read(result)).expect]
    assert when == ["First hours", "Within 10 days", "2 to 6 weeks", "2 to 10 months",
                    "After 10 months"]  # fmt: skip


def test_benefit_is_shown_near_its_best_day(result):
    (benefit,) = sheet_page(read(result)).benefits
    assert (benefit.value, benefit.range, benefit.placebo) == ("81", "72 to 90", "3")
    assert benefit.later == "After 4 months: 27 out of 100 with the shots, 2 with a placebo shot."
    assert benefit.picture.count('class="i-bg"') == 3  # as with a placebo shot
    assert benefit.picture.count('class="i-add"') == 78


def test_danger_signs_name_the_call_of_the_region(result, tmp_path):
    assert "call 911" in sheet(result, tmp_path).text
    result["plan"]["region"] = "EU"
    text = sheet(result, tmp_path).text
    assert "911" not in text
    assert "call the emergency number" in text
    for word in ("swallowing", "speaking", "breathing", "hours to weeks"):
        assert word in text


def test_a_stop_finding_stands_at_the_top(result, stopped, tmp_path):
    assert "Do not sign yet" not in sheet(result, tmp_path).text
    text = sheet(stopped, tmp_path).text
    assert text.index("Infection at the injection site") < text.index("What it is")


def test_other_choices_are_named_in_order_of_the_alphabet(result):
    choices = list(sheet_page(read(result)).alternatives)
    assert choices == sorted(choices)
    assert "no treatment" in choices


def test_the_sheet_is_well_formed_and_fetches_nothing(result, tmp_path):
    page = sheet(result, tmp_path)
    assert page.faults == []
    assert page.links == []
    assert all(load.startswith("#") for load in page.loads)
    assert page.text.count("medical device") == 1


def test_the_sheet_as_json_has_words_and_no_pictures(result):
    text = json.dumps(sheet_page(read(result)).as_dict(), allow_nan=False)
    assert "<svg" not in text
    assert json.loads(text)["benefits"][0]["value"] == "81"


@pytest.mark.parametrize("part", ["outcomes", "harms", "timing", "findings"])
def test_a_missing_part_is_no_promise(result, tmp_path, part):
    for key in (part, "timing_by_indication") if part == "timing" else (part,):
        del result[key]
    page = sheet(result, tmp_path)
    assert page.faults == []
    if part in ("outcomes", "harms"):
        assert "We have no numbers for this plan" in page.text


def test_a_long_list_says_how_many_are_left_out(result, tmp_path):
    result["harms"] = [{**result["harms"][0], "term": f"harm_{i}"} for i in range(14)]
    assert "6 more" in sheet(result, tmp_path).text


NOTES = SheetNotes(
    questions="Will it <b>hurt</b>?\nHow long?",
    agreed="20 units & a check",
    follow_up="2026-12-06",
    patient="Ann O'Neil",
    provider="Dr. Q",
)


def test_notes_stand_on_the_sheet_and_are_no_markup(result):
    page = Page(page_text(replace(sheet_page(read(result)), notes=NOTES)))
    assert page.faults == []
    for note in ("Will it <b>hurt</b>?", "20 units & a check", "6 Dec 2026", "Ann O'Neil"):
        assert note in page.text
    assert "Provider: Dr. Q" in page.text


def test_a_sheet_without_notes_has_lines_to_write_on(result):
    plain = page_text(sheet_page(read(result)))
    blank = page_text(replace(sheet_page(read(result)), notes=SheetNotes()))
    assert plain.count('class="rule"') == 2
    assert blank.count('class="rule"') == 5
    assert "What we agreed" not in plain
    assert "notes" not in sheet_page(read(result)).as_dict()


def test_notes_that_do_not_fit_are_told_and_left_out():
    assert fault("agreed", "x" * 1201) == (
        "What was agreed has 1201 characters; there is room for 1200."
    )
    kept = SheetNotes.read({**NOTES.as_dict(), "patient": "x" * 81, "follow_up": "soon", "odd": 1})
    assert kept == replace(NOTES, patient="", follow_up="")
    assert SheetNotes.read(["no", "notes"]) == SheetNotes()


def test_notes_stand_in_the_pdf(result):
    pytest.importorskip("weasyprint", exc_type=(ImportError, OSError))
    content = pdf_bytes(replace(sheet_page(read(result)), notes=NOTES))
    assert content.startswith(b"%PDF")
    text = words(content)
    for note in ("Will it <b>hurt</b>?", "20 units & a check", "6 Dec 2026", "Ann O'Neil"):
        assert note in text


@pytest.mark.parametrize("ending", ["html", "pdf"])
def test_a_written_sheet_carries_our_mark(result, tmp_path, ending):
    if ending == "pdf":
        pytest.importorskip("weasyprint")
    assert is_ours(write_page(sheet_page(read(result)), tmp_path / f"sheet.{ending}"))
