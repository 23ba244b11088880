"""The main story of the page Plan in a real browser: sites, files, and that nothing is lost."""

import re
import subprocess
import sys

import pytest

from endplate.case import DEMO_PLAN, Plan
from endplate.web.workspace import Draft, Workspace

pytestmark = pytest.mark.browser
SITE = ".pl-site"


def ready(page):
    """Wait until the workspace that the browser stores is restored."""
    page.wait_for_selector(SITE)
    page.wait_for_function("sessionStorage.getItem('endplate.desk')")


def says(page, words: str):
    page.wait_for_function(
        "words => document.querySelector('h1').innerText.includes(words)", arg=words, timeout=60_000
    )


def skin(page, across: float, down: float) -> tuple[float, float]:
    """A point of the chart, in shares of its width and height."""
    box = page.locator(".pl-face").bounding_box()
    return box["x"] + across * box["width"], box["y"] + down * box["height"]


def test_sites_are_added_moved_and_taken_back(opened):
    with opened() as (page, noted):
        ready(page)
        assert page.get_by_role("button", name="Undo").is_disabled()
        page.mouse.click(*skin(page, 0.62, 0.25))
        says(page, "24 U in 6 sites")
        assert "Frontalis, left" in page.locator(".pl-site-words").inner_text()
        box = page.locator('[data-site="3"]').bounding_box()
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.move(x, y)
        page.mouse.down()
        page.mouse.move(x + 20, y + 30, steps=6)
        page.mouse.move(x + 40, y + 75, steps=6)
        # told while the button is still down
        page.wait_for_function(
            "document.querySelector('.pl-site-words').innerText.startsWith('Orbicularis')"
        )
        page.mouse.up()
        page.get_by_role("button", name="Undo").click()
        page.wait_for_function(
            "document.querySelector('[data-site=\"3\"]').ariaLabel.startsWith('Corrugator')"
        )
        page.get_by_role("button", name="Undo").click()
        says(page, "20 U in 5 sites")
        assert (noted.outside, noted.errors) == ([], [])


def test_sites_are_worked_on_by_keys_alone(opened):
    with opened() as (page, _):
        ready(page)
        page.locator(SITE).first.focus()
        label = page.locator('[data-site="0"]').get_attribute("aria-label")
        assert label == "Procerus, 4 units, 3 mm down, 3.8 mm deep"
        page.keyboard.press("+")
        says(page, "20.5 U in 5 sites")
        page.keyboard.press("Shift+ArrowUp")
        page.wait_for_function("document.activeElement.ariaLabel.includes('2 mm up')")
        page.keyboard.press("PageDown")
        page.keyboard.press("Delete")
        says(page, "16.5 U in 4 sites")


def test_a_touch_adds_a_site_on_a_phone(chromium, served):
    context = chromium.new_context(viewport={"width": 360, "height": 780}, has_touch=True)
    context.set_default_timeout(120_000)  # on a machine that does much else
    page = context.new_page()
    page.goto(served)
    ready(page)
    page.locator(".pl-face").scroll_into_view_if_needed()
    page.touchscreen.tap(*skin(page, 0.62, 0.25))
    says(page, "24 U in 6 sites")
    context.close()


def _middle(page, selector: str) -> tuple[float, float]:
    box = page.locator(selector).bounding_box()
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def _shown_mm(page) -> list[float]:
    return [float(n) for n in page.locator(".pl-face").get_attribute("viewBox").split()]


