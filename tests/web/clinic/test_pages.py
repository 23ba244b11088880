"""The pages: a treatment from the clearance to the signature, and hostile text shown harmless."""

from datetime import timedelta
from html.parser import HTMLParser

import pytest

from clinic_cases import PRODUCT, USE, plan, today
from endplate.clinic import charts, patients, stock
from endplate.clinic.store import audit
from endplate.clinic.store.instant import now

HOSTILE = """'"><script>alert(1)</script>'; DROP TABLE patients; --{{7*7}}"""


class Forms(HTMLParser):
    """Tags of a page, and whether every field has a name to read out."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.inside_label = 0
        self.unlabelled: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.inside_label += tag == "label"
        hidden = dict(attrs).get("type") == "hidden"
        if tag in {"input", "select", "textarea"} and not hidden and not self.inside_label:
            self.unlabelled.append(str(attrs))

    def handle_endtag(self, tag):
        self.inside_label -= tag == "label"


def shown(response) -> str:
    assert response.status_code == 200, response.text
    page = Forms(response.text)
    assert page.unlabelled == []
    assert "script" not in page.tags
    assert page.tags.count("h1") == 1
    policy = response.headers["content-security-policy"]
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert response.headers["cache-control"] == "no-store"
    return response.text


def test_a_treatment_on_the_pages(served_clinic, visitor):
    clinic, _ = served_clinic
    ines = visitor("ines")
    made = ines.post(
        "/clinic/patients", family_name="Okafor", given_name="Ngozi", birth_date="1985-02-03",
        record_number="N-77", sex="female",
    )  # fmt: skip
    home = made.headers["location"]
    assert "Okafor" in shown(ines.get(home))
    ines.post(f"{home}/plans", plan=plan().dumps())
    told = shown(ines.get(home))
    assert "nobody cleared this person for glabellar_lines" in told
    refused = ines.post(f"{home}/charts", plan_id="2")
    assert refused.status_code == 422
    assert "blocked (no_clearance)" in refused.text
    ines.post(
        f"{home}/clearances", indication=USE, mode="in_person", history="none",
        examination="frown 3", contraindications="none", allowed="20 U",
        examined_on=str(today()), expires_on=str(today()),
    )  # fmt: skip
    ines.post(
        f"{home}/consents", indication=USE, text_version="1", text="I agree.",
        given_on=str(today()),
    )  # fmt: skip
    ines.post(f"{home}/appointments", indication=USE, day=str(today()), time="09:30")
    day = shown(ines.get("/clinic"))
    assert "Okafor, Ngozi" in day
    assert "20 U of onabotulinumtoxinA" in day
    opened = ines.post(f"{home}/charts", plan_id="2")
    chart = opened.headers["location"]
    assert "Not signed" in shown(ines.get(chart))
    given = ines.post(f"{chart}/sites", vial_id=str(clinic.vials[0]), site=list("01234"),
                      guidance="anatomical")  # fmt: skip
    assert given.status_code == 303
    page = shown(ines.get(chart))
    assert "Given: 20 U" in page
    assert "C1234C3" in page
    assert ines.post(f"{chart}/sign").status_code == 303
    assert "<strong>Signed</strong>" in shown(ines.get(chart))
    assert ines.post(f"{chart}/sites", vial_id="1", site="0").status_code == 422
    ines.post(f"{chart}/addenda", text="Ice was given.")
    assert "Ice was given." in shown(ines.get(chart))
    ines.post(f"{home}/follow-ups", kind="scale", endpoint=USE, value="1",
              observed_on=str(today()), treatment_id="1")  # fmt: skip
    ines.post(f"{home}/side-effects", term="bruise", started_on=str(today()),
              outcome="recovering", treatment_id="1")  # fmt: skip
    told = shown(ines.get(home))
    assert "side effect: bruise, recovering" in told
    assert "scale: glabellar lines 1" in told
    with clinic.database.reading() as connection:
        assert stock.reconcile(connection) == []
        assert audit.verify(connection).whole


def test_every_page_is_shown(visitor):
    for name, paths in (
        (
            "ines",
            ("/clinic", "/clinic/patients", "/clinic/stock", "/clinic/due", "/clinic/password"),
        ),
        ("otto", ("/clinic", "/clinic/stock", "/clinic/audit")),
        ("ada", ("/clinic", "/clinic/audit")),
        (None, ("/clinic/sign-in",)),
    ):
        caller = visitor(name)
        for path in paths:
            shown(caller.get(path))
    recalled = visitor("otto").post("/clinic/recall", lot="C1234C3")
    assert "0 treatments; vials in stock: 1, 2, 3" in shown(recalled)


def test_the_stock_is_kept_on_its_page(served_clinic, visitor):
    clinic, _ = served_clinic
    anna = visitor("anna")
    got = anna.post("/clinic/stock", product="Botox", content_u="50", lot="zz 9",
                    expires_on="2027-05-31", count="2", form="powder")  # fmt: skip
    assert got.status_code == 303
    anna.post("/clinic/stock/5/open", diluent_ml="1.25")
    anna.post("/clinic/stock/5/discard", reason="broken", note="fell")
    page = shown(anna.get("/clinic/stock"))
    assert "ZZ9" in page
    with clinic.database.reading() as connection:
        assert stock.vial_row(connection, 5)["state"] == "discarded"
        assert stock.reconcile(connection) == []


def test_a_lot_is_scanned_or_typed(served_clinic, visitor):
    """The vial of a lot is drawn from, whichever one stands first in the list."""
    clinic, _ = served_clinic
    with clinic.database.writing("console:test") as tx:
        (other,) = stock.receive(tx, PRODUCT, 100, "D9", today() + timedelta(days=90))
        stock.open_vial(tx, other, 2.5)
    ines, chart = visitor("ines"), clinic.open()
    path, first = f"/clinic/charts/{chart}/sites", str(clinic.vials[0])
    assert 'name="lot"' in shown(ines.get(f"/clinic/charts/{chart}"))
    code = "01003002311450161727053110D9"
    for place, lot in enumerate(("d9", f"]d2{code}", f"{code}\x1d21778", "", "C1234C3")):
        assert ines.post(path, vial_id=first, lot=lot, site=str(place)).status_code == 303
    with clinic.database.reading() as connection:
        given = [site["vial_id"] for site in charts.chart_of(connection, chart).sites]
    assert given == [other, other, other, clinic.vials[0], clinic.vials[0]]
    unknown = ines.post(path, vial_id=first, lot="E1", site="0")
    assert unknown.status_code == 422
    assert "no vial of lot E1 of onabotulinumtoxinA is in stock" in unknown.text


def test_hostile_text_is_shown_harmless_in_every_field(served_clinic, visitor):
    clinic, _ = served_clinic
    ines, here = visitor("ines"), f"/clinic/patients/{clinic.subject}"
    made = ines.post("/clinic/patients", family_name=HOSTILE, given_name=HOSTILE,
                     birth_date="1985-02-03", record_number=HOSTILE[:60], sex="")  # fmt: skip
    pages = [ines.get(made.headers["location"]), ines.post("/clinic/find", words=HOSTILE[:9])]
    forms = {
        f"{here}/clearances": {
            "indication": USE, "mode": "video", "history": HOSTILE, "examination": HOSTILE,
            "contraindications": HOSTILE, "allowed": HOSTILE, "examined_on": str(today()),
            "expires_on": str(today()),
        },
        f"{here}/consents": {"indication": USE, "text_version": HOSTILE[:60], "text": HOSTILE,
                             "given_on": str(today())},
        f"{here}/follow-ups": {"kind": "scale", "endpoint": USE, "value": "1",
                               "observed_on": str(today()), "note": HOSTILE},
        f"{here}/side-effects": {"term": HOSTILE, "started_on": str(today()),
                                 "outcome": "unknown", "note": HOSTILE},
        "/clinic/stock": {"product": "Botox", "content_u": "50", "lot": "<b>'\"--",
                          "expires_on": "2027-05-31", "count": "1", "form": "powder"},
    }  # fmt: skip
    for path, fields in forms.items():
        assert ines.post(path, **fields).status_code == 303, path
    chart = clinic.open()
    site = clinic.give(chart, planned_site=0)
    ines.post(f"/clinic/charts/{chart}/untick", site_id=str(site), why=HOSTILE)
    clinic.give(chart, planned_site=1)
    clinic.sign(chart)
    ines.post(f"/clinic/charts/{chart}/addenda", text=HOSTILE)
    pages += [ines.get(path) for path in (here, f"/clinic/charts/{chart}", "/clinic/stock")]
    for wrong in ({"indication": HOSTILE}, {"mode": HOSTILE}, {"expires_on": HOSTILE}):
        fields = forms[f"{here}/clearances"] | wrong
        got = ines.post(f"{here}/clearances", **fields)
        assert got.status_code == 422
        assert "<script>" not in got.text
    for page in pages:
        told = shown(page)
        assert "<script>" not in told
        assert "<b>" not in told
        assert "49" not in told.replace("2049", "") or "{{7*7}}" in told
    with clinic.database.reading() as connection:
        assert len(patients.find(connection, HOSTILE[:9])) == 1
        assert audit.verify(connection).whole


class Fields(HTMLParser):
    """Every form of a page: its address, and its fields with what stands in them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.forms: list[tuple[str, dict[str, str], set[str]]] = []
        self.choice = ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        own = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.forms.append((own.get("action", ""), {}, set()))
        if tag == "option" and self.choice:
            self.forms[-1][1].setdefault(self.choice, own.get("value", "injector"))
        name = own.get("name", "")
        if not name or not self.forms or tag not in {"input", "select", "textarea"}:
            return
        _, values, free = self.forms[-1]
        self.choice = name if tag == "select" else ""
        if tag == "textarea" or (tag == "input" and own.get("type", "text") in ("text", "search")):
            free.add(name)
        if tag != "select":
            values.setdefault(name, own.get("value") or str(today()))


