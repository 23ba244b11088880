"""Rival hypotheses and other parameters through `simulate`: what they do, and that it is said."""

import pytest

from endplate import simulate
from endplate.forecast import preview
from endplate.model import Model, Parameters
from one_area_plan import AREA, plan

PEOPLE = 128
WEAKNESS = ("model", "neighbour")
OTHER_MODEL, OTHER_NUMBERS = "runs another hypothesis (", "runs with parameters of the user"


@pytest.fixture(scope="module")
def default():
    return simulate(plan(), people=PEOPLE)


def says(result, words):
    return [sentence for sentence in result.limits if words in sentence]


def level(result):
    return next(s for s in result.course.series if s.name == f"severity_contraction:{AREA}")


def test_the_default_model_says_nothing_of_rivals(default):
    assert says(default, OTHER_MODEL) == says(default, OTHER_NUMBERS) == []
    same = simulate(plan(), people=PEOPLE, model=Model(), parameters=Parameters.stored())
    assert same.as_json() == default.as_json()


def test_a_light_chain_that_does_not_decay_never_wears_off(default):
    rival = simulate(plan(), people=PEOPLE, model=Model(uptake="lebeda4"))
    assert level(default).median[365] > level(default).median[30] + 1.0
    assert max(level(rival).median[60:]) <= level(rival).median[60] + 0.01
    assert rival.timing.duration_d.p05 == pytest.approx(365, abs=0.01)
    assert "cut off at day 365" in rival.timing.duration_d.definition
    (sentence,) = says(rival, OTHER_MODEL)
    assert "uptake=lebeda4" in sentence


def test_a_toxin_that_nothing_takes_up_does_nothing(default):
    rival = simulate(plan(), people=PEOPLE, model=Model(uptake="none"))
    assert rival.timing.duration_d.percent_with_event == 0.0
    assert rival.timing.onset_d.median is None
    contraction = level(rival).median
    assert contraction == pytest.approx([contraction[0]] * len(contraction), abs=1e-3)
    assert all(row.peak_block == pytest.approx(0.0, abs=1e-3) for row in rival.reach)
    assert {h.percent for h in rival.harms if (h.origin, h.kind) == WEAKNESS} == {0.0}
    # what raters see of nothing is what they see of a muscle that works; the line at rest, which
    # a working muscle deepens, is none in ever fewer
    day_30 = {row.endpoint: row.value for row in rival.outcomes if row.day == 30}
    day_90 = {row.endpoint: row.value for row in rival.outcomes if row.day == 90}
    assert day_90["rest_none"] < day_30.pop("rest_none") < day_90.pop("rest_none") + 0.5
    assert day_30 == pytest.approx(day_90, abs=0.01)
    assert day_30["inv_none_mild"] < 20
    assert says(rival, "uptake=none")


def test_a_longer_half_life_lasts_longer(default):
    stored = Parameters.stored()
    assert stored.value("persistence_d") < 50
    longer = simulate(plan(), people=PEOPLE, parameters=stored.replace(persistence_d=50))
    assert longer.timing.duration_d.median > default.timing.duration_d.median + 20
    assert says(longer, OTHER_NUMBERS)
    assert says(longer, OTHER_MODEL) == []


def test_a_preview_runs_the_same_rival_in_the_same_people():
    rival = {
        "model": Model(tissue="none"),
        "parameters": Parameters.stored().replace(persistence_d=50),
    }
    quick, whole = preview(plan(), **rival), simulate(plan(), people=PEOPLE, **rival)
    assert [row.value for row in quick.outcomes] == pytest.approx(
        [row.value for row in whole.outcomes], abs=1e-3
    )
    assert says(quick, "tissue=none")
    assert quick.limits == whole.limits
