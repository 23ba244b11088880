import copy
import json

import pytest
from html_reading import Page
from sample import read

from endplate.views import compare, write_comparison


@pytest.fixture
def other(result):
    changed = copy.deepcopy(result)
    changed["plan"]["dose_u"] = 40.0
    changed["outcomes"][1].update(value=90.0, low=80.0, high=96.0)
    return changed


def test_the_same_figure_stands_in_one_row(result, other):
    told = compare([read(result), read(other)], ["low", "high"]).as_text()
    row = next(line for line in told.splitlines() if line.startswith("  day 30 "))
    assert row.split() == "day 30 81 (72 to 90) 90 (80 to 96) 3".split()
    assert "20 U" in told
    assert "40 U" in told


def test_a_day_shown_for_one_plan_is_shown_for_all(result, other):
    for plan, trials in ((result, result["outcomes"][0]["trials"]), (other, [])):
        plan["outcomes"].append({**plan["outcomes"][0], "day": 60, "trials": trials})
    told = compare([read(result), read(other)], ["low", "high"]).as_text()
    row = next(line for line in told.splitlines() if line.startswith("  day 60 "))
    assert "-" not in row


def test_json_holds_numbers_and_no_pictures(result, other):
    plain = json.loads(
        json.dumps(compare([read(result), read(other)], ["a", "b"]).as_dict(), allow_nan=False)
    )
    block = next(b for b in plain["blocks"] if b["name"].startswith("Lines none or mild"))
    cell = next(row for row in block["rows"] if row["name"] == "day 30")["cells"][1]
    assert (cell["value"], cell["low"], cell["high"], cell["placebo"]) == (90, 80, 96, 3.4)
    assert "picture" not in cell


@pytest.mark.parametrize("count", [0, 1, 5])
def test_two_to_four_plans(result, count):
    with pytest.raises(ValueError, match="2 to 4 plans"):
        compare([read(result)] * count, ["x"] * count)


def test_all_plans_share_the_scale_of_time(result, other):
    other["timing_by_indication"]["glabellar_lines"]["duration_d"]["p95"] = 300.0
    block = next(
        b for b in compare([read(result), read(other)], ["a", "b"]).blocks if "When" in b.name
    )
    assert block.ends == ("0", "300 days")


def test_two_products_are_not_compared_by_dose(result, other):
    assert "Units of one product" not in compare([read(result), read(other)], ["a", "b"]).as_text()
    other["plan"]["product"] = "abobotulinumtoxinA"
    assert "Units of one product" in compare([read(result), read(other)], ["a", "b"]).as_text()


def test_different_seeds_are_said(result, other):
    other["provenance"]["seed"] = 2
    assert "may be chance" in compare([read(result), read(other)], ["a", "b"]).as_text()


def test_what_one_plan_lacks_is_a_dash(result, other):
    other["harms"] = []
    other["plan"]["indications"] = ["forehead_lines"]
    comparison = compare([read(result), read(other)], ["a", "b"])
    block = next(b for b in comparison.blocks if b.name.startswith("Side effects"))
    assert {row.cells[1].text for row in block.rows} == {"-"}


def test_repeated_treatments_are_compared(result, other, repeated):
    repeated["cycles"]["rows"][2]["peak_benefit"]["median"] = 1.75
    comparison = compare([read(result), read(repeated), read(other)], ["a", "b", "c"])
    block = next(b for b in comparison.blocks if b.name.startswith("Repeated treatment"))
    rows = {row.name: row.cells for row in block.rows}
    assert [cell.text for cell in rows["3: largest benefit"]] == ["-", "1.8", "-"]
    assert rows["3: day"][1].value == 200
    assert rows["3: response lost"][1].value == 6.0
    told = comparison.as_text()
    assert "1.8 (1 to 2.8)" in told
    assert "are about the first treatment" in told
    assert "Repeated" not in compare([read(result), read(other)], ["a", "b"]).as_text()


def test_the_page_is_well_formed_and_shows_every_figure(result, other, tmp_path):
    comparison = compare(
        [read(result), read(other), read(result), read(other)], ["a", "b", "c", "d"]
    )
    path = write_comparison(comparison, tmp_path / "compare.html")
    page = Page(path.read_text(encoding="utf-8"))
    assert page.faults == []
    assert page.loads == []
    for block in comparison.blocks:
        for row in block.rows:
            assert row.name in page.text
            assert all(cell.text in page.text for cell in row.cells)
