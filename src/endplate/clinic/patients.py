"""Who is treated, who cleared them, what they agreed to, and what came of it.

Every look at a patient is told in the audit trail; so a reader needs a writing transaction.
"""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from sqlalchemy import Connection, RowMapping, Table, or_, select

from endplate.clinic.decisions import Clearance, Consent
from endplate.clinic.fields import choice_of, day, number, optional_text, text_of, word_of
from endplate.clinic.people import User
from endplate.clinic.store.database import Transaction, latest
from endplate.clinic.store.tables import (
    addenda,
    appointments,
    assessments,
    clearances,
    consents,
    follow_ups,
    overrides,
    patients,
    photos,
    plans,
    side_effects,
    signatures,
    subjects,
    treatment_sites,
    treatments,
)
from endplate.errors import RecordError
from endplate.facts.endpoints import (
    baseline_scales,
    endpoints,
    followed_scales,
    symptom_scores,
)
from endplate.facts.vocabulary import preferred_words

OUTCOMES = ("recovered", "recovering", "not_recovered", "unknown")
FOLLOW_UPS = ("scale", "onset", "wearing_off", "goal")
APPOINTMENT_STATES = ("booked", "arrived", "done", "cancelled")
_EXAMINERS = ("injector", "supervisor")
_MOST_PHOTO_BYTES = 12_000_000


@dataclass(frozen=True)
class Identity:
    """Who a person is; stands in the table of patients alone."""

    family_name: str
    given_name: str
    birth_date: date
    record_number: str
    sex: str | None = None

    def values(self) -> dict[str, Any]:
        """Checked values of the row.

        Raises
        ------
        RecordError
            A field is not what it may be.
        """
        return {
            "family_name": text_of("family_name", self.family_name, 120),
            "given_name": text_of("given_name", self.given_name, 120),
            "birth_date": day("birth_date", self.birth_date),
            "record_number": text_of("record_number", self.record_number, 60),
            "sex": word_of("sex", self.sex) if self.sex else None,
        }


def register(tx: Transaction, identity: Identity) -> str:
    """Register a person; returns the word by which clinical records know them.

    Raises
    ------
    RecordError
        A field is not what it may be, or the record number is taken.
    """
    values = identity.values()
    _require_free(tx.connection, values["record_number"], None)
    subject_id = secrets.token_hex(16)
    tx.add(subjects, {"id": subject_id}, subject_id)
    tx.add(patients, {"subject_id": subject_id, **values})
    return subject_id


def correct_identity(tx: Transaction, subject_id: str, identity: Identity) -> int:
    """Record a person's identity anew; the one before stays beneath it."""
    before = identity_of(tx.connection, subject_id)
    values = identity.values()
    _require_free(tx.connection, values["record_number"], subject_id)
    return tx.add(patients, {"subject_id": subject_id, **values, "supersedes": before["id"]})


def _require_free(connection: Connection, record_number: str, subject_id: str | None) -> None:
    query = select(patients.c.subject_id).where(
        patients.c.record_number == record_number, latest(patients)
    )
    if any(holder != subject_id for holder in connection.execute(query).scalars()):
        raise RecordError("record_number is that of another patient already.")


def identity_of(connection: Connection, subject_id: str) -> RowMapping:
    """Latest identity of a person.

    Raises
    ------
    RecordError
        There is no such person.
    """
    query = select(patients).where(patients.c.subject_id == subject_id, latest(patients))
    row = connection.execute(query).mappings().first()
    if row is None:
        raise RecordError("there is no such patient.")
    return row


def find(connection: Connection, words: str, most: int = 50) -> list[RowMapping]:
    """Patients whose name begins with the words, or whose record number they are."""
    plain = words.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    begins = f"{plain}%"
    query = (
        select(patients)
        .where(latest(patients))
        .where(
            or_(
                patients.c.family_name.ilike(begins, escape="\\"),
                patients.c.given_name.ilike(begins, escape="\\"),
                patients.c.record_number == words.strip(),
            )
        )
        .order_by(patients.c.family_name, patients.c.given_name, patients.c.id)
        .limit(most)
    )
    return list(connection.execute(query).mappings())


