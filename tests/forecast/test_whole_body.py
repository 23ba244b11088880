"""Every use of the body through the one engine: each answer whole, and moved by what moves it."""

import json
from itertools import pairwise
from math import log2

import numpy as np
import pytest

from endplate import Plan, simulate
from endplate.case import placed_sites
from endplate.errors import EndplateError
from endplate.facts.atlas import drivers, scales_of
from endplate.facts.endpoints import symptom_scores
from endplate.facts.indications import chart_of, indications
from endplate.facts.preparation import vials
from endplate.facts.vocabulary import preferred_words
from endplate.model.spread import muscle_fractions
from endplate.people import model
from endplate.people.collect import collect
from endplate.people.engine import muscles
from endplate.people.exposure import planned_density, site_arrays
from endplate.people.job import make_jobs
from endplate.people.layout import Layout, muscle_field
from endplate.results.limits import covered_areas

DAYS = 60  # one length for all: the compiled code of a chart serves every test
USES = [use.name for use in indications()]
PLAN = """
[patient]
age_y = 46
sex = "female"
{patient}
[treatment]
date = 2026-11-22
product = "{product}"
indication = {uses}
region = "{region}"
vial_u = {vial.vial_u}
diluent_ml = {diluent_ml}
{sites}
"""
BOTH_SIDES = ("left", "right")


def plan(product, *uses, region="US", patient="", sites='protocol = "label"'):
    """A plan with the product's largest vial, in the volume of its solution or 2 mL."""
    vial = max(vials(product, region), key=lambda one: one.vial_u)
    return Plan.loads(
        PLAN.format(
            product=product, uses=json.dumps(uses), region=region, patient=patient, sites=sites,
            vial=vial, diluent_ml=vial.volume_ml or 2,
        )
    )  # fmt: skip


def at_dose(dose_u):
    return f'protocol = "label"\ndose_u = {dose_u}'


def labelled_uses():
    """Every product and use whose label doses and sites the model takes, in one region each."""
    for use in USES:
        for product in preferred_words("product"):
            for region in ("US", "EU"):
                try:
                    one = plan(product, use, region=region)
                    covered_areas(one), placed_sites(one)
                except (EndplateError, ValueError):  # no label, or no vial there
                    continue
                yield pytest.param(product, use, region, id=f"{use}-{product}")
                break


def outcomes(found, day=30):
    return {row.endpoint: row for row in found.outcomes if row.day == day}


def gain(found, endpoint):
    """What the drug adds to placebo at day 30, positive for less of a burden."""
    row = outcomes(found)[endpoint]
    return row.placebo - row.value


def harm(found, term):
    """Percent beyond those who have it in any case."""
    row = next(row for row in found.harms if row.term == term)
    return row.percent - (row.background_percent or 0.0)


def job_of(one):
    (job,) = make_jobs(one, covered_areas(one), placed_sites(one), (), DAYS, 3)
    return job


LABELLED = list(labelled_uses())


def test_every_use_has_a_label_plan():
    assert {one.values[1] for one in LABELLED} == set(USES)


@pytest.mark.parametrize(("product", "use", "region"), LABELLED)
def test_a_label_plan_gives_a_whole_answer(product, use, region):
    found = simulate(plan(product, use, region=region), people=16, days=DAYS)
    told = json.loads(found.as_json())  # NaN and infinity would be refused here
    assert sum(row["fraction"] for row in told["spread"]) == pytest.approx(1.0, abs=1e-9)
    areas = tuple(told["plan"]["indications"])
    charts = {chart_of(area, areas) for area in areas}
    assert {row["chart"] for row in told["reach"]} == charts
    assert {row["indication"] for row in told["outcomes"]} == set(areas)
    for row in told["outcomes"]:
        inner = row["parameters_low"], row["value"], row["parameters_high"]
        assert [row["low"], *inner, row["high"]] == sorted([row["low"], *inner, row["high"]])
        assert isinstance(row["placebo"], float)
        if row["statistic"] == "percent":
            assert 0.0 <= row["low"] <= row["high"] <= 100.0
    names = {series["name"] for series in told["course"]["series"]}
    treated = {row.scale for row in drivers(use) if row.muscle in injected(told)}
    scales = {scale.scale for scale in symptom_scores(use)}
    assert {f"level:{scale}:{use}" for scale in scales & treated} <= names
    assert not {f"level:{scale}:{use}" for scale in set(scales_of(use)) - treated} & names
    assert told["timing_by_indication"][use]["peak_d"]["median"] > 0.0


