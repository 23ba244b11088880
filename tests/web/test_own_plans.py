"""Plans of one's own for neck and arm: what they take, told in taps and keys, in a real browser."""

import re

import pytest

pytestmark = pytest.mark.browser

# Taps and keys since the page was opened, as a person makes them.
COUNT = """
window.made = {taps: 0, keys: 0};
addEventListener("pointerdown", () => (window.made.taps += 1), true);
addEventListener("keydown", (e) => e.isTrusted && (window.made.keys += 1), true);
"""
# Before the table: 31 taps and 28 keys for the neck; other charting programs need 18 to 24 in all.
MOST_IN_ALL = 24
COMPILED_WITHIN_MS = 600_000  # on a machine that does much else


def new_plan(page, use: str) -> None:
    """A blank patient, what is treated, and none of the label's sites."""
    page.wait_for_selector(".pl-site")
    page.wait_for_function("sessionStorage.getItem('endplate.desk')")
    page.evaluate(COUNT)
    page.locator(".pl-bar").get_by_role("button", name="New patient").click()
    page.wait_for_function("document.querySelectorAll('.pl-site').length === 0")
    page.get_by_label("What is treated").click()
    page.get_by_role("option", name=use, exact=True).click()
    page.wait_for_selector(".dt-dose.on")
    page.get_by_role("button", name="Remove all").click()
    page.wait_for_function("!document.querySelector('.dt-dose.on')")


def cell(page, muscle: str, side: str):
    return page.get_by_label(f"{muscle}, {side}, units", exact=True)


def given(page) -> list[tuple]:
    """Muscle, side and dose of every site, as the browser stores the plan."""
    stored = page.evaluate("JSON.parse(sessionStorage.getItem('endplate.desk'))")
    sites = stored["plans"][stored["at"]]["tables"]["treatment"]["site"]
    return sorted((site["muscle"], site["side"], site["dose_u"]) for site in sites)


def says(page, words: str) -> None:
    page.wait_for_function(
        "words => document.querySelector('h1').innerText.includes(words)", arg=words
    )


def test_a_plan_for_the_neck_takes_few_taps_and_keys(opened):
    """The head turned to the left: the right sternocleidomastoid, three muscles of the left."""
    with opened() as (page, noted):
        new_plan(page, "Cervical dystonia")
        cell(page, "Splenius capitis", "left").click()
        page.keyboard.type("80")
        cell(page, "Sternocleidomastoid", "right").click()
        page.keyboard.type("50")
        cell(page, "Levator scapulae", "left").click()
        page.keyboard.type("40")
        page.keyboard.press("Enter")
        page.keyboard.type("30x1")
        page.keyboard.press("Enter")
        says(page, "200 U in 7 sites")
        made = page.evaluate("window.made")
        assert given(page) == [
            ("levator_scapulae", "left", 20),
            ("levator_scapulae", "left", 20),
            ("splenius_capitis", "left", 40),
            ("splenius_capitis", "left", 40),
            ("sternocleidomastoid", "right", 25),
            ("sternocleidomastoid", "right", 25),
            ("trapezius", "left", 30),
        ]
        assert made["taps"] + made["keys"] <= MOST_IN_ALL, made
        assert noted.errors == []


def test_a_plan_for_an_arm_takes_few_taps_and_keys(opened):
    with opened() as (page, noted):
        new_plan(page, "Upper limb spasticity")
        cell(page, "Biceps brachii", "left").click()
        page.keyboard.type("100x4")
        cell(page, "Flexor carpi radialis", "left").click()
        for dose_u in ("40", "30", "30"):  # down the column: radialis, ulnaris, profundus
            page.keyboard.type(dose_u)
            page.keyboard.press("Enter")
        says(page, "200 U in 7 sites")
        made = page.evaluate("window.made")
        assert [one for one in given(page) if one[0] == "biceps_brachii"] == [
            ("biceps_brachii", "left", 25)
        ] * 4
        assert made["taps"] + made["keys"] <= MOST_IN_ALL, made
        page.wait_for_selector(".pl-site")  # the chart has turned to the arm that is treated
        assert "left" in page.locator(".pl-views [aria-pressed=true]").inner_text()
        assert noted.errors == []


def test_what_is_no_dose_is_refused_in_one_sentence(opened):
    with opened("/?indication=cervical_dystonia&product=Botox") as (page, _):
        says(page, "in 8 sites")
        field = cell(page, "Trapezius", "right")
        field.fill("much")
        field.press("Enter")
        assert "no dose" in page.locator(".dt-fault").inner_text()
        field.fill("0")
        field.press("Enter")
        says(page, "in 6 sites")
        field.fill("50x3")
        field.press("Enter")
        says(page, "in 9 sites")
        assert sorted(dose for muscle, _, dose in given(page) if muscle == "trapezius") == [
            16, 17, 17,
        ]  # fmt: skip