def test_the_picture_is_enlarged_by_buttons_keys_and_two_fingers(chromium, served):
    context = chromium.new_context(viewport={"width": 360, "height": 780}, has_touch=True)
    context.set_default_timeout(120_000)  # on a machine that does much else
    page = context.new_page()
    page.goto(served)
    ready(page)
    page.locator(".pl-face").scroll_into_view_if_needed()
    whole, was = _shown_mm(page), page.locator('[data-site="1"]').get_attribute("aria-label")
    apart = _middle(page, '[data-site="1"]')[0] - _middle(page, '[data-site="2"]')[0]
    wide = page.locator('[data-site="1"] .site').bounding_box()["width"]
    for _ in range(2):
        page.get_by_role("button", name="Enlarge the picture").click()
    assert _shown_mm(page)[2] == pytest.approx(whole[2] / 2.25)
    # sites stay on the skin, dots keep their size: neighbours part
    page.wait_for_timeout(300)
    now = _middle(page, '[data-site="1"]')[0] - _middle(page, '[data-site="2"]')[0]
    assert now == pytest.approx(2.25 * apart, rel=0.02)
    assert page.locator('[data-site="1"] .site').bounding_box()["width"] == pytest.approx(wide, 0.1)
    assert page.locator('[data-site="1"]').get_attribute("aria-label") == was
    # a tap lands under the finger
    at = skin(page, 0.5, 0.3)
    page.touchscreen.tap(*at)
    says(page, "24 U in 6 sites")
    assert _middle(page, '[data-site="5"]') == pytest.approx(at, abs=2)
    page.keyboard.press("Shift+Z")
    assert _shown_mm(page)[2] == pytest.approx(whole[2] / 1.5)
    page.get_by_role("button", name="Whole picture").click()
    assert _shown_mm(page) == whole
    # two fingers add no site and leave the page as large as it was
    fingers = context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        told = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(points)]
        fingers.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": told})

    x, y = skin(page, 0.4, 0.8)
    touch("touchStart", (x, y))
    touch("touchStart", (x, y), (x + 40, y))
    for step in range(1, 6):
        touch("touchMove", (x - 8 * step, y), (x + 40 + 8 * step, y))
    touch("touchEnd")
    page.wait_for_function("document.querySelector('.pl-face').classList.contains('zoomed')")
    assert page.evaluate("visualViewport.scale") == 1
    assert page.locator(SITE).count() == 6
    context.close()


def test_mirror_and_the_labels_sites(opened):
    with opened() as (page, _):
        ready(page)
        page.mouse.click(*skin(page, 0.65, 0.25))
        says(page, "24 U in 6 sites")
        page.get_by_role("button", name="Mirror left to right").click()
        says(page, "28 U in 7 sites")
        page.get_by_role("button", name="Label's sites").click()
        says(page, "20 U in 5 sites")


def test_findings_are_live_and_open_to_their_source(opened):
    with opened() as (page, _):
        ready(page)
        finding = page.locator(".pl-finding", has_text="Platelet inhibitor")
        finding.locator("summary").click()
        assert "Source" not in finding.inner_text()  # the source itself, not a heading
        assert finding.locator("a").count() + len(finding.locator(".quiet").all_inner_texts()) > 0
        page.get_by_label("Age [y]").fill("12")
        page.wait_for_selector(".pl-finding.stop, .pl-finding.caution")


def test_a_stop_is_set_aside_by_a_written_reason(opened):
    with opened() as (page, _):
        ready(page)
        page.get_by_label("Conditions").click()
        page.get_by_label("Conditions").fill("infection at")
        page.get_by_role("option", name="Infection at site").click()
        page.wait_for_selector(".pl-finding.stop")
        page.keyboard.press("Escape")
        page.get_by_label(re.compile("Reason why this stop")).fill("treated last week and healed")
        page.get_by_label(re.compile("Reason why this stop")).press("Tab")
        page.wait_for_function(
            "document.querySelector('.pl-finding.stop').innerHTML.includes('treated last week')"
        )


def test_a_plan_saved_is_the_plan_opened(opened, tmp_path):
    with opened() as (page, _):
        ready(page)
        page.mouse.click(*skin(page, 0.62, 0.25))
        says(page, "24 U in 6 sites")
        with page.expect_download() as saved:
            page.get_by_role("button", name="Save").click()
        path = tmp_path / saved.value.suggested_filename
        saved.value.save_as(path)
        assert len(Plan.load(path).treatment.sites) == 6
        page.get_by_role("button", name="Undo").click()
        says(page, "20 U in 5 sites")
        page.set_input_files("input[type=file]", str(path))
        says(page, "24 U in 6 sites")


def test_a_bad_file_is_told_as_on_the_command_line_and_changes_nothing(opened, tmp_path):
    path = tmp_path / "bad.toml"
    text = DEMO_PLAN.read_text().replace("age_y = 46", "age_y = -3").replace("vial_u = 100", "")
    path.write_text(text)
    command = [sys.executable, "-m", "endplate", "check", str(path)]
    told = subprocess.run(command, capture_output=True, text=True, check=False).stderr
    with opened() as (page, _):
        ready(page)
        page.mouse.click(*skin(page, 0.62, 0.25))
        says(page, "24 U in 6 sites")
        page.set_input_files("input[type=file]", str(path))
        page.wait_for_selector(".pl-open-faults li")
        assert page.locator(".pl-open-faults li").all_inner_texts() == told.splitlines()
        says(page, "24 U in 6 sites")


