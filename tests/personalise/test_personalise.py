"""What is learned of one person: from people made by the engine, and from an open trial."""

import csv
import json
import time
from dataclasses import replace

import numpy as np
import pytest

from endplate.case import Plan
from endplate.cli.main import _answered
from endplate.facts.endpoints import symptom_scores
from endplate.facts.parameters import value
from endplate.personalise import personalise
from endplate.personalise.candidates import candidates, course_of
from endplate.personalise.follow_up import Given, read_follow_up

PEOPLE = 1024
NECK = """
[patient]
age_y = 56
[treatment]
date = 2026-11-22
product = "rimabotulinumtoxinB"
indication = "cervical_dystonia"
vial_u = 5000
diluent_ml = 1.0
protocol = "label"
"""
FROWN = """
[patient]
[treatment]
date = 2026-11-22
product = "onabotulinumtoxinA"
indication = "glabellar_lines"
vial_u = 100
diluent_ml = 2.5
protocol = "label"
"""
HEAD = "patient,day,endpoint,value,product,dose_u\n"
SCALE = "twstrs_total"
VISITS_D = (14, 28, 56, 84, 112)
LATER, HELD_AFTER_D = value("later_visit_scatter_ratio"), 56
VISIT_SD = symptom_scores("cervical_dystonia")[0].visit_sd / np.sqrt(2)  # of one visit [points]


@pytest.fixture(scope="module")
def neck() -> Plan:
    return Plan.loads(NECK)


@pytest.fixture
def follow_up(tmp_path):
    def write(rows: str):
        path = tmp_path / "follow_up.csv"
        path.write_text(HEAD + rows)
        return path

    return write


def synthetic(neck: Plan, count: int) -> str:
    """Visits of people of another seed, whose truth is known to nobody else."""
    given = (Given(0.0, "rimabotulinumtoxinB", 5000.0),)
    truth = candidates(course_of(neck), given, {}, 256, seed=77)
    rng = np.random.default_rng(5)
    before = np.clip(rng.normal(44, 9, 256), 20, 80)
    rows = []
    for person in range(count):
        rows.append(f"p{person},0,,,rimabotulinumtoxinB,5000")
        for day in (0, *VISITS_D):
            level = before[person] * truth.level(0, float(day))[person]
            sd = VISIT_SD * (LATER if day > HELD_AFTER_D else 1.0)
            rows.append(f"p{person},{day},{SCALE},{level + rng.normal(0, sd):.2f},,")
    return "\n".join(rows)


def test_people_of_the_engine_are_found_again(neck, follow_up):
    """Held-out visits are nearer than by the population's forecast, and bands hold what they say.

    Of 240 visits in 120 people nine in ten inside has a standard deviation of about 2 %. The
    scatter of the visits alone, those held out drifted, makes an error of 4.5 points, which no
    forecast goes below.
    """
    path = follow_up(synthetic(neck, 120))
    found = personalise(neck, path, hold_out_after=HELD_AFTER_D, people=PEOPLE)
    scores = found.scores
    assert scores is not None
    assert scores.n == 240
    floor = LATER * VISIT_SD * np.sqrt(2 / np.pi)
    assert scores.mae - floor < 0.75 * (scores.mae_population - floor)
    assert 0.84 <= scores.coverage_90 <= 0.96


def test_more_visits_make_surer(neck, follow_up):
    path = follow_up(synthetic(neck, 4))
    few = personalise(neck, path, hold_out_after=14, people=PEOPLE).people
    all_ = personalise(neck, path, people=PEOPLE).people
    few_n, all_n = ([one.told["effective_people"] for one in own] for own in (few, all_))
    assert sum(all_n) < sum(few_n)


