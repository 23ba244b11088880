"""What a patient's record asks of `personalise`, and what the answer says of the next visit."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from clinic_cases import PRODUCT, USE, plan, today
from endplate.case import least_interval_d
from endplate.clinic import charts, patients, people
from endplate.clinic.response import Dose, Observed, Question, answer, question_of
from endplate.errors import RecordError

FIRST = date(2026, 1, 10)


def asked(clinic) -> Question:
    with clinic.database.writing("ines") as tx:
        return question_of(patients.look(tx, clinic.subject))


def follow(clinic, endpoint: str, value: float, on: date, kind: str = "scale") -> int:
    with clinic.database.writing("ines") as tx:
        return patients.follow_up(tx, clinic.subject, kind, endpoint, value, on)


def question(*visits: tuple[int, float], second_d: int | None = None) -> Question:
    days = (0,) if second_d is None else (0, second_d)
    return Question(
        plan().dumps(),
        USE,
        tuple(Dose(FIRST + timedelta(days=day), PRODUCT, 20.0) for day in days),
        tuple(Observed(FIRST + timedelta(days=day), USE, value) for day, value in visits),
    )


def test_nothing_is_asked_before_a_signed_chart(sqlite_clinic):
    with pytest.raises(RecordError, match="no signed chart"):
        asked(sqlite_clinic)
    chart = sqlite_clinic.open()
    sqlite_clinic.give(chart, planned_site=0)
    with pytest.raises(RecordError, match="no signed chart"):
        asked(sqlite_clinic)
    sqlite_clinic.sign(chart)
    assert asked(sqlite_clinic).given == (Dose(today(), PRODUCT, 4.0),)


def test_only_what_tells_of_the_response_is_asked(sqlite_clinic):
    sqlite_clinic.signed()
    with sqlite_clinic.database.writing("ines") as tx:
        patients.assess(tx, sqlite_clinic.subject, USE, USE, 3, today(), "investigator")
    later = today() + timedelta(days=14)
    number = follow(sqlite_clinic, USE, 2, later)
    with sqlite_clinic.database.writing("ines") as tx:  # a correction takes its place
        patients.follow_up(
            tx, sqlite_clinic.subject, "scale", USE, 1, later, supersedes=number
        )  # fmt: skip
    follow(sqlite_clinic, f"{USE}_rest", 0, later)
    follow(sqlite_clinic, USE, 90, later, "wearing_off")
    follow(sqlite_clinic, "headache_days_28d", 4, later)
    found = asked(sqlite_clinic)
    assert {(one.on, one.endpoint, one.value) for one in found.visits} == {
        (today(), USE, 3.0), (later, USE, 1.0), (later, f"{USE}_rest", 0.0),
    }  # fmt: skip
    assert "Rivera" not in repr(found)
    assert sqlite_clinic.subject not in repr(found)


def test_the_key_follows_the_record(sqlite_clinic):
    sqlite_clinic.signed()
    before = asked(sqlite_clinic).key
    assert asked(sqlite_clinic).key == before
    follow(sqlite_clinic, USE, 1, today() + timedelta(days=30))
    assert asked(sqlite_clinic).key != before


def test_two_products_of_one_day_are_not_learned(sqlite_clinic):
    sqlite_clinic.signed()
    with sqlite_clinic.database.writing("ines") as tx:
        text = plan().dumps().replace(PRODUCT, "prabotulinumtoxinA")
        other = charts.keep_plan(tx, sqlite_clinic.subject, type(plan()).loads(text))
        user = people.require_user(tx.connection, "ines")
        from endplate.clinic import stock

        (vial,) = stock.receive(
            tx, "prabotulinumtoxinA", 100, "J1", today() + timedelta(days=90)
        )  # fmt: skip
        stock.open_vial(tx, vial, 2.5)
        chart = charts.open_chart(tx, user, sqlite_clinic.subject, other, {})
        site = charts.GivenSite(vial, USE, "procerus", "midline", 4.0, 0.1)
        charts.give(tx, user, chart, site)
        charts.sign(tx, user, chart)
    with pytest.raises(RecordError, match="two products were given"):
        asked(sqlite_clinic)


@pytest.mark.parametrize("worn_off_d", [30, 200])
def test_nobody_comes_back_before_the_labels_interval(worn_off_d):
    visits = [(0, 3.0), (14, 1.0), (worn_off_d, 3.0 if worn_off_d < 90 else 1.0)]
    found = answer(question(*visits))
    label = FIRST + timedelta(days=round(least_interval_d(plan()) or 0))
    assert label > FIRST
    assert found.not_before == label
    assert found.come_back is not None
    assert found.come_back >= label
    if worn_off_d < 90:
        assert found.come_back == label
        assert found.come_back_reason == "the label's or plan's interval"
    else:
        assert found.come_back > label


def test_the_bands_go_from_treatment_to_treatment():
    found = answer(question((0, 3.0), (30, 0.0), second_d=110))
    first, second = found.cycles
    assert (first.day[0], first.day[-1]) == (1.0, 110.0)
    assert (second.day[0], second.day[-1]) == (111.0, 292.0)
    for cycle in found.cycles:
        assert all(
            low <= middle <= high
            for low, middle, high in zip(cycle.low, cycle.median, cycle.high, strict=True)
        )
    assert found.cycles[0].median[4] < found.cycles[0].median[-1]  # it wears off
    learned = answer(replace(question((0, 3.0), (30, 3.0), second_d=110)))
    assert sum(learned.cycles[1].median) > sum(second.median)  # no response, none expected
