"""The page Evidence: what is asked for is shown, points open their trials, own tables are read."""

import asyncio
import csv
import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import pairwise
from urllib.parse import parse_qs, urlsplit

import pytest

from endplate.cli.main import main
from endplate.errors import TrialTableFaults
from endplate.facts.trials import trial_figures
from endplate.fit.trial_table import NEEDED
from endplate.web.pages.evidence import VIEWS, compared, tables
from endplate.web.pages.evidence.choice import Choice, choice_at, options
from endplate.web.pages.evidence.explorer import panels, summary, table_rows

from .conftest import DESK, PHONE

SOUND_WITHIN_MS = 10_000
# Nothing fades, and the frame's bar that runs while something is loaded is gone: it has no name.
STILL = (
    "document.getAnimations().every(a => a.playState != 'running') && "
    "[...document.querySelectorAll('.q-loading-bar')].every(e => getComputedStyle(e).opacity == 0)"
)


@pytest.fixture(scope="module")
def rows():
    return compared.stored_evidence().found.rows


def of(choice, rows):
    return {row.figure for row in choice.select(rows)}


def test_every_filter_keeps_what_it_names_and_nothing_else(rows):
    every = of(Choice(), rows)
    assert len(every) == len(rows)
    for choice, test in [
        (Choice(use="chronic_migraine"), lambda r: r.indication == "chronic_migraine"),
        (Choice(product="placebo"), lambda r: r.product == "placebo"),
        (Choice(kind="duration"), lambda r: r.kind == "duration"),
        (Choice(misses=True), lambda r: not r.inside),
        (Choice(verified=True), lambda r: r.verified),
        (Choice(text="harii none"), lambda r: r.trial_id.startswith("Harii")
         and "none" in f"{r.endpoint} {r.note}"),
    ]:  # fmt: skip
        wanted = {row.figure for row in rows if test(row)}
        assert of(choice, rows) == wanted
        assert 0 < len(wanted) < len(every)


def test_filters_go_together(rows):
    both = Choice(use="glabellar_lines", misses=True)
    assert of(both, rows) == of(Choice(use="glabellar_lines"), rows) & of(Choice(misses=True), rows)


def test_an_address_opens_what_it_was_made_of(rows):
    some = next(row for row in rows if row.indication == "chronic_migraine" and row.kind == "harm")
    choice = Choice(
        use=some.indication, product=some.product, kind="harm", verified=some.verified,
        text="a b", trial=some.trial_id, figure=some.figure,
    )  # fmt: skip
    assert choice_at(choice.address, rows) == choice
    assert choice_at(Choice().address, rows, use="chronic_migraine") == Choice()


@pytest.mark.parametrize(
    "query",
    ["use=nowhere", "trial=nobody", "figure=1", "product=gin", "kind=x", "misses=no", "figure=-1",
     "figure=" + "9" * 40, "use=%FF", "&&=&"],
)  # fmt: skip
def test_an_address_with_unknown_words_asks_for_nothing(rows, query):
    assert choice_at(f"/evidence?{query}", rows) == Choice()


def test_a_trial_of_another_use_than_the_plans_is_shown(rows):
    trial = next(row for row in rows if row.indication == "overactive_bladder")
    choice = choice_at(f"/evidence?trial={trial.trial_id}", rows, use="glabellar_lines")
    assert (choice.use, choice.trial) == ("overactive_bladder", trial.trial_id)


def test_products_and_kinds_are_those_of_the_use_with_their_number(rows):
    found = options(rows, "chronic_migraine")
    own = [row for row in rows if row.indication == "chronic_migraine"]
    assert found.uses[""] == f"All uses ({len(rows)})"
    assert set(found.products) == {"", *(row.product for row in own)}
    assert found.kinds["harm"] == f"Side effects ({sum(row.kind == 'harm' for row in own)})"


