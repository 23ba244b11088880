import pytest

from endplate.errors import FactMissing
from endplate.facts.store import table
from endplate.report import summary
from endplate.report.text import WIDTH
from endplate.report.words import known


def test_the_answer_fits_the_terminal(result):
    assert max(map(len, summary(result).splitlines())) <= WIDTH + 4


def test_the_answer_holds_findings_times_benefits_and_harms(result):
    told = summary(result)
    assert "CAUTION: Total dose is above the label's 20 U" in told
    assert "62 to 214 days" in told
    assert "BOTOX-GL-II 20U 77 %" in told
    assert "BOTOX-GL-1+2-pooled 20U 80 %*" in told
    assert "Eyelid ptosis" in told
    assert "Figures at rest stand on one trial" in told


def test_a_plan_without_findings_says_so(result):
    result["findings"] = []
    assert "no findings" in summary(result)


def test_every_endpoint_of_the_upper_face_has_words():
    upper = {"glabellar_lines", "lateral_canthal_lines", "forehead_lines"}
    try:
        rows = table("endpoints")
    except FactMissing:
        pytest.skip("no table of endpoints")
    codes = {
        row["code"]
        for row in rows
        if upper & set(row["indication"].split(";"))
        and row["statistic"] == "percent"
        and row["direction"] == "higher_better"
        and not row["code"].startswith(("baseline_", "completed"))
    }
    assert codes <= set(known("endpoint"))