def clear(
    tx: Transaction,
    user: User,
    subject_id: str,
    indication: str,
    mode: str,
    history: str,
    examination: str,
    contraindications: str,
    allowed: str,
    examined_on: date,
    expires_on: date,
) -> int:
    """Record a good-faith examination, by the user who made it.

    Raises
    ------
    RecordError
        The user may not clear anybody, or a field is not what it may be.
    """
    role = next((role for role in _EXAMINERS if user.has(role)), None)
    if role is None:
        raise RecordError(f"{user.name} is neither injector nor supervisor and clears nobody.")
    first, last = day("examined_on", examined_on), day("expires_on", expires_on)
    if last < first:
        raise RecordError(f"expires_on is {last}, before examined_on, {first}.")
    values = {
        "subject_id": identity_of(tx.connection, subject_id)["subject_id"],
        "indication": word_of("indication", indication),
        "examined_by": user.name,
        "examiner_role": role,
        "mode": choice_of("mode", mode, ("in_person", "video")),
        "history": text_of("history", history),
        "examination": text_of("examination", examination),
        "contraindications": text_of("contraindications", contraindications),
        "allowed": text_of("allowed", allowed),
        "examined_on": first,
        "expires_on": last,
    }
    return tx.add(clearances, values)


def consent(
    tx: Transaction,
    subject_id: str,
    indication: str,
    text_version: str,
    text: str,
    given_on: date,
) -> int:
    """Record a consent, with the version and the hash of the text that was agreed to."""
    values = {
        "subject_id": identity_of(tx.connection, subject_id)["subject_id"],
        "indication": word_of("indication", indication),
        "text_version": text_of("text_version", text_version, 60),
        "text_sha256": hashlib.sha256(text.encode()).hexdigest(),
        "given_on": day("given_on", given_on),
    }
    return tx.add(consents, values)


def withdraw_consent(tx: Transaction, consent_id: int, on: date) -> int:
    """Record that a consent was withdrawn; what was agreed to stays beneath it."""
    row = record(tx.connection, consents, consent_id)
    kept = {name: row[name] for name in ("subject_id", "indication", "text_version",
                                         "text_sha256", "given_on")}  # fmt: skip
    changed = {"withdrawn_on": day("withdrawn_on", on), "supersedes": consent_id}
    return tx.add(consents, kept | changed)


def assess(
    tx: Transaction,
    subject_id: str,
    indication: str,
    endpoint: str,
    value: float,
    observed_on: date,
    rater: str,
) -> int:
    """Record what a scale showed before treatment."""
    values = {
        "subject_id": identity_of(tx.connection, subject_id)["subject_id"],
        "indication": word_of("indication", indication),
        "endpoint": endpoint_of(endpoint),
        "value": number("value", value, -1000, 100_000),
        "observed_on": day("observed_on", observed_on),
        "rater": text_of("rater", rater, 60),
    }
    return tx.add(assessments, values)


def endpoint_of(code: str) -> str:
    """An endpoint's code, or the name of an indication whose main scale is meant.

    Raises
    ------
    RecordError
        It is neither.
    """
    if code in endpoints() or code in _followed():
        return code
    try:
        return word_of("indication", code)
    except RecordError:
        raise RecordError(
            f"endpoint is {code[:60]!r}; allowed are the codes that `endplate sources` lists for "
            "endpoints, and the names of indications."
        ) from None


@cache
def _followed() -> frozenset[str]:
    """Scales by which a response is followed."""
    uses = preferred_words("indication")
    return frozenset(name for use in uses if use in baseline_scales() or symptom_scores(use)
                     for name in followed_scales(use))  # fmt: skip


def follow_up(
    tx: Transaction,
    subject_id: str,
    kind: str,
    endpoint: str,
    value: float,
    observed_on: date,
    treatment_id: int | None = None,
    note: str | None = None,
    supersedes: int | None = None,
) -> int:
    """Record what came of a treatment.

    Parameters
    ----------
    tx : Transaction
        Where to.
    subject_id : str
        Whose.
    kind : str
        scale for an endpoint's value; onset and wearing_off for the day since treatment on which
        the patient noted it; goal for goal attainment, -2 to 2.
    endpoint : str
        Code of the endpoint, or the name of the indication.
    value : float
        In the endpoint's unit.
    observed_on : date
        When.
    treatment_id : int
        Of which treatment, where that is known.
    note : str
        In words.
    supersedes : int
        Follow-up that this one corrects.
    """
    low, high = (-2.0, 2.0) if choice_of("kind", kind, FOLLOW_UPS) == "goal" else (-1000.0, 1e5)
    values = {
        "subject_id": identity_of(tx.connection, subject_id)["subject_id"],
        "treatment_id": _own_treatment(tx.connection, subject_id, treatment_id),
        "kind": kind,
        "endpoint": endpoint_of(endpoint),
        "value": number("value", value, low, high),
        "observed_on": day("observed_on", observed_on),
        "note": optional_text("note", note),
        "supersedes": _own(tx.connection, follow_ups, subject_id, supersedes),
    }
    return tx.add(follow_ups, values)