def test_pictures_hold_every_row_and_have_axes_that_reach_them(rows):
    drawn = panels(rows)
    assert sorted(p["id"] for one in drawn for p in one["points"]) == sorted(r.figure for r in rows)
    for one in drawn:
        low, high = one["marks"][0]["at"], one["marks"][-1]["at"]
        for point in one["points"]:
            assert low <= point["at"] <= high
            assert low <= point["is"] <= high
        places = [point["at"] for point in one["points"]]
        assert places == sorted(places)


def test_the_table_holds_the_same_rows_as_the_pictures(rows):
    told = table_rows(rows)
    assert [row["id"] for row in told] == [row.figure for row in rows]
    out = [row for row in told if row["cells"][-1]["text"] == "outside"]
    assert len(out) == sum(not row.inside for row in rows)


def test_the_sentence_counts_what_is_shown(rows):
    one = rows[0]
    assert summary([one]) == (
        "1 figure of 1 trial: 0 outside the 90 % interval, where less than 1 would be expected."
    )
    assert "1 outside" in summary([replace(one, inside=False)])
    assert summary([]) == "No figure matches these filters."


def test_every_source_and_parameter_is_in_its_table():
    told = tables.source_rows()
    assert len({row["id"] for row in told}) == len(told) > 250
    assert any(cell["cells"][-1]["text"] == "not verified" for cell in told)
    names = [row["cells"][0]["text"] for row in tables.parameter_rows()]
    assert len(set(names)) == len(names) > 100
    assert "persistence_d" in names


def table(*changes: dict[str, str]) -> bytes:
    """A small table of a visitor's own, with changes to its rows."""
    figure = next(f for f in trial_figures() if f.endpoint == "ae_dysphagia" and f.dose_u and f.day)
    text = io.StringIO()
    lines = csv.DictWriter(text, NEEDED, lineterminator="\n")
    lines.writeheader()
    for change in changes or ({},):
        row = {name: getattr(figure, name) for name in NEEDED} | {"trial_id": "OWN"}
        lines.writerow(row | change)
    return text.getvalue().encode()


BAD = {
    "value": table({"value": "many"}, {"day": "-4"}),
    "columns": b"trial_id,value\nA,1\n",
    "text": b"\xff\xfe\x00",
}


@pytest.mark.parametrize("content", BAD.values(), ids=BAD)
def test_a_bad_table_gets_the_sentences_of_the_command_line(content, tmp_path, monkeypatch, capsys):
    (tmp_path / "own.csv").write_bytes(content)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as left:
        main(["validate", "--trials", "own.csv"])
    assert left.value.code == 2
    with pytest.raises(TrialTableFaults) as fault:
        compared.parse_table(content, "own.csv")
    assert list(fault.value.sentences) == capsys.readouterr().err.strip().splitlines()


def test_a_table_that_is_empty_or_too_long_is_refused_in_a_sentence():
    with pytest.raises(TrialTableFaults, match="has no rows"):
        compared.parse_table(table().splitlines(keepends=True)[0], "own.csv")
    with pytest.raises(TrialTableFaults, match="1001 rows; the app takes up to 1000"):
        compared.parse_table(table(*[{}] * 1001), "own.csv")
    assert len(compared.parse_table(table(*[{}] * 1000), "own.csv")) == 1000


def test_the_example_can_be_read():
    assert len(compared.parse_table(compared.example_table(), "published.csv")) == 6


def test_predictions_of_other_facts_are_made_anew_once_for_all(monkeypatch):
    calls = []

    def predicted(figures, progress):
        progress(0, 2)
        calls.append(figures)
        progress(2, 2)
        return compared.stored_evidence().found

    monkeypatch.setattr(compared, "_predict", predicted)
    predictor = compared.Predictor()
    assert "first run" in predictor.shipped_progress.text

    async def two_visitors():
        return await asyncio.gather(predictor.shipped(), predictor.shipped())

    # a thread of its own: the browser of other tests keeps a loop in this one
    with ThreadPoolExecutor(1) as aside:
        first, second = aside.submit(asyncio.run, two_visitors()).result()
    assert first is second
    assert calls == [trial_figures()]
    assert first.left_out.targets == compared.stored_evidence().left_out.targets
    assert predictor.shipped_progress.text == "Predicted; the results are being put together."


