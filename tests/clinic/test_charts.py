"""Who may give what: every block, with its reason, and what a signature keeps."""

from datetime import timedelta

import pytest
from sqlalchemy import text

from clinic_cases import PATIENT, PRODUCT, USE, clear, plan, today
from endplate.clinic import charts, patients, people, stock
from endplate.clinic.store import audit
from endplate.clinic.store.instant import now
from endplate.errors import NotAllowed, RecordError

REASON = "Neurologist agreed in writing on this very day."


def test_a_treatment_from_plan_to_signature(clinic):
    """The patient's plan, ticked off site by site; each unit leaves the vial; the chart is kept."""
    sites = charts.planned_injections(plan())
    chart = clinic.open()
    for number, site in enumerate(sites):
        with clinic.database.writing("ines") as tx:
            given = charts.GivenSite(
                clinic.vials[0], site.indication, site.muscle, site.side, site.dose_u,
                site.volume_ml, guidance="anatomical", planned_site=number,
            )  # fmt: skip
            charts.give(tx, clinic.user_in(tx, "ines"), chart, given)
    assert clinic.sign(chart) == "signed"
    with clinic.database.reading() as connection:
        kept = charts.chart_of(connection, chart)
        assert kept.dose_u == pytest.approx(20.0)
        assert stock.vial_row(connection, clinic.vials[0])["left_milliunits"] == 80_000
        assert charts.altered_charts(connection) == []
        assert stock.reconcile(connection) == []
        assert audit.verify(connection).whole


def blocked(clinic, **more) -> str:
    with pytest.raises(NotAllowed) as refused:
        clinic.open(**more)
    with clinic.database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM treatments")).scalar() == 0
    return str(refused.value)


@pytest.mark.parametrize("name", ["ada", "anna", "otto"])
def test_only_an_injector_opens_a_chart(clinic, name):
    assert "blocked (role)" in blocked(clinic, name=name)


def test_a_credential_must_be_valid_on_the_day(clinic):
    with clinic.database.writing("ada") as tx:
        user = clinic.user_in(tx, "ines")
        people.add_credential(tx, user, USE, "old", "Board", today() - timedelta(days=1))
    assert "blocked (credential_expired)" in blocked(clinic)


def test_a_credential_is_for_one_use(clinic):
    with clinic.database.writing("ada") as tx:
        people.add_user(tx, "nora", "Nora", ["injector"])
        people.add_credential(
            tx, clinic.user_in(tx, "nora"), "chronic_migraine", "1", "Board",
            today() + timedelta(days=9),
        )  # fmt: skip
    assert "blocked (no_credential)" in blocked(clinic, name="nora")


def test_a_disabled_user_gives_nothing(clinic):
    with clinic.database.writing("ada") as tx:
        people.disable(tx, clinic.user_in(tx, "ines"))
    assert "blocked (role)" in blocked(clinic)


def test_a_clearance_must_still_be_valid(clinic):
    with clinic.database.writing("ines") as tx:
        stranger = patients.register(
            tx, patients.Identity("Lee", "Bo", PATIENT.birth_date, "R-2", None)
        )
        plan_id = charts.keep_plan(tx, stranger, plan())
    clinic.subject, clinic.plan_id = stranger, plan_id
    told = blocked(clinic)
    assert "blocked (no_clearance)" in told
    assert "blocked (no_consent)" in told
    with clinic.database.writing("ines") as tx:
        clear(tx, "ines", stranger, expires_on=today() - timedelta(days=1))
    assert "blocked (clearance_expired)" in blocked(clinic)


def test_a_withdrawn_consent_blocks(clinic):
    with clinic.database.writing("ines") as tx:
        (agreed,) = patients.consents_of(tx.connection, clinic.subject)
        patients.withdraw_consent(tx, agreed.id, today())
    assert "blocked (no_consent)" in blocked(clinic)


def test_an_unresolved_stop_blocks_until_a_reason_is_kept(clinic):
    with clinic.database.writing("ines") as tx:
        ill = plan(("infection_at_site",))
        plan_id = charts.keep_plan(tx, clinic.subject, ill)
        stops = charts.blocks_of_check(charts.check(ill))
    assert stops
    assert "blocked (unresolved_stop)" in blocked(clinic, plan_id=plan_id)
    assert "blocked (unresolved_stop)" in blocked(
        clinic, plan_id=plan_id, reasons={stops[0].key: "ok"}
    )
    chart = clinic.open(plan_id=plan_id, reasons={stop.key: REASON for stop in stops})
    with clinic.database.reading() as connection:
        rows = connection.execute(text("SELECT rule, reason FROM overrides")).all()
    assert {tuple(row) for row in rows} == {("unresolved_stop", REASON)}
    clinic.give(chart)
    assert clinic.sign(chart) == "signed"


def test_a_reason_for_nothing_is_told(clinic):
    with pytest.raises(RecordError, match="no such block"):
        clinic.open(reasons={"unresolved_stop:nothing": REASON})


def test_no_reason_sets_a_missing_credential_aside(clinic):
    assert "blocked (no_credential)" in blocked(
        clinic, name="ines", plan_id=migraine(clinic), reasons={"no_credential:x": REASON}
    )


def migraine(clinic) -> int:
    from endplate.case import Plan

    text_ = plan().dumps().replace("glabellar_lines", "chronic_migraine")
    text_ = text_.replace("chronic_migraine = 3", "headache_days_28d = 18")
    with clinic.database.writing("ines") as tx:
        return charts.keep_plan(tx, clinic.subject, Plan.loads(text_))