def test_a_tap_picks_the_muscle_under_the_finger_and_its_dose_is_set_at_the_dot(opened):
    with opened("/?indication=cervical_dystonia&product=Botox") as (page, noted):
        says(page, "in 8 sites")
        page.get_by_role("button", name="Remove all").click()
        page.wait_for_function("document.querySelectorAll('.pl-site').length === 0")
        box = page.locator(".pl-face").bounding_box()
        # over the sternocleidomastoid, which the platysma covers
        page.mouse.click(box["x"] + 0.69 * box["width"], box["y"] + 0.52 * box["height"])
        page.wait_for_function(
            "document.querySelector('.pl-site-words').innerText.startsWith('Sternocleidomastoid')"
        )
        assert "10 mm deep" in page.locator(".pl-site-words").inner_text()
        pad = page.locator(".pl-pad")
        assert pad.is_visible()
        page.keyboard.type("25")
        page.keyboard.press("Enter")
        says(page, "25 U in 1 site")
        pad.get_by_role("button", name="More units").click()
        says(page, "26 U in 1 site")
        pad.get_by_role("button", name="Remove the site").click()
        page.wait_for_function("document.querySelectorAll('.pl-site').length === 0")
        assert noted.errors == []


def test_sites_on_one_place_can_be_told_apart(opened):
    with opened("/?indication=upper_limb_spasticity&product=Botox") as (page, _):
        page.wait_for_selector(".pl-site")
        cell(page, "Flexor carpi radialis", "right").fill("60x4")
        page.keyboard.press("Enter")
        page.wait_for_function(
            "[...document.querySelectorAll('.dt-sites')].some((e) => e.value === '4')"
        )
        circles = page.evaluate(
            """[...document.querySelectorAll('.pl-site circle.site')].map((e) => {
                const box = e.getBoundingClientRect();
                return [box.x + box.width / 2, box.y + box.height / 2, box.width / 2];
            })"""
        )
        assert len(circles) >= 4
        for i, (x, y, r) in enumerate(circles):
            for other_x, other_y, other_r in circles[:i]:
                assert ((x - other_x) ** 2 + (y - other_y) ** 2) ** 0.5 >= 0.97 * (r + other_r)


def test_a_newcomer_comes_to_a_forecast_of_an_own_plan_as_the_readme_says(opened, root):
    """Its numbered steps, with the words they stand in bold with, and under nine clicks."""
    text = (root / "README.md").read_text(encoding="utf-8")
    steps = re.findall(r"^\d\. (.*)$", text, re.MULTILINE)[:5]
    named = [re.findall(r"\*\*([^*]+)\*\*", step) for step in steps]
    (new,), (treated, use), (product, chosen), (table,), (forecast,) = named
    with opened() as (page, noted):
        page.wait_for_selector(".pl-site")
        page.wait_for_function("sessionStorage.getItem('endplate.desk')")
        page.evaluate(COUNT)
        page.locator(".pl-bar").get_by_role("button", name=new).click()
        says(page, "New patient")
        page.get_by_label(treated).click()
        page.get_by_role("option", name=use, exact=True).click()
        says(page, use)
        page.get_by_label(product, exact=True).click()
        page.get_by_role("option", name=chosen, exact=True).click()
        says(page, chosen[0].lower() + chosen[1:])
        page.locator("section", has=page.get_by_role("heading", name=table)).locator(
            ".dt-dose"
        ).first.click()
        page.keyboard.type("100")
        page.keyboard.press("Enter")
        page.wait_for_function("document.querySelector('.dt-dose').value === '100'")
        page.get_by_role("navigation").get_by_role("link", name=forecast, exact=True).click()
        page.wait_for_function("document.querySelector('h1').innerText === 'Forecast'")
        # the first forecast of a kind of plan is compiled
        page.wait_for_selector(".fc-body:not(.waiting) .fc-group", timeout=COMPILED_WITHIN_MS)
        assert page.evaluate("window.made.taps") <= 8
        assert noted.errors == []


def test_two_tabs_keep_their_own_plans(chromium, served):
    context = chromium.new_context(viewport={"width": 1440, "height": 900})
    context.set_default_timeout(120_000)
    first, second = context.new_page(), context.new_page()
    totals = ("22", "30")
    for page in (first, second):
        page.goto(served)
        page.wait_for_selector(".pl-site")
        page.wait_for_function("sessionStorage.getItem('endplate.desk')")
    for page, total_u in zip((first, second), totals, strict=True):
        page.get_by_label("Total dose [U]").fill(total_u)
        says(page, f"{total_u} U in 5 sites")
    first.wait_for_selector(".q-notification:has-text('Another tab')")
    for page, total_u in zip((first, second), totals, strict=True):
        page.reload()
        says(page, f"{total_u} U in 5 sites")
    context.close()