# The browser.


def ready(opened_page):
    """Wait for the plots."""
    opened_page.wait_for_selector(".ev-point", timeout=SOUND_WITHIN_MS)


@pytest.mark.browser
@pytest.mark.parametrize(("size", "scheme"), [(DESK, "light"), (PHONE, "dark")], ids=str)
def test_every_part_is_sound(opened, serious, fits, size, scheme):
    with opened("/evidence?trial=Lowe-2007", size, scheme) as (seen, noted):
        ready(seen)
        if size == PHONE:
            assert serious(seen) == []
            seen.get_by_role("button", name="Close").click()
        seen.get_by_role("button", name="Table", exact=True).click()
        seen.wait_for_selector(".ev-table tbody tr")
        for view, name in VIEWS.items():
            seen.get_by_role("tab", name=name).click()
            seen.wait_for_selector(f".ev-view-{view} section h2", timeout=SOUND_WITHIN_MS)
            seen.wait_for_function(STILL)
            assert fits(seen) <= 0
            assert serious(seen) == []
            levels = seen.eval_on_selector_all("h1,h2,h3", "all => all.map(h => +h.tagName[1])")
            assert levels[0] == 1
            assert levels.count(1) == 1
            assert all(b <= a + 1 for a, b in pairwise(levels))
        assert (noted.outside, noted.errors) == ([], [])


@pytest.mark.browser
def test_a_point_opens_its_trial_and_keys_lead_there_and_back(opened, rows, serious):
    with opened("/evidence?use=glabellar_lines") as (seen, noted):
        ready(seen)
        plot = seen.locator(".ev-plot").first
        assert plot.locator(".ev-point[tabindex='0']").count() == 1
        plot.locator(".ev-point[tabindex='0']").focus()
        seen.keyboard.press("End")
        seen.keyboard.press("ArrowLeft")
        place = int(seen.evaluate("document.activeElement.dataset.figure"))
        seen.keyboard.press("Enter")
        seen.wait_for_selector("dialog[open]")
        row = next(row for row in rows if row.figure == place)
        seen.wait_for_function("document.activeElement.id === 'ev-trial-title'")
        assert seen.locator("#ev-trial-title").inner_text() == row.trial_id
        assert "By a fit that has not seen this trial" in seen.locator("dialog").inner_text()
        asked = parse_qs(urlsplit(seen.url).query)
        assert (asked["trial"], asked["figure"]) == ([row.trial_id], [str(place)])
        assert serious(seen) == []
        seen.keyboard.press("Escape")
        seen.wait_for_selector("dialog[open]", state="detached")
        assert int(seen.evaluate("document.activeElement.dataset.figure")) == place
        seen.keyboard.press("ArrowLeft")
        assert int(seen.evaluate("document.activeElement.dataset.figure")) != place
        assert noted.errors == []


@pytest.mark.browser
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_pointer_takes_the_nearest_point(opened, rows, size):
    with opened("/evidence?use=platysma_bands", size) as (seen, _):
        ready(seen)
        point = seen.locator(".ev-point").nth(3)
        place = int(point.get_attribute("data-figure"))
        box = point.locator(".ev-mark").bounding_box()
        seen.mouse.click(box["x"] + box["width"] / 2 + 1, box["y"] + box["height"] / 2 + 1)
        seen.wait_for_selector("dialog[open]")
        row = next(row for row in rows if row.figure == place)
        seen.wait_for_selector(f"#ev-trial-title:text-is('{row.trial_id}')")
        over = seen.locator("dialog").bounding_box()
        if size == PHONE:
            assert (over["width"], over["height"]) == PHONE
        assert seen.evaluate("document.querySelector('dialog').matches(':modal')") is (
            size == PHONE
        )
        seen.get_by_role("button", name="Close").click()
        seen.wait_for_selector("dialog[open]", state="detached")


