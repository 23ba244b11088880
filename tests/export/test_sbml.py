"""The exported model is valid, and another simulator that runs it agrees with us."""

import csv
import sys
import time

import libsbml
import numpy as np
import pytest
import roadrunner

from case_plans import plan_text, plan_with
from commands import endplate
from endplate import __version__
from endplate.case import placed_sites
from endplate.engine.anatomy import field
from endplate.engine.history import earlier_sessions
from endplate.engine.scenario import planned_charts
from endplate.errors import CannotWrite, EndplateError
from endplate.export.sbml import exported_person, sbml_text
from endplate.export.sbml.write import courses
from endplate.facts.table import facts_hash
from endplate.forecast.cohort_run import CHUNK, numbered, run_batch, run_of
from endplate.forecast.individual import individual
from endplate.model import Model, Parameters
from endplate.results.limits import covered_areas

DAYS = 360
# Both sides step to far less than this; a wrong term in either moves fractions by per cents.
MOST_APART = 1e-5
# What the grid of a crowd may cost besides (docs/model.md).
MOST_APART_CROWD = 1e-3

EARLIER = [
    {
        "date": "2026-07-20",
        "product": "onabotulinumtoxinA",
        "indication": "glabellar_lines",
        "dose_u": 10,
    }
]
OTHER_SITES = [EARLIER[0] | {"date": "2026-06-10", "indication": "lateral_canthal_lines"}]


def sites(*named, indication=None):
    """A plan of listed sites, 15 U each."""
    rows = [{"muscle": muscle, "side": side, "dose_u": 15} for muscle, side in named]
    return {
        "treatment.indication": indication,
        "treatment.protocol": None,
        "treatment.site": rows,
    }


PLANS = {
    "glabella": {},
    "dysport": {"treatment.product": "abobotulinumtoxinA", "treatment.vial_u": 300},
    "again": {"patient.previous": EARLIER},
    "elsewhere before": {"patient.previous": OTHER_SITES},
    "canthal, man": {"treatment.indication": "lateral_canthal_lines", "patient.sex": "male"},
    "bladder": {"treatment.indication": "overactive_bladder"},
    "armpit": sites(*[("axillary_eccrine_field", "left")] * 3, indication="axillary_hyperhidrosis"),
    "migraine": sites(
        ("procerus", "midline"), ("corrugator_supercilii", "left"), indication="chronic_migraine"
    ),
}
TISSUES = {"bladder": "bladder", "armpit": "gland", "migraine": "nociceptor"}


def apart(edits, person, seed, fine=True):
    """Largest difference to libRoadRunner over all daily courses, and how few junctions worked."""
    subject = individual(plan_with(edits), person, seed, DAYS, fine, fatigue=False)
    return apart_over(subject)


def apart_over(subject, days=None):
    names, ours = courses(subject, days)
    theirs = roadrunner.RoadRunner(sbml_text(subject))
    theirs.timeCourseSelections = names
    theirs.integrator.relative_tolerance = 1e-10
    theirs.integrator.absolute_tolerance = 1e-12
    theirs.integrator.maximum_num_steps = 100_000
    last = ours[-1, 0]
    run = np.array(theirs.simulate(0.0, last, int(last) + 1))
    run = run[np.rint(ours[:, 0]).astype(int)]
    return np.abs(run - ours).max(), min(part.working.min() for part in subject.parts)


@pytest.mark.parametrize("name", PLANS)
def test_another_simulator_agrees(name):
    worst, least_working = apart(PLANS[name], person=3, seed=1)
    assert worst < MOST_APART
    assert least_working < 0.99  # nothing blocked would compare nothing


MIGRAINE = {
    "treatment.indication": "chronic_migraine",
    "treatment.vial_u": 200,
    "treatment.diluent_ml": 4,
}


def test_a_plan_of_thirty_one_sites_is_a_small_model():
    """libRoadRunner takes time by the equation: some hundred load in seconds, 2700 in minutes."""
    plan = plan_with(MIGRAINE)
    assert len(placed_sites(plan)) == 31
    subject = individual(plan, 0, 0, 180, fatigue=False)
    (part,) = subject.parts
    assert part.load.shape[1] > 1000
    text = sbml_text(subject)
    rules = libsbml.readSBMLFromString(text).getModel().getNumRules()
    assert rules < 200
    assert len(text) < 600_000
    before = time.process_time()
    worst, least_working = apart_over(subject)
    assert time.process_time() - before < 20  # 240 s when every cell had its own equation
    assert worst < MOST_APART
    assert least_working < 0.99


def test_a_model_holds_longer_than_its_courses_were_asked_for():
    plan = plan_with(PLANS["elsewhere before"])
    subject = exported_person(plan, 3, 1, 40)
    assert courses(subject, 40)[1][-1, 0] == 40 - subject.time_d[0]
    worst, _ = apart_over(subject, DAYS)
    assert worst < MOST_APART


@pytest.mark.slow
def test_another_simulator_agrees_on_a_hundred_people(capsys):
    rng = np.random.default_rng(0)
    found = {}
    for n, (person, seed) in enumerate(rng.integers(0, [100_000, 1_000], (100, 2))):
        name = list(PLANS)[n % len(PLANS)]
        found[name, int(person), int(seed)] = apart(PLANS[name], int(person), int(seed))[0]
    worst = max(found, key=lambda one: found[one])
    with capsys.disabled():
        print(f"\nworst of {len(found)} people: {found[worst]:.1e} ({worst})")
    assert len(found) == 100
    assert found[worst] < MOST_APART


def test_the_grid_of_a_crowd_costs_what_is_said():
    cost, _ = apart(PLANS["again"], person=3, seed=1, fine=False)
    assert MOST_APART < cost < MOST_APART_CROWD


