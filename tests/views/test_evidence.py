"""What the app shows of the evidence: one trial, the promises, the parameters, the limits."""

from dataclasses import replace

import pytest
from html_reading import Page
from protocol_result import protocol_result
from sample import read

from endplate.facts.parameters import fit_rows, parameters
from endplate.facts.trials import trial_figures
from endplate.validation.stored import left_out_in, stored_validation
from endplate.views.citations import citations_page
from endplate.views.parameters import fitted_parameters, fixed_parameters
from endplate.views.qualification.evidence import (
    LIMITS,
    Evidence,
    limits_page,
    meaning,
    promised_page,
    trial_sheet,
    whole_report,
)


@pytest.fixture(scope="module")
def evidence():
    found = stored_validation()
    return Evidence(
        trial_figures(), found, left_out_in({row.figure: row for row in found.rows}), "shipped"
    )


def test_a_sheet_tells_every_figure_of_its_trial(evidence):
    for trial in dict.fromkeys(row.trial_id for row in evidence.found.rows):
        sheet = trial_sheet(evidence, trial)
        assert len(sheet.others) + len(sheet.unpredicted) == len(evidence.of_trial(trial))
        assert sheet.outside == sum(
            row.trial_id == trial and not row.inside for row in evidence.found.rows
        )


def test_a_sheet_shows_the_figure_that_was_chosen_and_what_it_rests_on(evidence):
    row = next(r for r in evidence.found.rows if not r.inside and r.figure in evidence.left)
    sheet = trial_sheet(evidence, row.trial_id, row.figure)
    (chosen,) = sheet.chosen
    left = evidence.left[row.figure]
    assert chosen.left_out.inside == left.inside
    text = Page(sheet.markup).text
    for told in (chosen.row.published, chosen.row.predicted, chosen.row.interval,
                 chosen.left_out.predicted, chosen.row.source.words, chosen.row.source.url,
                 "outside the 90 % interval", meaning(row.endpoint)):  # fmt: skip
        assert told in text
    assert "<a " not in sheet.markup  # an address is told, not led to


def test_a_sheet_escapes_what_a_table_says(evidence):
    figures = tuple(replace(f, trial_id="<b>T</b>", note="<i>n</i>") for f in evidence.figures[:1])
    row = replace(evidence.found.rows[0], trial_id="<b>T</b>", note="<i>n</i>", figure=0)
    own = Evidence(figures, replace(evidence.found, rows=(row,), skipped=()), None, "own.csv")
    markup = trial_sheet(own, "<b>T</b>", 0).markup
    assert "<b>T" not in markup
    assert "<i>n" not in markup
    assert "By a fit that has not seen this trial" not in markup


def test_every_endpoint_is_told_in_words(evidence):
    assert all(meaning(row.endpoint) for row in evidence.found.rows)


def test_misses_stand_before_what_is_met(evidence):
    page = promised_page(evidence)
    for told in (page.targets, page.left_out):
        met = [one.met for one in told]
        assert met == sorted(met)
    assert {one.met for one in page.targets} == {True, False}
    assert len(page.targets) == len(evidence.found.targets)
    assert page.counts == (len(evidence.found.rows), sum(not r.inside for r in evidence.found.rows))
    text = Page(page.markup).text
    assert text.index("missed") < text.index("met ")


def test_the_whole_report_is_the_qualification_report(evidence):
    text = Page(whole_report(evidence).decode()).text
    assert "endplate validate --report" in text
    assert f"{len(evidence.found.rows)} predicted" in text


def test_every_parameter_is_told_with_what_it_rests_on():
    assert [row.id for row in fitted_parameters()] == [row.id for row in fit_rows()]
    assert [row.id for row in fixed_parameters()] == [row.id for row in parameters()]
    assert all(row.trials for row in fitted_parameters())
    assert all(row.sources for row in fixed_parameters())


def test_the_limits_are_those_of_the_readme(root, evidence):
    readme = (root / "README.md").read_text(encoding="utf-8").split("## Limits")[1]
    told = [line[2:] for line in readme.split("##")[0].splitlines() if line.startswith("- ")]
    plain = [line.replace("*", "") for line in told]
    assert list(LIMITS) == plain, "the README's limits and report/limits.py tell the same"
    text = Page(limits_page(evidence).markup).text
    assert all(line in text for line in LIMITS)
    assert "18 to 75 years" in text


def test_what_a_forecast_rests_on_is_told_by_part():
    result = protocol_result("glabellar_lines", 20.0)
    page = citations_page(read(result))
    assert page.parts[0].name == "What the label and the protocol say of this plan"
    fit = next(part for part in page.parts if part.groups)
    assert fit.groups[0].role == "set the parameters of this use"
    assert fit.groups[0].use == "Glabellar lines"
    assert all(part.sources for part in page.parts)