def give_blocked(clinic, chart, **more) -> str:
    with pytest.raises(NotAllowed) as refused:
        clinic.give(chart, **more)
    with clinic.database.reading() as connection:
        assert stock.reconcile(connection) == []
        assert connection.execute(text("SELECT count(*) FROM treatment_sites")).scalar() == 0
    return str(refused.value)


def test_a_vial_that_cannot_give_is_blocked(clinic):
    chart = clinic.open()
    assert "blocked (vial_unopened)" in give_blocked(clinic, chart, vial=clinic.vials[1])
    assert "blocked (vial_too_little)" in give_blocked(clinic, chart, dose_u=100.5)
    later = now() + timedelta(hours=25)
    assert "blocked (vial_over_time)" in give_blocked(clinic, chart, at=later)
    with clinic.database.writing("ines") as tx:
        stock.discard(tx, clinic.vials[0], "broken")
    assert "blocked (vial_gone)" in give_blocked(clinic, chart)


def test_a_vial_over_time_takes_a_reason_that_is_kept(clinic):
    chart, later = clinic.open(), now() + timedelta(hours=25)
    clinic.give(chart, at=later, reasons={f"vial_over_time:{clinic.vials[0]}": REASON})
    clinic.give(chart, at=later)  # the same vial, the same chart: said once
    with clinic.database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM overrides")).scalar() == 1


def test_an_expired_vial_is_neither_opened_nor_given(clinic):
    with clinic.database.writing("ines") as tx:
        (old,) = stock.receive(tx, PRODUCT, 100, "OLD", today() - timedelta(days=1))
        with pytest.raises(RecordError, match="expired"):
            stock.open_vial(tx, old, 2.5)
    chart = clinic.open()
    late = now() + timedelta(days=201)
    told = give_blocked(clinic, chart, at=late)
    assert "blocked (vial_expired)" in told


def test_a_vial_serves_one_person(clinic):
    clinic.give(clinic.open())
    with clinic.database.writing("ines") as tx:
        other = patients.register(
            tx, patients.Identity("Lee", "Bo", PATIENT.birth_date, "R-2", None)
        )
        clear(tx, "ines", other)
        plan_id = charts.keep_plan(tx, other, plan())
    clinic.subject = other
    chart = clinic.open(plan_id=plan_id)
    with pytest.raises(NotAllowed, match="vial_shared"):
        clinic.give(chart)


def test_a_supervised_injector_needs_the_supervisor(clinic):
    chart = clinic.open("tom")
    clinic.give(chart, "tom")
    with pytest.raises(NotAllowed, match="own_chart"):
        clinic.sign(chart, "sara")
    assert clinic.sign(chart, "tom") == "unsupervised"
    for name, rule in (("tom", "role"), ("ines", "role")):
        with pytest.raises(NotAllowed, match=rule):
            clinic.sign(chart, name)
    assert clinic.sign(chart, "sara") == "signed"


def test_a_signed_chart_takes_addenda_alone(clinic):
    chart = clinic.signed()
    with pytest.raises(RecordError, match="is signed; add an addendum"):
        clinic.give(chart)
    with pytest.raises(RecordError, match="is signed"), clinic.database.writing("x") as tx:
        tx.connection.execute(
            text(
                "INSERT INTO treatment_sites (treatment_id, vial_id, indication, muscle, side, "
                "dose_milliunits, volume_ul, recorded_at, recorded_by) "
                f"VALUES ({chart}, {clinic.vials[0]}, 'x', 'x', 'left', 1, 1, 'x', 'x')"
            )
        )
    with clinic.database.writing("ines") as tx:
        charts.add_to(tx, chart, "The left side was touched up.")
    with clinic.database.reading() as connection:
        assert charts.altered_charts(connection) == []


def test_a_site_ticked_by_mistake_goes_back(clinic):
    chart = clinic.open()
    site = clinic.give(chart, planned_site=0)
    with pytest.raises(RecordError, match="ticked off already"):
        clinic.give(chart, planned_site=0)
    with clinic.database.writing("ines") as tx:
        charts.untick(tx, clinic.user_in(tx, "ines"), site, "not given, the patient moved")
    with clinic.database.reading() as connection:
        assert stock.vial_row(connection, clinic.vials[0])["left_milliunits"] == 100_000
        assert stock.reconcile(connection) == []
        assert charts.chart_of(connection, chart).dose_u == 0
    with pytest.raises(RecordError, match="no site that was given"):
        clinic.sign(chart)
    clinic.give(chart, planned_site=0)
    assert clinic.sign(chart) == "signed"


def test_nothing_is_deleted_and_nothing_changed(clinic):
    clinic.signed()
    from endplate.clinic.store.tables import CHANGEABLE, RECORDS

    with clinic.database.reading() as connection:
        filled = [
            t
            for t in RECORDS
            if connection.execute(text(f"SELECT count(*) FROM {t.name}")).scalar()
        ]
    assert len(filled) >= 14
    for table in filled:
        fixed = [c.name for c in table.columns if c.name not in CHANGEABLE.get(table.name, ())]
        for statement in (
            f"DELETE FROM {table.name}",
            f"UPDATE {table.name} SET {fixed[-1]} = {fixed[-1]}",
        ):
            with (
                pytest.raises(RecordError, match="is added to, never changed"),
                clinic.database.writing("x") as tx,
            ):
                tx.connection.execute(text(statement))
