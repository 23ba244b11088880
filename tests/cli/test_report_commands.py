"""`discuss`, `compare` and `demo`, on a result that no simulator had to make."""

import json
import sys
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

sys.path.insert(0, str(Path(__file__).parents[1] / "views"))

import sample

from endplate.case import DEMO_PLAN
from endplate.cli import compare, demo, discuss
from labelled_plans import labelled_plan

PLAN = str(DEMO_PLAN)


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Runs a command in an empty folder; `stop` gives the plan a stop finding."""
    monkeypatch.chdir(tmp_path)
    asked = []

    def invoke(*arguments: str, stop: bool = False):
        def result_of(plan_file, people, seed, days):
            asked.append((str(plan_file), people, seed, days))
            return sample.read(sample.result(stop))

        app = typer.Typer()
        app.callback()(lambda: None)
        for command in (compare, demo, discuss):
            monkeypatch.setattr(command, "result_of", result_of)
            command.register(app)
        return CliRunner().invoke(app, arguments)

    invoke.asked = asked
    return invoke


def test_discuss_writes_the_sheet_and_says_where(run, tmp_path):
    done = run("discuss", PLAN, "--out", "sheet.html", "--people", "50", "--seed", "3")
    assert done.exit_code == 0
    assert done.stdout == ""
    assert str(tmp_path / "sheet.html") in done.stderr
    assert "What may go wrong" in (tmp_path / "sheet.html").read_text()
    assert run.asked == [(PLAN, 50, 3, 365)]


def test_discuss_without_a_name_writes_sheet_html(run, tmp_path):
    assert run("discuss", PLAN).exit_code == 0
    assert (tmp_path / "sheet.html").is_file()


def test_discuss_in_large_print(run, tmp_path):
    run("discuss", PLAN, "--large-print")
    assert 'class="sheet large' in (tmp_path / "sheet.html").read_text()


def test_a_sheet_in_a_language_without_words_for_it_is_refused_in_one_sentence(run, tmp_path):
    done = run("discuss", PLAN, "--language", "fr")
    assert (str(done.exception), run.asked) == (
        "language is 'fr'; allowed: en (English) or es (Spanish)",
        [],
    )
    done = run("discuss", PLAN, "--language", "es")  # the sample has a finding of no rule
    assert str(done.exception) == (
        "Spanish has no words yet for: Total dose is above the label's 20 U"
    )
    assert not list(tmp_path.iterdir())


def test_discuss_as_json_writes_no_file(run, tmp_path):
    done = run("discuss", PLAN, "--json")
    assert json.loads(done.stdout)["benefits"][0]["value"] == "81"
    assert not list(tmp_path.iterdir())


def test_a_stop_ends_with_one_and_still_writes_the_sheet_that_says_so(run, tmp_path):
    assert run("discuss", PLAN, stop=True).exit_code == 1
    assert "Do not sign yet" in (tmp_path / "sheet.html").read_text()


@pytest.mark.parametrize("out", [".", "no/such/folder.html"])
def test_a_place_that_cannot_be_written_is_refused_before_the_run(run, tmp_path, out):
    done = run("discuss", PLAN, "--out", out)
    assert done.exit_code == 2
    assert run.asked == []
    assert not list(tmp_path.iterdir())


@pytest.fixture
def drooling(tmp_path):
    """A plan that the model does not cover."""
    path = tmp_path / "drooling.toml"
    path.write_text(labelled_plan("incobotulinumtoxinA", "US", "sialorrhea").dumps())
    return path


def discussed(*arguments: str):
    app = typer.Typer()
    app.callback()(lambda: None)
    discuss.register(app)
    return CliRunner().invoke(app, ["discuss", *arguments])


def test_discuss_rests_on_facts_where_the_model_does_not_reach(drooling, tmp_path):
    done = discussed(str(drooling), "--out", str(tmp_path / "sheet.html"))
    assert done.exit_code == 0
    assert "sialorrhea is not covered" in done.stderr
    assert "labels and trials alone" in done.stderr
    assert "Shots for drooling" in (tmp_path / "sheet.html").read_text()


def test_discuss_from_facts_as_json(drooling):
    told = json.loads(discussed(str(drooling), "--json").stdout)
    assert told["computed"] is False
    assert "with a placebo shot" in told["benefits"][0]["told"]


def test_discuss_from_facts_ends_with_one_at_a_stop(drooling, tmp_path):
    text = drooling.read_text().replace(
        "[patient]", '[patient]\nconditions = ["infection_at_site"]'
    )
    drooling.write_text(text)
    assert discussed(str(drooling), "--out", str(tmp_path / "sheet.html")).exit_code == 1
    assert "Do not sign yet" in (tmp_path / "sheet.html").read_text()


def test_discuss_writes_pdf_by_the_ending_or_names_the_extra(run, tmp_path):
    done = run("discuss", PLAN, "--out", "sheet.pdf")
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError):
        assert ".[pdf]" in str(done.exception)
    else:
        assert done.exit_code == 0
        assert (tmp_path / "sheet.pdf").read_bytes().startswith(b"%PDF")


def test_compare_prints_one_table(run):
    done = run("compare", PLAN, "other.toml")
    assert done.exit_code == 0
    assert "demo_plan" in done.stdout
    assert "other" in done.stdout
    assert "day 30" in done.stdout


def test_compare_as_json_and_as_a_page(run, tmp_path):
    done = run("compare", PLAN, "b.toml", "c.toml", "--json", "--out", "c.html")
    assert json.loads(done.stdout)["names"] == ["demo_plan", "b", "c"]
    assert "3 plans compared" in (tmp_path / "c.html").read_text()


@pytest.mark.parametrize("count", [1, 5])
def test_compare_takes_two_to_four_plans(run, count):
    done = run("compare", *[PLAN] * count)
    assert done.exit_code == 2
    assert "2 to 4 plans" in done.output
    assert run.asked == []


def test_demo_tells_the_answer_and_writes_the_report(run, tmp_path):
    done = run("demo")
    assert done.exit_code == 0
    assert "Wears off" in done.stdout
    assert str(tmp_path / "report.html") in done.stderr
    assert (tmp_path / "report.html").read_text().startswith("<!DOCTYPE html>")


def test_demo_names_a_command_that_its_reader_can_type(run, tmp_path):
    run("demo", "--people", "50", "--seed", "3")
    report = (tmp_path / "report.html").read_text()
    assert "endplate demo --people 50 --seed 3" in report
    assert "demo_plan.toml" not in report


@pytest.mark.parametrize(
    "words", [("discuss", PLAN), ("demo",), ("compare", PLAN, PLAN)], ids=lambda words: words[0]
)
def test_json_is_written_by_its_ending_and_again(run, tmp_path, words):
    for _ in range(2):
        assert run(*words, "--out", "told.json").exit_code == 0
    told = json.loads((tmp_path / "told.json").read_text())
    assert told["generator"].startswith("Made by endplate")
    assert len(told) > 3


def test_calibrate_replaces_no_table_of_somebody_else(tmp_path):
    from endplate.errors import EndplateError
    from endplate.validation.calibration import require_folder

    require_folder(tmp_path, False)
    (tmp_path / "fitted.csv").write_text("mine")
    with pytest.raises(EndplateError, match=r"holds fitted.csv, which no calibration"):
        require_folder(tmp_path, False)
    (tmp_path / "calibration.toml").write_text("# Made by `endplate calibrate`; read by")
    require_folder(tmp_path, False)


def test_demo_as_json(run):
    assert json.loads(run("demo", "--json").stdout)["plan"]["dose_u"] == 20.0


def test_the_bundled_plan_loads():
    from endplate.case import Plan, placed_sites

    sites = placed_sites(Plan.load(DEMO_PLAN))
    assert sum(site.dose_u for site in sites) == pytest.approx(20)
