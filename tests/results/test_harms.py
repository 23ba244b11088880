"""Counted harms of a plan: the label's figure where there is one, else the fit, with bands."""

import pytest

from endplate.case import Plan, placed_sites
from endplate.facts.harms import adverse_reactions, harm_fit, warning_of
from endplate.results.harms import antibodies, counted, sampling_band, share_at, share_band

PLAN = """
[patient]
age_y = 46
[treatment]
date = 2026-01-01
product = "{product}"
indication = "{area}"
vial_u = 100
diluent_ml = 2.5
protocol = "label"
{dose}
"""


def harms(product, area, dose="", population="adult"):
    sites = placed_sites(Plan.loads(PLAN.format(product=product, area=area, dose=dose)))
    return {harm.term: harm for harm in counted(product, (area,), sites, population)}


def test_a_counted_figure_stays_at_its_dose():
    told = harms("abobotulinumtoxinA", "cervical_dystonia", "dose_u = 500")["fatigue"]
    row = next(
        r
        for r in adverse_reactions("abobotulinumtoxinA", "cervical_dystonia", "fatigue")
        if r.dose_u == 500
    )
    assert told.percent == pytest.approx(row.drug_percent)
    assert (told.origin, told.source) == ("label", row.source)


def test_more_dose_moves_a_count_up_and_less_moves_it_down():
    percents = [
        harms("rimabotulinumtoxinB", "cervical_dystonia", f"dose_u = {dose_u}")["dry_mouth"]
        for dose_u in (3000, 10000, 14000)
    ]
    assert [told.percent for told in percents] == sorted(told.percent for told in percents)
    assert all(told.low <= told.percent <= told.high for told in percents)


def test_what_only_other_products_counted_comes_from_the_fit():
    told = harms("prabotulinumtoxinA", "glabellar_lines")
    assert told["headache"].origin == "trial"
    bruise = told["injection_site_bruising"]
    assert (bruise.origin, bruise.source) == ("model", "endplate_model")
    assert bruise.low < bruise.percent < bruise.high
    assert bruise.background_percent > 0


def test_a_range_of_the_label_is_told_where_nothing_was_counted():
    told = harms("onabotulinumtoxinA", "axillary_hyperhidrosis")
    for term in ("injection_site_pain", "injection_site_haemorrhage", "headache"):
        assert (told[term].low, told[term].high, told[term].origin) == (3.0, 10.0, "label"), term
        assert 3.0 < told[term].percent < 10.0
        assert "3 to 10 of 100" in told[term].note


def test_unverified_counts_that_disagree_tell_together():
    """Two trials of the neck counted a dry mouth in 41 and in 14 of 100."""
    rows = adverse_reactions("onabotulinumtoxinA", "cervical_dystonia", "dry_mouth")
    counts = [row.drug_percent for row in rows]
    assert len(counts) == 2
    assert not any(row.verified for row in rows)
    told = harms("onabotulinumtoxinA", "cervical_dystonia")["dry_mouth"]
    assert told.origin == "model"
    assert min(counts) < told.percent < max(counts)
    assert told.low < min(counts)
    assert not told.verified


def test_an_effect_of_one_product_alone_is_not_told_of_others():
    assert "taste_change" in harms("rimabotulinumtoxinB", "cervical_dystonia")
    assert "taste_change" not in harms("incobotulinumtoxinA", "cervical_dystonia")


def test_a_band_holds_more_than_the_sampling():
    for events, n in ((0, 100), (3, 200), (50, 100), (2, 60)):
        narrow, wide = sampling_band(events, n), share_band(events, n)
        assert wide[0] < narrow[0] < narrow[1] < wide[1]
    assert share_band(100, 1000)[0] > 0.03  # groups differ, but not by the whole scale
    assert share_band(10, 100, other_sd=1.0)[1] > share_band(10, 100)[1]


def test_a_share_moves_beyond_placebo_only():
    assert share_at(0.2, 0.0, 0.0) == pytest.approx(0.2)
    assert share_at(0.03, 0.05, 2.0) == 0.03
    assert share_at(0.2, 0.05, -50.0) == pytest.approx(0.05)
    assert share_at(0.2, 0.05, 50.0) == pytest.approx(1.0)


def test_every_estimate_is_sound():
    assert harm_fit().scatter.between_sd > 0
    for row in harm_fit().estimates.values():
        assert row.slope > 0
        assert min(row.background_sd, row.excess_sd, row.slope_log_sd) > 0
        assert -1 < row.correlation < 1


def test_adults_are_never_told_what_was_counted_in_children():
    """The label counts urinary infection in 7 % of children and in 24 % of adults."""
    product, area = "onabotulinumtoxinA", "neurogenic_detrusor_overactivity"
    adult, child = (
        harms(product, area, population=who)["urinary_tract_infection"].percent
        for who in ("adult", "paediatric")
    )
    assert (adult, child) == pytest.approx((24.0, 7.0))


def test_children_and_adults_never_stand_side_by_side():
    """Where children were counted, nothing counted in adults alone is told beside it."""
    for area in ("neurogenic_detrusor_overactivity", "upper_limb_spasticity"):
        told = harms("onabotulinumtoxinA", area, population="paediatric")
        counts = {
            row.term
            for row in adverse_reactions("onabotulinumtoxinA", area)
            if row.population == "paediatric"
        }
        assert told
        assert set(told) <= counts
        assert not any("adults" in harm.note for harm in told.values())
    assert antibodies("onabotulinumtoxinA", ("upper_limb_spasticity",), "paediatric") == ()
    assert antibodies("onabotulinumtoxinA", ("upper_limb_spasticity",), "adult")


def test_labels_warn_of_how_long_trouble_with_swallowing_can_last():
    assert "months" in warning_of("dysphagia")
    assert "feeding tube" in warning_of("dysphagia")
    assert warning_of("injection_site_bruising") == ""


def test_a_count_in_adults_stands_in_for_children_and_says_so():
    product, area = "onabotulinumtoxinA", "glabellar_lines"
    adult, child = (harms(product, area, population=who) for who in ("adult", "paediatric"))
    assert child.keys() == adult.keys()
    assert child["headache"].percent == adult["headache"].percent
    assert child["headache"].note.endswith("Counted in adults.")
    assert "Counted in adults" not in adult["headache"].note