def test_a_file_dropped_on_the_page_is_opened(opened):
    with opened() as (page, _):
        ready(page)
        text = DEMO_PLAN.read_text().replace(
            'protocol = "label"', 'protocol = "label"\ndose_u = 30'
        )
        page.evaluate(
            """text => {
                const data = new DataTransfer();
                data.items.add(new File([text], "other.toml"));
                const at = document.querySelector(".pl-face");
                const told = {dataTransfer: data, bubbles: true, cancelable: true};
                for (const type of ["dragover", "drop"])
                    at.dispatchEvent(new DragEvent(type, told));
            }""",
            text,
        )
        says(page, "30 U in 5 sites")


def test_a_reload_and_a_lost_connection_lose_nothing(opened):
    with opened() as (page, _):
        ready(page)
        page.mouse.click(*skin(page, 0.62, 0.25))
        says(page, "24 U in 6 sites")
        page.reload()
        says(page, "24 U in 6 sites")
        page.context.set_offline(True)
        page.mouse.click(*skin(page, 0.38, 0.25))
        page.wait_for_function("document.querySelectorAll('.pl-site').length === 7")
        assert "24 U" in page.locator("h1").inner_text()
        page.context.set_offline(False)
        says(page, "28 U in 7 sites")


def test_edits_that_a_lost_server_never_heard_are_done_by_the_next(chromium, serving):
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(120_000)  # on a machine that does much else
    page = context.new_page()
    with serving() as (address, port):
        page.goto(address)
        ready(page)
        page.mouse.click(*skin(page, 0.62, 0.25))
        says(page, "24 U in 6 sites")
    page.mouse.click(*skin(page, 0.38, 0.25))
    page.wait_for_function("document.querySelectorAll('.pl-site').length === 7")
    page.get_by_label("Age [y]").fill("57")
    page.get_by_label("Weight [kg]").fill("71")
    page.wait_for_function("sessionStorage.getItem('endplate.typed')?.includes('71')")
    with serving(port):
        page.wait_for_function(
            "document.querySelector('h1')?.innerText.includes('28 U in 7 sites')", timeout=40_000
        )
        page.wait_for_function(
            "JSON.parse(sessionStorage.getItem('endplate.desk')).plans[0].tables.patient.age_y"
            " === 57"
        )
        kept = page.evaluate("JSON.parse(sessionStorage.getItem('endplate.desk'))")
        assert kept["plans"][0]["tables"]["patient"]["weight_kg"] == 71
        assert page.evaluate("sessionStorage.getItem('endplate.typed')") is None
    context.close()


def test_a_new_patient_is_blank_and_undo_by_keys_brings_the_plan_back(opened):
    with opened() as (page, noted):
        ready(page)
        assert page.locator(".a-sample").is_visible()
        assert "Glabellar lines" in page.title()
        page.locator(".pl-bar").get_by_role("button", name="New patient").click()
        says(page, "New patient")
        assert page.locator(".a-sample").is_hidden()
        assert page.locator(SITE).count() == 0
        assert page.get_by_label("Age [y]").input_value() == ""
        faults = page.locator(".pl-faults").inner_text()
        assert "treatment." not in faults
        assert "protocol" not in faults
        page.locator("h1").click()
        page.keyboard.press("Control+z")
        says(page, "20 U in 5 sites")
        page.keyboard.press("Control+y")
        says(page, "New patient")
        page.get_by_role("button", name="Undo").click()
        says(page, "20 U in 5 sites")
        page.locator(".pl-bar").get_by_role("button", name="Clear").click()
        page.locator(".q-dialog").get_by_role("button", name="Clear").click()
        says(page, "New patient")
        page.reload()
        says(page, "New patient")
        assert (noted.outside, noted.errors) == ([], [])


def test_the_total_dose_stays_and_scales_sites_of_ones_own(opened):
    with opened() as (page, _):
        ready(page)
        page.mouse.click(*skin(page, 0.62, 0.25))
        says(page, "24 U in 6 sites")
        total = page.get_by_label("Total dose [U]")
        assert total.input_value() == "24"
        total.fill("48")
        says(page, "48 U in 6 sites")


