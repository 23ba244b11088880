"""Many treated patients with all that a record may hold, drawn from a seed."""

import io
import random
from datetime import date, timedelta

from PIL import Image

from clinic_cases import PRODUCT, USE, clear, plan, today
from endplate.clinic import charts, patients, people, stock
from endplate.clinic.store.database import Database, Transaction

_NAMES = ("Åse", "Ana", "Zoë", "Jörg", "Marie-Claire", "李", "O'Neil", "Ahmed")
_NOTES = (None, "fine", 'said "better"\nthen worse', "température 38,5 °C")


def treat_many(database: Database, count: int, seed: int = 1) -> None:
    """So many patients, each registered, cleared, treated, signed and followed up."""
    draw = random.Random(seed)
    for number in range(count):
        with database.writing("ines") as tx:
            _treat_one(tx, draw, number)


def _treat_one(tx: Transaction, draw: random.Random, number: int) -> None:
    ines = people.require_user(tx.connection, "ines")
    born = date(1950, 1, 1) + timedelta(days=draw.randrange(15000))
    identity = patients.Identity(
        draw.choice(_NAMES), draw.choice(_NAMES), born, f"N-{number}",
        draw.choice((None, "female", "male", "other")),
    )  # fmt: skip
    subject = patients.register(tx, identity)
    if draw.random() < 0.3:
        patients.correct_identity(tx, subject, identity)
    clear(tx, "ines", subject)
    patients.assess(tx, subject, USE, USE, draw.choice((2, 3)), today(), "investigator")
    (vial,) = stock.receive(tx, PRODUCT, 100, f"L{number % 7}", today() + timedelta(days=200))
    stock.open_vial(tx, vial, draw.choice((1, 2.5, 4)))
    conditions = ("infection_at_site",) if draw.random() < 0.4 else ()
    plan_id = charts.keep_plan(tx, subject, plan(conditions))
    chart = _chart(tx, ines, subject, plan_id, vial, draw)
    _follow(tx, subject, chart, draw)
    if draw.random() < 0.5:
        stock.discard(tx, vial, "left over", draw.choice(("", "cold chain")))


def _chart(tx, ines, subject: str, plan_id: int, vial: int, draw: random.Random) -> int:
    kept = charts.kept_plan(tx.connection, plan_id)
    blocks = charts.blocks_to_open(tx.connection, ines, subject, kept, today())
    reasons = {one.key: "neurologist agreed by telephone" for one in blocks}
    chart = charts.open_chart(tx, ines, subject, plan_id, reasons)
    for place, site in enumerate(charts.planned_injections(kept)):
        given = charts.GivenSite(
            vial, USE, site.muscle, site.side, draw.choice((site.dose_u, 2.5, 0.001)),
            draw.choice((0.1, 0.025, 1.5)), draw.choice((None, 4, 7.5)),
            draw.choice((None, "EMG")), place,
        )  # fmt: skip
        number = charts.give(tx, ines, chart, given)
        if draw.random() < 0.1:
            charts.untick(tx, ines, number, "ticked by mistake")
    charts.give(tx, ines, chart, charts.GivenSite(vial, USE, "procerus", "midline", 1, 0.1))
    if draw.random() < 0.9:
        charts.sign(tx, ines, chart)
        if draw.random() < 0.5:
            charts.add_to(tx, chart, "called back; all is well")
    return chart


def _follow(tx, subject: str, chart: int, draw: random.Random) -> None:
    for kind, value in (("scale", 1.5), ("onset", 4), ("wearing_off", 88), ("goal", -1)):
        about, note = draw.choice((None, chart)), draw.choice(_NOTES)
        number = patients.follow_up(tx, subject, kind, USE, value, today(), about, note)
        if draw.random() < 0.2:
            patients.follow_up(tx, subject, kind, USE, 1, today(), about, note, number)
    for outcome in patients.OUTCOMES:
        if draw.random() < 0.3:
            number = patients.side_effect(
                tx, subject, "headache", today(), outcome, draw.random() < 0.2, None,
                draw.choice((None, chart)), draw.choice(_NOTES),
            )  # fmt: skip
            if outcome == "recovering":
                patients.side_effect(tx, subject, "headache", today(), "recovered",
                                     ended_on=today(), supersedes=number)  # fmt: skip
    if draw.random() < 0.4:
        patients.photo(tx, subject, today(), _picture(draw), draw.choice((None, chart)))
    booked = patients.book(tx, subject, today() + timedelta(days=90), "9:30", USE)
    if draw.random() < 0.4:
        patients.move_appointment(tx, booked, draw.choice(patients.APPOINTMENT_STATES))
    if draw.random() < 0.2:
        agreed = patients.consents_of(tx.connection, subject)[0]
        patients.withdraw_consent(tx, agreed.id, today())


def _picture(draw: random.Random) -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (8, 6), (draw.randrange(256), 0, 0)).save(written, format="PNG")
    return written.getvalue()
