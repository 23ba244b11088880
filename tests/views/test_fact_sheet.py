import json
import re
from dataclasses import replace

import pytest
from html_reading import Page
from readability import grade

from endplate.case import Override, Plan, Site
from endplate.errors import CannotWrite, NotCovered
from endplate.facts.harms import NamedReaction, adverse_reactions
from endplate.facts.table import typed_rows
from endplate.facts.trials import PHASES, BenefitFigure, ExpectedCourse, benefit_figures
from endplate.facts.vocabulary import preferred_words
from endplate.safety import check
from endplate.safety.view import View
from endplate.views import fact_sheet_page, write_page
from endplate.views.fact_sheet import discussion, fact_harms
from endplate.views.sheet import sheet_words
from endplate.views.words import known, word
from labelled_plans import LABELLED, labelled_plan
from pdf_reading import page_count

ONA, ABO, INCO = "onabotulinumtoxinA", "abobotulinumtoxinA", "incobotulinumtoxinA"
MOST_PAGES, MOST_LARGE_PAGES = 2, 5  # of letters of 12 and 16 points
MOST_PRINTED_PAGES = 4  # by a browser, in DejaVu, which is wide
USES = sorted({(name, area) for name, _, area in LABELLED})
REGION = {(name, area): region for name, region, area in LABELLED}


def page_of(name, area, region=None, **options):
    plan = labelled_plan(name, region or REGION[name, area], area, **options)
    return fact_sheet_page(plan, check(plan))


def html_of(page, tmp_path) -> Page:
    path = write_page(page, tmp_path / "sheet.html")
    return Page(path.read_text(encoding="utf-8"))


def given(plan: Plan, *doses_u: float) -> Plan:
    """The plan with sites of these doses in place of its own."""
    sites = tuple(Site(dose_u, "left", "soleus") for dose_u in doses_u)
    treatment = replace(plan.treatment, protocol=None, dose_u=None, sites=sites)
    return replace(plan, treatment=treatment)


@pytest.mark.parametrize(("name", "region", "area"), LABELLED)
@pytest.mark.parametrize("age_y", [46, 9])
def test_every_labelled_use_has_a_sheet_that_is_read_with_ease(name, region, area, age_y, tmp_path):
    page = page_of(name, area, region, age_y=age_y)
    shown = html_of(page, tmp_path)
    assert shown.faults == []
    assert shown.links == []
    assert not re.search(r"\b(nan|None|inf)\b|%|\{", shown.text)
    assert set(re.findall(r"out of (\d+)", shown.text)) <= {"100"}
    sentences = [" ".join(w.split()).replace(name, "drug") for w in shown.words]
    text = "\n".join(s for s in sentences if len(s.split()) >= 6 and "Made with" not in s)
    assert len(text.split()) > 120
    assert grade(text) <= 6
    assert list(page.alternatives) == sorted(page.alternatives)
    assert "no treatment" in page.alternatives
    json.dumps(page.as_dict(), allow_nan=False)


def test_what_is_not_known_is_said():
    assert "how long it lasts" in page_of(ABO, "hemifacial_spasm").unknown
    page = page_of(ONA, "blepharospasm")
    assert page.benefits == ()
    assert any("get better" in gap for gap in page.unknown)
    assert any("placebo shot" in gap for gap in page.unknown[-1:])
    assert page_of(ONA, "lower_limb_spasticity", age_y=9).benefits == ()


@pytest.mark.parametrize("area", preferred_words("indication"))
def test_a_use_off_the_label_has_a_sheet_that_says_so(area, tmp_path):
    plan = labelled_plan("prabotulinumtoxinA", "US", "glabellar_lines")
    plan = replace(given(plan, 20), name=area)
    plan = replace(plan, treatment=replace(plan.treatment, indications=(area,)))
    page = fact_sheet_page(plan, check(plan))
    assert ("does not name this use" in page.what) is (area != "glabellar_lines")
    assert html_of(page, tmp_path).faults == []
    plan = replace(plan, treatment=replace(plan.treatment, region="UK"))
    assert "We do not know if" in fact_sheet_page(plan, check(plan)).what


def test_a_use_that_the_model_covers_may_stand_beside_one_that_it_does_not():
    plan = labelled_plan(ONA, "US", "chronic_migraine")
    both = ("chronic_migraine", "glabellar_lines")
    sites = tuple(Site(20, "midline", "procerus", indication=area) for area in both)
    treatment = replace(plan.treatment, indications=both, sites=sites, protocol=None, dose_u=None)
    plan = replace(plan, treatment=treatment)
    page = fact_sheet_page(plan, check(plan))
    assert [benefit.lines for benefit in page.benefits] == ["migraine", "frown lines"]
    assert {card.plain.rpartition("(")[2] for card in page.harms} == {"migraine)", "frown lines)"}