def side_effect(
    tx: Transaction,
    subject_id: str,
    term: str,
    started_on: date,
    outcome: str,
    serious: bool = False,
    ended_on: date | None = None,
    treatment_id: int | None = None,
    note: str | None = None,
    supersedes: int | None = None,
) -> int:
    """Record a side effect and its outcome; a later outcome supersedes the record before."""
    first = day("started_on", started_on)
    if ended_on is not None and day("ended_on", ended_on) < first:
        raise RecordError(f"ended_on is {ended_on}, before started_on, {first}.")
    values = {
        "subject_id": identity_of(tx.connection, subject_id)["subject_id"],
        "treatment_id": _own_treatment(tx.connection, subject_id, treatment_id),
        "term": text_of("term", term, 120),
        "started_on": first,
        "ended_on": ended_on,
        "serious": serious,
        "outcome": choice_of("outcome", outcome, OUTCOMES),
        "note": optional_text("note", note),
        "supersedes": _own(tx.connection, side_effects, subject_id, supersedes),
    }
    return tx.add(side_effects, values)


def photo(
    tx: Transaction,
    subject_id: str,
    taken_on: date,
    content: bytes,
    treatment_id: int | None = None,
) -> int:
    """Store a photo without its metadata; it is looked at by people alone.

    Raises
    ------
    RecordError
        It is no JPEG or PNG picture, or too large.
    """
    stripped, media_type = without_metadata(content)
    values = {
        "subject_id": identity_of(tx.connection, subject_id)["subject_id"],
        "treatment_id": _own_treatment(tx.connection, subject_id, treatment_id),
        "taken_on": day("taken_on", taken_on),
        "media_type": media_type,
        "content_sha256": hashlib.sha256(stripped).hexdigest(),
        "content": stripped,
    }
    return tx.add(photos, values)


def look_at_photo(tx: Transaction, subject_id: str, photo_id: int) -> RowMapping:
    """One photo of a person with its pixels; the look is told in the audit trail.

    Raises
    ------
    RecordError
        There is none, or it is another patient's.
    """
    row = record(tx.connection, photos, photo_id)
    if row["subject_id"] != subject_id:
        raise RecordError(f"photos has no record {photo_id} of this patient.")
    tx.note("look", "photos", photo_id, subject_id)
    return row


