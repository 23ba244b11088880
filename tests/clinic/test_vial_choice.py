"""The vials to open: enough for each, least thrown away, none shared between people."""

from dataclasses import replace
from itertools import product as every

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from case_plans import plan_with
from endplate.clinic.vial_choice import candidates, choose, sittings
from endplate.errors import CaseError

ONA = "onabotulinumtoxinA"


def plan(name, dose_u, vial_u=100, diluent_ml=2, **edits):
    site = {"muscle": "soleus", "side": "left", "dose_u": dose_u}
    made = plan_with(
        {
            "treatment.indication": "lower_limb_spasticity",
            "treatment.vial_u": vial_u,
            "treatment.diluent_ml": diluent_ml,
            "treatment.protocol": None,
            "treatment.site": [site],
            **edits,
        }
    )
    return replace(made, name=name)


def left_u(openings):
    return sum(one.left_u for one in openings)


def test_one_vial_is_kept_for_one_person():
    openings = choose(sittings([plan("a", 40), plan("b", 40)]))
    assert [one.vials for one in openings] == [((100.0, 2.0, 1),)] * 2
    assert left_u(openings) == 120


def test_plans_of_one_person_share_within_the_time_of_the_label():
    openings = choose(sittings([plan("a", 40), plan("b", 40)], [["a", "b"]]))
    (one,) = openings
    assert one.plans == ("a", "b")
    assert one.left_u == 20
    assert "24 hours" in one.why


def test_another_concentration_is_never_shared():
    pair = [plan("a", 40), plan("b", 40, diluent_ml=4)]
    assert len(choose(sittings(pair, [["a", "b"]]))) == 2


def test_another_day_or_product_is_never_shared():
    later = plan("b", 40, **{"treatment.date": "2026-11-23"})
    other = plan("b", 40, **{"treatment.product": "Xeomin"})
    for second in (later, other):
        assert len(choose(sittings([plan("a", 40), second], [["a", "b"]]))) == 2


def test_what_keeps_less_than_a_day_is_not_shared():
    pair = [plan(name, 2000, 5000, 1, **{"treatment.product": "Myobloc"}) for name in ("a", "b")]
    assert len(choose(sittings(pair, [["a", "b"]]))) == 2


def test_the_size_that_wastes_least_is_opened_and_then_the_fewest():
    assert choose(sittings([plan("a", 155)]))[0].vials == ((200.0, 4.0, 1),)
    assert left_u(choose(sittings([plan("a", 201)]))) == 99


def test_stock_at_hand_binds_over_all_plans_together():
    plans = [plan("a", 155), plan("b", 90)]
    openings = choose(sittings(plans), {(ONA, 100.0): 1, (ONA, 200.0): 1})
    assert [one.vials for one in openings] == [((200.0, 4.0, 1),), ((100.0, 2.0, 1),)]
    with pytest.raises(CaseError, match="do not hold"):
        choose(sittings(plans), {(ONA, 100.0): 1})


def test_no_plans_open_no_vials():
    assert choose([]) == []


def test_a_plan_without_a_dose_is_refused():
    unknown = replace(plan_with({"treatment.indication": "strabismus"}), name="x")
    with pytest.raises(CaseError, match="x: no dose"):
        sittings([unknown])


@settings(max_examples=40)
@given(st.lists(st.integers(1, 420), min_size=1, max_size=3), st.integers(2, 6), st.integers(1, 4))
def test_no_other_choice_throws_less_away(doses_u, hundreds, two_hundreds):
    """Against every choice there is, counted out."""
    sat = sittings([plan(str(n), dose_u) for n, dose_u in enumerate(doses_u)])
    assert all({u for u, _ in candidates(one)} == {100.0, 200.0} for one in sat)
    stock = {(ONA, 100.0): hundreds, (ONA, 200.0): two_hundreds}
    choices = every(every(range(hundreds + 1), range(two_hundreds + 1)), repeat=len(doses_u))
    best = min(
        (
            sum(100 * a + 200 * b for a, b in choice) - sum(doses_u)
            for choice in choices
            if sum(a for a, _ in choice) <= hundreds
            and sum(b for _, b in choice) <= two_hundreds
            and all(100 * a + 200 * b >= d for (a, b), d in zip(choice, doses_u, strict=True))
        ),
        default=None,
    )
    if best is None:
        with pytest.raises(CaseError):
            choose(sat, stock)
    else:
        assert left_u(choose(sat, stock)) == pytest.approx(best)
