"""Every use of the body through the one engine: each answer whole, and moved by what moves it."""

import json
from itertools import pairwise
from math import log2

import numpy as np
import pytest

from endplate import Plan, simulate
from endplate.case import placed_sites
from endplate.engine.anatomy import Anatomy, gates, muscle_field
from endplate.engine.exposure import planned_density, site_arrays
from endplate.engine.scenario import PlannedChart, planned_charts
from endplate.errors import EndplateError
from endplate.facts.atlas import drivers, scales_of
from endplate.facts.endpoints import symptom_scores
from endplate.facts.harms import Gate, neighbour_gates
from endplate.facts.indications import chart_of, indications
from endplate.facts.preparation import vials
from endplate.facts.vocabulary import preferred_words
from endplate.fit.gate_calibration import counted_plan, counted_sites
from endplate.forecast.cohort_run import CHUNK, GROUPS, numbered, run_of, run_subjects
from endplate.forecast.treatment import Reports, treat
from endplate.forecast.treatment import prepare as prepared_subjects
from endplate.model import Model, Parameters
from endplate.model.spread import muscle_fractions
from endplate.results.cohort import ChartResult
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
    vial = max(vials(product, region), key=lambda vial: vial.vial_u)
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
                    label = plan(product, use, region=region)
                    covered_areas(label), placed_sites(label)
                except (EndplateError, ValueError):  # no label, or no vial there
                    continue
                yield pytest.param(product, use, region, id=f"{use}-{product}")
                break


def outcomes(forecast, day=30):
    return {row.endpoint: row for row in forecast.outcomes if row.day == day}


def gain(forecast, endpoint):
    """What the drug adds to placebo at day 30, positive for less of a score."""
    row = outcomes(forecast)[endpoint]
    return row.placebo - row.value


def harm(forecast, term):
    """Percent beyond those who have it in any case."""
    row = next(row for row in forecast.harms if row.term == term)
    return row.percent - (row.background_percent or 0.0)


def only_chart(plan) -> PlannedChart:
    areas = covered_areas(plan)
    (chart,) = planned_charts(plan, areas, placed_sites(plan), (), Model())
    return chart


def subjects_of(chart: PlannedChart, people: int, days: int = DAYS) -> ChartResult:
    return run_subjects(chart, Model(), Parameters.stored(), people, 3, days)


LABELLED = list(labelled_uses())


def test_every_use_has_a_label_plan():
    assert {case.values[1] for case in LABELLED} == set(USES)


@pytest.mark.parametrize(("product", "use", "region"), LABELLED)
def test_a_label_plan_gives_a_whole_answer(product, use, region):
    forecast = simulate(plan(product, use, region=region), people=16, days=DAYS)
    data = json.loads(forecast.as_json())  # NaN and infinity would be refused here
    assert sum(row["fraction"] for row in data["spread"]) == pytest.approx(1.0, abs=1e-9)
    areas = tuple(data["plan"]["indications"])
    charts = {chart_of(area, areas) for area in areas}
    assert {row["chart"] for row in data["reach"]} == charts
    assert {row["indication"] for row in data["outcomes"]} == set(areas)
    for row in data["outcomes"]:
        inner = row["parameters_low"], row["value"], row["parameters_high"]
        assert [row["low"], *inner, row["high"]] == sorted([row["low"], *inner, row["high"]])
        assert isinstance(row["placebo"], float)
        if row["statistic"] == "percent":
            assert 0.0 <= row["low"] <= row["high"] <= 100.0
    names = {series["name"] for series in data["course"]["series"]}
    treated = {row.scale for row in drivers(use) if row.muscle in injected(data)}
    scales = {scale.scale for scale in symptom_scores(use)}
    assert {f"level:{scale}:{use}" for scale in scales & treated} <= names
    assert not {f"level:{scale}:{use}" for scale in set(scales_of(use)) - treated} & names
    assert data["timing_by_indication"][use]["peak_d"]["median"] > 0.0


