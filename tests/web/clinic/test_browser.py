"""The clinic in a real browser: a whole treatment, every page at every width, the planner."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import pytest

from clinic_cases import USE, made, plan, today
from endplate.clinic import patients, people, stock
from endplate.clinic.sign_in import set_password
from endplate.clinic.store import audit, schema
from endplate.clinic.store.database import Database, prepare_file

pytestmark = pytest.mark.browser

PASSWORD = "correct horse battery"
SIZES = ((360, 780), (1024, 768), (1440, 900))
MAY_TAKE_MS = 60_000


@dataclass
class Site:
    """A served clinic: its address, and its records."""

    address: str
    database: Database
    subject: str
    fresh_vial: int


@pytest.fixture(scope="module")
def site(serving, tmp_path_factory) -> Iterator[Site]:
    path = tmp_path_factory.mktemp("served") / "clinic.db"
    database = Database.connect(str(path))
    prepare_file(database)
    schema.migrate(database)
    clinic = made(database)
    with database.writing("console:test") as tx:
        for name in ("ines", "otto"):
            set_password(tx, people.require_user(tx.connection, name), PASSWORD)
        patients.book(tx, clinic.subject, today(), "10:15", USE)
        stock.open_vial(tx, clinic.vials[1], 2.5)
        patients.assess(tx, clinic.subject, USE, USE, 3, today(), "investigator")
    clinic.signed(sites=5)
    with database.writing("ines") as tx:
        for days, grade in ((14, 1), (30, 1), (90, 2)):
            on = today() + timedelta(days=days)
            patients.follow_up(tx, clinic.subject, "scale", USE, grade, on, 1)
        patients.side_effect(tx, clinic.subject, "bruise", today(), "recovered")
    with serving(0, "--clinic", "--database", str(path)) as (address, _):
        yield Site(address, database, clinic.subject, clinic.vials[1])


@pytest.fixture
def entered(chromium, site):
    """Signs in: `entered("ines", size, scheme)` is a page on the day."""
    contexts = []

    def enter(name: str, size=SIZES[0], scheme="light"):
        view = {"width": size[0], "height": size[1]}
        context = chromium.new_context(viewport=view, color_scheme=scheme)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(MAY_TAKE_MS)
        page.goto(f"{site.address}/clinic")
        assert page.url.endswith("/clinic/sign-in")
        page.get_by_label("Name").fill(name)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/clinic")
        return page

    yield enter
    for context in contexts:
        context.close()


def form(page, button: str):
    """The form that a button sends."""
    return page.locator("form", has=page.get_by_role("button", name=button, exact=True))


def unfolded(page, name: str) -> None:
    page.locator("summary", has_text=name).first.click()


def test_a_treatment_from_the_day_to_the_signature(entered, site):
    page = entered("ines")
    page.get_by_role("link", name="Patients").click()
    sent = form(page, "Register")
    for label, text in (("Family name", "Okafor"), ("Given name", "Ngozi"),
                        ("Birth date", "1985-02-03"), ("Record number", "N-77")):  # fmt: skip
        sent.get_by_label(label).fill(text)
    sent.get_by_role("button").click()
    page.get_by_role("heading", name="Okafor, Ngozi").wait_for()
    home, subject = page.url, page.url.rpartition("/")[2]
    unfolded(page, "Clearance")
    sent = form(page, "Record the clearance")
    sent.locator("[name=indication]").select_option(USE)
    sent.get_by_label("Valid until").fill(str(today() + timedelta(days=90)))
    for label in ("History", "Examination of the area", "Contraindications", "What is allowed"):
        sent.get_by_label(label).fill("nothing of note")
    sent.get_by_role("button").click()
    page.get_by_text("cleared for glabellar lines").wait_for()
    unfolded(page, "Consent")
    sent = form(page, "Record the consent")
    sent.locator("[name=indication]").select_option(USE)
    sent.get_by_label("Version of the text").fill("2026-01")
    sent.get_by_label("Text that was agreed to").fill("I agree.")
    sent.get_by_role("button").click()
    page.get_by_text("consented: glabellar lines").wait_for()
    page.locator("summary").get_by_text("Plan", exact=True).click()
    sent = form(page, "Keep the plan")
    sent.get_by_label("Plan file").fill(plan().dumps())
    sent.get_by_role("button").click()
    page.get_by_role("button", name="Open the chart").click()
    page.get_by_role("heading", name="Give", exact=True).wait_for()
    # the first one served another person
    page.locator("[name=vial_id]").select_option(str(site.fresh_vial))
    boxes = page.get_by_role("checkbox")
    for number in range(boxes.count()):
        boxes.nth(number).check()
    page.get_by_role("button", name="Record as given").click()
    page.get_by_role("heading", name="Given: 20 U").wait_for()
    page.get_by_role("button", name="Sign", exact=True).click()
    page.get_by_text("Signed", exact=True).wait_for()
    page.goto(home)
    page.get_by_text("what to expect").wait_for()
    with site.database.reading() as connection:
        assert audit.verify(connection).whole
    assert subject not in page.title()


def test_the_stock_is_received_opened_and_discarded(entered):
    page = entered("ines", SIZES[1])
    page.get_by_role("link", name="Stock").click()
    sent = form(page, "Receive")
    sent.get_by_label("Product").select_option("prabotulinumtoxinA")
    sent.get_by_label("Lot").fill("JE 77")
    sent.get_by_label("Expires on").fill(str(today() + timedelta(days=300)))
    sent.get_by_role("button").click()
    row = page.locator("tr", has_text="JE77")
    row.locator("summary", has_text="Open").click()
    row.get_by_role("button", name="Open vial").click()
    page.locator("tr", has_text="JE77").get_by_text("open", exact=False).first.wait_for()
    row.locator("summary", has_text="Discard").click()
    row.get_by_role("button", name="Discard vial").click()
    page.wait_for_url("**/clinic/stock")
    assert page.locator("tr", has_text="JE77").count() == 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", SIZES, ids=lambda size: str(size[0]))
def test_every_page_is_readable_at_every_width(entered, site, serious, fits, size, scheme):
    faults = []
    for name, paths in (
        (
            "ines",
            (
                "",
                "/patients",
                f"/patients/{site.subject}",
                "/charts/1",
                "/stock",
                "/due",
                "/password",
            ),
        ),
        ("otto", ("/audit",)),
    ):
        page = entered(name, size, scheme)
        for path in paths:
            page.goto(f"{site.address}/clinic{path}")
            if "/patients/" in path:
                _until_drawn(page)
            for fold in page.locator("summary").all():
                fold.click()
            faults += [f"{path}: {one}" for one in serious(page)]
            faults += [f"{path}: {fits(page)} px too wide"] if fits(page) > 0 else []
    assert faults == []


def _until_drawn(page) -> None:
    for _ in range(120):
        if page.locator("svg[role=img]").count():
            return
        page.wait_for_timeout(500)
        page.get_by_role("link", name="Look again").click()
    raise AssertionError("no picture came")


def test_the_sign_in_is_readable(chromium, site, serious, fits):
    context = chromium.new_context(viewport={"width": 360, "height": 780})
    page = context.new_page()
    page.goto(f"{site.address}/clinic/sign-in")
    assert serious(page) == []
    assert fits(page) <= 0
    context.close()


def test_the_planner_works_behind_the_sign_in(entered, site):
    page = entered("ines", SIZES[2])
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    sockets = []
    page.on("websocket", lambda socket: sockets.append(socket.url))
    page.goto(f"{site.address}/")
    page.wait_for_selector("main")
    # the page is filled through its socket
    page.wait_for_function("sessionStorage.getItem('endplate.desk')")
    assert sockets
    assert errors == []
    page.goto(f"{site.address}/clinic")
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/clinic/sign-in")
    page.goto(f"{site.address}/")
    assert page.url.endswith("/clinic/sign-in")
