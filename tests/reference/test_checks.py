"""What a credible model must reproduce: published figures and the bands set for them beforehand.

A figure outside its band is an expected failure with the figure found, never a wider band.
"""

import csv
from functools import cache
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy.optimize import brentq

from endplate.facts.parameters import value
from endplate.facts.products import persistence_ratio
from endplate.fit.arms import (
    REFERENCE,
    Arm,
    arm_course,
    arm_weights,
    endings_windows,
    product_indices,
    trial_setup,
)
from endplate.model import Model, Parameters
from endplate.observe.endpoints import group_means, observe
from endplate.observe.times import half_lost_d
from model_cases import published_margin
from reference import spread_checks
from reference.edb import inject, lost_percent, recovered_percent

with Path(__file__).with_name("checks.csv").open(newline="", encoding="utf-8") as lines:
    FIGURES = list(csv.DictReader(lines))

ON_ZONE_LOST_PERCENT = 79.3  # S5: the dose is not told, the fall on the zone is
MONTHS_3_D = 91.0
B_WEEK_2, A_WEEK_2 = 62.5, 75.0  # P8: middles of the published 50-75 and 70-80 %
SHEET = Model().spread_by_tissue["muscle"]
MISSES = {
    "edb_a_week_7": "31 %, not under 10: the light chain is that of the facial trials",
    "edb_a_week_57": "0 %, not 15 to 30: eleven half-lives of the light chain have passed by then",
    "edb_distance": "35 %, just under 36: people differ more in load, and the edge is less sharp",
    "rat_distance": "30 %, not 40 to 60: a cloud as wide as in man, in a muscle 24 mm long",
    "biceps_pooled": "35 %, just under 37.5: low doses per mL hold little in so large a muscle",
    "biceps_high_volume": "24 %, not 71 to 91: 2 mL spreads the dose, yet a cloud off the band "
    "hardly reaches it; the direction is right",
    "rabbit_1u": "0 mm, not 15 to 30: the potency is that of a human muscle, 1 U does too little",
    "rabbit_10u": "12 mm, not 60 or more: the cloud ends where it lies and does not run on",
    "glabella_20u_week_24": "36.5 %, not 7 to 25: the response wears off over too long a time",
    "glabella_40u_week_24": "55.0 %, not 21 to 43: the response wears off over too long a time",
}


def cleaved_when_silent(share):
    """Share of SNAP-25 cleaved at which a share of the fibres is silent."""
    margin = published_margin()
    return brentq(
        lambda cleaved: (
            float(margin.working_fraction(jnp.asarray(1.0 - cleaved), None)) - (1.0 - share)
        ),
        0.0,
        0.99,
    )


def release_lost_percent(share):
    return 100 * (1 - (1 - cleaved_when_silent(share)) ** value("snare_power"))


def distance_loss_percent():
    """Loss of effect 1 cm off the zone, at the dose whose effect on it was the published one."""
    dose_u = brentq(lambda u: lost_percent(u, 14) - ON_ZONE_LOST_PERCENT, 2.0, 60.0, xtol=0.05)
    return 100 * (1 - lost_percent(dose_u, 14, 10.0) / lost_percent(dose_u, 14))


@cache
def responders():
    """Times, and the share with at least one grade less in the investigator's eyes, by dose."""
    code, model = "glabellar_lines", Model()
    severe_share = value("trial_severe_share")
    arm = Arm(code, REFERENCE, 20.0, severe_share, None)
    setup = trial_setup(code, arm.pattern, model)
    potency, persistence = product_indices(arm)

    @jax.jit
    def run(vector, dose_u):
        windows = endings_windows(setup, setup.quadrature, vector, persistence, model)
        course, subjects = arm_course(
            setup, setup.quadrature, vector, dose_u, potency, persistence, jnp.nan, windows, model
        )
        weight = arm_weights(setup, course, severe_share)[None]
        observed = observe(code, "inv_ge1", course, subjects, setup.time_d)
        sums, _, asked = group_means([observed], weight)
        return sums[0, 0] / asked[0, 0] / 100.0

    vector = jnp.asarray(Parameters.stored().vectors[0])
    return setup.time_d, [np.asarray(run(vector, jnp.asarray(u))) for u in (20.0, 40.0)]


def glabella_median_d(row):
    time_d, shares = responders()
    return float(half_lost_d(jnp.asarray(shares[row]), jnp.asarray(time_d)))


def glabella_week_24_percent(row):
    time_d, shares = responders()
    return 100 * float(np.interp(168.0, time_d, shares[row]))


def type_b():
    return persistence_ratio("B", "muscle")


def deepest_day(course):
    return float(course.day[np.argmax(course.cmap_lost)])