def test_plans_on_two_charts_are_the_two_plans():
    apart = [simulate(plan("onabotulinumtoxinA", use), people=64, days=DAYS) for use in TWO]
    both = simulate(plan("onabotulinumtoxinA", *TWO), people=64, days=DAYS)
    assert both.outcomes == apart[0].outcomes + apart[1].outcomes
    assert both.reach == apart[0].reach + apart[1].reach
    assert both.course.series == tuple(
        series
        for of_scales in (True, False)  # scales come before organs
        for single in apart
        for series in single.course.series
        if series.name.startswith("working_fraction") is not of_scales
    )


TWO = ("glabellar_lines", "axillary_hyperhidrosis")


def injected(data):
    return {site["muscle"] for site in data["plan"]["sites"]}


@pytest.mark.parametrize(
    ("use", "doses_u"),
    [
        ("cervical_dystonia", (60, 120, 240)),
        ("overactive_bladder", (50, 100, 200)),
        ("axillary_hyperhidrosis", (25, 50, 100)),
        ("chronic_migraine", (75, 155, 310)),
    ],
)
def test_a_score_falls_with_the_dose(use, doses_u):
    """At day 30, for the median person and for the worst of twenty alike."""
    forecasts = [
        simulate(plan("onabotulinumtoxinA", use, sites=at_dose(u)), people=64, days=DAYS)
        for u in doses_u
    ]
    for band in ("median", "p95"):
        levels = [getattr(f.course.series[0], band)[30] for f in forecasts]
        placebo = getattr(forecasts[0].course.series[1], band)[30]
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
        chart = only_chart(plan("onabotulinumtoxinA", "cervical_dystonia", sites=sites))
        shown = subjects_of(chart, 64).indications["cervical_dystonia"]
        falls.append(1.0 - shown.level[0] / shown.untreated[0])
    assert falls[0].max() <= share
    assert falls[1].max() <= share + LEAK
    assert falls[1].mean() > falls[0].mean()


LEAK = 0.03  # of the drive: what 320 U in one muscle of the neck reach of the others


def test_harms_of_the_neck_climb_while_the_benefit_levels_off():
    doses_u = (250, 500, 1000)
    forecasts = [
        simulate(
            plan("abobotulinumtoxinA", "cervical_dystonia", sites=at_dose(u)), people=512, days=DAYS
        )
        for u in doses_u
    ]
    more = [b / a for a, b in pairwise(gain(f, "twstrs_total") for f in forecasts)]
    assert 1.0 < more[1] < more[0]  # each doubling buys less
    for term in ("dysphagia", "muscular_weakness"):
        climbs = [harm(forecast, term) for forecast in forecasts]
        climb = [b / a for a, b in pairwise(climbs)]
        assert all(worse > max(1.5, step) for worse, step in zip(climb, more, strict=True)), term


def test_retention_climbs_while_the_bladder_hardly_gains():
    forecasts = [
        simulate(
            plan("onabotulinumtoxinA", "overactive_bladder", sites=at_dose(u)),
            people=512,
            days=DAYS,
        )
        for u in (100, 300)
    ]
    low, high = (harm(forecast, "urinary_retention") for forecast in forecasts)
    doublings = log2(3)
    assert high > low * 1.5**doublings
    assert (
        1.0 < gain(forecasts[1], "ui_per_day") / gain(forecasts[0], "ui_per_day") < 1.5**doublings
    )


COUNTED = {
    (gate.calibrated_on, gate.calibrated_product, gate.calibrated_dose_u): gate
    for gate in neighbour_gates()
}


@pytest.mark.parametrize("plan_of", COUNTED.values(), ids=["-".join(map(str, k)) for k in COUNTED])
def test_every_gate_forecasts_its_count(plan_of):
    """At the dose, the product and the use of the count, net of placebo.

    Five standard errors of a share among the subjects, and what rounding a reach to four digits and
    the evenly spread subjects of the calibration leave.
    """
    read, people = counted_plan(plan_of), 1024
    charts = planned_charts(read, covered_areas(read), counted_sites(plan_of), (), Model())
    (chart,) = (chart for chart in charts if plan_of.calibrated_on in chart.indications)
    weakness = subjects_of(chart, people).weakness
    misses = {}
    for gate in _counted_with(plan_of):
        counted = gate.observed_events / gate.observed_n
        allowed = 5.0 * (counted * (1.0 - counted) / people) ** 0.5 + 0.005
        if abs(weakness[gate.term].share - counted) > allowed:
            misses[gate.term] = (weakness[gate.term].share, counted)
    assert misses == {}


