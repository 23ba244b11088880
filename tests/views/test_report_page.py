import dataclasses
import math
import re

import pytest
from html_reading import Page
from sample import read

from endplate.errors import CannotWrite
from endplate.views import report_page, sheet_page, write_report
from endplate.views.quantity import plain_time
from endplate.views.report import ReportPage

PICTURES = {"svg", "timeline_wide", "timeline_narrow", "axis"}


def page_of(result, tmp_path) -> tuple[str, Page]:
    html = write_report(read(result), tmp_path / "report.html").read_text(encoding="utf-8")
    return html, Page(html)


def strings(value, name=""):
    """Every text and picture of a page context."""
    if isinstance(value, str):
        yield name, value
    elif dataclasses.is_dataclass(value):
        for f in dataclasses.fields(value):
            yield from strings(getattr(value, f.name), f.name)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from strings(item, name)


def test_every_field_of_the_context_is_told_and_shown(result, tmp_path):
    html, parsed = page_of(result, tmp_path)
    page = report_page(read(result))
    unused = {"level", "url", "plain", "plain_start", "plain_length", "short_course"}
    assert all(f.metadata["help"] for f in dataclasses.fields(ReportPage))
    for name, value in strings(page):
        if name in PICTURES or name in {"strip", "picture"}:
            assert value in html
        elif name not in unused and name != "endpoint":
            assert " ".join(value.split()).lower() in parsed.text.lower(), name


def test_the_page_is_well_formed_and_ids_are_unique(result, tmp_path):
    _, parsed = page_of(result, tmp_path)
    assert parsed.faults == []
    assert len(parsed.ids) == len(set(parsed.ids))


def test_nothing_is_fetched(result, tmp_path):
    html, parsed = page_of(result, tmp_path)
    assert all(load.startswith("#") for load in parsed.loads)
    assert all(link.startswith(("#", "https://")) for link in parsed.links)
    assert "<script" not in html
    assert "@import" not in html
    assert not re.search(r"url\((?!#)", html)


def test_purpose_is_said_once(result, tmp_path):
    _, parsed = page_of(result, tmp_path)
    assert parsed.text.count("medical device") == 1


def test_figures_of_the_result_are_the_figures_of_the_page(result, tmp_path):
    _, parsed = page_of(result, tmp_path)
    for item in result["outcomes"]:
        shown = f"Day {item['day']} {item['value']:.0f} of 100"
        assert shown in parsed.text
        assert f"range {item['low']:.0f} to {item['high']:.0f}" in parsed.text
        for trial in item["trials"]:
            assert f"{trial['value']:g} %" in parsed.text
    for harm in result["harms"]:
        if harm["percent"] >= 1:
            assert f"{harm['percent']:.0f} of 100" in parsed.text
    timing = result["timing"]["duration_d"]
    assert f"{timing['p05']:.0f} to {timing['p95']:.0f} days" in parsed.text
    # the middle person first and large, and the course in one sentence before all else
    assert f"{timing['median']:.0f} days Half of people: " in parsed.text
    assert f"gone after about {plain_time(timing['median'])}; half of people" in parsed.text
    for row in result["reach"]:
        assert f"{100 * row['peak_block']:.0f} %" in parsed.text
    for value in result["provenance"].values():
        assert str(value) in parsed.text


def test_unverified_figures_are_marked(result, tmp_path):
    _, before = page_of(result, tmp_path)
    for harm in result["harms"]:
        harm["verified"] = True
    _, after = page_of(result, tmp_path)
    changed = sum(not h["verified"] for h in sample_harms())
    assert before.text.count("not verified") - after.text.count("not verified") == changed


def sample_harms():
    import sample

    return sample.harms()


def test_a_stop_stands_above_everything_else(stopped, tmp_path):
    _, parsed = page_of(stopped, tmp_path)
    assert parsed.text.index("Stop: Infection at the injection site") < parsed.text.index(
        "At a glance"
    )


def test_icons_count_people(result, tmp_path):
    html, _ = page_of(result, tmp_path)
    headache = html[html.index("<h3>Headache") - 14000 : html.index("<h3>Headache")]
    array = headache[headache.rindex("<svg") :]
    assert array.count('class="i-bg"') == 9
    assert array.count('class="i-add"') == 0
    assert array.count('class="i-max"') == 5
    assert array.count("<path") == 100


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ("outcomes", "No outcome was computed"),
        ("harms", "No side effect was computed for this plan. That is not the same as none."),
        ("findings", "no findings"),
        ("limits", "names no limit"),
    ],
)
def test_an_empty_part_is_said(result, tmp_path, part, told):
    result[part] = []
    _, parsed = page_of(result, tmp_path)
    assert told in parsed.text
    assert parsed.faults == []