def test_no_text_field_of_any_form_shows_or_runs_what_is_typed(served_clinic, visitor):
    """Found on the pages themselves, so that a new field is tried too; one field at a time."""
    clinic, _ = served_clinic
    chart = clinic.open()
    clinic.give(chart, planned_site=0)
    here = f"/clinic/patients/{clinic.subject}"
    pages = ("/clinic", "/clinic/patients", here, f"/clinic/charts/{chart}", "/clinic/stock")
    ines, tried = visitor("ines"), set()
    for page in pages:
        for action, values, free in Fields(ines.get(page).text).forms:
            if action.endswith(("/sign-out", "/sign", "/password", "/photos")):
                continue
            for name in sorted(free):
                sent = {key: value for key, value in values.items() if key != "form_token"}
                got = ines.post(action, **{**sent, name: HOSTILE})
                assert got.status_code in {200, 303, 400, 422}, (action, name, got.text)
                assert "<script>" not in got.text, (action, name)
                tried.add((action.rsplit("/", 1)[-1], name))
        assert "<script>" not in ines.get(page).text
    assert {("sites", "lot"), ("sites", "reason"), ("recall", "lot"), ("plans", "plan")} <= tried
    assert len(tried) > 15
    with clinic.database.reading() as connection:
        assert audit.verify(connection).whole
        assert stock.reconcile(connection) == []