def _counted_with(gate: Gate) -> list[Gate]:
    """Gates counted in the same trial's plan."""
    key = (gate.calibrated_on, gate.calibrated_product, gate.calibrated_dose_u)
    return [
        g
        for g in neighbour_gates()
        if (g.calibrated_on, g.calibrated_product, g.calibrated_dose_u) == key
    ]


def test_every_count_is_forecast_on_the_chart_of_its_use():
    for gate in neighbour_gates():
        shown = gates(Anatomy(gate.chart, (gate.calibrated_on,)))
        assert (gate.term, gate.calibrated_on) in {(g.term, g.calibrated_on) for g in shown}


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
    chart = only_chart(plan("onabotulinumtoxinA", "upper_limb_spasticity", sites=sites))
    scenario = chart.scenario
    field = muscle_field(scenario.anatomy)
    arrays = site_arrays(chart.sites, field, "upper_limb", Model().spread_by_tissue)
    density = np.asarray(planned_density(field, arrays))
    assert scenario.anatomy.sides == (side,)
    # cells lie in the order of the block's own axes, which a mirror turns
    cells = [np.sort(density[field.cell_block == i]) for i in range(len(field.blocks))]
    return (*scenario.drive_share, np.array(scenario.main_scale), scenario.log_volume, *cells)


def test_a_right_arm_is_a_left_arm_in_the_mirror():
    left, right = one_arm("left"), one_arm("right")
    assert max(cells.max() for cells in left[3:]) > 1.0  # U/mL: the arm is treated
    for mine, theirs in zip(left, right, strict=True):
        np.testing.assert_allclose(mine, theirs, rtol=1e-9, atol=1e-12)


def test_a_person_with_a_score_is_the_same_in_any_chunk():
    chart = only_chart(plan("onabotulinumtoxinA", "axillary_hyperhidrosis"))
    few, many = (
        subjects_of(chart, people).indications["axillary_hyperhidrosis"] for people in (7, 300)
    )
    np.testing.assert_allclose(few.level, many.level[:, :7], rtol=0, atol=1e-6)
    np.testing.assert_array_equal(few.values, many.values[:7])
    np.testing.assert_array_equal(few.times.duration_d, many.times.duration_d[:7])


@pytest.mark.parametrize(
    ("use", "thins"),
    [("axillary_hyperhidrosis", False), ("overactive_bladder", False), ("cervical_dystonia", True)],
)
def test_only_muscle_wastes(use, thins):
    chart = only_chart(plan("onabotulinumtoxinA", use))
    model, run = Model(), run_of(chart, Model(), DAYS)
    batch = numbered(chart, Parameters.stored(), 3, 0, CHUNK, CHUNK)
    exposed, state = prepared_subjects(batch.cohort, chart.scenario, model)
    _, _, window = treat(
        exposed, state, chart.scenario, run.clock, np.int64(0), np.float64(1.0),
        np.zeros((GROUPS, CHUNK)), np.array([30.0]), None, model, False, Reports(DAYS, True),
    )  # fmt: skip
    assert window.force.min() < 0.6
    assert bool(window.lost.max() > 0.05) is thins
    assert thins or not window.lost.any()


@pytest.mark.parametrize(
    ("use", "least"),
    # the axilla's glands lie in a part of the skin's depth, and its edge lets some go
    [("axillary_hyperhidrosis", 0.4), ("overactive_bladder", 0.7)],
)
def test_a_wheal_keeps_its_dose_in_its_layer(use, least):
    sites = placed_sites(plan("onabotulinumtoxinA", use))
    chart = chart_of(use)
    field = muscle_field(Anatomy(chart, (use,), BOTH_SIDES))
    arrays = site_arrays(sites, field, chart, Model().spread_by_tissue)
    density = planned_density(field, arrays)
    dose_u = sum(site.dose_u for site in sites)
    shares = muscle_fractions(field, density, dose_u)
    assert sum(shares.values()) == pytest.approx(1.0, abs=1e-9)
    driven = {row.muscle for row in drivers(use)}
    assert sum(share for (muscle, _), share in shares.items() if muscle in driven) > least
