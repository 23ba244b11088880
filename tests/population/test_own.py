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
        ({"persistence_d": [-3]}, "person 1: persistence_d is -3; allowed is a value"),
        ({}, "allowed are frames, dictionaries of columns, and paths"),
        (5, "population is 5; allowed are frames"),
        ("no_such_people.csv", "There is no file no_such_people.csv"),
    ],
)
def test_a_wrong_table_is_told_in_a_sentence(given, sentence):
    with pytest.raises(EndplateError, match=sentence):
        read_population(given)
