"""Endpoint codes and the scales at entry: whole, and consistent with the trials."""

import pytest

from endplate.errors import FactMissing
from endplate.facts.endpoints import (
    ScaleAtEntry,
    baseline_scales,
    endpoint,
    endpoints,
    scale_at_entry,
)
from endplate.facts.table import text_rows, typed_rows
from endplate.facts.trials import trial_figures


def test_every_figure_has_a_described_endpoint():
    for figure in trial_figures():
        described = endpoint(figure.endpoint)
        assert figure.indication in described.indications, figure
        assert figure.statistic in described.statistics, figure


def test_endpoints_keep_to_closed_sets():
    raters = {"investigator", "subject", "both", "diary", "instrument"}
    assert {one.rater for one in endpoints().values()} <= raters
    assert {one.better for one in endpoints().values()} == {"up", "down", "harm", ""}
    for one in endpoints().values():
        assert (one.unit == "%") or "percent" not in one.statistics, one.code
        assert one.words.rstrip(".") == one.words != "", one.code
        assert (one.better == "harm") or not one.code.startswith("ae_"), one.code


def test_an_unknown_endpoint_or_baseline_is_named():
    with pytest.raises(FactMissing, match="no endpoint named 'happiness'"):
        endpoint("happiness")
    with pytest.raises(FactMissing, match="no baseline of 'hit6'"):
        scale_at_entry("hit6", "blepharospasm")


def test_people_at_entry_lie_inside_their_scale():
    for row in text_rows("scales"):
        scale = scale_at_entry(row["scale"], row["indication"])
        assert scale.low < scale.baseline_mean - scale.baseline_sd, scale
        assert scale.baseline_mean + scale.baseline_sd <= scale.high, scale
        assert scale.distribution in {"normal", "lognormal"}, scale
        entered = baseline_scales().get(scale.scale)
        if entered is not None:
            assert entered.low <= scale.low < scale.high <= entered.high, scale


@pytest.mark.parametrize(
    ("scale", "indication", "code", "tolerance"),
    [
        ("twstrs_total", "cervical_dystonia", "baseline_twstrs_total", 0.2),
        ("headache_days_28d", "chronic_migraine", "baseline_headache_days_28d", 1.0),
        ("sweat_mg_min", "axillary_hyperhidrosis", "baseline_sweat_mg_min", 0.01),
        ("ui_per_day", "overactive_bladder", "baseline_ui_per_day", 0.05),
    ],
)
def test_baselines_agree_with_the_trials(scale, indication, code, tolerance):
    """Mean over arms by size; headache within 1 day, for an open study began two days higher."""
    rows = [f for f in trial_figures() if (f.endpoint, f.indication) == (code, indication)]
    people = sum(row.n or 0 for row in rows)
    mean = sum(row.value * (row.n or 0) for row in rows) / people
    assert scale_at_entry(scale, indication).baseline_mean == pytest.approx(mean, abs=tolerance)


def test_every_use_beyond_the_face_has_a_scale():
    uses = {
        "axillary_hyperhidrosis", "palmar_hyperhidrosis", "blepharospasm", "cervical_dystonia",
        "chronic_migraine", "lower_limb_spasticity", "upper_limb_spasticity", "platysma_bands",
        "neurogenic_detrusor_overactivity", "overactive_bladder",
    }  # fmt: skip
    assert {use for use in uses if not typed_rows(ScaleAtEntry, "scales", indication=use)} == set()
