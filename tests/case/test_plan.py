"""Plans are read, written back, and placed on the chart."""

import pytest
from hypothesis import given, settings

from endplate.case import Plan, placed_sites
from endplate.errors import NotCovered
from plan_strategies import PLANS, as_filed

LABEL = """
[patient]
age_y = 46
[treatment]
date = 2026-11-22
product = "Botox Cosmetic"
indication = "{indication}"
vial_u = 100
diluent_ml = 2.5
{rest}
"""


def plan(indication="glabellar_lines", rest='protocol = "label"'):
    return Plan.loads(LABEL.format(indication=indication, rest=rest))


@settings(max_examples=60, deadline=None)
@given(PLANS.map(as_filed))
def test_a_plan_written_out_loads_back_equal(random_plan):
    assert Plan.loads(random_plan.dumps()) == random_plan


@pytest.mark.parametrize(
    ("indication", "dose_u", "sites"),
    [("glabellar_lines", 20, 5), ("lateral_canthal_lines", 24, 6), ("forehead_lines", 40, 10)],
)
def test_label_protocol_has_the_labels_dose_and_sites(indication, dose_u, sites):
    placed = placed_sites(plan(indication))
    assert sum(site.dose_u for site in placed) == pytest.approx(dose_u)
    assert len(placed) == sites
    assert {round(site.volume_ml, 6) for site in placed} == {0.1}


def test_glabella_is_not_doubled_when_listed_beside_the_forehead():
    text = LABEL.format(indication="X", rest='protocol = "label"')
    three = text.replace('"X"', '["glabellar_lines", "forehead_lines", "lateral_canthal_lines"]')
    assert sum(s.dose_u for s in placed_sites(Plan.loads(three))) == pytest.approx(64)


def test_stated_total_scales_the_label_sites():
    placed = placed_sites(plan(rest='protocol = "label"\ndose_u = 30'))
    assert [site.dose_u for site in placed] == pytest.approx([6] * 5)


def test_left_is_positive_right_is_negative():
    for site in placed_sites(plan("lateral_canthal_lines")):
        assert (site.x_mm > 0) == (site.side == "left")


def test_sites_without_position_take_label_spots_then_free_places():
    site = '[[treatment.site]]\nmuscle = "corrugator"\nside = "right"\ndose_u = 2\n'
    placed = placed_sites(plan(rest=site * 6))
    assert [(s.x_mm, s.y_mm) for s in placed[:2]] == [(-12, 4), (-27, 11)]
    assert len({(s.x_mm, s.y_mm) for s in placed}) == 6
    assert all(-35 < s.x_mm < -3 and s.indication == "glabellar_lines" for s in placed)


def test_a_site_given_by_position_alone_names_the_nearest_muscle():
    site = '[[treatment.site]]\nside = "left"\ndose_u = 2\nat_mm = [58, -20, 2]\n'
    assert placed_sites(plan(rest=site))[0].muscle == "orbicularis_oculi"


def test_a_forehead_site_in_a_plan_for_frown_lines_counts_for_the_forehead():
    site = '[[treatment.site]]\nmuscle = "frontalis"\nside = "left"\ndose_u = 2\n'
    assert placed_sites(plan(rest=site))[0].indication == "forehead_lines"
    assert placed_sites(plan("chronic_migraine", site))[0].indication == "chronic_migraine"


def test_a_crowded_muscle_still_takes_every_site():
    site = '[[treatment.site]]\nmuscle = "procerus"\nside = "midline"\ndose_u = 1\n'
    placed = placed_sites(plan(rest=site * 40))
    assert len({(s.x_mm, s.y_mm) for s in placed}) == 40


def test_a_muscle_without_a_chart_is_refused():
    site = '[[treatment.site]]\nmuscle = "masseter"\nside = "left"\ndose_u = 20\n'
    with pytest.raises(NotCovered, match="masseter"):
        placed_sites(plan("masseter_prominence", site))


def test_a_product_without_a_label_dose_is_refused_unless_the_dose_is_stated():
    text = LABEL.replace("Botox Cosmetic", "Jeuveau")
    with pytest.raises(NotCovered, match="prabotulinumtoxinA"):
        placed_sites(Plan.loads(text.format(indication="forehead_lines", rest='protocol="label"')))
    stated = text.format(indication="forehead_lines", rest='protocol="label"\ndose_u=10')
    assert sum(s.dose_u for s in placed_sites(Plan.loads(stated))) == pytest.approx(10)


def test_words_understood_are_kept_beside_the_plan():
    assert plan().understood[0].written == "Botox Cosmetic"
    assert plan().understood[0].preferred == "onabotulinumtoxinA"


def test_asked_and_none_differs_from_not_stated():
    assert plan().patient.conditions is None
    text = LABEL.replace("age_y = 46", "conditions = []\nprevious = []")
    patient = Plan.loads(text.format(indication="glabellar_lines", rest='protocol="label"')).patient
    assert patient.conditions == ()
    assert patient.previous == ()