def test_a_bare_result_is_shown(result, tmp_path):
    bare = {key: result[key] for key in ("provenance", "plan")}
    bare["plan"] = {"product": "x<b>", "indications": ["odd_thing"], "dose_u": 1.0}
    html, parsed = page_of(bare, tmp_path)
    assert "x<b>" in parsed.text
    assert "x<b>" not in html
    assert parsed.faults == []


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_a_number_that_is_not_finite_is_refused(result, tmp_path, number):
    result["course"]["series"][0]["median"][7] = number
    with pytest.raises(ValueError, match=r"result\.course\.series\[0\]\.median\[7\]"):
        write_report(read(result), tmp_path / "report.html")
    assert not list(tmp_path.iterdir())


def test_a_dose_outside_the_face_draws_no_face(result, tmp_path):
    result["plan"]["sites"][0]["muscle"] = "detrusor"
    page = report_page(read(result))
    assert page.drawings == ()


def test_two_areas_have_their_own_parts(result, tmp_path):
    result["plan"]["indications"].append("forehead_lines")
    result["timing_by_indication"]["forehead_lines"] = result["timing"]
    result["outcomes"].append({**result["outcomes"][0], "indication": "forehead_lines"})
    _, parsed = page_of(result, tmp_path)
    assert "The course: glabellar lines" in parsed.text
    assert parsed.text.count("62 to 214 days") == 2


def test_of_many_days_the_familiar_and_those_of_trials_are_shown(result):
    first = result["outcomes"][0]
    result["outcomes"] = [
        {**first, "day": day, "trials": first["trials"] if day == 60 else []}
        for day in (7, 30, 60, 90, 120, 150, 180, 240)
    ]
    (group,) = report_page(read(result)).areas[0].outcomes
    assert [row.day for row in group.rows] == ["7", "30", "60", "90", "120", "180"]
    result["outcomes"] = [{**first, "day": day, "trials": []} for day in (28, 56)]
    (group,) = report_page(read(result)).areas[0].outcomes
    assert [row.day for row in group.rows] == ["28", "56"]


def test_what_outlasts_the_run_is_not_given_a_day(result):
    result["course"]["day"] = result["course"]["day"][:121]
    for series in result["course"]["series"]:
        for key in ("median", "p05", "p25", "p75", "p95"):
            series[key] = series[key][:121]
    timing = result["timing_by_indication"]["glabellar_lines"]["duration_d"]
    timing.update(median=120.0, p75=120.0, p95=120.0)
    wears_off = report_page(read(result)).areas[0].answers[-1]
    assert wears_off.range == "62 to more than 120 days"
    assert wears_off.median == "more than 120 days"
    assert wears_off.half == "95 to more than 120 days"
    assert sheet_page(read(result)).expect[-2][0] == "After 9 weeks"
    assert sheet_page(read(result)).expect[-1][0] == "Later"


def test_parts_of_a_muscle_are_one_row(result):
    for part, fraction, block in (("lateral", 0.01, 0.3), ("superior", 0.02, 0.1)):
        more = {"muscle": "zygomaticus_major", "side": "left", "part": part}
        result["spread"].append({**more, "fraction": fraction})
        result["reach"].append({**more, "peak_block": block})
    (row,) = [m for m in report_page(read(result)).muscles if m.name == "Zygomaticus major"]
    assert [amount.text for amount in row.shares] == ["", "3 %"]
    assert [amount.text for amount in row.blocks] == ["", "30 %"]


def test_an_area_treated_with_the_named_one_is_shown_too(result):
    result["plan"]["indications"] = ["forehead_lines"]
    page = report_page(read(result))
    assert [area.name for area in page.areas] == ["Forehead lines", "Glabellar lines"]
    assert page.title.endswith("for forehead lines")


def test_an_old_report_stays_when_the_new_one_cannot_be_written(result, tmp_path, monkeypatch):
    path = write_report(read(result), tmp_path / "report.html")
    old = path.read_bytes()
    monkeypatch.setattr("endplate.views.report.render", lambda *_: "\ud800")
    with pytest.raises(UnicodeEncodeError):
        write_report(read(result), path)
    assert path.read_bytes() == old


def test_a_place_that_cannot_be_written_is_named(result, tmp_path):
    (tmp_path / "folder").mkdir()
    for place in (tmp_path / "folder", tmp_path / "none" / "report.html"):
        with pytest.raises(CannotWrite, match=place.name):
            write_report(read(result), place)
    assert [path.name for path in tmp_path.rglob("*")] == ["folder"]
