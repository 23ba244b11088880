"""A sheet as a decision aid: options, both frames, who treats, cautions, counts, provenance."""

import re
from dataclasses import replace

import pytest
from html_reading import Page
from protocol_result import protocol_result
from sample import read
from sample import result as sample_result

from endplate.facts.guide import statements
from endplate.facts.harms import adverse_reactions, canonical_term, named_reactions
from endplate.facts.trials import benefit_figures, trial_figures
from endplate.safety import check
from endplate.safety.check import RULES
from endplate.views import fact_sheet_page, page_text, sheet_page
from endplate.views.counts import ANY_HARM
from endplate.views.pdf import VARIANT, _document
from endplate.views.quantity import icons, people
from endplate.views.sheet_words import sheet_words
from endplate.views.words import word
from labelled_plans import LABELLED, labelled_plan

ONA = "onabotulinumtoxinA"


def facts(name, region, area, **person):
    plan = labelled_plan(name, region, area, **person)
    checked = check(plan)
    return fact_sheet_page(plan, checked), checked


def shown(page) -> str:
    return Page(page_text(page)).text


def forecast(product: str, area: str, dose_u: float, region: str = "US") -> dict:
    """The sample forecast for another product, use and dose."""
    document = sample_result()
    document["plan"].update(product=product, indications=[area], dose_u=dose_u, region=region)
    for site in document["plan"]["sites"]:
        site.update(indication=area, dose_u=dose_u / len(document["plan"]["sites"]))
    document["timing_by_indication"] = {area: document["timing"]}
    document["outcomes"] = []
    return document


@pytest.mark.parametrize(("name", "region", "area"), LABELLED)
@pytest.mark.parametrize("age_y", [9, 15, 46])
def test_every_caution_of_a_check_is_on_the_sheet_in_plain_words(name, region, area, age_y):
    page, checked = facts(name, region, area, age_y=age_y)
    text, say = shown(page), sheet_words()["caution"]
    for finding in checked.findings:
        if finding.level == "caution":
            assert finding.rule in say, finding.rule
            assert say[finding.rule].format(title=finding.title) in text
    for one in page.decision.boxed:
        assert one.text in text
    assert "cause death" in text
    assert ("If you sign for a child" in text) is (age_y < 18)
    assert ("If you are a teen" in text) is (age_y == 15)
    assert ("highest in children" in text) is (age_y < 18)


def test_a_caution_without_words_shows_its_title(result):
    page = sheet_page(read(result))
    assert page.decision.cautions == ("Total dose is above the label's 20 U.",)
    assert page.decision.cautions[0] in shown(page)


@pytest.mark.parametrize("condition", ["pregnancy", "myasthenia_gravis"])
def test_what_is_cautioned_of_a_person_is_named(condition):
    plan = labelled_plan(ONA, "US", "glabellar_lines")
    plan = replace(plan, patient=replace(plan.patient, conditions=(condition,)))
    page = fact_sheet_page(plan, check(plan))
    title = condition.replace("_", " ").capitalize()
    assert f"{title}. This can make the drug riskier for you." in shown(page)


@pytest.mark.parametrize(("name", "region", "area"), LABELLED)
def test_who_treats_you_is_on_every_sheet(name, region, area):
    page, _ = facts(name, region, area)
    text = shown(page)
    for row in (*statements("provider"), *statements("walk_away"), *statements("before")):
        assert row.text in text
    assert ("docinfo.org" in text) is (region == "US")
    assert ("face to face" in text) is (region == "UK")
    assert ("We have not read the rules of your country" in text) is (region == "EU")
    assert f"Why {name}" in text
    assert text.count("Does the label name this use?") == 0


def test_questions_are_filled_in_from_the_plan(result):
    asked = " ".join(sheet_page(read(result)).decision.questions)
    assert "Why onabotulinumtoxinA, 20 units in 5 spots?" in asked
    assert "What will you do if I get headache?" in asked
    off_label = read(forecast(ONA, "masseter_prominence", 50))
    assert "Does the label name this use?" in " ".join(sheet_page(off_label).decision.questions)


def test_a_benefit_is_told_in_both_frames_with_how_sure_it_is(result):
    text = shown(sheet_page(read(result)))
    assert "81 will. 19 will not. 78 of the 81 owe it to the shots." in text
    assert "It could be 72 to 90. We are less sure." in text
    labels = [a.get("aria-label") for tag, a in Page(page_text(sheet_page(read(result)))).elements]
    assert "100 people drawn: 81 filled, 3 of them as with a placebo shot." in labels


def test_the_benefit_shown_is_the_one_at_its_peak(result):
    result["outcomes"][0]["value"] = 85.0  # day 7, now above day 30
    (benefit,) = sheet_page(read(result)).benefits
    assert (benefit.value, benefit.when) == ("85", "7 days")


