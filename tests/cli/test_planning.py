"""The commands plan, prepare, vials and why as a user meets them."""

import json
import subprocess
import sys

import pytest

from case_plans import plan_text
from commands import endplate as run
from endplate.case import Plan


@pytest.fixture
def path(tmp_path):
    file = tmp_path / "frown.toml"
    file.write_text(plan_text({}), encoding="utf-8")
    return file


def test_plan_writes_a_file_that_check_reads(tmp_path):
    out = tmp_path / "new.toml"
    words = ("--indication", "chronic migraine", "--product", "Botox", "--age", "46")
    done = run("plan", *words, "--vial", "200", "--diluent", "4", "--out", out)
    assert (done.returncode, done.stdout) == (0, "")
    assert Plan.load(out).treatment.protocol == "label"
    again = run("plan", *words, "--out", out)
    assert again.returncode == 2
    assert "exists" in again.stderr


def test_plan_leaves_a_range_to_the_provider():
    done = run("plan", "--indication", "cervical_dystonia", "--product", "Daxxify")
    assert "Label, session: 125 to 250 U" in done.stdout
    assert not [line for line in done.stdout.splitlines() if line.startswith("dose_u")]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--indication", "migrane", "--product", "Botox"), "chronic_migraine"),
        (("--indication", "glabellar_lines", "--product", "Botax"), "onabotulinumtoxinA"),
        (("--indication", "overactive_bladder", "--product", "Dysport"), "no US label"),
        (("--indication", "glabellar_lines", "--product", "Botox", "--age", "nan"), "--age"),
        (("--indication", "glabellar_lines", "--product", "Botox", "--date", "soon"), "--date"),
        (("--indication", "frown lines", "--product", "Botox", "--out", "/no/x.toml"), "cannot be"),
        (("--product", "Botox"), "--indication"),
    ],
)
def test_plan_answers_bad_words_with_a_sentence(words, said):
    done = run("plan", *words)
    assert done.returncode == 2
    assert done.stdout == ""
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_prepare_shows_and_tells_the_marks(path):
    told = json.loads(run("prepare", path, "--json", "--syringe", "1").stdout)
    assert told["dose_per_tenth_ml_u"] == pytest.approx(4)
    assert {draw["marks"] for draw in told["draws"]} == {10}
    shown = run("prepare", path).stdout
    assert "4 U in 0.1 mL" in shown
    assert "Use within: 24 hours" in shown
    assert run("prepare", path, "--syringe", "7").returncode == 2


def test_vials_of_a_folder(path):
    path.with_name("other.toml").write_text(plan_text({"treatment.dose_u": 40}), encoding="utf-8")
    told = json.loads(run("vials", path.parent, "--json").stdout)
    assert [one["plans"] for one in told["openings"]] == [["frown"], ["other"]]
    assert told["left_u"] == {"onabotulinumtoxinA": 40}
    together = run("vials", path.parent, "--same-person", "frown,other").stdout
    assert "frown, other: 60 U" in together


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--stock", "Botox=3"), "--stock"),
        (("--stock", "Botox:100=-1"), "--stock"),
        (("--stock", "Botox:nan=1"), "--stock"),
        (("--stock", "Botox:100=0"), "do not hold"),
        (("--same-person", "frown,nobody"), "nobody"),
    ],
)
def test_vials_answers_bad_words_with_a_sentence(path, words, said):
    done = run("vials", path, *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert said in done.stderr


def test_why_shows_the_basis(path):
    shown = run("why", path, "dose_area").stdout
    assert "session dose for glabellar lines: 20 U" in shown
    assert "2.2, 2024-10 (verified)" in shown
    told = json.loads(run("why", path, "site_volume", "--json").stdout)
    assert told["missing"] == []
    assert run("why", path, "nonsense").returncode == 2


@pytest.mark.parametrize("words", [("check",), ("why", "dose_area"), ("prepare",)])
def test_planning_never_loads_the_simulator(path, words):
    code = (
        "import sys; from endplate.cli.main import run;"
        f"run([{words[0]!r}, {str(path)!r}, *{list(words[1:])!r}]);"
        "sys.exit(bool({'jax', 'scipy', 'numpy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=False)
    assert done.returncode == 0
