"""What is expected of each person as RiskAssessment, with the version of the software.

It is worked out at the export from the record and stored nowhere, so an import leaves it out: who
reads the bundle sees which records it rests on, and the receiving endplate works it out anew.
"""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from sqlalchemy import Connection, select

from endplate._version import __version__
from endplate.clinic.exchange.fhir_r4.care import score
from endplate.clinic.exchange.fhir_r4.slots import (
    Json,
    concept,
    extension,
    patient,
    reference,
    without_nothing,
)
from endplate.clinic.patients import Record, everything_of
from endplate.clinic.response import Answer, Question, answer, question_of
from endplate.clinic.store.tables import subjects
from endplate.errors import EndplateError
from endplate.facts.table import facts_hash

KIND = "RiskAssessment"
_PERCENT_OF_INTERVAL = 90.0
_AFTER_D = (28, 84)  # days after the latest treatment whose score is told


def forecasts(
    connection: Connection, at: str, work: Callable[[Question], Answer] = answer
) -> Iterator[Json]:
    """A RiskAssessment of every person whose record tells enough to learn from.

    Parameters
    ----------
    connection : Connection
        The records.
    at : str
        The moment of the bundle, as a stamp.
    work : callable
        Works out what is expected.
    """
    for subject_id in connection.execute(select(subjects.c.id).order_by(subjects.c.id)).scalars():
        record = everything_of(connection, subject_id)
        try:
            question = question_of(record)
            found = work(question)
        except EndplateError:  # nothing to learn from yet, or a use that no trial covers
            continue
        yield risk_assessment(subject_id, record, question, found, at)


def risk_assessment(
    subject_id: str, record: Record, question: Question, found: Answer, at: str
) -> Json:
    """One person's forecast: when the response is lost, the score to expect, when to come back."""
    signed = {row["treatment_id"] for row in record["signatures"]}
    basis = [reference("CarePlan", "plans", record["plans"][-1]["id"])]
    basis += [
        reference("Procedure", "treatments", row["id"])
        for row in record["treatments"]
        if row["id"] in signed
    ]
    software = {
        "resourceType": "Device",
        "id": "software",
        "deviceName": [{"name": "endplate", "type": "user-friendly-name"}],
        "version": [{"value": __version__}],
    }
    return without_nothing(
        {
            "resourceType": KIND,
            "id": f"forecast-{subject_id}",
            "extension": [
                extension("software-version", "String", __version__),
                extension("facts-hash", "String", facts_hash()),
                extension("indication", "CodeableConcept",
                          concept("indication", question.indication)),
                extension("visits-used", "Integer", found.visits_used),
            ],
            "contained": [software],
            "status": "final",
            "method": {"text": f"endplate {__version__}: people drawn from the fit to trials, "
                               "weighed by what was observed of this person"},
            "subject": patient(subject_id),
            "occurrenceDateTime": at,
            "performer": {"reference": "#software"},
            "basis": basis,
            "prediction": [
                *_wearing_off(question, found), *_scores(question, found), *_weaker(found),
            ],
            "mitigation": _coming_back(found),
        }
    )  # fmt: skip


def _wearing_off(question: Question, found: Answer) -> list[Json]:
    median_d, low_d, high_d = found.wears_off_d
    latest = question.given[-1].on
    if median_d is None or low_d is None:
        return []
    period = {"start": _after(latest, low_d), "end": _after(latest, high_d)}
    return [
        {
            "extension": [extension("median", "Date", _after(latest, median_d))],
            "outcome": {"text": "The response to the latest treatment is lost"},
            "probabilityDecimal": _PERCENT_OF_INTERVAL,
            "whenPeriod": without_nothing(period),
            "rationale": f"Median day {median_d:.0f} after the treatment of {latest}.",
        }
    ]


def _scores(question: Question, found: Answer) -> Iterator[Json]:
    """The scale on two days after the latest treatment, with the band of nine in ten."""
    if not found.cycles:
        return
    latest, cycle = question.given[-1].on, found.cycles[-1]
    start_d = float((latest - question.first_on).days)
    for after_d in _AFTER_D:
        place = min(range(len(cycle.day)), key=lambda i: abs(cycle.day[i] - start_d - after_d))
        if abs(cycle.day[place] - start_d - after_d) > 1:  # not followed so far
            continue
        on = _after(latest, after_d)
        values = (cycle.median[place], cycle.low[place], cycle.high[place])
        yield {
            "extension": [
                extension(name, "Quantity", score(question.scale, round(value, 3)))
                for name, value in zip(("median", "low", "high"), values, strict=True)
            ],
            "outcome": concept("endpoint", question.scale),
            "probabilityDecimal": _PERCENT_OF_INTERVAL,
            "whenPeriod": {"start": on, "end": on},
        }


def _weaker(found: Answer) -> list[Json]:
    if found.less_than_before is None:
        return []
    return [
        {
            "outcome": {"text": "A weaker response than to earlier treatments"},
            "qualitativeRisk": {"text": "seen" if found.less_than_before else "not seen"},
            "rationale": found.response_reason,
        }
    ]


def _coming_back(found: Answer) -> str:
    day = "" if found.come_back is None else f"Come back on {found.come_back}"
    least = "" if found.not_before is None else f"not before {found.not_before}"
    return ": ".join(filter(None, (", ".join(filter(None, (day, least))), found.come_back_reason)))


def _after(start: date, days_d: float | None) -> str | None:
    return None if days_d is None else (start + timedelta(days=round(days_d))).isoformat()