def test_a_stop_is_seen_above_everything_on_every_page(opened, lay_out):
    tables = Draft.of_plan(Plan.load(DEMO_PLAN)).tables
    tables["patient"]["conditions"] = ["infection_at_site"]
    workspace = Workspace.with_plan(Plan.from_tables(tables, "stopped"))
    with opened() as (page, noted):
        lay_out(page, workspace)
        for name in ("Plan", "Forecast", "How it works", "Discuss", "Evidence"):
            link = page.get_by_role("navigation").get_by_role("link", name=name, exact=True)
            link.click()
            link.and_(page.locator("[aria-current]")).wait_for()
            stop = page.locator(".a-stop")
            stop.wait_for()
            assert "Infection" in stop.inner_text()
            # looked at once, where a page that still loads may have moved in between
            page.wait_for_function(
                """() => {
                    const [stop, title] = [".a-stop", "h1"].map(one => document.querySelector(one))
                    const [over, under] = [stop, title].map(one => one?.getBoundingClientRect())
                    return over?.height && under?.height && over.top < under.top
                }"""
            )
        assert noted.errors == []


@pytest.mark.parametrize(("size", "most_px"), [((1024, 768), 320), ((360, 780), 420)])
def test_the_chart_comes_first_and_few_stops_of_tab_lead_to_it(opened, size, most_px):
    with opened("/", size) as (page, _):
        ready(page)
        assert page.locator(".pl-face").bounding_box()["y"] <= most_px
        page.evaluate("document.activeElement.blur()")
        for _ in range(8):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.textContent") == "Skip to the chart":
                page.keyboard.press("Enter")
            if page.evaluate("!!document.activeElement.closest('.pl-site')"):
                break
        assert page.evaluate("!!document.activeElement.closest('.pl-site')")


@pytest.mark.parametrize("size", [(1440, 900), (1024, 768), (360, 780)])
def test_what_is_pressed_is_large_enough_for_a_finger(opened, size):
    with opened("/", size) as (page, _):
        ready(page)
        small = page.evaluate(
            """[...document.querySelectorAll('main button, main .q-field__control')]
            .filter((e) => e.offsetParent && !e.closest('.q-chip, .q-field__append'))
            .filter((e) => e.getBoundingClientRect().height < 43.5)
            .map((e) => e.outerHTML.slice(0, 160))"""
        )
        assert small == []


def test_a_link_carries_the_plan_and_the_server_never_sees_it(opened, chromium, served):
    with opened() as (page, _):
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        ready(page)
        page.mouse.click(*skin(page, 0.62, 0.25))
        says(page, "24 U in 6 sites")
        page.get_by_role("button", name="Copy link").click()
        page.wait_for_selector(".q-notification")
        link = page.evaluate("navigator.clipboard.readText()")
        assert "#desk=" in link
    context = chromium.new_context()
    context.set_default_timeout(120_000)  # on a machine that does much else
    page, asked = context.new_page(), []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(link)
    says(page, "24 U in 6 sites")
    assert not any("desk=" in url for url in asked)
    context.close()


def test_an_address_opens_a_plan_beside_the_others(opened):
    with opened("/?indication=migraine&product=Botox&age_y=40") as (page, _):
        says(page, "155 U in 31 sites")
        assert page.locator(".pl-plans button[aria-pressed]").count() == 2
        page.get_by_role("button", name=re.compile("Head: back")).click()
        page.wait_for_function("document.querySelectorAll('.pl-site').length === 16")
        page.reload()
        says(page, "155 U in 31 sites")
        assert page.locator(".pl-plans button[aria-pressed]").count() == 2


def test_markup_in_a_name_stays_text(opened, lay_out):
    hostile = '<img src=x onerror="window.hit=1"><b>{{7*7}}</b>'
    tables = Draft.of_plan(Plan.load(DEMO_PLAN)).tables
    tables["patient"]["conditions"] = [hostile]
    with opened() as (page, noted):
        lay_out(page, Workspace.with_plan(Plan.from_tables(tables, hostile)))
        for path in ("/", "/forecast", "/discuss", "/how-it-works"):
            page.goto(page.url.split("/", 3)[0] + "//" + page.url.split("/", 3)[2] + path)
            page.wait_for_selector("h1")
            page.wait_for_timeout(1500)
            assert page.locator("img[src=x]").count() == 0
            assert page.evaluate("window.hit") is None
        assert noted.errors == []
