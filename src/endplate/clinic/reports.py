"""What a clinic asks of its records: who got a lot, who is due, what the day brings."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import RowMapping, func, select

from endplate.case import least_interval_d
from endplate.clinic.charts import kept_plan
from endplate.clinic.patients import appointments_on
from endplate.clinic.stock import in_stock, lot_of, over_time
from endplate.clinic.store.database import Transaction, latest
from endplate.clinic.store.instant import now, units
from endplate.clinic.store.tables import (
    appointments,
    patients,
    signatures,
    treatment_sites,
    treatments,
    vials,
)

USUAL_INTERVAL_D = 84  # where neither plan nor label names one: the twelve weeks of most labels


@dataclass(frozen=True)
class Recalled:
    """One treatment with units of a lot."""

    treatment_id: int
    treated_on: date
    product: str
    lot: str
    dose_u: float
    injector: str
    record_number: str
    family_name: str
    given_name: str
    birth_date: date

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in asdict(self).items()
        }


@dataclass(frozen=True)
class Recall:
    """Who got a lot, and the vials of it that still hold something."""

    lot: str
    treatments: tuple[Recalled, ...]
    in_stock: tuple[int, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "lot": self.lot,
            "treatments": [one.as_dict() for one in self.treatments],
            "patients": len({one.record_number for one in self.treatments}),
            "vials_in_stock": list(self.in_stock),
        }


def recall(tx: Transaction, lot: str) -> Recall:
    """Who got units of a lot, the latest treatment first; told in the audit trail."""
    name = lot_of(lot)
    given = (
        select(
            treatment_sites.c.treatment_id,
            func.sum(treatment_sites.c.dose_milliunits).label("dose"),
        )
        .join(vials, vials.c.id == treatment_sites.c.vial_id)
        .where(vials.c.lot == name, latest(treatment_sites))
        .group_by(treatment_sites.c.treatment_id)
        .subquery()
    )
    query = (
        select(treatments, patients, given.c.dose)
        .join(given, given.c.treatment_id == treatments.c.id)
        .join(patients, patients.c.subject_id == treatments.c.subject_id)
        .where(latest(patients), given.c.dose > 0)
        .order_by(treatments.c.treated_on.desc(), treatments.c.id.desc())
        .with_only_columns(
            treatments.c.id,
            treatments.c.treated_on,
            treatments.c.product,
            given.c.dose,
            treatments.c.injector,
            patients.c.record_number,
            patients.c.family_name,
            patients.c.given_name,
            patients.c.birth_date,
        )
    )
    found = tuple(
        Recalled(chart, on, product, name, units(dose), *who)
        for chart, on, product, dose, *who in tx.connection.execute(query)
    )
    left = tuple(row["id"] for row in in_stock(tx.connection) if row["lot"] == name)
    tx.note("recall", "vials", name, treatments=len(found))
    return Recall(name, found, left)


@dataclass(frozen=True)
class Due:
    """One person who may come again: not before the interval that plan or label states."""

    record_number: str
    family_name: str
    given_name: str
    indications: tuple[str, ...]
    product: str
    last_on: date
    due_on: date
    interval_d: float
    interval_origin: str

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        plain = {
            name: value.isoformat() if isinstance(value, date) else value
            for name, value in asdict(self).items()
        }
        return plain | {"indications": list(self.indications)}


def due(tx: Transaction, on: date, within_d: int = 28) -> list[Due]:
    """Who is due by some days after a day and has nothing booked from then on, the earliest first.

    Parameters
    ----------
    tx : Transaction
        The records; that the list was drawn is told in the audit trail.
    on : date
        The day.
    within_d : [d]
        Days ahead.
    """
    last = (
        select(treatments.c.subject_id, treatments.c.indications,
               func.max(treatments.c.id).label("id"))
        .where(latest(treatments))
        .group_by(treatments.c.subject_id, treatments.c.indications)
        .subquery()
    )  # fmt: skip
    booked = (
        select(appointments.c.id)
        .where(appointments.c.subject_id == treatments.c.subject_id, latest(appointments))
        .where(appointments.c.day >= on, appointments.c.state == "booked")
        .exists()
    )
    query = (
        select(treatments.c.plan_id, treatments.c.indications, treatments.c.product,
               treatments.c.treated_on, patients.c.record_number, patients.c.family_name,
               patients.c.given_name)
        .join(last, last.c.id == treatments.c.id)
        .join(patients, patients.c.subject_id == treatments.c.subject_id)
        .where(latest(patients), ~booked)
    )  # fmt: skip
    found = []
    for row in tx.connection.execute(query).all():
        stated_d = least_interval_d(kept_plan(tx.connection, row.plan_id))
        interval_d = USUAL_INTERVAL_D if stated_d is None else stated_d
        due_on = row.treated_on + timedelta(days=round(interval_d))
        if due_on > on + timedelta(days=within_d):
            continue
        found.append(
            Due(
                record_number=row.record_number,
                family_name=row.family_name,
                given_name=row.given_name,
                indications=tuple(row.indications.split(",")),
                product=row.product,
                last_on=row.treated_on,
                due_on=due_on,
                interval_d=interval_d,
                interval_origin="assumed" if stated_d is None else "label or plan",
            )
        )
    tx.note("due", "treatments", on.isoformat(), patients=len(found))
    return sorted(found, key=lambda one: (one.due_on, one.record_number))


@dataclass(frozen=True)
class Day:
    """What a day brings: who comes, charts that wait for a signature, vials past their time."""

    on: date
    appointments: Sequence[RowMapping]
    unsigned: Sequence[RowMapping]
    over_time: Sequence[RowMapping]


def day_of(tx: Transaction, on: date) -> Day:
    """What a day brings; that it was looked at is told in the audit trail."""
    capacities = (
        select(signatures.c.treatment_id, func.count().label("signed"))
        .group_by(signatures.c.treatment_id)
        .subquery()
    )
    signed = func.coalesce(capacities.c.signed, 0)
    query = (
        select(treatments, signed.label("signed"))
        .outerjoin(capacities, capacities.c.treatment_id == treatments.c.id)
        .where((signed == 0) | (treatments.c.supervised & (signed < 2)))
        .order_by(treatments.c.treated_on, treatments.c.id)
    )
    unsigned = tx.connection.execute(query).mappings().all()
    tx.note("look", "appointments", on.isoformat())
    return Day(on, appointments_on(tx.connection, on), unsigned, over_time(tx.connection, now()))
