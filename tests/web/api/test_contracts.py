"""The interface answers what the commands print for the same plan, to the last digit."""

import json
from pathlib import Path

import pytest

from api_client import get, post
from endplate.cli.main import run
from endplate.web.api.requests import EXAMPLE_TABLES, EXAMPLE_TEXT

STOPPED = EXAMPLE_TEXT.replace("conditions = []", 'conditions = ["infection at site"]').replace(
    '"female"', '"woman"'
)
BIG = ["--people", "64", "--seed", "5", "--days", "60"]
OPTIONS = {"people": 64, "seed": 5, "days": 60}


@pytest.fixture
def printed(tmp_path, monkeypatch, capsys):
    """What a command prints, in a folder that holds the plans."""
    monkeypatch.chdir(tmp_path)
    for name, text in (("plan", EXAMPLE_TEXT), ("stopped", STOPPED)):
        Path(f"{name}.toml").write_text(text, encoding="utf-8")

    def ran(*arguments: str) -> str:
        run(list(arguments))
        return capsys.readouterr().out

    return ran


@pytest.mark.parametrize(
    ("path", "body", "command"),
    [
        ("check", {}, ["check", "plan.toml"]),
        ("why", {"rule": "medications"}, ["why", "plan.toml", "medications"]),
        ("prepare", {}, ["prepare", "plan.toml"]),
        ("prepare", {"syringe_ml": 1.0}, ["prepare", "plan.toml", "--syringe", "1"]),
    ],
)
def test_what_is_read_from_the_plan_is_the_same(printed, path, body, command):
    for plan in (EXAMPLE_TEXT, EXAMPLE_TABLES):
        answer = post(f"/api/v1/{path}", {"plan": plan, **body})
        assert answer.status_code == 200
        assert answer.json() == json.loads(printed(*command, "--json"))


def test_a_stop_is_told_the_same(printed):
    answer = post("/api/v1/check", {"plan": STOPPED}).json()
    assert answer["open_stops"] == 1
    assert answer["understood"]
    assert answer == json.loads(printed("check", "stopped.toml", "--json"))


def test_vials_are_the_same(printed):
    body = {
        "plans": [{"plan": EXAMPLE_TEXT}, {"plan": STOPPED, "name": "stopped"}],
        "stock": [{"product": "Botox", "vial_u": 50, "count": 3}],
    }
    told = printed("vials", "plan.toml", "stopped.toml", "--stock", "Botox:50=3", "--json")
    assert post("/api/v1/vials", body).json() == json.loads(told)


def test_a_template_is_the_same(printed):
    asked = {"indication": "chronic_migraine", "product": "Botox", "date": "2026-11-22"}
    answer = get("/api/v1/plan/template", params=asked | {"age_y": 40})
    told = [word for key in ("indication", "product", "date") for word in (f"--{key}", asked[key])]
    assert answer.json()["toml"] == printed("plan", *told, "--age", "40")


def test_a_simulation_is_the_same(printed):
    answer = post("/api/v1/simulate", {"plan": EXAMPLE_TEXT, **OPTIONS})
    assert answer.json() == json.loads(printed("simulate", "plan.toml", *BIG, "--json"))


def test_a_comparison_is_the_same(printed):
    plans = [{"plan": EXAMPLE_TEXT}, {"plan": STOPPED, "name": "stopped"}]
    answer = post("/api/v1/compare", {"plans": plans, **OPTIONS})
    told = json.loads(printed("compare", "plan.toml", "stopped.toml", *BIG, "--json"))
    assert answer.json() == told


def test_the_sheet_is_the_same_in_each_form(printed, tmp_path):
    body = {"plan": EXAMPLE_TEXT, **OPTIONS}
    told = json.loads(printed("discuss", "plan.toml", *BIG, "--json", "--out", "sheet.html"))
    assert post("/api/v1/discuss", body).json() == told
    page = post("/api/v1/discuss", body, headers={"accept": "text/html,*/*"})
    assert page.headers["content-type"].startswith("text/html")
    assert page.text == (tmp_path / "sheet.html").read_text(encoding="utf-8")
    assert post("/api/v1/discuss?format=html", body).text == page.text


def test_a_use_the_model_does_not_cover_has_a_sheet_but_no_forecast(printed):
    plan = EXAMPLE_TEXT.replace("glabellar_lines", "sialorrhea").replace(
        "baseline = { sialorrhea = 3 }\n", ""
    )
    plan = plan.replace("onabotulinumtoxinA", "incobotulinumtoxinA")
    Path("drooling.toml").write_text(plan, encoding="utf-8")
    refused = post("/api/v1/simulate", {"plan": plan})
    assert refused.status_code == 422
    assert refused.json()["error"]["code"] == "not_covered"
    told = json.loads(printed("discuss", "drooling.toml", "--json"))
    assert post("/api/v1/discuss", {"plan": plan, "name": "drooling"}).json() == told


def test_the_sheet_is_printed():
    pytest.importorskip("weasyprint", exc_type=(ImportError, OSError))
    answer = post("/api/v1/discuss?format=pdf", {"plan": EXAMPLE_TEXT, **OPTIONS})
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF-")