def test_a_dose_that_was_not_studied_is_said():
    plan = labelled_plan(INCO, "US", "cervical_dystonia")
    told = {}
    for dose_u in (120, 130, 400):
        one = given(plan, dose_u)
        gaps = fact_sheet_page(one, check(one)).unknown
        told[dose_u] = any("your own dose" in gap for gap in gaps)
    assert told == {120: False, 130: False, 400: True}


def test_a_reaction_seen_at_other_doses_only_is_left_out():
    plan = given(labelled_plan("rimabotulinumtoxinB", "US", "cervical_dystonia"), 5000)
    assert "Taste perversion" not in {card.name for card in fact_harms(View.of(plan))}
    plan = given(plan, 10000)
    assert "Taste perversion" in {card.name for card in fact_harms(View.of(plan))}


def test_benefits_stand_beside_placebo_with_origin_and_star(tmp_path):
    page = page_of(ONA, "chronic_migraine")
    share, days, episodes = page.benefits
    assert (share.value, share.placebo, share.verified) == ("47", "35", False)
    assert "down by 7.8 with the shots and down by 6.4 with a placebo shot" in days.told
    assert "down by 5.2 with the shots and down by 5.3 with a placebo shot" in episodes.told
    text = html_of(page, tmp_path).text
    assert "47 out of 100* with the shots" in text
    assert "47 will. 53 will not. 12 of the 47 owe it to the shots." in text
    assert "6 months after (trial, 155 units): " in text
    assert "We are fairly sure." in text
    assert re.search(r"Neck pain 9 of 100 \d+ 3 of 100 Headache", text)
    assert "From: label, 155 units." in text  # once, where it is the same for all
    assert "* We have not checked this number" in text
    assert "not from a computer model" in text
    assert "Starts" not in text


def test_the_studied_dose_nearest_to_the_plan_is_told():
    plan = labelled_plan(INCO, "US", "cervical_dystonia")
    for dose_u, told in ((110, "120"), (250, "240")):
        one = given(plan, dose_u)
        page = fact_sheet_page(one, check(one))
        assert page.benefits[0].origin == f"trial, {told} units"
        dysphagia = next(card for card in page.harms if card.name == "Dysphagia")
        assert dysphagia.origin == f"label, {told} units"
        assert dysphagia.value == {"120": "13", "240": "18"}[told]


@pytest.mark.parametrize(
    ("name", "area", "sign"),
    [
        (ONA, "overactive_bladder", "you cannot pass urine"),
        (ONA, "neurogenic_detrusor_overactivity", "fever"),
        (ABO, "cervical_dystonia", "goes down the wrong way"),
        (ONA, "chronic_migraine", "headache"),
        (INCO, "blepharospasm", "eye pain"),
        (INCO, "sialorrhea", "choking"),
        (ONA, "upper_limb_spasticity", "seizure"),
    ],
)
def test_danger_signs_fit_the_use(name, area, sign):
    signs = page_of(name, area).urgent["signs"]
    assert sign in " ".join(signs[:3])
    assert any("breathing" in line for line in signs)


def test_the_wait_is_told_only_where_the_label_names_one():
    def waits(page):
        return [when for when, text in page.expect if "label says" in text]

    assert waits(page_of(ONA, "overactive_bladder")) == ["After 3 months"]
    assert waits(page_of(ONA, "axillary_hyperhidrosis")) == []


def test_a_child_is_told_of_children_alone(tmp_path):
    page = page_of(ONA, "upper_limb_spasticity", age_y=9)
    assert any("your child" in line for line in page.decision.children)
    assert [card.value for card in page.harms if card.name == "Seizure"] == ["5"]
    assert page_of(ONA, "upper_limb_spasticity").decision.children == ()


def test_two_uses_share_a_sheet():
    plan = labelled_plan(ABO, "US", "upper_limb_spasticity")
    both = ("upper_limb_spasticity", "lower_limb_spasticity")
    sites = tuple(Site(500, "left", "soleus", indication=area) for area in both)
    plan = replace(plan, treatment=replace(plan.treatment, indications=both, sites=sites))
    page = fact_sheet_page(plan, check(plan))
    assert page.title == "Shots for arm and leg"
    assert {benefit.lines for benefit in page.benefits} == {"arm", "leg"}
    assert {card.plain.rpartition("(")[2] for card in page.harms} == {"arm)", "leg)"}


def test_a_stop_is_open_until_a_reason_sets_it_aside(tmp_path):
    plan = labelled_plan(ONA, "US", "chronic_migraine")
    plan = replace(plan, patient=replace(plan.patient, conditions=("infection_at_site",)))
    (title,) = fact_sheet_page(plan, check(plan)).stops
    reason = "The skin was looked at again and has healed."
    stops = [f.rule for f in check(plan).findings if f.level == "stop"]
    plan = replace(plan, overrides=tuple(Override(rule, reason) for rule in stops))
    page = fact_sheet_page(plan, check(plan))
    assert page.stops == ()
    assert page.set_aside == ((title, reason),)
    text = html_of(page, tmp_path).text
    assert "Do not sign yet" not in text
    assert f"Set aside by your provider: {title}. Reason given: {reason}" in text


