"""The audit trail as AuditEvent, each row with its hash and that of the row before it."""

from endplate.clinic.exchange.fhir_r4.slots import (
    Context,
    Json,
    Row,
    patient,
    urn,
    without_nothing,
)

_DICOM = "http://dicom.nema.org/resources/ontology/DCM"
_SIGN_IN = {"code": "110114", "display": "User Authentication"}
_PATIENT_RECORD = {"code": "110110", "display": "Patient Record"}
_ACTIONS = {"add": "C", "change": "U", "look": "R", "find": "R"}
_HELD = ("entity", "entity_id", "detail", "previous_hash", "hash")


def audit_event(context: Context, row: Row) -> Json:
    """A row of the trail."""
    is_sign_in = row["action"].startswith("sign_")
    refused = row["action"] == "sign_in_refused"
    held = [{"type": name, "valueString": row[name]} for name in _HELD if row[name]]
    entity = {"detail": held}
    if row["subject_id"]:
        entity["what"] = patient(row["subject_id"])  # pyright: ignore[reportArgumentType]
    return {
        "resourceType": "AuditEvent",
        "id": f"audit-{row['seq']}",
        "type": {"system": _DICOM, **(_SIGN_IN if is_sign_in else _PATIENT_RECORD)},
        "subtype": [{"system": urn("action"), "code": row["action"]}],
        "action": _ACTIONS.get(row["action"], "E"),
        "recorded": row["at"],
        "outcome": "4" if refused else "0",
        "agent": [
            without_nothing(
                {
                    "who": {"identifier": {"system": urn("actor"), "value": row["actor"]}},
                    "requestor": True,
                }
            )
        ],
        "source": {"observer": {"display": "endplate"}},
        "entity": [entity],
    }


def audit_row(found: Json) -> Json:
    """A row of the trail."""
    (entity,) = found["entity"]
    told = {one["type"]: one["valueString"] for one in entity["detail"]}
    what = entity.get("what")
    return {
        "seq": int(found["id"].removeprefix("audit-")),
        "at": found["recorded"],
        "actor": found["agent"][0]["who"]["identifier"]["value"],
        "action": found["subtype"][0]["code"],
        "subject_id": "" if what is None else what["reference"].removeprefix("Patient/"),
        **{name: told.get(name, "") for name in _HELD},
    }
