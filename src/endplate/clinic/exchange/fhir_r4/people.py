"""Users as Practitioner and PractitionerRole, credentials as qualifications, persons as Patient."""

from collections.abc import Iterator
from typing import Any

from endplate.clinic.exchange.fhir_r4.slots import (
    Context,
    Json,
    Row,
    coded,
    common,
    concept,
    day_of,
    extended,
    extension,
    number_of,
    optional,
    patient,
    record_id,
    record_of,
    reference,
    resource,
    subject_of,
    terminology,
    urn,
    without_nothing,
    word_of,
)

_IDENTIFIER_TYPES = terminology("v2-0203")


def practitioners(context: Context) -> Iterator[Json]:
    """Each user with their credentials, and with their roles."""
    for row in context.tables["users"]:
        held = [one for one in context.tables["credentials"] if one["user_id"] == row["id"]]
        yield resource(
            "Practitioner",
            "users",
            row,
            optional("disabled-at", "Instant", row["disabled_at"]),
            identifier=[{"system": urn("user"), "value": row["name"]}],
            active=row["disabled_at"] is None,
            name=[{"text": row["full_name"]}],
            qualification=[_qualification(one) for one in held],
        )
        yield {
            "resourceType": "PractitionerRole",
            "id": f"roles-{row['id']}",
            "active": row["disabled_at"] is None,
            "practitioner": reference("Practitioner", "users", row["id"]),
            "code": [concept("role", role) for role in row["roles"].split(",")],
        }


def _qualification(row: Row) -> Json:
    return {
        "id": record_id("credentials", row["id"]),
        "extension": [
            extension("recorded-at", "Instant", row["recorded_at"]),
            extension("recorded-by", "String", row["recorded_by"]),
            extension("supervised", "Boolean", row["supervised"]),
            *optional("supersedes", "Integer", row["supersedes"]),
        ],
        "identifier": [{"system": urn("credential"), "value": row["number"]}],
        "code": concept("indication", row["indication"]),
        "period": {"end": row["expires_on"].isoformat()},
        "issuer": {"display": row["issuer"]},
    }


def user_row(found: Json) -> Json:
    """A user; roles come with another resource."""
    plain = common(found)
    del plain["supersedes"]
    return plain | {
        "name": found["identifier"][0]["value"],
        "full_name": found["name"][0]["text"],
        "disabled_at": extended(found, "disabled-at"),
    }


def credential_rows(found: Json) -> list[Json]:
    """The credentials of a user."""
    return [
        {
            "id": record_of(one["id"])[1],
            "user_id": record_of(found["id"])[1],
            "indication": word_of(one["code"], "indication"),
            "number": one["identifier"][0]["value"],
            "issuer": one["issuer"]["display"],
            "expires_on": day_of(one["period"]["end"]),
            "supervised": extended(one, "supervised"),
            "recorded_at": extended(one, "recorded-at"),
            "recorded_by": extended(one, "recorded-by"),
            "supersedes": extended(one, "supersedes"),
        }
        for one in found.get("qualification", ())
    ]


def roles_of(found: Json) -> tuple[int, str]:
    """Number of a user, and the roles."""
    roles = ",".join(word_of(one, "role") for one in found["code"])
    return number_of(found["practitioner"]), roles


def persons(context: Context) -> Iterator[Json]:
    """Each identity; the one that holds now has the person's own id, the earlier ones point to it.

    A person without any identity has a resource without a name.
    """
    named = set()
    for row in context.tables["patients"]:
        earlier = context.is_superseded("patients", row)
        made = resource(
            "Patient",
            "patients",
            row,
            identifier=[
                {
                    "type": coded(_IDENTIFIER_TYPES, "MR", "Medical record number"),
                    "system": urn("record-number"),
                    "value": row["record_number"],
                }
            ],
            name=[{"family": row["family_name"], "given": [row["given_name"]]}],
            gender=row["sex"],
            birthDate=row["birth_date"].isoformat(),
        )
        if earlier:
            made["active"] = False
            made["link"] = [{"other": patient(row["subject_id"]), "type": "replaced-by"}]
        else:
            named.add(row["subject_id"])
            made["id"] = row["subject_id"]
        made["meta"]["versionId"] = str(row["id"])
        yield made | {"extension": [*made["extension"], *_registered(context, row["subject_id"])]}
    for row in context.tables["subjects"]:
        if row["id"] not in named:
            yield {"resourceType": "Patient", "id": row["id"],
                   "extension": _registered(context, row["id"])}  # fmt: skip


def _registered(context: Context, subject_id: str) -> list[Json]:
    row = context.subjects[subject_id]
    return [
        extension("registered-at", "Instant", row["recorded_at"]),
        extension("registered-by", "String", row["recorded_by"]),
    ]


def subject_row(found: Json) -> Json:
    """The person behind an identity."""
    return {
        "id": _subject_id(found),
        "recorded_at": extended(found, "registered-at"),
        "recorded_by": extended(found, "registered-by"),
    }


def identity_row(found: Json) -> Json | None:
    """An identity, None of a person who has none."""
    if "name" not in found:
        return None
    name: Any = found["name"][0]
    return (
        common(found | {"id": f"patients-{found['meta']['versionId']}"})
        | without_nothing(
            {
                "subject_id": _subject_id(found),
                "family_name": name["family"],
                "given_name": name["given"][0],
                "birth_date": day_of(found["birthDate"]),
                "record_number": found["identifier"][0]["value"],
            }
        )
        | {"sex": found.get("gender")}
    )


def _subject_id(found: Json) -> str:
    return subject_of(found["link"][0]["other"]) if "link" in found else found["id"]
