"""Repeated treatment of a crowd: agrees with the single run, keeps people, honours the plan."""

from functools import cache

import numpy as np
import pytest

from case_plans import plan_with
from endplate.forecast import simulate

PEOPLE = 300  # more than a chunk, so that chunks are joined
SAME_PERCENT, SAME_SCORE = 0.3, 0.05  # windows of other lengths have other nodes between days


@cache
def result(interval_d=120, cycles=3, antibodies="none", people=PEOPLE, previous=False, **repeat):
    edits = {"repeat": {"cycles": cycles, "antibodies": antibodies, **repeat}}
    if interval_d:
        edits["repeat"]["interval_d"] = interval_d
    if previous:
        edits["patient.previous"] = [
            {"date": "2026-08-24", "product": "Botox", "indication": "glabellar_lines"}
        ]
    return simulate(plan_with(edits), people=people).as_dict()


def rows(**options):
    return result(**options)["cycles"]["rows"]


def outcome(row, endpoint, when):
    return next(figure[when] for figure in row["outcomes"] if figure["endpoint"] == endpoint)


def single(data, endpoint, day):
    return next(
        row["value"] for row in data["outcomes"] if (row["endpoint"], row["day"]) == (endpoint, day)
    )


@pytest.mark.parametrize("previous", [False, True])
@pytest.mark.parametrize("endpoint", ["inv_none_mild", "inv_ge1", "both_ge2"])
def test_the_first_treatment_is_the_single_run(endpoint, previous):
    """The same people one treatment at a time, what an earlier treatment left included.

    The skin smooths and endings are fatigued in either, so that only the ends of windows differ.
    """
    data = result(previous=previous)
    first = data["cycles"]["rows"][0]
    assert outcome(first, endpoint, "at_visit") == pytest.approx(
        single(data, endpoint, 30), abs=SAME_PERCENT
    )
    assert outcome(first, endpoint, "before_next") == pytest.approx(
        single(data, endpoint, 120), abs=SAME_PERCENT
    )


def test_a_score_after_an_earlier_treatment_is_the_single_run():
    """Pain fibres, a delay of the score and placebo: what was left 84 days ago acts on."""
    use = "chronic_migraine"
    edits = {
        "patient.baseline": {"headache_days_28d": 20},
        "patient.previous": [{"date": "2026-08-30", "product": "Botox", "indication": use}],
        "treatment.indication": use,
        "repeat": {"cycles": 2, "interval_d": 90, "antibodies": "none"},
    }
    data = simulate(plan_with(edits), people=100).as_dict()
    first = data["cycles"]["rows"][0]
    shown = {row["endpoint"]: row for row in first["outcomes"]}
    for endpoint, row in shown.items():
        for when, day in (("at_visit", 30), ("before_next", 90)):
            alone = single(data, endpoint, day)
            allowed = SAME_PERCENT if row["unit"] == "%" else SAME_SCORE
            assert row[when] == pytest.approx(alone, abs=allowed)


def test_fixed_intervals_are_kept():
    for index, row in enumerate(rows()):
        assert row["day"] == {"median": 120.0 * index, "p05": 120.0 * index, "p95": 120.0 * index}


def test_repetition_never_takes_benefit_away_without_antibodies():
    benefits = [row["peak_benefit"]["median"] for row in rows()]
    lasts = [row["duration_d"]["median"] for row in rows()]
    rest = [outcome(row, "rest_none", "before_next") for row in rows()]
    assert benefits == sorted(benefits)
    assert lasts[-1] >= lasts[0]
    assert rest == sorted(rest)
    assert rest[-1] > rest[0] + 3  # points: the line at rest improves over treatments
    assert {row["percent_antibodies"] for row in rows()} == {0.0}


def test_no_benefit_is_larger_than_the_scale_and_no_line_milder_than_none():
    for row in rows():
        for benefit in (row["peak_benefit"], row["benefit_before_next"]):
            assert -3.0 <= benefit["p05"] <= benefit["median"] <= benefit["p95"] <= 3.0
    for series in result()["cycles"]["course"]["series"]:
        if series["name"].startswith("severity"):
            assert min(series["p05"]) >= 0.0
            assert max(series["p95"]) <= 3.0


def test_a_person_is_the_same_in_any_company():
    few = result(people=40)["cycles"]
    again = result(people=40, antibodies="none")["cycles"]
    assert few["rows"] == again["rows"]
    many, alone = result()["cycles"]["rows"], few["rows"]
    assert many[1]["day"] == alone[1]["day"]


def test_a_policy_waits_for_the_label_and_for_the_loss():
    treatments = rows(interval_d=None, again_when_lost=0.7)
    for row in treatments[:-1]:
        assert row["next_after_d"]["p05"] >= 90.0
        assert row["next_after_d"]["p95"] > row["next_after_d"]["median"] > 100.0
        left = row["benefit_before_next"]["median"] / row["peak_benefit"]["median"]
        assert left < 0.5
    days = [row["day"]["median"] for row in treatments]
    assert days[1] == treatments[0]["next_after_d"]["median"]


def test_treating_at_a_milder_grade_is_sooner():
    mild = rows(interval_d=None, again_at=1.0)
    severe = rows(interval_d=None, again_at=3.0)
    assert mild[2]["day"]["median"] < severe[2]["day"]["median"]
    assert mild[0]["next_after_d"]["median"] == 90.0


def test_antibodies_come_and_take_the_response():
    treatments = rows(cycles=20, interval_d=90, antibodies="clinic_like")
    positive = [row["percent_antibodies"] for row in treatments]
    lost = [row["percent_secondary_nonresponse"] for row in treatments]
    without = treatments[-1]["percent_secondary_nonresponse_without_antibodies"]
    assert positive[0] == lost[0] == 0.0
    assert positive == sorted(positive)
    assert positive[-1] > 1.0
    assert 0.0 < without < lost[-1]


def test_the_course_spans_all_treatments():
    course = result()["cycles"]["course"]
    assert course["day"][0] == 0.0
    assert course["day"][-1] >= 2 * 120 + 180
    level = next(s for s in course["series"] if s["name"].startswith("severity_contraction"))
    day, median = np.array(course["day"]), np.array(level["median"])
    for start_d in (0.0, 120.0, 240.0):  # each treatment takes the line down again
        before, after = np.interp([start_d, start_d + 30], day, median)
        assert after < before - 0.7
    assert median[-1] > median.min() + 1.5  # worn off at the end
    single_names = {s["name"] for s in result()["course"]["series"]}
    assert {s["name"] for s in course["series"]} == single_names


def test_a_plan_without_repeat_has_no_cycles():
    assert simulate(plan_with(), people=20).cycles is None


def test_what_is_assumed_is_said():
    limits = " ".join(result()["limits"])
    assert "repeat the planned sites" in limits
    assert "Antibodies" not in limits
    assert "clinics" in " ".join(
        result(cycles=20, interval_d=90, antibodies="clinic_like")["limits"]
    )