def without_metadata(content: bytes) -> tuple[bytes, str]:
    """Pixels of a picture written anew, without place, time, device or thumbnail.

    Raises
    ------
    RecordError
        It is no JPEG or PNG picture, or too large.
    """
    import io
    import warnings

    from PIL import Image, ImageOps

    if len(content) > _MOST_PHOTO_BYTES:
        raise RecordError(f"the picture is larger than {_MOST_PHOTO_BYTES // 1_000_000} MB.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(content), formats=("JPEG", "PNG")) as opened:
                form = str(opened.format)
                # how the camera was held is in the metadata: turn the picture before it goes
                upright = ImageOps.exif_transpose(opened).convert("RGB")
    except (OSError, SyntaxError, ValueError, Warning, Image.DecompressionBombError):
        raise RecordError("the picture is no JPEG or PNG that can be read.") from None
    clean = Image.new("RGB", upright.size)
    clean.paste(upright)
    written = io.BytesIO()
    clean.save(written, format=form, **({"quality": 92} if form == "JPEG" else {}))
    return written.getvalue(), f"image/{form.lower()}"


def book(tx: Transaction, subject_id: str, on: date, time: str, indication: str) -> int:
    """Book an appointment."""
    values = {
        "subject_id": identity_of(tx.connection, subject_id)["subject_id"],
        "day": day("day", on),
        "time": _time(time),
        "indication": word_of("indication", indication),
        "state": "booked",
    }
    return tx.add(appointments, values)


def move_appointment(tx: Transaction, appointment_id: int, state: str) -> int:
    """Say how an appointment stands now."""
    row = record(tx.connection, appointments, appointment_id)
    kept = {name: row[name] for name in ("subject_id", "day", "time", "indication")}
    changed = {
        "state": choice_of("state", state, APPOINTMENT_STATES),
        "supersedes": appointment_id,
    }
    return tx.add(appointments, kept | changed)


def _time(text: str) -> str:
    hour, _, minute = text.strip().partition(":")
    if not (hour.isdigit() and minute.isdigit() and int(hour) < 24 and int(minute) < 60):
        raise RecordError("time must be an hour and a minute such as 09:30.")
    return f"{int(hour):02d}:{int(minute):02d}"


def appointments_on(connection: Connection, on: date) -> list[RowMapping]:
    """Appointments of a day that were not cancelled, in their order, with who comes."""
    who = (patients.c.family_name, patients.c.given_name, patients.c.birth_date)
    query = (
        select(appointments, *who)
        .join(patients, patients.c.subject_id == appointments.c.subject_id)
        .where(latest(patients), latest(appointments))
        .where(appointments.c.day == on, appointments.c.state != "cancelled")
        .order_by(appointments.c.time, appointments.c.id)
    )
    return list(connection.execute(query).mappings())


def record(connection: Connection, table: Table, number_: int) -> RowMapping:
    """One record by its number.

    Raises
    ------
    RecordError
        There is none.
    """
    row = connection.execute(select(table).where(table.c.id == number_)).mappings().first()
    if row is None:
        raise RecordError(f"{table.name} has no record {number_}.")
    return row


def _own(connection: Connection, table: Table, subject_id: str, number_: int | None) -> int | None:
    """A record's number, if the record is this person's."""
    if number_ is not None and record(connection, table, number_)["subject_id"] != subject_id:
        raise RecordError(f"{table.name} {number_} is another patient's.")
    return number_


def _own_treatment(connection: Connection, subject_id: str, treatment_id: int | None) -> int | None:
    return _own(connection, treatments, subject_id, treatment_id)


def clearances_of(connection: Connection, subject_id: str) -> list[Clearance]:
    """Clearances of a person, the last first."""
    query = select(clearances).where(clearances.c.subject_id == subject_id, latest(clearances))
    return [
        Clearance(row.id, row.indication, row.examined_on, row.expires_on)
        for row in connection.execute(query.order_by(clearances.c.id.desc()))
    ]


def consents_of(connection: Connection, subject_id: str) -> list[Consent]:
    """Consents of a person, the last first."""
    query = select(consents).where(consents.c.subject_id == subject_id, latest(consents))
    return [
        Consent(row.id, row.indication, row.given_on, row.withdrawn_on)
        for row in connection.execute(query.order_by(consents.c.id.desc()))
    ]


def latest_plan(connection: Connection, subject_id: str) -> int | None:
    """Number of the plan that was kept last for a person, None where there is none."""
    query = select(plans.c.id).where(plans.c.subject_id == subject_id, latest(plans))
    return connection.execute(query.order_by(plans.c.id.desc()).limit(1)).scalar()


@dataclass(frozen=True)
class Record:
    """Everything that is known of one person, by table, the latest form of each record."""

    identity: RowMapping
    tables: dict[str, list[RowMapping]]

    def __getitem__(self, table: str) -> list[RowMapping]:
        return self.tables[table]


_BY_SUBJECT: Sequence[Table] = (
    clearances, consents, assessments, plans, treatments, follow_ups, side_effects, appointments,
)  # fmt: skip
_BY_TREATMENT: Sequence[Table] = (treatment_sites, overrides, signatures, addenda)


def look(tx: Transaction, subject_id: str) -> Record:
    """Everything of one person; the look is told in the audit trail.

    Raises
    ------
    RecordError
        There is no such person.
    """
    found = everything_of(tx.connection, subject_id)
    tx.note("look", "patients", found.identity["id"], subject_id)
    return found


def everything_of(connection: Connection, subject_id: str) -> Record:
    """Everything of one person, for a caller that tells the trail what it is for itself.

    Raises
    ------
    RecordError
        There is no such person.
    """
    identity = identity_of(connection, subject_id)
    found: dict[str, list[RowMapping]] = {}
    for table in _BY_SUBJECT:
        query = select(table).where(table.c.subject_id == subject_id, latest(table))
        found[table.name] = list(connection.execute(query.order_by(table.c.id)).mappings())
    charts = [row["id"] for row in found["treatments"]]
    for table in _BY_TREATMENT:
        query = select(table).where(table.c.treatment_id.in_(charts), latest(table))
        found[table.name] = list(connection.execute(query.order_by(table.c.id)).mappings())
    # A photo is fetched by itself.
    listed = [c for c in photos.columns if c.name != "content"]
    query = select(*listed).where(photos.c.subject_id == subject_id).order_by(photos.c.id)
    found["photos"] = list(connection.execute(query).mappings())
    return Record(identity, found)
