"""After treatment: follow-ups, side effects, photos and appointments."""

from endplate.clinic.exchange.fhir_r4.care import score
from endplate.clinic.exchange.fhir_r4.slots import (
    Context,
    Json,
    Row,
    attachment,
    coded,
    common,
    concept,
    content_of,
    day_of,
    extended,
    extension,
    optional,
    optional_number,
    patient,
    quantity,
    reference,
    resource,
    subject_of,
    terminology,
    urn,
    word_of,
)

_OUTCOMES = {
    "recovered": "resolved",
    "recovering": "recovering",
    "not_recovered": "ongoing",
    "unknown": "unknown",
}
_ENCOUNTERS = {
    "booked": "planned",
    "arrived": "arrived",
    "done": "finished",
    "cancelled": "cancelled",
}
_GOAL = "goal-attainment"


def _session(row: Row) -> Json:
    return reference("Procedure", "treatments", row["treatment_id"])


def follow_up(context: Context, row: Row) -> Json:
    """What came of a treatment: Observation, or QuestionnaireResponse of goal attainment."""
    gone = context.is_superseded("follow_ups", row)
    return _goal(row, gone) if row["kind"] == "goal" else _observed(row, gone)


def _observed(row: Row, gone: bool) -> Json:
    is_scale = row["kind"] == "scale"
    value = score(row["endpoint"], row["value"]) if is_scale else quantity(row["value"], "d")
    return resource(
        "Observation",
        "follow_ups",
        row,
        [extension("follow-up", "Code", row["kind"])],
        partOf=[_session(row)] if row["treatment_id"] else None,
        status="entered-in-error" if gone else "final",
        category=[coded(terminology("observation-category"), "exam", "Exam")],
        code=concept("endpoint", row["endpoint"]),
        subject=patient(row["subject_id"]),
        effectiveDateTime=row["observed_on"].isoformat(),
        valueQuantity=value,
        note=[{"text": row["note"]}] if row["note"] else None,
    )


def _goal(row: Row, gone: bool) -> Json:
    answer = {"linkId": _GOAL, "text": "Goal attainment, -2 to 2",
              "answer": [{"valueDecimal": row["value"]}]}  # fmt: skip
    note = {"linkId": "note", "answer": [{"valueString": row["note"]}]}
    return resource(
        "QuestionnaireResponse",
        "follow_ups",
        row,
        [extension("endpoint", "CodeableConcept", concept("endpoint", row["endpoint"]))],
        questionnaire=urn(_GOAL),
        partOf=[_session(row)] if row["treatment_id"] else None,
        status="entered-in-error" if gone else "completed",
        subject=patient(row["subject_id"]),
        authored=row["observed_on"].isoformat(),
        item=[answer, *([note] if row["note"] else [])],
    )


def follow_up_row(found: Json) -> Json:
    """What came of a treatment."""
    plain = common(found) | {
        "subject_id": subject_of(found["subject"]),
        "treatment_id": optional_number(found["partOf"][0] if "partOf" in found else None),
    }
    if found["resourceType"] == "QuestionnaireResponse":
        answers = {one["linkId"]: one["answer"][0] for one in found["item"]}
        return plain | {
            "kind": "goal",
            "endpoint": word_of(extended(found, "endpoint"), "endpoint"),
            "value": float(answers[_GOAL]["valueDecimal"]),
            "observed_on": day_of(found["authored"]),
            "note": answers["note"]["valueString"] if "note" in answers else None,
        }
    return plain | {
        "kind": extended(found, "follow-up"),
        "endpoint": word_of(found["code"], "endpoint"),
        "value": float(found["valueQuantity"]["value"]),
        "observed_on": day_of(found["effectiveDateTime"]),
        "note": found["note"][0]["text"] if "note" in found else None,
    }


def side_effect(context: Context, row: Row) -> Json:
    """A side effect as AdverseEvent, which has no status: a corrected one says what corrects it."""
    ended = row["ended_on"]
    return resource(
        "AdverseEvent",
        "side_effects",
        row,
        [
            *optional("ended-on", "Date", ended.isoformat() if ended else None),
            *optional("note", "String", row["note"]),
            *([extension("superseded", "Boolean", True)]
              if context.is_superseded("side_effects", row) else []),
        ],
        actuality="actual",
        event={"text": row["term"]},
        subject=patient(row["subject_id"]),
        date=row["started_on"].isoformat(),
        recordedDate=row["recorded_at"],
        seriousness=coded(
            terminology("adverse-event-seriousness"),
            "Serious" if row["serious"] else "Non-serious",
        ),
        outcome=coded(terminology("adverse-event-outcome"), _OUTCOMES[row["outcome"]]),
        suspectEntity=[{"instance": _session(row)}] if row["treatment_id"] else None,
    )  # fmt: skip


def side_effect_row(found: Json) -> Json:
    """A side effect."""
    suspect = found["suspectEntity"][0]["instance"] if "suspectEntity" in found else None
    outcomes = {code: word for word, code in _OUTCOMES.items()}
    return common(found) | {
        "subject_id": subject_of(found["subject"]),
        "treatment_id": optional_number(suspect),
        "term": found["event"]["text"],
        "started_on": day_of(found["date"]),
        "ended_on": day_of(extended(found, "ended-on")),
        "serious": found["seriousness"]["coding"][0]["code"] == "Serious",
        "outcome": outcomes[found["outcome"]["coding"][0]["code"]],
        "note": extended(found, "note"),
    }


def photo(context: Context, row: Row) -> Json:
    """A photo as Media, its pixels with it."""
    return resource(
        "Media",
        "photos",
        row,
        [extension("content-sha256", "String", row["content_sha256"])],
        partOf=[_session(row)] if row["treatment_id"] else None,
        status="completed",
        type=coded(terminology("media-type"), "image", "Image"),
        subject=patient(row["subject_id"]),
        createdDateTime=row["taken_on"].isoformat(),
        content=attachment(row["media_type"], bytes(row["content"])),
    )


def photo_row(found: Json) -> Json:
    """A photo."""
    return common(found) | {
        "subject_id": subject_of(found["subject"]),
        "treatment_id": optional_number(found["partOf"][0] if "partOf" in found else None),
        "taken_on": day_of(found["createdDateTime"]),
        "media_type": found["content"]["contentType"],
        "content_sha256": extended(found, "content-sha256"),
        "content": content_of(found["content"]),
    }


def appointment(context: Context, row: Row) -> Json:
    """An appointment as Encounter: R4's Appointment needs a time zone, which no record has."""
    return resource(
        "Encounter",
        "appointments",
        row,
        [
            extension("appointment-state", "Code", row["state"]),
            extension("appointment-time", "Time", f"{row['time']}:00"),
            *([extension("superseded", "Boolean", True)]
              if context.is_superseded("appointments", row) else []),
        ],
        status=_ENCOUNTERS[row["state"]],
        subject=patient(row["subject_id"]),
        period={"start": row["day"].isoformat()},
        reasonCode=[concept("indication", row["indication"])],
        **{"class": {"system": terminology("v3-ActCode"), "code": "AMB", "display": "ambulatory"}},
    )  # fmt: skip


def appointment_row(found: Json) -> Json:
    """An appointment."""
    return common(found) | {
        "subject_id": subject_of(found["subject"]),
        "day": day_of(found["period"]["start"]),
        "time": extended(found, "appointment-time")[:5],
        "indication": word_of(found["reasonCode"][0], "indication"),
        "state": extended(found, "appointment-state"),
    }