@pytest.mark.parametrize("path", ["patients/none", "charts/9", "charts/x", "charts/9e9"])
def test_what_is_not_there_is_told_without_a_traceback(visitor, path):
    got = visitor("ines").get(f"/clinic/{path}")
    assert got.status_code == 422
    assert "Traceback" not in got.text


def test_no_patient_stands_in_an_address(served_clinic, visitor):
    clinic, _ = served_clinic
    page = shown(visitor("ines").post("/clinic/find", words="Riv"))
    assert f"/clinic/patients/{clinic.subject}" in page
    assert len(clinic.subject) == 32
    for secret in ("Rivera", "R-1001", "1980"):
        assert secret not in clinic.subject


def test_a_chart_of_twenty_units_takes_nine_taps(served_clinic, visitor):
    """Day, patient, open the chart, five sites, record, sign: the lot is the first of the list."""
    clinic, _ = served_clinic
    with clinic.database.writing("anna") as tx:
        patients.book(tx, clinic.subject, now().date(), "10:00", USE)
    ines = visitor("ines")
    taps = 0

    def tap(response):
        nonlocal taps
        taps += 1
        return response

    day = shown(ines.get("/clinic"))
    assert f'href="/clinic/patients/{clinic.subject}"' in day
    tap(shown(ines.get(f"/clinic/patients/{clinic.subject}")))
    chart = tap(ines.post(f"/clinic/patients/{clinic.subject}/charts", plan_id="1"))
    where = chart.headers["location"]
    page = shown(ines.get(where))
    first = page.split('<option value="')[1].split('"')[0]
    assert first == str(clinic.vials[0])
    sites = [tap(str(number)) for number in range(page.count('name="site"'))]
    tap(ines.post(f"{where}/sites", vial_id=first, site=sites, guidance="anatomical"))
    tap(ines.post(f"{where}/sign"))
    assert "<strong>Signed</strong>" in ines.get(where).text
    assert "Given: 20 U" in ines.get(where).text
    assert taps <= 12
