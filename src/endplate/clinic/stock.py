"""The cabinet: vials by lot and expiry, what was drawn from each, what was thrown away and why.

`vial_movements` is the ledger: every unit that came in, was given or was discarded. What a vial has
left stands in the vial too, where the database refuses a negative number; both are changed in one
transaction, and `reconcile` holds them against each other and against the charts.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, func, select

from endplate.clinic.decisions import VialState
from endplate.clinic.fields import choice_of, day, number, text_of, word_of
from endplate.clinic.store.database import Transaction, latest
from endplate.clinic.store.instant import hours_later, milliunits, moment_of, now, stamp, units
from endplate.clinic.store.tables import treatment_sites, treatments, vial_movements, vials
from endplate.errors import FactMissing, RecordError
from endplate.facts.preparation import Storage, storage

FORMS = ("powder", "solution")
REASONS = ("left over", "over time", "expired", "broken", "cooling failed", "recalled", "other")
_MOST_AT_ONCE = 1000
# the application identifiers of GS1: 01 the article, 17 the expiry, 10 the lot, which ends the code
# or stands before a separator
_GS1_WITH_BRACKETS = re.compile(r"\(10\)(?P<lot>[^(\x1d]+)")
_GS1_PLAIN = re.compile(r"01\d{14}(?:1[1-7]\d{6})*10(?P<lot>[^\x1d]{1,20})")


def receive(
    tx: Transaction,
    product: str,
    content_u: float,
    lot: str,
    expires_on: date | str,
    count: int = 1,
    form: str = "powder",
) -> list[int]:
    """Take vials into stock; returns their numbers.

    Parameters
    ----------
    tx : Transaction
        Where to.
    product : str
        Product, by any known name.
    content_u : [U]
        Content of each.
    lot : str
        Lot as printed.
    expires_on : date
        Last day of use as printed.
    count : int
        How many.
    form : str
        powder or solution.

    Raises
    ------
    RecordError
        A field is not what it may be.
    """
    if not 1 <= count <= _MOST_AT_ONCE:
        raise RecordError(f"count is {count}; allowed are 1 to {_MOST_AT_ONCE}.")
    content = milliunits("content_u", content_u)
    values = {
        "product": word_of("product", product),
        "form": choice_of("form", form, FORMS),
        "lot": lot_of(lot),
        "expires_on": day("expires_on", expires_on),
        "content_milliunits": content,
        "left_milliunits": content,
        "state": "unopened",
    }
    numbers = []
    for _ in range(count):
        vial = tx.add(vials, values)
        tx.add(vial_movements, {"vial_id": vial, "kind": "received", "milliunits": content})
        numbers.append(vial)
    return numbers


def lot_of(text: str) -> str:
    """A lot as it is kept: capital letters, no blanks.

    Examples
    --------
    >>> lot_of(" c1234 c3")
    'C1234C3'
    """
    return text_of("lot", "".join(text.split()).upper(), 40)


def lot_in(scanned: str) -> str:
    """The lot in what was typed or scanned: the lot itself, or a GS1 code that carries it.

    Examples
    --------
    >>> lot_in("c1234 c3"), lot_in("(01)00300231145016(17)270531(10)C1234C3")
    ('C1234C3', 'C1234C3')
    >>> lot_in("]d201003002311450161727053110C1234C3\\x1d21778")
    'C1234C3'
    """
    plain = "".join(scanned.split(" ")).removeprefix("]d2").removeprefix("\x1d")
    code = _GS1_WITH_BRACKETS.search(plain) or _GS1_PLAIN.match(plain)
    return lot_of(code["lot"] if code else scanned)


def vial_of_lot(connection: Connection, product: str, scanned: str, chosen: int) -> int:
    """The vial that a scanned or typed lot means: the chosen one if it is of it, else the first.

    Parameters
    ----------
    connection : Connection
        Where to look.
    product : str
        What the plan says.
    scanned : str
        What was scanned or typed.
    chosen : int
        Number of the vial that is chosen beside it.

    Raises
    ------
    RecordError
        No vial of that lot and product is in stock.
    """
    lot = lot_in(scanned)
    found = [row["id"] for row in in_stock(connection, product) if row["lot"] == lot]
    if not found:
        raise RecordError(f"no vial of lot {lot} of {product} is in stock; nothing was recorded.")
    return chosen if chosen in found else found[0]


def open_vial(tx: Transaction, vial_id: int, diluent_ml: float, at: datetime | None = None) -> None:
    """Open a vial: its clock of use starts.

    Parameters
    ----------
    tx : Transaction
        Where to.
    vial_id : int
        Number of the vial.
    diluent_ml : [mL]
        Diluent put in; of a solution the volume that it holds.
    at : datetime
        When; now unless given.

    Raises
    ------
    RecordError
        There is no such vial, or it was opened before or is past its expiry.
    """
    at = at or now()
    vial = vial_row(tx.connection, vial_id)
    if vial["state"] != "unopened":
        raise RecordError(f"vial {vial_id} is {vial['state']} already.")
    if vial["expires_on"] < at.date():
        raise RecordError(f"vial {vial_id} expired on {vial['expires_on']}; discard it.")
    told = storage_of(vial["product"], vial["form"])
    hours = told.use_within_h if told else None
    tx.change(
        vials,
        vial_id,
        {
            "state": "open",
            "opened_at": stamp(at),
            "use_until": stamp(hours_later(at, hours)) if hours else None,
            "diluent_ul": round(number("diluent_ml", diluent_ml, 0.01, 100) * 1000),
        },
    )


def storage_of(product: str, form: str) -> Storage | None:
    """Storage text of a product, None where none is known."""
    try:
        return storage(product, form)
    except FactMissing:
        return None


def draw(tx: Transaction, vial_id: int, dose_milliunits: int, site_id: int) -> None:
    """Take the units of one site out of a vial.

    Raises
    ------
    RecordError
        The vial does not hold them.
    """
    _move(tx, vial_id, "given", -dose_milliunits, site_id=site_id)


def take_back(tx: Transaction, vial_id: int, dose_milliunits: int, site_id: int, why: str) -> None:
    """Undo a draw that was ticked by mistake and never given.

    Raises
    ------
    RecordError
        The vial was thrown away meanwhile.
    """
    if vial_row(tx.connection, vial_id)["state"] == "discarded":
        raise RecordError(f"vial {vial_id} was discarded; nothing goes back into it.")
    _move(tx, vial_id, "taken_back", dose_milliunits, site_id=site_id, reason=why)


def discard(tx: Transaction, vial_id: int, reason: str, note: str = "") -> float:
    """Throw away what a vial has left; returns how many units that were [U].

    Raises
    ------
    RecordError
        There is no such vial, it is gone already, or the reason is not one of those allowed.
    """
    choice_of("reason", reason, REASONS)
    vial = vial_row(tx.connection, vial_id)
    if vial["state"] == "discarded":
        raise RecordError(f"vial {vial_id} is discarded already.")
    said = f"{reason}: {text_of('note', note, 400)}" if note.strip() else reason
    _move(tx, vial_id, "discarded", -vial["left_milliunits"], reason=said, state="discarded")
    return units(vial["left_milliunits"])


def _move(
    tx: Transaction,
    vial_id: int,
    kind: str,
    change_milliunits: int,
    site_id: int | None = None,
    reason: str | None = None,
    state: str | None = None,
) -> None:
    vial = vial_row(tx.connection, vial_id)
    left = vial["left_milliunits"] + change_milliunits
    if left < 0:
        raise RecordError(
            f"vial {vial_id} holds {units(vial['left_milliunits']):g} U; "
            f"{units(-change_milliunits):g} U cannot be drawn."
        )
    tx.add(
        vial_movements,
        {
            "vial_id": vial_id,
            "kind": kind,
            "milliunits": change_milliunits,
            "site_id": site_id,
            "reason": reason,
        },
    )
    if state is None:
        state = "empty" if left == 0 else "open"
    tx.change(vials, vial_id, {"left_milliunits": left, "state": state})


def vial_row(connection: Connection, vial_id: int) -> RowMapping:
    """A vial.

    Raises
    ------
    RecordError
        There is none of that number.
    """
    row = connection.execute(select(vials).where(vials.c.id == vial_id)).mappings().first()
    if row is None:
        raise RecordError(f"there is no vial {vial_id}.")
    return row


def vial_state(connection: Connection, vial_id: int) -> VialState:
    """What decides whether a vial may be drawn from."""
    row = vial_row(connection, vial_id)
    told = storage_of(row["product"], row["form"])
    served = (
        select(treatments.c.subject_id)
        .join(treatment_sites, treatment_sites.c.treatment_id == treatments.c.id)
        .where(treatment_sites.c.vial_id == vial_id, treatment_sites.c.dose_milliunits > 0)
        .where(latest(treatment_sites))
        .distinct()
    )
    return VialState(
        id=row["id"],
        product=row["product"],
        lot=row["lot"],
        state=row["state"],
        left_milliunits=row["left_milliunits"],
        expires_on=row["expires_on"],
        opened_at=row["opened_at"],
        use_until=row["use_until"],
        # a product without a text is kept for one person too: not known is no leave
        one_person=told is None or told.one_person != "no",
        given_to=frozenset(connection.execute(served).scalars()),
    )


def in_stock(connection: Connection, product: str | None = None) -> list[RowMapping]:
    """Vials that hold something, first expiry first, opened ones before closed ones."""
    query = select(vials).where(vials.c.state.in_(("open", "unopened")))
    if product is not None:
        query = query.where(vials.c.product == product)
    # "open" sorts before "unopened"
    order = (vials.c.product, vials.c.state, vials.c.expires_on, vials.c.id)
    return list(connection.execute(query.order_by(*order)).mappings())


def stock_counts(connection: Connection, on: date) -> dict[tuple[str, float], int]:
    """Closed vials that are good on a day, by product and content, as `choose` takes them."""
    query = (
        select(vials.c.product, vials.c.content_milliunits, func.count())
        .where(vials.c.state == "unopened", vials.c.expires_on >= on)
        .group_by(vials.c.product, vials.c.content_milliunits)
    )
    return {(product, units(held)): count for product, held, count in connection.execute(query)}


@dataclass(frozen=True)
class Waste:
    """What was thrown away, by product, lot and reason."""

    product: str
    lot: str
    reason: str
    vials: int
    discarded_u: float
    given_u: float

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)


def waste(connection: Connection, first: date, last: date) -> list[Waste]:
    """Units thrown away from a day to another, beside those given from the same vials."""
    if first > last:
        raise RecordError(f"from {first} to {last} is no span of days.")
    given = (
        select(vial_movements.c.vial_id, func.sum(-vial_movements.c.milliunits).label("given"))
        .where(vial_movements.c.kind.in_(("given", "taken_back")))
        .group_by(vial_movements.c.vial_id)
        .subquery()
    )
    thrown = vial_movements
    query = (
        select(
            vials.c.product,
            vials.c.lot,
            thrown.c.reason,
            func.count(),
            func.sum(-thrown.c.milliunits),
            func.sum(func.coalesce(given.c.given, 0)),
        )
        .join(vials, vials.c.id == thrown.c.vial_id)
        .outerjoin(given, given.c.vial_id == vials.c.id)
        .where(thrown.c.kind == "discarded")
        .where(thrown.c.recorded_at >= first.isoformat())
        .where(thrown.c.recorded_at < (last + timedelta(days=1)).isoformat())
        .group_by(vials.c.product, vials.c.lot, thrown.c.reason)
        .order_by(vials.c.product, vials.c.lot, thrown.c.reason)
    )
    return [
        Waste(product, lot, reason, count, units(discarded), units(given_of))
        for product, lot, reason, count, discarded, given_of in connection.execute(query)
    ]


def reconcile(connection: Connection, counted: Sequence[int] | None = None) -> list[str]:
    """Hold the cabinet against the ledger and the charts; one sentence for each difference.

    Parameters
    ----------
    connection : Connection
        The records.
    counted : sequence of int
        Numbers of the vials found in the cabinet, where somebody counted.
    """
    return [*_ledger_faults(connection), *_chart_faults(connection),
            *_cabinet_faults(connection, counted)]  # fmt: skip


def _ledger_faults(connection: Connection) -> Iterator[str]:
    query = (
        select(vials.c.id, vials.c.lot, vials.c.left_milliunits,
               func.coalesce(func.sum(vial_movements.c.milliunits), 0))
        .outerjoin(vial_movements, vial_movements.c.vial_id == vials.c.id)
        .group_by(vials.c.id, vials.c.lot, vials.c.left_milliunits)
        .order_by(vials.c.id)
    )  # fmt: skip
    for number_, lot, left, summed in connection.execute(query):
        if left != summed:
            yield (
                f"vial {number_} (lot {lot}) has {units(left):g} U left, its movements leave "
                f"{units(summed):g} U."
            )


def _chart_faults(connection: Connection) -> Iterator[str]:
    """Sites whose dose is not what left the vial, and draws without a site."""
    moved = (
        select(vial_movements.c.site_id, func.sum(-vial_movements.c.milliunits).label("moved"))
        .where(vial_movements.c.site_id.is_not(None))
        .group_by(vial_movements.c.site_id)
        .subquery()
    )
    later = treatment_sites.alias("later")
    query = (
        select(treatment_sites.c.id, treatment_sites.c.treatment_id,
               treatment_sites.c.dose_milliunits, func.coalesce(moved.c.moved, 0))
        .outerjoin(moved, moved.c.site_id == treatment_sites.c.id)
        .outerjoin(later, later.c.supersedes == treatment_sites.c.id)
        .where(later.c.id.is_(None))
        .where(treatment_sites.c.dose_milliunits != func.coalesce(moved.c.moved, 0))
        .order_by(treatment_sites.c.id)
    )  # fmt: skip
    for site, chart, charted, drawn in connection.execute(query):
        yield (
            f"site {site} of chart {chart} says {units(charted):g} U, {units(drawn):g} U left the "
            "vial for it."
        )


def _cabinet_faults(connection: Connection, counted: Sequence[int] | None) -> Iterator[str]:
    if counted is None:
        return
    held = {row["id"]: row["lot"] for row in in_stock(connection)}
    for number_ in sorted(set(held) - set(counted)):
        yield f"vial {number_} (lot {held[number_]}) should be in the cabinet and was not counted."
    for number_ in sorted(set(counted) - set(held)):
        yield f"vial {number_} was counted, but the records hold no such vial with anything left."


def over_time(connection: Connection, at: datetime) -> list[RowMapping]:
    """Open vials whose time of use has passed, and closed or open ones past their expiry."""
    return [
        row
        for row in in_stock(connection)
        if row["expires_on"] < at.date()
        or (row["use_until"] is not None and moment_of(row["use_until"]) < at)
    ]