FOUND = {
    "edb_7_5_to_10u": lambda: 0.5 * (lost_percent(7.5, 14) + lost_percent(10.0, 14)),
    "edb_15_to_20u": lambda: 0.5 * (lost_percent(15.0, 6) + lost_percent(20.0, 6)),
    "edb_deepest": lambda: 100 * inject(10.0).cmap_lost.max(),
    "edb_deepest_day": lambda: deepest_day(inject(10.0)),
    "edb_48h": lambda: lost_percent(10.0, 2),
    "edb_thinnest_day": lambda: float(inject(10.0).day[np.argmax(inject(10.0).thickness_lost)]),
    "edb_b_week_7": lambda: recovered_percent(B_WEEK_2, 49, type_b()),
    "edb_b_week_11": lambda: recovered_percent(B_WEEK_2, 77, type_b()),
    "edb_a_week_7": lambda: recovered_percent(A_WEEK_2, 49),
    "edb_a_week_57": lambda: 100 - recovered_percent(A_WEEK_2, 399),
    "edb_distance": distance_loss_percent,
    "rat_distance": spread_checks.rat_distance_loss_percent,
    "half_dose_sternocleidomastoid": lambda: spread_checks.half_dose_ratio(
        "sternocleidomastoid", 0.5
    ),
    "half_dose_splenius": lambda: spread_checks.half_dose_ratio("splenius_capitis", 2 / 3),
    "bolus_length_1ml": lambda: SHEET.bolus_mm(1.0)[0],
    "bolus_length_2ml": lambda: SHEET.bolus_mm(2.0)[0],
    "bolus_thickness_1ml": lambda: SHEET.bolus_mm(1.0)[1],
    "bolus_thickness_2ml": lambda: SHEET.bolus_mm(2.0)[1],
    "biceps_pooled": lambda: sum(spread_checks.biceps_lost_percent().values()) / 3,
    "biceps_high_volume": lambda: spread_checks.biceps_lost_percent()["high_volume"],
    "rabbit_1u": lambda: spread_checks.rabbit_reach_mm(1.0),
    "rabbit_10u": lambda: spread_checks.rabbit_reach_mm(10.0),
    "release_lost_first": lambda: release_lost_percent(0.05),
    "release_lost_last": lambda: release_lost_percent(0.95),
    "cleaved_first": lambda: 100 * cleaved_when_silent(0.05),
    "glabella_20u_median": lambda: glabella_median_d(0),
    "glabella_40u_median": lambda: glabella_median_d(1),
    "glabella_20u_week_24": lambda: glabella_week_24_percent(0),
    "glabella_40u_week_24": lambda: glabella_week_24_percent(1),
}


def figures():
    for figure in FIGURES:
        miss = MISSES.get(figure["id"])
        marks = [pytest.mark.xfail(strict=True, reason=miss)] if miss else []
        yield pytest.param(figure, id=figure["id"], marks=marks)


def test_every_figure_is_computed():
    assert [figure["id"] for figure in FIGURES] == list(FOUND)
    assert set(MISSES) <= set(FOUND)


@pytest.mark.parametrize("figure", list(figures()))
def test_published_figure(figure):
    found = FOUND[figure["id"]]()
    low = float(figure["low"] or -np.inf)
    high = float(figure["high"] or np.inf)
    assert low <= found <= high, f"{found:.1f} {figure['unit']}, not {low:g} to {high:g}"


def test_more_units_block_more_and_each_doubling_less():
    """Monotone in dose, concave in its logarithm once half the muscle is blocked."""
    lost = np.array([lost_percent(dose, 14) for dose in (1.25, 2.5, 5.0, 10.0, 20.0, 40.0)])
    assert (np.diff(lost) > 0).all()
    upper = lost[lost > 50.0]
    assert (np.diff(upper, n=2) < 0).all()


def test_the_thinnest_day_comes_after_the_deepest_block():
    for dose_u in (5.0, 10.0, 20.0):
        course = inject(dose_u)
        assert course.day[np.argmax(course.thickness_lost)] > deepest_day(course) + 14


@cache
def repeated(times):
    """Courses of 10 U given once, twice, ... every three months, each from its last injection."""
    days = tuple(MONTHS_3_D * n for n in range(times))
    course = inject(10.0, injection_d=days, days=int(days[-1]) + 180)
    after = course.day >= days[-1]
    return course.day[after] - days[-1], course.cmap_lost[after], course.thickness_lost[after]


@cache
def by_repetition():
    """Deepest block, day half of it is back, and thinnest, after one, two and three injections."""
    deepest, half_back_d, thinnest = [], [], []
    for times in (1, 2, 3):
        day, lost, thinner = repeated(times)
        low = int(lost.argmax())
        deepest.append(lost[low])
        half_back_d.append(np.interp(-0.5, -lost[low:], day[low:]))
        thinnest.append(thinner.max())
    return {"deepest": deepest, "half_back_d": half_back_d, "thinnest": thinnest}


@pytest.mark.parametrize("series", ["deepest", "half_back_d", "thinnest"])
def test_each_repeated_injection_blocks_deeper_and_longer(series):
    """Check 18: light chain is left when the next injection comes, and release is fatigued.

    Only the direction is asked.
    """
    assert (np.diff(by_repetition()[series]) > 0.005).all(), by_repetition()


def test_a_larger_volume_is_thicker_and_hardly_longer():
    one, two = SHEET.bolus_mm(1.0), SHEET.bolus_mm(2.0)
    assert two[1] > 1.5 * one[1]
    assert two[0] < 1.1 * one[0]
    assert one[0] > 3 * one[1]  # a sheet along the fibres, not a ball


def test_a_larger_volume_in_quadrants_blocks_more_of_the_biceps():
    lost = spread_checks.biceps_lost_percent()
    assert lost["high_volume"] > 1.1 * lost["quadrants"]
    assert lost["band"] > lost["quadrants"]


def test_a_larger_dose_reaches_further_along_the_muscle():
    reach_mm = [spread_checks.rabbit_reach_mm(dose_u) for dose_u in (2.5, 5.0, 10.0, 40.0)]
    assert reach_mm == sorted(set(reach_mm))


def test_twice_the_dose_lasts_longer_in_the_glabella():
    assert glabella_median_d(1) > glabella_median_d(0)
    assert glabella_week_24_percent(1) > glabella_week_24_percent(0)