def test_the_report_is_the_same(printed, tmp_path):
    printed("simulate", "plan.toml", *BIG, "--out", "report.html")
    answer = post("/api/v1/report", {"plan": EXAMPLE_TEXT, **OPTIONS})
    assert answer.text == (tmp_path / "report.html").read_text(encoding="utf-8")


def test_an_export_is_the_same(printed, tmp_path):
    given = ["--person", "3", "--seed", "5", "--days", "60"]
    printed("export", "plan.toml", *given, "--sbml", "own.xml", "--courses", "own.csv")
    body = {"plan": EXAMPLE_TEXT, "person": 3, "seed": 5, "days": 60}
    answer = post("/api/v1/export", body).json()
    assert answer["sbml"] == (tmp_path / "own.xml").read_text(encoding="utf-8")
    assert answer["courses_csv"] == (tmp_path / "own.csv").read_text(encoding="utf-8")


def test_sources_are_the_same(printed):
    assert get("/api/v1/sources").json() == json.loads(printed("sources", "--json"))
    checked = post("/api/v1/check", {"plan": EXAMPLE_TEXT}).json()
    result = post("/api/v1/simulate", {"plan": EXAMPLE_TEXT, **OPTIONS}).json()
    for name, told in (("checked.json", checked), ("result.json", result)):
        Path(name).write_text(json.dumps(told), encoding="utf-8")
        answer = post("/api/v1/sources", {"result": told})
        assert answer.json() == json.loads(printed("sources", name, "--json"))


def test_a_quick_forecast_has_the_fields_of_a_simulation():
    quick = post("/api/v1/forecast", {"plan": EXAMPLE_TEXT}).json()
    whole = post("/api/v1/simulate", {"plan": EXAMPLE_TEXT, **OPTIONS}).json()
    assert set(quick) == set(whole)
    assert quick["provenance"]["people"] < 2000
    assert quick["timing"]["duration_d"]["median"] > 0


def test_the_faults_are_the_sentences_of_the_command(printed, capsys):
    bad = EXAMPLE_TEXT.replace("age_y = 46", "age_y = -1").replace("Botox", "Botx")
    bad += '\n[[treatment.site]]\nmuscle = "nose"\n'
    Path("plan.toml").write_text(bad, encoding="utf-8")
    answer = post("/api/v1/check", {"plan": bad})
    with pytest.raises(SystemExit) as left:
        main_of(["check", "plan.toml"])
    assert left.value.code == 2
    assert answer.status_code == 422
    assert answer.json()["error"]["faults"] == capsys.readouterr().err.splitlines()
    assert len(answer.json()["error"]["faults"]) > 2


def main_of(arguments) -> None:
    from endplate.cli.main import main

    main(arguments)


def test_a_plan_is_written_out_and_reads_back_equal():
    body = {"plan": EXAMPLE_TEXT.replace("aspirin", "Aspirin").replace("female", "woman")}
    told = post("/api/v1/plan/format", body).json()
    assert [word["preferred"] for word in told["understood"]] == ["female"]
    again = post("/api/v1/plan/format", {"plan": told["plan"]}).json()
    assert again["toml"] == told["toml"]
    assert again["plan"] == told["plan"]
    assert told["plan"]["treatment"]["date"] == "2026-11-22"


def test_a_table_of_trials_is_predicted(monkeypatch, printed):
    from endplate.web.api import evidence_routes

    asked = []

    def validated(figures):
        asked.extend(figures)
        return {"rows": [], "skipped": [], "summary": [], "targets": [], "left_out": {}}

    monkeypatch.setattr(evidence_routes, "_validated", validated)
    head = "trial_id,indication,product,arm,dose_u,n,day,endpoint,statistic,value\n"
    row = "A,glabellar_lines,onabotulinumtoxinA,20U,20,404,30,inv_none_mild,percent,80\n"
    assert post("/api/v1/validate", {"csv": head + row}).status_code == 200
    assert [figure.trial_id for figure in asked] == ["A"]
    refused = post("/api/v1/validate", {"csv": "a,b\n1,2\n"}).json()["error"]
    assert refused["code"] == "bad_table"
    assert refused["faults"][0].startswith("csv lacks the columns trial_id")
    long = post("/api/v1/validate", {"csv": head + row * 1100}).json()["error"]
    assert long["faults"] == ["csv has more than 1000 rows; send fewer at a time."]


def test_the_validation_that_is_kept_is_told_whole():
    from endplate.facts.trials import trial_figures

    told = get("/api/v1/validate").json()
    assert len(told["rows"]) + len(told["skipped"]) == len(trial_figures())
    assert {target["id"] for target in told["targets"]}
    assert told["left_out"]["trials"]


@pytest.mark.slow
def test_a_validation_is_the_same(printed):
    head = "trial_id,indication,product,arm,dose_u,n,day,endpoint,statistic,value\n"
    row = "A,glabellar_lines,onabotulinumtoxinA,20U,20,404,30,inv_none_mild,percent,80\n"
    Path("trials.csv").write_text(head + row, encoding="utf-8")
    told = json.loads(printed("validate", "--trials", "trials.csv", "--json"))
    assert post("/api/v1/validate", {"csv": head + row}).json() == told