@pytest.mark.browser
def test_filters_narrow_the_plots_and_the_address(opened, rows):
    with opened("/evidence?use=all") as (seen, _):
        ready(seen)
        assert seen.locator(".ev-point").count() == len(rows)
        seen.get_by_label("Use").click()
        seen.get_by_role("option", name="Cervical dystonia").click()
        seen.get_by_role("checkbox", name="Only misses").click()
        wanted = Choice(use="cervical_dystonia", misses=True).select(rows)
        seen.wait_for_function(f"document.querySelectorAll('.ev-point').length == {len(wanted)}")
        assert seen.locator(".ev-sum").inner_text() == summary(wanted)
        seen.wait_for_url("**/evidence?use=cervical_dystonia&misses=yes")
        seen.reload()
        ready(seen)
        assert seen.locator(".ev-point").count() == len(wanted)


@pytest.mark.browser
def test_the_table_sorts_by_keyboard_and_opens_trials(opened):
    with opened("/evidence?use=chronic_migraine") as (seen, _):
        ready(seen)
        seen.get_by_role("button", name="Table", exact=True).click()
        head = seen.get_by_role("button", name="Published", exact=True)
        head.focus()
        seen.keyboard.press("Enter")
        seen.wait_for_selector("th[aria-sort=ascending]")
        cells = seen.locator(".ev-table td:nth-child(5)").all_inner_texts()
        values = [float(cell.replace("at least ", "").split()[0]) for cell in cells]
        assert values == sorted(values)
        seen.locator(".ev-table .ev-pick").first.click()
        seen.wait_for_selector("dialog[open]")


@pytest.mark.browser
def test_the_use_of_the_open_plan_comes_first(opened):
    with opened("/?indication=cervical_dystonia&product=Botox") as (seen, _):
        seen.get_by_role("link", name="Evidence").click()
        ready(seen)
        assert "Cervical dystonia" in seen.get_by_label("Use").input_value()


@pytest.mark.browser
def test_a_deep_link_opens_filter_and_trial(opened):
    with opened("/evidence?use=chronic_migraine&trial=PREEMPT1") as (seen, _):
        seen.wait_for_selector("dialog[open]")
        assert seen.locator("#ev-trial-title").inner_text() == "PREEMPT1"
        assert "Chronic migraine" in seen.get_by_label("Use").input_value()


@pytest.mark.browser
def test_an_own_table_is_compared_and_a_bad_one_leaves_what_was_shown(opened, tmp_path):
    own, bad = tmp_path / "own.csv", tmp_path / "bad.csv"
    own.write_bytes(table({}, {"endpoint": "no_such"}))
    bad.write_bytes(BAD["value"])
    with opened("/evidence?use=all") as (seen, noted):
        ready(seen)
        before = seen.locator(".ev-point").count()
        take = seen.locator(".ev-upload input[type=file]")
        take.set_input_files(bad)
        seen.wait_for_selector(".ev-faults li")
        with pytest.raises(TrialTableFaults) as fault:
            compared.parse_table(BAD["value"], "bad.csv")
        assert seen.locator(".ev-faults li").all_inner_texts() == list(fault.value.sentences)
        assert seen.locator(".ev-point").count() == before
        take.set_input_files(own)
        seen.wait_for_selector(".ev-mine", timeout=120_000)
        assert "own.csv: 2 figures, 1 predicted, 1 not." in seen.locator(".ev-mine").inner_text()
        seen.wait_for_function("document.querySelectorAll('.ev-point').length == 1")
        seen.get_by_role("button", name="Back to the shipped trials").click()
        seen.wait_for_function(f"document.querySelectorAll('.ev-point').length == {before}")
        assert noted.errors == []


@pytest.mark.browser
def test_the_whole_report_is_handed_over(opened):
    with opened("/evidence?view=promises") as (seen, _):
        button = seen.get_by_role("button", name="Qualification report")
        button.wait_for(timeout=SOUND_WITHIN_MS)
        with seen.expect_download(timeout=60_000) as taken:
            button.click()
        text = taken.value.path().read_text(encoding="utf-8")
        assert taken.value.suggested_filename == "qualification.html"
        assert text.startswith("<!DOCTYPE html>")
        assert "What the model gets wrong" in text
