"""Design files: what they may say, and one sentence for each thing they may not."""

import pickle
import re

import pytest

from commands import endplate as command
from endplate.errors import DesignFaults, PlanFaults
from endplate.facts.indications import indications
from endplate.facts.trials import trial_figures
from endplate.observe.responders import ENDPOINTS
from endplate.trials import Trial
from endplate.trials.design import RESPONDER, Design
from endplate.trials.published import example_design, published_trials
from endplate.trials.regimen import endpoint_kinds, is_line
from trial_designs import glabella

GOOD = glabella(400, 20)


def changed(*pairs):
    text = GOOD
    for old, new in pairs:
        assert old in text, old
        text = text.replace(old, new, 1)
    return text


BAD = {
    "unknown endpoint": (changed(("inv_none_mild", "inv_happy")), "endpoint[1].code"),
    "endpoint of another use": (changed(("inv_none_mild", "twstrs_total")), "endpoint[1].code"),
    "visit before treatment": (changed(("[7, 30, 90]", "[-7, 30, 90]")), "visits.days[1] is -7"),
    "visits that do not rise": (changed(("[7, 30, 90]", "[7, 90, 30]")), "visits.days[3] is 30"),
    "no visits": (changed(("[7, 30, 90]", "[]")), "visits.days is []"),
    "endpoint between visits": (changed(("day = 30", "day = 31")), "endpoint[1].day is 31"),
    "endpoint without a day": (changed(("\nday = 30", "")), "endpoint[1].day is missing"),
    "time with a day": (
        changed(('"median_duration_ge1"', '"median_duration_ge1"\nday = 30')),
        "endpoint[2].day is 30",
    ),
    "time without late visits": (changed(("[7, 30, 90]", "[7, 30]")), "endpoint[2].code"),
    "no people": (changed(("people = 400", "people = 0")), "trial.people is 0"),
    "too many people": (changed(("people = 400", "people = 1e12")), "trial.people is"),
    "n beside people": (
        changed(("dose_u = 20", "dose_u = 20\nn = 20")), "arm[1].n is stated beside trial.people",
    ),
    "nobody says how many": (changed(("people = 400\n", "")), "arm[1].n is missing"),
    "n of 0": (
        changed(("people = 400\n", ""), ("dose_u = 20", "dose_u = 20\nn = 0")), "arm[1].n is 0",
    ),
    "n of 1e12": (
        changed(("people = 400\n", ""), ("dose_u = 20", "dose_u = 20\nn = 1e12")), "arm[1].n is",
    ),
    "ratio 0": (changed(("dose_u = 20", "dose_u = 20\nratio = 0")), "arm[1].ratio is 0"),
    "an arm of nobody": (changed(("dose_u = 20", "dose_u = 20\nratio = 0.001")), "arm[1] would"),
    "too many in all replicates": (
        changed(("people = 400", "people = 4000000"), ("replicates = 20", "replicates = 1000")),
        "trial.replicates is 1000",
    ),
    "half a person": (changed(("people = 400", "people = 400.5")), "trial.people is 400.5"),
    "inclusion off the scale": (GOOD + "\n[inclusion]\nleast = 7\n", "inclusion.least is 7"),
    "inclusion upside down": (GOOD + "\n[inclusion]\nleast = 3\nmost = 2\n", "above"),
    "strata off the scale": (GOOD + "\n[strata]\ncut_at = [9]\n", "strata.cut_at[1] is 9"),
    "strata that fall": (GOOD + "\n[strata]\ncut_at = [3, 2]\n", "the cuts must rise"),
    "two arms alike": (changed(('"placebo"\n', '"20 u"\n')), "arm[2].name"),
    "one arm": (
        changed(('[[arm]]\nname = "placebo"\nplacebo = true\n', "")), "there are 1 arms",
    ),
    "placebo alone": (
        changed(('product = "onabotulinumtoxinA"\ndose_u = 20', "placebo = true")),
        "no arm is given a product",
    ),
    "placebo with a dose": (
        changed(("placebo = true", "placebo = true\ndose_u = 5")), "arm[2] is placebo and states",
    ),
    "no product": (changed(('product = "onabotulinumtoxinA"\n', "")), "arm[1].product is missing"),
    "unknown product": (
        changed(('"onabotulinumtoxinA"', '"wonderbont"')), "arm[1].product is 'wonderbont'",
    ),
    "product without evidence": (
        changed(('"onabotulinumtoxinA"', '"rimabotulinumtoxinB"')),
        "arm[1].product is 'rimabotulinumtoxinB'",
    ),
    "a dose nobody gives": (changed(("dose_u = 20", "dose_u = 49000")), "arm[1].dose_u is 49000"),
    "use that is not simulated": (
        changed(('"glabellar_lines"', '"sialorrhea"')), "trial.indication is 'sialorrhea'",
    ),
    "severe share of a score": (
        GOOD.replace("glabellar_lines", "overactive_bladder", 1)
        .replace("seed = 3", "seed = 3\nsevere_share = 0.5")
        .replace('"inv_none_mild"', '"ui_dry"')
        .replace("[7, 30, 90]", "[14, 42, 84]")
        .replace("day = 30", "day = 42")
        .replace('"median_duration_ge1"', '"median_duration"'),
        "trial.severe_share is 0.5",
    ),
    "mean score of a line": (changed(("seed = 3", "seed = 3\nmean_before = 2")), "mean_before"),
    "control that is no arm": (GOOD + '\n[analysis]\ncontrol = "sham"\n', "analysis.control is"),
    "no control": (
        changed(("placebo = true", 'product = "onabotulinumtoxinA"\ndose_u = 10')),
        "analysis.control is missing",
    ),
    "rule that is none": (
        GOOD + '\n[analysis]\nmultiplicity = "luck"\n', "analysis.multiplicity is 'luck'",
    ),
    "level of 2": (GOOD + "\n[analysis]\nalpha = 2\n", "analysis.alpha is 2"),
    "dropout of no arm": (
        GOOD + '\n[[dropout]]\nshare = 0.1\narm = "sham"\n', "dropout[2].arm is 'sham'",
    ),
    "dropout twice": (GOOD + "\n[[dropout]]\nshare = 0.1\n", "dropout[2] repeats dropout[1]"),
    "everybody leaves": (changed(("share = 0.1", "share = 1.5")), "dropout[1].share is 1.5"),
    "window wider than the gap": (
        changed(("days = [7, 30, 90]", "days = [7, 30, 90]\nwindow_d = 9")), "visits.window_d is 9",
    ),
    "no time of retreatment": (
        GOOD + "\n[retreatment]\ncycles = 2\n", "retreatment holds no time of treatment",
    ),
    "two times of retreatment": (
        GOOD + "\n[retreatment]\ncycles = 2\ninterval_d = 60\nagain_at = 2\n",
        "retreatment holds interval_d and again_at",
    ),
    "retreatment after the end": (
        GOOD + "\n[retreatment]\ncycles = 2\ninterval_d = 300\n", "retreatment.interval_d is 300",
    ),
    "retreatment at once": (
        GOOD + "\n[retreatment]\ncycles = 2\nagain_when_lost = 0.8\n",
        "retreatment.not_before_d is missing",
    ),
    "the same endpoint twice": (
        GOOD + '\n[[endpoint]]\ncode = "inv_none_mild"\nday = 30\n', "same as endpoint[1]",
    ),
    "sites without a vial": (
        changed(
            ("dose_u = 20",
             '[[arm.site]]\nmuscle = "procerus"\nside = "midline"\ndose_u = 4'),
        ),
        "it must also state vial_u and diluent_ml",
    ),
    "a flag that is a word": (changed(("placebo = true", 'placebo = "yes"')), "arm[2].placebo"),
    "a slip": (changed(("replicates = 20", "replicatse = 20")), "did you mean replicates?"),
    "seed below 0": (changed(("seed = 3", "seed = -1")), "trial.seed is -1"),
}  # fmt: skip


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_design_gets_one_sentence(kind):
    text, wanted = BAD[kind]
    with pytest.raises((DesignFaults, PlanFaults)) as caught:
        Design.loads(text)
    (sentence,) = caught.value.sentences
    assert wanted in sentence
    assert re.fullmatch(r"[^\n]+[.?]", sentence)