@pytest.mark.parametrize("strong", [True, False])
def test_the_posterior_moves_the_way_of_the_visits(neck, follow_up, strong):
    values = (48, 20, 18, 20, 24, 30) if strong else (48, 47, 46, 48, 47, 48)
    rows = "\n".join(f"A,{d},{SCALE},{v},," for d, v in zip((0, *VISITS_D), values, strict=True))
    path = follow_up("A,0,,,rimabotulinumtoxinB,5000\n" + rows)
    (one,) = personalise(neck, path, people=PEOPLE).people
    reach = one.told["posterior"]["reach"]["median"]
    assert reach > 0.3 if strong else reach < -0.3
    assert one.told["next_treatment"]["come_back_d"] >= 84


def test_placebo_silences_nothing(neck, follow_up):
    rows = "\n".join(f"A,{d},{SCALE},40,," for d in (0, *VISITS_D))
    path = follow_up("A,0,,,placebo,0\n" + rows)
    (one,) = personalise(neck, path, people=PEOPLE).people
    assert one.told["responding_percent"] == 0
    assert one.told["wears_off_d"] == {"median": 0.0, "p05": 0.0, "p95": 0.0}
    # nothing but the placebo can have been learned
    assert abs(one.told["posterior"]["persistence"]["median"]) < 0.15


def test_days_may_be_counted_from_anywhere(neck, follow_up):
    """The same person with days counted from another day has the same forecast, moved."""
    plain = [(0, 44), (14, 33), (28, 31)]

    def told(shift: int):
        rows = "\n".join(f"A,{d + shift},{SCALE},{v},," for d, v in plain)
        path = follow_up(f"A,{shift},,,rimabotulinumtoxinB,5000\n{rows}")
        return personalise(neck, path, people=PEOPLE).people[0].told

    first, moved = told(0), told(1000)
    assert first["wears_off_d"] == moved["wears_off_d"]
    assert first["posterior"] == moved["posterior"]
    assert moved["next_treatment"]["come_back_d"] == first["next_treatment"]["come_back_d"] + 1000


def test_a_second_treatment_that_does_nothing_is_told(neck, follow_up):
    good = [(0, 50), (14, 30), (28, 28), (56, 32), (84, 44), (100, 49)]
    bad = [(d + 100, v) for d, v in ((14, 50), (28, 51), (56, 50))]
    again = [(d + 100, v) for d, v in ((14, 31), (28, 29), (56, 33))]
    for later, less in ((bad, True), (again, False)):
        rows = "\n".join(f"A,{d},{SCALE},{v},," for d, v in (*good, *later))
        path = follow_up(
            "A,0,,,rimabotulinumtoxinB,5000\nA,100,,,rimabotulinumtoxinB,5000\n" + rows
        )
        (one,) = personalise(neck, path, people=PEOPLE).people
        assert one.told["response"]["less_than_before"] is less
    assert "antibodies" not in one.told["response"]["reason"]


def test_a_line_that_stays_away_lasts_longer(follow_up):
    plan = Plan.loads(FROWN)

    def worn(grades: tuple[int, ...]) -> float:
        rows = "\n".join(
            f"A,{d},glabellar_lines,{v},," for d, v in zip((0, 30, 90, 120), grades, strict=True)
        )
        path = follow_up("A,0,,,onabotulinumtoxinA,20\n" + rows)
        (one,) = personalise(plan, path, people=PEOPLE).people
        return one.told["wears_off_d"]["median"]

    assert worn((3, 0, 0, 0)) > worn((3, 1, 2, 3)) + 20


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ("A,x,twstrs_total,40,,", "line 2 of .*: day is 'x'; allowed is a number"),
        ("A,0,twstrs,40,,", "endpoint is 'twstrs'; allowed for this plan are twstrs_total"),
        ("A,0,twstrs_total,nan,,", "value is 'nan'; allowed is a number"),
        ("A,0,twstrs_total,,,", "value is ''; allowed is a number"),
        ("A,0,,,Botoxx,10", "product is 'Botoxx'; allowed are"),
        ("A,0,,,placebo,10", "dose_u is 0 for placebo alone"),
        ("A,0,,,rimabotulinumtoxinB,0", "dose_u is 0 for placebo alone"),
        ("A,0,,,rimabotulinumtoxinB,-5", "dose_u is '-5'; allowed is a number from 0"),
        (",0,twstrs_total,40,,", "patient is empty"),
        ("A,0,,,,", "neither a value nor a dose_u"),
        ("A,0,,,placebo,0\nA,0,,,placebo,0", "two injections of this person"),
        ("", "holds no row"),
    ],
)
def test_a_bad_row_is_one_sentence(tmp_path, capsys, rows, told):
    (tmp_path / "plan.toml").write_text(NECK)
    (tmp_path / "rows.csv").write_text(HEAD + rows)
    words = [str(tmp_path / "plan.toml"), "--follow-up", str(tmp_path / "rows.csv")]
    assert _answered(["personalise", *words]) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.strip().splitlines()) == 1
    import re

    assert re.search(told, said.err)


