"""Antibody counts and scenarios, and check 20 of the model: both ends of what is published."""

import pytest

from endplate.errors import FactMissing
from endplate.facts.antibodies import SCENARIOS, antibody_scenario
from endplate.facts.store import table

ONA = "onabotulinumtoxinA"


def positive_after(scenario, product, dose_u, cycles):
    """Percent of people with antibodies after so many cycles at the label's interval."""
    return 100 * (1 - (1 - antibody_scenario(scenario, product).hazard(dose_u, 84)) ** cycles)


@pytest.mark.parametrize("dose_u", [20, 100, 155, 240])
def test_check_20_trial_exposure(dose_u):
    """Registration trials of onabotulinumtoxinA: 0.3 to 1.4 % after some three cycles."""
    assert 0.29 <= positive_after("trial_like", ONA, dose_u, 3) <= 1.4


@pytest.mark.parametrize(("product", "dose_u"), [(ONA, 150), ("abobotulinumtoxinA", 500)])
def test_check_20_long_term_clinic(product, dose_u):
    """A clinic counted 13.9 % of 596 people (95 % interval 11 to 17 %) after years."""
    assert positive_after("clinic_like", product, dose_u, 30) == pytest.approx(13.9, abs=2.8)


def test_check_20_half_of_lost_responders_have_no_antibodies():
    shares = {row["share_without_antibodies"] for row in table("antibody_scenarios")}
    assert {abs(float(share) - 0.5) <= 0.05 for share in shares} == {True}


def test_type_b_follows_its_label():
    """10 % after a year (four cycles) and 18 % after 18 months (six), within 2 points."""
    for cycles, percent in ((4, 10), (6, 18)):
        told = positive_after("trial_like", "rimabotulinumtoxinB", 5000, cycles)
        assert told == pytest.approx(percent, abs=2)


def test_hazard_rises_with_dose_and_short_intervals():
    found = antibody_scenario("clinic_like", ONA)
    assert found.hazard(0) == 0
    assert found.hazard(150) < found.hazard(300) == pytest.approx(1.5 * found.hazard(150))
    assert found.hazard(150, 60) == pytest.approx(1.5 * found.hazard(150, 84))
    assert found.hazard(150, None) == found.hazard(150, 365)
    assert found.hazard(1e30) == 1.0


def test_every_product_has_both_scenarios_and_no_more():
    assert {(row["scenario"], row["product"]) for row in table("antibody_scenarios")} == {
        (scenario, product) for scenario in SCENARIOS for product in known()
    }
    with pytest.raises(FactMissing, match="no antibody scenario 'moon_like'"):
        antibody_scenario("moon_like", ONA)


def known():
    return {row["product"] for row in table("products")}


def test_counts_are_of_people():
    for row in table("antibodies"):
        assert 0 <= int(row["positive"]) < int(row["n"]), row["id"]
