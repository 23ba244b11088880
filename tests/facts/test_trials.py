"""Trial figures: shape of the table, and a few known figures."""

import pytest

from endplate.facts.trials import trial_figures

FACE = {"glabellar_lines", "lateral_canthal_lines", "forehead_lines"}


def one(trial_id, endpoint, **where):
    """The only figure of that trial and endpoint that fits the other fields."""
    (match,) = (
        figure
        for figure in trial_figures()
        if (figure.trial_id, figure.endpoint) == (trial_id, endpoint)
        and all(getattr(figure, name) == value for name, value in where.items())
    )
    return match


@pytest.mark.parametrize(
    ("trial_id", "endpoint", "where", "value", "sd", "baseline_mean"),
    [
        ("BRASHEAR1999_BOTB", "twstrs_total", {"dose_u": 5000, "day": 28}, -9.11, 8.2, 46.42),
        ("Heckmann-2001", "sweat_mg_min", {"dose_u": 400, "day": 14}, 24, 27, 192),
        ("CHAPPLE2013", "ui_per_day", {"dose_u": 100, "day": 84}, -3, None, 5.5),
        ("GRACIES2015", "mas_ge1", {"dose_u": 1000}, 78.5, None, None),
    ],
)
def test_known_figures(trial_id, endpoint, where, value, sd, baseline_mean):
    figure = one(trial_id, endpoint, **where)
    assert (figure.value, figure.sd, figure.baseline_mean) == (value, sd, baseline_mean)


def test_a_spread_is_worked_out_from_the_printed_interval():
    """A standard error of 2.0 over 37 people is a spread of 2.0 * sqrt(37) = 12.2 points."""
    assert one("TRUONG2005", "twstrs_total", dose_u=500).sd == pytest.approx(12.2, abs=0.05)


def test_figures_are_in_range():
    for figure in trial_figures():
        where = (figure.trial_id, figure.arm, figure.endpoint, figure.day)
        assert figure.statistic != "percent" or 0 <= figure.value <= 100, where
        assert figure.bound in {"", "at_least", "at_most"}, where
        assert figure.sd is None or figure.sd > 0, where
        assert figure.product != "placebo" or figure.dose_u == 0, where
        if figure.area_dose_u is not None and figure.dose_u is not None:
            assert figure.area_dose_u <= figure.dose_u, where


def test_a_protocols_wait_is_a_ceiling_not_a_duration():
    """Bladder trials forbade treatment before week 12, so a placebo median near it says little."""
    assert one("GINSBERG2012", "median_duration_retreat", product="placebo").bound == "at_most"


def test_every_body_region_has_trials():
    covered = {figure.indication for figure in trial_figures() if figure.statistic != "mean"}
    assert covered - FACE >= {
        "axillary_hyperhidrosis", "blepharospasm", "cervical_dystonia", "chronic_migraine",
        "lower_limb_spasticity", "neurogenic_detrusor_overactivity", "overactive_bladder",
        "palmar_hyperhidrosis", "platysma_bands", "upper_limb_spasticity",
    }  # fmt: skip