def test_a_column_that_lacks_is_named(tmp_path, neck):
    path = tmp_path / "rows.csv"
    path.write_text("patient,day,value\nA,0,1\n")
    with pytest.raises(Exception, match="has no column endpoint"):
        read_follow_up(path, (SCALE,))


def test_bounds_are_told(neck, follow_up):
    path = follow_up(f"A,0,{SCALE},40,,")
    with pytest.raises(Exception, match="people is 10; allowed are 256"):
        personalise(neck, path, people=10)
    with pytest.raises(Exception, match="no visit after that day"):
        personalise(neck, path, hold_out_after=5, people=256)


def test_the_command_prints_the_contract(tmp_path, capsys):
    (tmp_path / "plan.toml").write_text(NECK)
    rows = "\n".join(f"A,{d},{SCALE},{v},," for d, v in ((0, 44), (14, 33), (28, 31), (84, 40)))
    (tmp_path / "rows.csv").write_text(HEAD + "A,0,,,rimabotulinumtoxinB,5000\n" + rows)
    words = [str(tmp_path / "plan.toml"), "--follow-up", str(tmp_path / "rows.csv"), "--json"]
    more = ["--people", str(PEOPLE)]
    assert _answered(["personalise", *words, *more, "--hold-out-after", "28"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["scores"]["n"] == 1
    (one,) = told["patients"]
    assert [(row["day"], row["endpoint"]) for row in one["forecast"]] == [(84.0, SCALE)]
    assert one["forecast"][0]["p05"] < one["forecast"][0]["median"] < one["forecast"][0]["p95"]
    started = time.perf_counter()
    assert _answered(["personalise", *words, *more]) == 0
    told = json.loads(capsys.readouterr().out)
    assert "scores" not in told
    assert len(told["patients"][0]["forecast"]) == 26
    # under 2 s once compiled is promised for 2,048 people on two idle cores; they are shared here
    assert time.perf_counter() - started < 10


def test_an_open_trial_is_forecast(evidence, tmp_path, neck):
    """Weeks 8 to 16 from weeks 0 to 4 in 55 people: errors 15 % below the population's."""
    source = evidence / "cdystonia_half.csv"
    if not source.exists():
        pytest.skip("no open data of neck dystonia beside the repository")
    doses = {"Placebo": ("placebo", 0), "5000U": ("rimabotulinumtoxinB", 5000),
             "10000U": ("rimabotulinumtoxinB", 10000)}  # fmt: skip
    rows, begun = [], set()
    with source.open(newline="") as stream:
        for row in csv.DictReader(stream):
            if row["patient"] not in begun:
                begun.add(row["patient"])
                product, dose_u = doses[row["treat"]]
                rows.append(f"{row['patient']},0,,,{product},{dose_u}")
            rows.append(f"{row['patient']},{row['day']},{SCALE},{row['twstrs']},,")
    path = tmp_path / "open.csv"
    path.write_text(HEAD + "\n".join(rows))
    older = replace(neck, patient=replace(neck.patient, age_y=55.0))
    scores = personalise(older, path, hold_out_after=28).scores
    assert scores is not None
    assert scores.n > 140
    assert scores.mae <= 0.85 * scores.mae_population
    assert 0.85 <= scores.coverage_90 <= 0.96