COUNTED = sorted(
    {
        (row.product, row.indication, row.dose_u)
        for row in adverse_reactions()
        if row.verified and row.dose_u and row.indication in sheet_words()["use"]
    }
)


@pytest.mark.parametrize(("product", "area", "dose_u"), COUNTED)
@pytest.mark.parametrize("percent", [0.1, 50.0])
def test_a_read_count_lies_in_the_range_or_is_printed(product, area, dose_u, percent):
    """Whatever a forecast says, a sheet does not hide a count that was read for this dose."""
    rows = [
        row
        for row in adverse_reactions(product, area)
        if row.verified and row.dose_u == dose_u and row.population in ("any", "adult")
    ]
    document = forecast(product, area, dose_u)
    harm = document["harms"][0]
    terms = {canonical_term(row.term) for row in rows}
    document["harms"] = [
        {**harm, "term": term, "percent": percent, "low": percent - 0.1, "high": percent + 2.0}
        for term in sorted(terms)
    ]
    page = sheet_page(read(document))
    printed = "; ".join(page.decision.counted)
    assert "placebo shot" in printed or not printed
    for row in rows:
        inside = icons(percent - 0.1) <= icons(row.drug_percent) <= icons(percent + 2.0)
        told = f"{word('harm', row.term, 'plain')}: {people(row.drug_percent)} of 100"
        assert inside or row.term == ANY_HARM or told in printed, row.id
    told = shown(page)
    assert all(text in told for text in page.decision.counted)
    assert len(page.decision.counted_sources) == len(page.decision.counted)


def test_a_read_benefit_outside_the_range_is_printed(result):
    (row,) = (
        r
        for r in benefit_figures(ONA, "neurogenic_detrusor_overactivity")
        if r.id == "ona_ndo_ui_dry_200"
    )
    document = forecast(ONA, row.indication, 200)
    outcome = sample_result()["outcomes"][1]
    document["outcomes"] = [
        {**outcome, "indication": row.indication, "endpoint": "ui_dry", "day": 42, "trials": []}
    ]
    text = shown(sheet_page(read(document)))
    assert (
        "In a trial 36 of 100 have no leaks at all, 10 with a placebo shot, 6 weeks after" in text
    )
    document["outcomes"][0].update(value=36, low=30, high=45)
    assert "In a trial 36" not in shown(sheet_page(read(document)))


def test_a_read_benefit_of_a_trial_stands_beside_its_placebo_arm_and_its_source(result):
    """Without the placebo figure a reader takes all of it for the work of the shots."""
    (trial,) = (
        row
        for row in trial_figures()
        if (row.trial_id, row.arm, row.endpoint) == ("Harii-GL-2008", "20U", "inv_none_mild")
        and row.day == 28
    )
    shown_trial = {
        "trial_id": trial.trial_id,
        "arm": trial.arm,
        "dose_u": trial.area_dose_u,
        "n": trial.n,
        "day": trial.day,
        "value": trial.value,
        "verified": True,
        "source": trial.source,
    }
    outcome = {**sample_result()["outcomes"][0], "endpoint": trial.endpoint, "day": trial.day}
    outcome.update(value=5.0, low=4.0, high=6.0, trials=[shown_trial])
    result["outcomes"] = [outcome]
    page = sheet_page(read(result))
    (told,) = (text for text in page.decision.counted if text.startswith("In a trial"))
    place = page.decision.counted.index(told)
    assert re.search(r", \d+ with a placebo shot, ", told)
    assert page.decision.counted_sources[place] <= len(page.decision.provenance.sources)
    assert f"{told}<sup>{page.decision.counted_sources[place]}</sup>" in page_text(page)


def test_no_unchecked_figure_opens_the_sheet(result):
    common = {**result["harms"][0], "percent": 60.0, "low": 50.0, "high": 70.0, "verified": False}
    result["harms"] = [{**common, "term": "dry_mouth"}, *result["harms"]]
    told = " ".join(sheet_page(read(result)).decision.summary)
    assert "60 of 100" not in told
    assert "The most common harm with a checked number: headache" in told
    result["harms"] = result["harms"][:1]
    told = " ".join(sheet_page(read(result)).decision.summary)
    assert "The most common harm here: a dry mouth, 60 of 100*." in told


def test_what_is_left_later_stands_with_the_shots_and_not_with_the_placebo(result):
    (benefit,) = sheet_page(read(result)).benefits
    text = page_text(sheet_page(read(result)))
    assert text.index(benefit.sure) < text.index(benefit.later) < text.index(benefit.placebo_label)


def test_reactions_that_only_the_label_names_are_printed():
    """Eleven stand on the label of the armpits; a forecast of one does not hide the others."""
    document = forecast(ONA, "axillary_hyperhidrosis", 100)
    document["harms"] = [{**document["harms"][0], "term": "injection_site_pain"}]
    page = sheet_page(read(document))
    named = named_reactions(ONA, "axillary_hyperhidrosis")
    assert len(page.decision.named) == len(named) - 1
    assert "more sweat in other places (3 to 10 of 100*)" in shown(page)