def test_a_good_design_is_read_and_written():
    design = Design.loads(GOOD)
    assert design.arm_sizes == (200, 200)
    assert Design.loads(design.dumps()) == design
    assert design.with_people(7).arm_sizes == (4, 3)
    with pytest.raises(DesignFaults, match="every arm needs at least 2"):
        design.with_people(3)


def test_designs_in_the_docs_load(root):
    page = (root / "docs/trials.md").read_text(encoding="utf-8")
    (text,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    design = Design.loads(text)
    assert design.arm_sizes == (100, 100, 100)
    assert Design.loads(design.dumps()) == design


def test_a_total_in_place_of_numbers_keeps_the_allocation():
    text = changed(("people = 400\n", ""), ("dose_u = 20", "dose_u = 20\nn = 300"))
    design = Design.loads(text.replace("placebo = true", "placebo = true\nn = 150"))
    fewer = design.with_people(30)
    assert fewer.arm_sizes == (20, 10)
    assert Design.loads(fewer.dumps()) == fewer


def test_faults_come_back_whole_from_another_process():
    faults = DesignFaults(["One.", "Two."])
    assert pickle.loads(pickle.dumps(faults)).sentences == ("One.", "Two.")


def test_a_total_is_split_by_the_ratios():
    design = Design.loads(changed(("dose_u = 20", "dose_u = 20\nratio = 2")))
    assert design.arm_sizes == (267, 133)


def test_every_endpoint_of_a_line_can_be_observed():
    for row in indications():
        if is_line(row.name):
            codes = [code for code, kind in endpoint_kinds(row.name).items() if kind == RESPONDER]
            assert codes
            assert set(codes) <= set(ENDPOINTS)


@pytest.mark.parametrize("trial", published_trials(), ids=lambda trial: trial.trial_id)
def test_published_designs_are_designs(trial):
    assert Design.loads(trial.design.dumps()) == trial.design


@pytest.mark.parametrize("indication", [row.name for row in indications()])
def test_examples_are_small_designs(indication):
    design = example_design(indication)
    assert Design.loads(design.dumps()) == design
    assert sum(design.arm_sizes) * design.trial.replicates <= 1000
    published = {f.day for f in trial_figures() if f.indication == indication}
    assert set(design.visits.days) <= published
    assert any(arm.placebo for arm in design.arms)


def printed_design_runs(indication, folder):
    printed = command("design", "--indication", indication)
    assert printed.returncode == 0, printed.stderr
    result = Trial.loads(printed.stdout).run(folder / "run", workers=1)
    assert {row["endpoint"] for row in result.summary["endpoints"]}
    assert 0 <= result.summary["power"] <= 100


@pytest.mark.parametrize("indication", ["platysma_bands", "blepharospasm"])
def test_a_use_whose_trials_counted_nobody_has_an_example_that_runs(indication, tmp_path):
    printed_design_runs(indication, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("indication", [row.name for row in indications()])
def test_every_example_runs_as_it_is_printed(indication, tmp_path):
    printed_design_runs(indication, tmp_path)


def test_a_use_without_a_trial_is_told():
    with pytest.raises(DesignFaults, match="--indication is 'sialorrhea'"):
        example_design("sialorrhea")