def test_every_row_is_shown_in_the_plan_it_speaks_of():
    """A figure of a table that no sheet can show would be a figure that nobody reads."""
    uses, harms, endpoints = sheet_words()["use"], set(known("harm")), set(known("endpoint"))
    for row in typed_rows(BenefitFigure, "benefits"):
        assert row.indication in uses
        assert row.endpoint in endpoints, row.id
        assert row in benefit_figures(row.product, row.indication, row.population)
    for row in typed_rows(ExpectedCourse, "expected_courses"):
        assert row.indication in uses
        assert row.phase in PHASES
        assert 0 < row.low_d <= row.high_d
    for row in (*typed_rows(NamedReaction, "named_reactions"), *adverse_reactions()):
        assert row.term in harms, row.id
    for name, area in USES:
        for row in adverse_reactions(name, area):
            if row.drug_percent == row.placebo_percent == 0:
                continue
            age_y = 9 if row.population == "paediatric" else 46
            plan = labelled_plan(name, REGION[name, area], area, age_y)
            plan = given(plan, row.dose_u) if row.dose_u else plan
            assert word("harm", row.term) in {card.name for card in fact_harms(View.of(plan))}, (
                row.id
            )


@pytest.fixture
def weasyprint():
    """WeasyPrint where it and the libraries it loads are installed."""
    try:
        import weasyprint
    except (ImportError, OSError):
        pytest.skip("no WeasyPrint, or no Pango, on this machine")
    return weasyprint


def pdf_pages(weasyprint, path, page) -> int:
    content = write_page(page, path).read_bytes()
    assert content.startswith(b"%PDF")
    count = page_count(content)
    assert count > 0
    return count


@pytest.mark.parametrize(("name", "area"), USES)
def test_the_pdf_takes_two_pages_of_a4_at_most(weasyprint, name, area, tmp_path):
    """One more for two uses together, and on Letter, which is 18 mm shorter."""
    page = page_of(name, area)
    count = pdf_pages(weasyprint, tmp_path / "sheet.pdf", page)
    assert count <= MOST_PAGES + page.many + (page.paper == "Letter")


@pytest.mark.parametrize(("region", "width_mm"), [("US", 215.9), ("EU", 210.0), ("UK", 210.0)])
def test_the_paper_of_the_pdf_is_that_of_the_labels_region(weasyprint, region, width_mm):
    from endplate.views.pdf import _document

    page = page_of(ONA, "glabellar_lines", region)
    assert page.as_dict()["paper"] == ("Letter" if region == "US" else "A4")
    document = _document(page)
    assert page_count(document.write_pdf()) == len(document.pages) > 0
    for sheet in document.pages:
        assert sheet.width / 96 * 25.4 == pytest.approx(width_mm, abs=0.1)


def test_large_print_takes_five_pages_at_most(weasyprint, tmp_path):
    for name, area in ((ONA, "overactive_bladder"), (ABO, "cervical_dystonia")):
        page = replace(page_of(name, area), large_print=True)
        assert pdf_pages(weasyprint, tmp_path / "sheet.pdf", page) <= MOST_LARGE_PAGES


def test_without_weasyprint_one_sentence_names_the_extra(monkeypatch, tmp_path):
    monkeypatch.setitem(__import__("sys").modules, "weasyprint", None)
    with pytest.raises(CannotWrite, match=r"\.\[pdf\]"):
        write_page(page_of(ONA, "overactive_bladder"), tmp_path / "sheet.pdf")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.browser
@pytest.mark.parametrize("paper", ["Letter", "A4"])
def test_printed_sheets_take_few_pages(chromium, paper, tmp_path):
    page, long = chromium.new_page(viewport={"width": 360, "height": 800}), []
    for name, area in USES:
        path = write_page(page_of(name, area), tmp_path / "sheet.html")
        page.goto(path.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= 360
        page.add_style_tag(content="body{font-family:DejaVu Sans!important}")
        printed = page.pdf(format=paper)
        if len(re.findall(rb"/Type\s*/Page\b", printed)) > MOST_PRINTED_PAGES:
            long.append((name, area))
    page.close()
    assert long == []


def test_a_use_that_nobody_knows_has_no_sheet():
    plan = labelled_plan("onabotulinumtoxinA", "US", "glabellar_lines", 46)
    unknown = replace(plan, treatment=replace(plan.treatment, indications=("hiccups",)))

    def refuse():
        raise NotCovered("simulation of hiccups is not covered")

    with pytest.raises(NotCovered, match="hiccups"):
        discussion(unknown, refuse)
