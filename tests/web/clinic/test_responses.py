"""The response on the patient's page: worked out beside the request, drawn, told, never logged."""

import logging
import threading
from datetime import timedelta

import pytest

from clinic_cases import PRODUCT, USE, plan, today
from endplate.clinic import patients
from endplate.clinic.response import Answer, Cycle, Dose, Observed, Question
from endplate.errors import NotCovered
from endplate.web.clinic import course_picture, responses
from endplate.web.clinic.responses import Responses

BEFORE = Observed(today() - timedelta(days=2), USE, 3.0)
AFTER = Observed(today() + timedelta(days=14), USE, 1.0)
QUESTION = Question(plan().dumps(), USE, (Dose(today(), PRODUCT, 20.0),), (BEFORE, AFTER))
ANSWER = Answer(
    (Cycle((1.0, 14.0, 182.0), (2.5, 1.0, 3.0), (2.0, 0.0, 2.0), (3.0, 2.0, 3.0)),),
    (110.0, 90.0, None), today() + timedelta(days=110), today() + timedelta(days=84),
    "the median day on which the response is lost", True, "Before antibodies are thought of: dose?",
    2,
)  # fmt: skip


@pytest.fixture
def treated(served_clinic):
    clinic, _ = served_clinic
    clinic.signed()
    with clinic.database.writing("ines") as tx:
        patients.follow_up(tx, clinic.subject, "scale", USE, 1, today() + timedelta(days=14))
    return clinic


@pytest.fixture(autouse=True)
def patient_page(monkeypatch):
    """A page that waits for its forecast however busy the machine is."""
    monkeypatch.setattr(responses, "_WAIT_S", 120.0)


def page_of(visitor, clinic) -> str:
    found = visitor("ines").get(f"/clinic/patients/{clinic.subject}")
    assert found.status_code == 200
    return found.text


def test_the_page_draws_what_is_expected_and_what_was_observed(treated, visitor, monkeypatch):
    monkeypatch.setattr(responses, "answer", lambda question: ANSWER)
    page = page_of(visitor, treated)
    assert page.count('role="img"') == 2  # wide, and for a phone
    assert page.count('class="observed"') == 2
    assert "After the latest one it is expected to be lowest about" in page
    assert f"Come back on {today() + timedelta(days=110)}" in page
    assert f"Not before {today() + timedelta(days=84)}" in page
    assert "Before antibodies are thought of" in page
    assert "1 (0 to 2)" in page


def test_a_page_never_waits_for_a_forecast(treated, visitor, monkeypatch):
    begun, free = threading.Event(), threading.Event()

    def slow(question):
        begun.set()
        assert free.wait(30)
        return ANSWER

    monkeypatch.setattr(responses, "answer", slow)
    monkeypatch.setattr(responses, "_WAIT_S", 0.05)
    asked = Responses()
    assert asked.ask(QUESTION, 0.05) is None
    assert begun.wait(30)
    assert asked.ask(QUESTION, 0.0) is None
    page = page_of(visitor, treated)
    assert "being worked out" in page
    assert "Look again" in page
    free.set()
    assert asked.ask(QUESTION, 30) == ANSWER


def test_a_record_is_worked_out_once(monkeypatch):
    made = []
    monkeypatch.setattr(responses, "answer", lambda question: made.append(1) or ANSWER)
    asked = Responses()
    assert asked.ask(QUESTION, 30) == asked.ask(QUESTION, 30) == ANSWER
    assert made == [1]


def test_no_fault_shows_or_logs_what_the_record_says(monkeypatch, caplog):
    def broken(question):
        raise ValueError(f"secret {question.plan_toml}")

    monkeypatch.setattr(responses, "answer", broken)
    with caplog.at_level(logging.DEBUG):
        told = Responses().ask(QUESTION, 30)
    assert told == "The forecast could not be worked out."
    assert "secret" not in caplog.text
    assert "ValueError" in caplog.text


def test_a_use_without_evidence_is_told_in_its_sentence(monkeypatch):
    def uncovered(question):
        raise NotCovered("there is no evidence for it.")

    monkeypatch.setattr(responses, "answer", uncovered)
    assert Responses().ask(QUESTION, 30) == "there is no evidence for it."


def test_the_table_says_what_the_picture_shows():
    before, after = course_picture.rows(QUESTION, ANSWER)
    assert (before.observed, before.expected) == ("3", "before treatment")
    assert (after.observed, after.expected) == ("1", "1 (0 to 2)")
    assert "1 of 1 visits" in course_picture.said(QUESTION, ANSWER)


def test_an_untreated_patient_has_no_forecast(served_clinic, visitor):
    clinic, _ = served_clinic
    assert "what to expect" not in page_of(visitor, clinic)
