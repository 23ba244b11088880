"""People of a user's own: those that are drawn give the drawn figures, to the last bit."""

import numpy as np
import pytest

import endplate
from endplate import EndplateError
from endplate.population.own import read_population
from endplate.population.random_effects import EFFECTS, draw

PEOPLE = 64


@pytest.fixture(scope="module")
def drawn():
    effects, _ = draw(np.int64(3), np.arange(PEOPLE), 5)
    return dict(zip(EFFECTS, np.asarray(effects), strict=True))


def test_the_drawn_people_in_a_table_have_the_drawn_figures(drawn):
    plain = endplate.simulate(endplate.DEMO_PLAN, people=PEOPLE, seed=3)
    own = endplate.simulate(endplate.DEMO_PLAN, seed=3, population=drawn)
    assert own.provenance.people == PEOPLE
    assert own.outcomes == plain.outcomes
    assert own.timing == plain.timing
    assert (own.provenance.command or "").endswith(" --population TABLE")
    assert "those of the user's table (load, persistence" in " ".join(own.limits)


def test_what_a_table_states_of_a_person_moves_that_person(drawn):
    """Each person with a half-life of the light chain of their own."""
    shorter, longer = (
        endplate.simulate(
            endplate.DEMO_PLAN, seed=3, population={**drawn, "persistence_d": [days] * PEOPLE}
        )
        for days in (25.0, 50.0)
    )
    of_all = endplate.simulate(
        endplate.DEMO_PLAN, PEOPLE, seed=3, parameters={"persistence_d": 50.0}
    )
    assert longer.timing.duration_d.median > shorter.timing.duration_d.median + 20
    assert longer.timing.duration_d.median == of_all.timing.duration_d.median


def test_a_frame_and_a_file_are_read_alike(drawn, tmp_path):
    polars, pandas = pytest.importorskip("polars"), pytest.importorskip("pandas")
    file = tmp_path / "people.csv"
    polars.DataFrame(drawn).write_csv(file)
    for given in (polars.DataFrame(drawn), pandas.DataFrame(drawn), file, str(file)):
        read = read_population(given)
        assert (read.people, read.columns) == (PEOPLE, EFFECTS)
        for row, name in enumerate(EFFECTS):
            assert read.effects[row] == pytest.approx(drawn[name], abs=1e-12)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"height": [1.8]}, "population has the column 'height'; allowed are load, persistence"),
        ({"load": [0.0], "release": [0.0, 1.0]}, "all columns as long"),
        ({"load": []}, "tables of 1 to 1000000 people"),
        ({"load": [0.0, 9.0]}, "person 2: load is 9.0; allowed is a number from -8 to 8"),
        ({"load": ["x"]}, "person 1: load is 'x'; allowed is a number"),
        ({"load": [None]}, "person 1: load is None"),
        ({"load": [float("nan")]}, "person 1: load is nan"),
        (
            {"age_y": [40, 200]},
            "person 2: age_y is 200; it must be a number at least 0 and at most",
        ),
        ({"sex": ["wombat"]}, "person 1: sex is 'wombat', not a known sex"),
        ({"glabellar_lines": [2.5]}, "person 1: glabellar_lines is 2.5; it must be a whole number"),
        ({"weight_kg": ["x"]}, "person 1: weight_kg is 'x'; it must be a number"),
        ({"sex": [[1]]}, r"person 1: sex is \[1\]"),
        ({"persistence_d": [-3]}, "person 1: persistence_d is -3; allowed is a value"),
        ({}, "allowed are frames, dictionaries of columns, and paths"),
        (5, "population is 5; allowed are frames"),
        ("no_such_people.csv", "There is no file no_such_people.csv"),
    ],
)
def test_a_wrong_table_is_told_in_a_sentence(given, sentence):
    with pytest.raises(EndplateError, match=sentence):
        read_population(given)


def test_each_person_has_the_age_sex_and_grade_of_their_row():
    """A person in a table is the person whom a plan of that patient draws, to rounding."""
    plan = endplate.Plan.load(endplate.DEMO_PLAN)
    kinds = (
        {"age_y": 28.0, "sex": "female", "glabellar_lines": 3},
        {"age_y": 71.0, "sex": "male", "glabellar_lines": 2},
        {"age_y": None, "sex": "", "glabellar_lines": float("nan")},  # as the plan says
    )
    table = {name: [kinds[k % 3][name] for k in range(PEOPLE)] for name in kinds[0]}
    own = endplate.simulate(plan, seed=3, population=table, people_level=True)
    for first, kind in enumerate(kinds):
        tables = plan.as_dict()
        if first < 2:
            tables["patient"] |= {"age_y": kind["age_y"], "sex": kind["sex"]}
            tables["patient"]["baseline"] = {"glabellar_lines": kind["glabellar_lines"]}
        alone = endplate.simulate(tables, PEOPLE, seed=3, people_level=True)
        for name, values in alone.people["glabellar_lines"].scores.items():
            of_table = own.people["glabellar_lines"].scores[name]
            assert of_table[first::3] == pytest.approx(values[first::3], abs=1e-5), name
    assert "has their own age_y, sex, glabellar_lines; the label check" in " ".join(own.limits)


def test_muscles_and_scores_are_those_of_each_person():
    """Size is of legs, scores are of the use; each on its own axis of the same run."""
    from endplate.engine.scenario import with_patients
    from endplate.forecast.simulate import prepare

    plan = endplate.Plan.loads(
        """
[patient]
age_y = 50

[treatment]
date = 2026-11-22
product = "onabotulinumtoxinA"
indication = "lower_limb_spasticity"
vial_u = 100
diluent_ml = 2.0
protocol = "label"
"""
    )
    table = {"height_cm": [150, 190], "weight_kg": [45, 110], "mas_ankle": [2, 4]}
    with pytest.raises(EndplateError, match="the scores twstrs_total, from which no forecast of"):
        read_population({"twstrs_total": [40]}).of_plan(plan)
    own = read_population(table).of_plan(plan)
    (chart,) = prepare(plan, 0, 90, population=own).charts
    scenario = with_patients(chart.scenario, own.patients(0, 3))
    assert scenario.log_volume.shape == (*chart.scenario.log_volume.shape, 3)
    assert scenario.log_volume[:, 0].min() < 0 < scenario.log_volume[:, 1].max()
    assert (scenario.log_volume[:, 1] == scenario.log_volume[:, 2]).all()
    assert list(scenario.stated[0][0][:2]) == [2.0, 4.0]