def test_plans_on_two_charts_are_the_two_plans():
    apart = [simulate(plan("onabotulinumtoxinA", use), people=64, days=DAYS) for use in TWO]
    both = simulate(plan("onabotulinumtoxinA", *TWO), people=64, days=DAYS)
    assert both.outcomes == apart[0].outcomes + apart[1].outcomes
    assert both.reach == apart[0].reach + apart[1].reach
    assert both.course.series == tuple(
        series
        for kept in (True, False)  # scales come before organs
        for one in apart
        for series in one.course.series
        if series.name.startswith("working_fraction") is not kept
    )


TWO = ("glabellar_lines", "axillary_hyperhidrosis")


def injected(told):
    return {site["muscle"] for site in told["plan"]["sites"]}


@pytest.mark.parametrize(
    ("use", "doses_u"),
    [
        ("cervical_dystonia", (60, 120, 240)),
        ("overactive_bladder", (50, 100, 200)),
        ("axillary_hyperhidrosis", (25, 50, 100)),
        ("chronic_migraine", (75, 155, 310)),
    ],
)
def test_the_burden_falls_with_the_dose(use, doses_u):
    """At day 30, for the median person and for the worst of twenty alike."""
    found = [
        simulate(plan("onabotulinumtoxinA", use, sites=at_dose(u)), people=64, days=DAYS)
        for u in doses_u
    ]
    for band in ("median", "p95"):
        levels = [getattr(one.course.series[0], band)[30] for one in found]
        placebo = getattr(found[0].course.series[1], band)[30]
        assert placebo > levels[0] > levels[1] > levels[2] > 0.0


def test_an_untreated_muscle_caps_the_benefit():
    """All of the dose in one muscle takes away no more than that muscle's share of the drive."""
    share = sum(
        row.share for row in drivers("cervical_dystonia") if row.muscle == "sternocleidomastoid"
    )
    falls = []
    for dose_u in (10, 40):
        sites = "".join(
            f'[[treatment.site]]\nmuscle = "sternocleidomastoid"\nside = "left"\n'
            f"dose_u = {dose_u}\n"
            for _ in range(8)
        )
        job = job_of(plan("onabotulinumtoxinA", "cervical_dystonia", sites=sites))
        area = collect(job, 64).areas["cervical_dystonia"]
        falls.append(1.0 - area.levels[0] / area.untreated[0])
    assert falls[0].max() <= share
    assert falls[1].max() <= share + LEAK
    assert falls[1].mean() > falls[0].mean()


LEAK = 0.03  # of the drive: what 320 U in one muscle of the neck reach of the others


def test_harms_of_the_neck_climb_while_the_benefit_levels_off():
    doses_u = (250, 500, 1000)
    found = [
        simulate(
            plan("abobotulinumtoxinA", "cervical_dystonia", sites=at_dose(u)), people=512, days=DAYS
        )
        for u in doses_u
    ]
    more = [b / a for a, b in pairwise(gain(one, "twstrs_total") for one in found)]
    assert 1.0 < more[1] < more[0]  # each doubling buys less
    for term in ("dysphagia", "muscular_weakness"):
        climbs = [harm(one, term) for one in found]
        climb = [b / a for a, b in pairwise(climbs)]
        assert all(worse > max(1.5, step) for worse, step in zip(climb, more, strict=True)), term


def test_retention_climbs_while_the_bladder_hardly_gains():
    found = [
        simulate(
            plan("onabotulinumtoxinA", "overactive_bladder", sites=at_dose(u)),
            people=512,
            days=DAYS,
        )
        for u in (100, 300)
    ]
    low, high = (harm(one, "urinary_retention") for one in found)
    doublings = log2(3)
    assert high > low * 1.5**doublings
    assert 1.0 < gain(found[1], "ui_per_day") / gain(found[0], "ui_per_day") < 1.5**doublings