@pytest.mark.parametrize(("name", "region", "area"), LABELLED)
def test_no_unchecked_figure_stands_before_a_checked_one(name, region, area):
    page, _ = facts(name, region, area)
    checked = [card.verified for card in page.harms]
    assert checked == sorted(checked, reverse=True)
    text = shown(page)
    assert ("We have not checked these numbers" in text) is (False in checked)


@pytest.mark.parametrize(("name", "region", "area"), LABELLED)
def test_options_stand_side_by_side(name, region, area):
    page, _ = facts(name, region, area)
    (grid,) = page.decision.grids
    assert grid.options[:2] == ("The shots", "Nothing for now")
    text = shown(page)
    for _, cells in grid.rows:
        assert all(cell.text in text for cell in cells)
    if page.benefits and page.benefits[0].value:
        told = f"{page.benefits[0].value} of 100 {page.benefits[0].words}"
        assert told in dict(grid.rows)["What may it do?"][0].text


# Items of IPDAS v4 that can be told by reading a page, as docs/decision-aid.md lists them.
IPDAS = {
    "condition described": lambda page: page.decision.conditions,
    "decision stated": lambda page: page.decision.choice,
    "options, not treating included": lambda page: (
        "Nothing for now" in page.decision.grids[0].options
    ),
    "what is good about each": lambda page: "What may it do?" in dict(page.decision.grids[0].rows),
    "what is bad about each": lambda page: (
        "What may go wrong?" in dict(page.decision.grids[0].rows)
    ),
    "evidence cited": lambda page: page.decision.provenance.sources,
    "date of production": lambda page: page.decision.provenance.evidence,
    "how and when it is updated": lambda page: (
        page.decision.provenance.kept and page.decision.provenance.review_by
    ),
    "how uncertain figures are": lambda page: all(b.sure for b in page.benefits if b.value),
    "who paid": lambda page: page.decision.provenance.paid_by,
    "conflicts": lambda page: page.decision.provenance.conflicts,
}


@pytest.mark.parametrize(("name", "region", "area"), LABELLED)
def test_every_sheet_meets_what_a_decision_aid_is_held_to(name, region, area):
    page, _ = facts(name, region, area)
    assert [item for item, is_met in IPDAS.items() if not is_met(page)] == []
    document = Page(page_text(page))
    numbers = {
        int(n) for n in re.findall(r"<sup>([\d,]+)</sup>", page_text(page)) for n in n.split(",")
    }
    assert max(numbers) <= len(page.decision.provenance.sources)
    assert document.faults == []


def test_the_docs_list_every_item(root):
    text = (root / "docs" / "decision-aid.md").read_text(encoding="utf-8")
    assert [item for item in IPDAS if item not in text] == []


def test_the_pdf_is_tagged_for_screen_readers(result):
    pytest.importorskip("weasyprint", exc_type=(ImportError, OSError))
    document = _document(sheet_page(read(result)))
    content = document.write_pdf(pdf_variant=VARIANT, pdf_tags=True, uncompressed_pdf=True)
    for mark in (b"/StructTreeRoot", b"/MarkInfo", b"pdfuaid", b"/Lang", b"/S /H1", b"/S /TH"):
        assert mark in content, mark
    assert content.count(b"/S /H2") >= 8


@pytest.mark.parametrize(
    ("area", "dose_u"),
    [("cervical_dystonia", 236), ("chronic_migraine", 155), ("upper_limb_spasticity", 240)],
)
def test_every_drawing_is_on_paper(area, dose_u):
    """Drawings seen from farther off went with the long addresses that paper leaves out."""
    pytest.importorskip("weasyprint", exc_type=(ImportError, OSError))
    page = sheet_page(read(protocol_result(area, dose_u)))
    boxes = _document(page).pages[0]._page_box.descendants()
    heights = [box.height for box in boxes if str(box.element_tag).endswith("svg")]
    assert len(page.drawings) >= 2
    assert len([height for height in heights if height > 90]) == len(page.drawings)


def test_letters_on_paper_are_of_twelve_points():
    from endplate.views.html import TEMPLATES

    style = (TEMPLATES / "sheet.css").read_text(encoding="utf-8").split("@media print")[1]
    sizes = [float(size) for size in re.findall(r"font-size:(?:calc\()?([\d.]+)pt", style)]
    assert min(sizes) == 8.0  # sources and provenance alone
    assert "body.sheet{font-size:calc(12pt*var(--pt))" in style
    assert "body.large{--pt:1.3334}" in style


def test_every_rule_of_a_check_has_words_for_a_patient():
    assert set(RULES) <= set(sheet_words()["caution"])
