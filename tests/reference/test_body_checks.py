"""Glands, bladder and neck against published figures and the bands set for them beforehand.

A figure outside its band is an expected failure with the figure found, never a wider band.
"""

import csv
from functools import cache
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from endplate.facts.trials import TrialFigure
from endplate.fit.predict import Predictor
from endplate.model import Model, Parameters

with Path(__file__).with_name("body_checks.csv").open(newline="", encoding="utf-8") as lines:
    FIGURES = list(csv.DictReader(lines))

MISSES = {
    "axilla_median": "214 d, just over 213",
    "bladder_100u_median": "310 d, not 189 to 273: one wall has one potency, that of 200 U too",
    "neck_week_2": "47.04 %, just over 47: the effect comes a little early",
    "axilla_week_24": "84 mg/min, not 52 to 78: sweat comes back too soon",
}


DAYS = {  # on which means are asked
    "sweat_mg_min": (14.0, 168.0),
    "ui_per_week": (42.0,),
    "tsui_pct_improvement": (14.0, 28.0),
    "twstrs_total": tuple(float(day) for day in range(7, 260, 7)),
}
NEVER = float("nan")


def _figure(arm, endpoint, day=None):
    indication, product, dose_u, start = (*arm, None)[:4]
    return TrialFigure(
        trial_id=str(start), indication=indication, product=product, arm="", dose_u=dose_u,
        area_dose_u=dose_u, n=None, day=day, endpoint=endpoint, statistic="mean", value=NEVER,
        bound="", source="", verified=True, note="", **_DEFINED.get((arm, endpoint), {}),
    )  # fmt: skip


@cache
def predicted():
    """What the predictor of published figures gives for everything asked below."""
    figures = [_figure(arm, endpoint, day) for arm, endpoint in ASKED for day in DAYS[endpoint]]
    figures += [_figure(arm, endpoint) for arm, endpoint in LASTING]
    predictor = Predictor(tuple(figures), {"": 0.5}, {(str(START), ""): START}, Model())
    values = np.asarray(jax.jit(predictor)(jnp.asarray(Parameters.stored().vectors[0])))
    keys = [(f.indication, f.product, f.dose_u, f.trial_id, f.endpoint, f.day) for f in figures]
    return dict(zip(keys, values.tolist(), strict=True))


def _key(arm, endpoint, day=None):
    indication, product, dose_u, start = (*arm, None)[:4]
    return (indication, product, dose_u, str(start), endpoint, day)


def on_day(day, endpoint, *arm):
    return predicted()[_key(arm, endpoint, day)]


def median_d(*arm, endpoint="median_duration"):
    """What a trial of the group prints."""
    return predicted()[_key(arm, endpoint)]


def asks_again_d(*arm):
    """Day on which half of the largest mean gain is lost."""
    days = np.array(DAYS["twstrs_total"])
    gain = -np.array([on_day(day, "twstrs_total", *arm) for day in days])
    peak = int(gain.argmax())
    return float(np.interp(-0.5 * gain[peak], -gain[peak:], days[peak:]))


AXILLA = ("axillary_hyperhidrosis", "abobotulinumtoxinA")
NDO = ("neurogenic_detrusor_overactivity", "onabotulinumtoxinA")
NECK = ("cervical_dystonia", "onabotulinumtoxinA", 152.0)
NECK_ABO = ("cervical_dystonia", "abobotulinumtoxinA", 477.0)
START = 192.0
NECK_B, NECK_A = (
    ("cervical_dystonia", product, dose_u)
    for product, dose_u in (("rimabotulinumtoxinB", 10000.0), ("onabotulinumtoxinA", 250.0))
)
AXILLA_ONA = ("axillary_hyperhidrosis", "onabotulinumtoxinA", 100.0)
BLADDER = ("overactive_bladder", "onabotulinumtoxinA", 100.0)
# until the next relapse that qualifies: sweat no longer halved
_DEFINED = {(AXILLA_ONA, "median_duration"): {"fall_of": "start", "kept_share": 0.5}}
ASKED = (
    ((*AXILLA, 400.0, START), "sweat_mg_min"),
    ((*AXILLA, 200.0, START), "sweat_mg_min"),
    ((*NDO, 200.0), "ui_per_week"),
    ((*NDO, 300.0), "ui_per_week"),
    (NECK, "tsui_pct_improvement"),
    (NECK, "twstrs_total"),
    (NECK_ABO, "twstrs_total"),
)
LASTING = (
    (AXILLA_ONA, "median_duration"),
    (BLADDER, "median_duration"),
    ((*NDO, 200.0), "median_duration_retreat"),
    (NECK_B, "median_duration"),
    (NECK_A, "median_duration"),
)

FOUND = {
    # doses are those of both armpits
    "axilla_week_2_200u": lambda: on_day(14.0, "sweat_mg_min", *AXILLA, 400.0, START),
    "axilla_week_24": lambda: on_day(168.0, "sweat_mg_min", *AXILLA, 200.0, START),
    "axilla_median": lambda: median_d(*AXILLA_ONA),
    "bladder_100u_median": lambda: median_d(*BLADDER),
    "bladder_200u_median": lambda: median_d(*NDO, 200.0, endpoint="median_duration_retreat"),
    "bladder_more_gain": lambda: (
        on_day(42.0, "ui_per_week", *NDO, 300.0) / on_day(42.0, "ui_per_week", *NDO, 200.0)
    ),
    "neck_week_2": lambda: on_day(14.0, "tsui_pct_improvement", *NECK),
    "neck_week_4": lambda: on_day(28.0, "tsui_pct_improvement", *NECK),
    "neck_again": lambda: asks_again_d(*NECK),
    "neck_abo_like_ona": lambda: (
        on_day(28.0, "twstrs_total", *NECK_ABO) / on_day(28.0, "twstrs_total", *NECK)
    ),
    "neck_type_b_shorter": lambda: median_d(*NECK_B) / median_d(*NECK_A),
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
    assert low <= found <= high, f"{found:.3g} {figure['unit']}, not {low:g} to {high:g}"