def test_a_larger_leg_takes_more_for_the_same_effect():
    small, large = (
        simulate(
            plan("onabotulinumtoxinA", "lower_limb_spasticity", patient=body, sites=at_dose(300)),
            people=64,
            days=DAYS,
        )
        for body in ("height_cm = 155\nweight_kg = 48", "height_cm = 190\nweight_kg = 100")
    )
    assert 0.0 < gain(large, "mas_ankle") < gain(small, "mas_ankle")
    assert gain(large, "mas_ankle") > 0.5 * gain(small, "mas_ankle")  # volumes differ by half


def one_arm(side):
    """Inputs of an arm's run: shares of the drive, sizes, and the dose density in every cell."""
    sites = "".join(
        f'[[treatment.site]]\nmuscle = "{muscle}"\nside = "{side}"\ndose_u = {dose_u}\n'
        for muscle, dose_u in (("biceps_brachii", 60), ("flexor_carpi_radialis", 40))
    )
    job = job_of(plan("onabotulinumtoxinA", "upper_limb_spasticity", sites=sites))
    field = muscle_field(job.layout)
    arrays = site_arrays(job.planned, field, "upper_limb", model.spread())
    density = np.asarray(planned_density(field, arrays))
    assert job.layout.sides == (side,)
    # cells lie in the order of the block's own axes, which a mirror turns
    cells = [np.sort(density[field.cell_block == i]) for i in range(len(field.blocks))]
    return (*job.setting.share, job.setting.primary[0], job.setting.log_volume, *cells)


def test_a_right_arm_is_a_left_arm_in_the_mirror():
    left, right = one_arm("left"), one_arm("right")
    assert max(cells.max() for cells in left[3:]) > 1.0  # U/mL: the arm is treated
    for one, other in zip(left, right, strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-9, atol=1e-12)


def test_a_person_of_a_burden_is_the_same_in_any_chunk():
    job = job_of(plan("onabotulinumtoxinA", "axillary_hyperhidrosis"))
    few, many = (collect(job, people).areas["axillary_hyperhidrosis"] for people in (7, 300))
    np.testing.assert_array_equal(few.levels, many.levels[:, :7])
    np.testing.assert_array_equal(few.times.duration_d, many.times.duration_d[:7])


def test_only_muscle_wastes():
    time_d = np.linspace(0.0, 90.0, 91)
    silent = np.full((1, 91, 1), 0.1)
    flat = {purpose: np.zeros(1) for purpose in ("release", "persistence")}
    values = model.natural_values(model.stored_vector())
    for tissue in ("gland", "bladder", "nociceptor"):
        rates = model.kinetics(values, "", flat, tissue)
        np.testing.assert_array_equal(muscles(silent, rates, time_d).force_fraction, silent)
    rates = model.kinetics(values, "", flat, "muscle")
    assert float(muscles(silent, rates, time_d).force_fraction[0, -1, 0]) < 0.09
    kept = muscles(silent, rates, time_d, np.array([False]))  # a gland on a chart with muscles
    np.testing.assert_array_equal(kept.force_fraction, silent)


@pytest.mark.parametrize(
    ("use", "least"),
    # the axilla's glands lie in a part of the skin's depth, and its edge lets some go
    [("axillary_hyperhidrosis", 0.4), ("overactive_bladder", 0.7)],
)
def test_a_wheal_keeps_its_dose_in_its_layer(use, least):
    sites = placed_sites(plan("onabotulinumtoxinA", use))
    chart = chart_of(use)
    field = muscle_field(Layout(chart, (use,), BOTH_SIDES))
    arrays = site_arrays(sites, field, chart, model.spread())
    density = planned_density(field, arrays)
    dose_u = sum(site.dose_u for site in sites)
    shares = muscle_fractions(field, density, dose_u)
    assert sum(shares.values()) == pytest.approx(1.0, abs=1e-9)
    driven = {row.muscle for row in drivers(use)}
    assert sum(share for (muscle, _), share in shares.items() if muscle in driven) > least
