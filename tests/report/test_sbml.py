"""The exported model is valid, and another simulator that runs it agrees with us."""

import csv
import subprocess
import sys

import libsbml
import numpy as np
import pytest
import roadrunner

from case_plans import plan_text, plan_with
from endplate import __version__
from endplate.errors import CannotWrite, EndplateError
from endplate.facts.store import facts_hash
from endplate.people.one import one_person
from endplate.report.sbml import sbml_text
from endplate.report.sbml.write import courses

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
        "dose_u": 20,
    }
]
OTHER_SITES = [
    {
        "date": "2026-06-10",
        "product": "onabotulinumtoxinA",
        "indication": "lateral_canthal_lines",
        "dose_u": 24,
    }
]
PLANS = {
    "glabella": {},
    "dysport": {
        "treatment.product": "abobotulinumtoxinA",
        "treatment.vial_u": 300,
    },
    "again": {"patient.previous": EARLIER},
    "elsewhere before": {"patient.previous": OTHER_SITES},
    "canthal, man": {"treatment.indication": "lateral_canthal_lines", "patient.sex": "male"},
}


def apart(edits, person, seed, fine=True):
    """Largest difference to libRoadRunner over all daily courses, and how few junctions worked."""
    own = one_person(plan_with(edits), person, seed, DAYS, fine)
    names, ours = courses(own)
    theirs = roadrunner.RoadRunner(sbml_text(own))
    theirs.timeCourseSelections = names
    theirs.integrator.relative_tolerance = 1e-10
    theirs.integrator.absolute_tolerance = 1e-12
    theirs.integrator.maximum_num_steps = 100_000
    last = ours[-1, 0]
    run = np.array(theirs.simulate(0.0, last, int(last) + 1))
    run = run[np.rint(ours[:, 0]).astype(int)]
    return np.abs(run - ours).max(), own.working.min()


@pytest.mark.parametrize("name", PLANS)
def test_another_simulator_agrees(name):
    worst, least_working = apart(PLANS[name], person=7, seed=3)
    assert worst < MOST_APART
    assert least_working < 0.99  # nothing blocked would compare nothing


@pytest.mark.slow
def test_another_simulator_agrees_on_a_hundred_people(capsys):
    rng = np.random.default_rng(0)
    found = {
        (name, int(person), int(seed)): apart(edits, int(person), int(seed))[0]
        for name, edits in PLANS.items()
        for person, seed in rng.integers(0, [100_000, 1_000], (20, 2))
    }
    worst = max(found, key=lambda one: found[one])
    with capsys.disabled():
        print(f"\nworst of {len(found)} people: {found[worst]:.1e} ({worst})")
    assert len(found) == 100
    assert found[worst] < MOST_APART


def test_the_grid_of_a_crowd_costs_what_is_said():
    cost, _ = apart(PLANS["again"], person=7, seed=3, fine=False)
    assert MOST_APART < cost < MOST_APART_CROWD


@pytest.mark.parametrize("name", PLANS)
def test_the_model_is_consistent(name):
    document = libsbml.readSBMLFromString(sbml_text(one_person(plan_with(PLANS[name]), 1, 1, 60)))
    count = document.checkConsistency()
    assert [document.getError(i).getMessage() for i in range(count)] == []
    assert (document.getLevel(), document.getVersion()) == (3, 2)


def test_the_model_says_what_it_is():
    own = one_person(plan_with(), 4, 2, 60)
    model = libsbml.readSBMLFromString(sbml_text(own, "mine")).getModel()
    notes = model.getNotesString()
    for said in (__version__, facts_hash(), "no medical device", "person 4 of seed 2", "plan mine"):
        assert said in notes
    release = model.getParameter("release")
    assert release.getValue() == pytest.approx(float(own.kinetics.release_per_d), rel=1e-12)
    assert release.getUnits() == "per_day"
    assert "Onset dynamics" in model.getParameter("binding").getNotesString()
    for one in (*model.getListOfParameters(), *model.getListOfSpecies()):
        assert one.isSetSBOTerm(), one.getId()
        assert one.getName(), one.getId()
    assert model.getParameter("working_corrugator_supercilii_left") is not None


def test_the_person_is_the_one_of_the_simulation():
    """Cell by cell in double precision against the crowd's table and single precision."""
    from endplate.case import placed_sites
    from endplate.people import model, run
    from endplate.people.job import make_job

    plan = plan_with()
    job = make_job(plan, ("glabellar_lines",), placed_sites(plan), (), DAYS, 5)
    vectors = np.tile(np.asarray(model.stored_vector()), (run.CHUNK, 1))
    weight = np.zeros((run.GROUPS, run.CHUNK))
    people = np.arange(run.CHUNK)
    crowd = run.run_chunk(vectors, np.int64(5), people, weight, job.setting, job.areas, True)
    blocks = run.muscle_field().blocks
    for person in (0, 3, 200):
        own = one_person(plan, person, 5, DAYS, fine=False)
        rows = [blocks.index(block) for block in own.blocks]
        seen = np.asarray(crowd.working)[person][:, rows]
        assert np.abs(seen - own.working).max() < 0.03  # what the table may cost one person
        assert np.abs(seen - own.working).mean() < 0.003


def test_only_treated_muscles_are_in_it():
    own = one_person(plan_with(), 0, 0, 60)
    assert {block.muscle for block in own.blocks} == {"corrugator_supercilii", "procerus"}


@pytest.mark.parametrize(("name", "number"), [("person", -1), ("seed", -1), ("days", 0)])
def test_what_cannot_be_is_refused(name, number):
    with pytest.raises(EndplateError, match=f"{name} is {number}"):
        one_person(plan_with(), **{name: number})


def test_a_missing_library_is_one_sentence(monkeypatch):
    own = one_person(plan_with(), 0, 0, 60)
    monkeypatch.setitem(sys.modules, "libsbml", None)
    with pytest.raises(CannotWrite, match=r"pip install 'endplate\[sbml\]'"):
        sbml_text(own)


def endplate(*words):
    return subprocess.run(
        [sys.executable, "-m", "endplate", *words], capture_output=True, text=True, check=False
    )


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
    assert [float(row["time"]) for row in rows] == list(range(41))
    assert float(rows[30]["working_procerus_midline"]) < 0.5


def test_export_of_nothing_is_wrong_use(tmp_path):
    plan = tmp_path / "mine.toml"
    plan.write_text(plan_text({}))
    done = endplate("export", str(plan))
    assert done.returncode == 2
    assert "--sbml" in done.stderr