@pytest.mark.parametrize("name", ["glabella", "elsewhere before", "migraine"])
def test_the_model_is_consistent(name):
    subject = individual(plan_with(PLANS[name]), 1, 1, 60, fatigue=False)
    document = libsbml.readSBMLFromString(sbml_text(subject))
    count = document.checkConsistency()
    assert [document.getError(i).getMessage() for i in range(count)] == []
    assert (document.getLevel(), document.getVersion()) == (3, 2)


def test_the_model_says_what_it_is():
    subject = individual(plan_with(), 4, 2, 60, fatigue=False)
    written = libsbml.readSBMLFromString(sbml_text(subject, "mine")).getModel()
    notes = written.getNotesString()
    for sentence in (
        __version__,
        facts_hash(),
        "no medical device",
        "person 4 of seed 2",
        "plan mine",
        "leaves out the fatigue of release",
    ):
        assert sentence in notes
    release = written.getParameter("release_muscle")
    assert release.getValue() == pytest.approx(
        float(subject.parts[0].kinetics.release_per_d), rel=1e-12
    )
    assert release.getUnits() == "per_day"
    assert "Onset dynamics" in written.getParameter("binding_muscle").getNotesString()
    for one in (*written.getListOfParameters(), *written.getListOfSpecies()):
        assert one.isSetSBOTerm(), one.getId()
        assert one.getName(), one.getId()
    assert written.getParameter("working_corrugator_supercilii_left") is not None


@pytest.mark.parametrize("name", ["again", "elsewhere before", "bladder"])
def test_the_person_is_the_one_of_the_simulation(name):
    """Cell by cell in double precision against the crowd's table and single precision."""
    plan = plan_with(PLANS[name])
    indications = covered_areas(plan)
    earlier, _ = earlier_sessions(plan, indications)
    (chart,) = planned_charts(plan, indications, placed_sites(plan), earlier, Model())
    run = run_of(chart, Model(), DAYS)
    crowd = run_batch(run, numbered(chart, Parameters.stored(), 5, 0, CHUNK, CHUNK))
    node_d = np.asarray(run.clock.nodes.all_d)
    blocks = field(chart.scenario.anatomy).blocks
    for person in (0, 3, 200):
        subject = individual(plan, person, 5, DAYS, fine=False)
        (part,) = subject.parts
        for course, block in zip(part.working.T, part.blocks, strict=True):
            simulated = crowd.working[:, blocks.index(block), person]
            apart_by = np.abs(simulated - np.interp(node_d, subject.time_d, course))
            assert apart_by.max() < 0.03  # what the table may cost one person
            assert apart_by.mean() < 0.003


@pytest.mark.parametrize("name", ["glabella", *TISSUES])
def test_every_tissue_has_its_own_chain_and_only_muscle_thins(name):
    tissue = TISSUES.get(name, "muscle")
    subject = individual(plan_with(PLANS[name]), 1, 1, 60, fatigue=False)
    assert [part.tissue for part in subject.parts] == [tissue]
    names, _ = courses(subject)
    assert f"light_chain_{tissue}_1" in names
    assert any(name.startswith("force_") for name in names) == (tissue == "muscle")


def test_a_plan_of_two_tissues_is_one_model():
    both = {"treatment.indication": ["glabellar_lines", "overactive_bladder"]}
    subject = individual(plan_with(both), 1, 1, 60, fatigue=False)
    assert {part.tissue for part in subject.parts} == {"muscle", "bladder"}
    model_of = libsbml.readSBMLFromString(sbml_text(subject)).getModel()
    decay = [model_of.getParameter(f"decay_{t}").getValue() for t in ("muscle", "bladder")]
    assert decay[0] > decay[1]  # the wall has no exchange of endings to end the work early


def test_only_treated_muscles_are_in_it():
    subject = individual(plan_with(), 0, 0, 60, fatigue=False)
    assert {block.muscle for part in subject.parts for block in part.blocks} == {
        "corrugator_supercilii",
        "procerus",
    }


@pytest.mark.parametrize(("name", "number"), [("person", -1), ("seed", -1), ("days", 0)])
def test_what_cannot_be_is_refused(name, number):
    with pytest.raises(EndplateError, match=f"{name} is {number}"):
        individual(plan_with(), **{name: number})


def test_a_missing_library_is_one_sentence(monkeypatch):
    subject = individual(plan_with(), 0, 0, 60, fatigue=False)
    monkeypatch.setitem(sys.modules, "libsbml", None)
    with pytest.raises(CannotWrite, match=r"pip install '\.\[sbml\]'"):
        sbml_text(subject)


def test_export_writes_model_and_courses(tmp_path):
    plan = tmp_path / "mine.toml"
    plan.write_text(plan_text({}))
    model, table = tmp_path / "mine.xml", tmp_path / "mine.csv"
    done = endplate(
        "export", str(plan), "--sbml", str(model), "--courses", str(table), "--days", "40"
    )
    assert (done.returncode, done.stdout) == (0, "")
    assert libsbml.readSBMLFromFile(str(model)).getNumErrors() == 0
    with table.open(newline="") as lines:
        rows = list(csv.DictReader(lines))
    assert [float(row["time [d]"]) for row in rows] == list(range(41))
    assert float(rows[30]["working_procerus_midline [1]"]) < 0.5


def test_export_of_nothing_is_wrong_use(tmp_path):
    plan = tmp_path / "mine.toml"
    plan.write_text(plan_text({}))
    done = endplate("export", str(plan))
    assert done.returncode == 2
    assert "--sbml" in done.stderr
