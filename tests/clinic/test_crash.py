"""Killed while writing, and many writing at once: nothing confirmed is lost, nothing is half."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from clinic_cases import PRODUCT, today
from endplate.clinic import stock
from endplate.clinic.store import audit
from endplate.clinic.store.database import Database
from endplate.clinic.store.instant import stamp
from endplate.clinic.store.tables import treatment_sites, vial_movements
from endplate.errors import NotAllowed, RecordError

WRITER = """
import sys
from clinic_cases import Clinic, USE
from endplate.clinic import charts, people
from endplate.clinic.store.database import Database
address, chart, vial = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
database = Database.connect(address, pooled=True)
while True:
    with database.writing("ines") as tx:
        user = people.require_user(tx.connection, "ines")
        site = charts.GivenSite(vial, USE, "procerus", "midline", 0.001, 0.1)
        number = charts.give(tx, user, chart, site)
    print(number, flush=True)
"""


def kill_while_writing(clinic, chart: int, wait_s: float) -> list[int]:
    """Sites whose giving was confirmed before the writer was killed."""
    address = str(clinic.database.url.render_as_string(hide_password=False))
    here = Path(__file__).parents[1]
    source = here.parent / "src"
    environment = os.environ | {"PYTHONPATH": f"{source}{os.pathsep}{here}"}
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, address, str(chart), str(clinic.vials[0])],
        stdout=subprocess.PIPE, env=environment, text=True,
    )  # fmt: skip
    assert writer.stdout is not None
    with writer:
        told = writer.stdout.readline()  # it is under way
        time.sleep(wait_s)
        writer.send_signal(signal.SIGKILL)
        told += writer.stdout.read()
    # the last line may be torn by the kill; what has its end was confirmed
    return [int(line) for line in told.split("\n")[:-1]]


def killed(clinic, times: int) -> None:
    draw, chart = random.Random(4), clinic.open()
    confirmed: list[int] = []
    for _ in range(times):
        confirmed += kill_while_writing(clinic, chart, draw.uniform(0.0, 0.15))
    assert confirmed
    with clinic.database.reading() as connection:
        kept = set(connection.execute(select(treatment_sites.c.id)).scalars())
        assert set(confirmed) <= kept
        # each kill may leave one more that was written and not yet told
        assert len(kept) <= len(confirmed) + times
        assert stock.reconcile(connection) == []
        assert audit.verify(connection).whole


def test_a_killed_writer_loses_nothing(clinic):
    killed(clinic, 5)


@pytest.mark.slow
def test_two_hundred_killed_writers_lose_nothing(clinic):
    killed(clinic, 200)


def discard_both(clinic, *numbers: int) -> None:
    with clinic.database.writing("ines") as tx:
        for vial in numbers:
            stock.discard(tx, vial, "broken")


def test_a_failed_transaction_leaves_nothing(clinic):
    chart = clinic.open()
    with clinic.database.reading() as connection:
        before = audit.head(connection)
    with pytest.raises(NotAllowed):
        clinic.give(chart, dose_u=4, vial=clinic.vials[1])
    with pytest.raises(RecordError, match="no vial 999"):
        discard_both(clinic, clinic.vials[0], 999)
    with clinic.database.reading() as connection:
        assert audit.head(connection) == before
        assert stock.vial_row(connection, clinic.vials[0])["state"] == "open"


def test_a_full_disk_is_one_sentence_and_loses_nothing(sqlite_clinic):
    with sqlite_clinic.database.writing("x") as tx:
        pages = tx.connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    url = sqlite_clinic.database.url
    sqlite_clinic.database.close()
    full = Database.connect(str(url.database))
    from sqlalchemy import event

    @event.listens_for(full.engine, "connect")
    def small(connection, _):
        connection.execute(f"PRAGMA max_page_count = {pages + 1}")

    with full.reading() as connection:
        before = audit.head(connection)
    with (
        pytest.raises(RecordError, match="the disk is full; nothing of this was written"),
        full.writing("x") as tx,
    ):
        stock.receive(tx, PRODUCT, 100, "L", today(), count=500)
    with full.reading() as connection:
        assert audit.head(connection) == before
        assert audit.verify(connection).whole


def rooms(clinic, count: int, seconds: float, pause_s: float) -> list[float]:
    """So many rooms giving from the same vial for a while; how long each writing took [s]."""
    url = clinic.database.url.render_as_string(hide_password=False)
    server = Database.connect(url, pooled=True)
    with server.writing("console:test") as tx:
        (vial,) = stock.receive(tx, PRODUCT, 50_000, "BIG", today())
        stock.open_vial(tx, vial, 2.5)
    charts_ = [clinic.open() for _ in range(count)]
    took: list[float] = []
    faults: list[Exception] = []
    end = time.monotonic() + seconds

    def room(chart: int) -> None:
        draw = random.Random(chart)
        try:
            while time.monotonic() < end:
                started = time.monotonic()
                give_one(server, clinic, chart, vial)
                took.append(time.monotonic() - started)
                time.sleep(draw.uniform(0, 2 * pause_s))
        except Exception as fault:
            faults.append(fault)

    threads = [threading.Thread(target=room, args=(chart,)) for chart in charts_]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    server.close()
    assert faults == []
    with clinic.database.reading() as connection:
        assert stock.reconcile(connection) == []
        assert audit.verify(connection).whole
        given = select(func.count()).where(treatment_sites.c.vial_id == vial)
        assert connection.execute(given).scalar_one() == len(took)
    return sorted(took)


def give_one(server, clinic, chart: int, vial: int) -> None:
    from clinic_cases import USE
    from endplate.clinic import charts

    with server.writing("ines") as tx:
        site = charts.GivenSite(vial, USE, "procerus", "midline", 0.5, 0.1)
        charts.give(tx, clinic.user_in(tx, "ines"), chart, site)


def test_rooms_that_write_at_once_get_no_error(clinic):
    assert len(rooms(clinic, 6, 2.0, 0.02)) > 12


def p95_s(took: list[float]) -> float:
    """How long the slower writings took [s]; printed with how many there were."""
    p95 = took[int(0.95 * len(took))]
    print(f"{len(took)} injections, p95 {1000 * p95:.0f} ms, longest {1000 * took[-1]:.0f} ms")
    return p95


def test_twenty_users_write_at_once(sqlite_clinic):
    # no bound near what an idle machine needs: the tests beside this one take its time
    assert p95_s(rooms(sqlite_clinic, 20, 8.0, 1.0)) < 5.0


@pytest.mark.slow
def test_twenty_rooms_for_five_minutes(sqlite_clinic):
    """A busy room records an injection every two seconds; ENDPLATE_BUSY_S for longer."""
    seconds = float(os.environ.get("ENDPLATE_BUSY_S", "300"))
    assert p95_s(rooms(sqlite_clinic, 20, seconds, 2.0)) < 0.3


def test_two_rooms_never_overdraw(clinic):
    """Twelve rooms want 10 U each from a vial of 50: five get them."""
    with clinic.database.writing("console:test") as tx:
        (vial,) = stock.receive(tx, PRODUCT, 50, "SMALL", today())
        stock.open_vial(tx, vial, 1.25)
    charts_ = [clinic.open() for _ in range(12)]
    got: list[int] = []
    refused: list[str] = []

    def room(chart: int) -> None:
        try:
            got.append(clinic.give(chart, vial=vial, dose_u=10))
        except NotAllowed as fault:
            refused.append(str(fault))

    threads = [threading.Thread(target=room, args=(chart,)) for chart in charts_]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(got), len(refused)) == (5, 7)
    # the last of them met a vial that was empty by then
    assert all("vial_too_little" in one or "vial_gone" in one for one in refused)
    with clinic.database.reading() as connection:
        assert stock.vial_row(connection, vial)["left_milliunits"] == 0
        assert stock.reconcile(connection) == []


def interleave(database: Database, steps: int) -> None:
    """Draws, returns and discards in any order, also past the rules; the sums hold throughout."""
    draw = random.Random(7)
    with database.writing("console:test") as tx:
        numbers = stock.receive(tx, PRODUCT, 100, "LOT", today(), count=20)
    given = dict.fromkeys(numbers, 0)
    for step in range(0, steps, 500):
        with database.writing("console:test") as tx:
            for _ in range(min(500, steps - step)):
                vial = draw.choice(numbers)
                try:
                    act(tx, draw, vial, given)
                except RecordError:
                    continue
    with database.reading() as connection:
        assert stock.reconcile(connection) == []
        for vial in numbers:
            row = stock.vial_row(connection, vial)
            kinds = select(vial_movements.c.kind, func.sum(vial_movements.c.milliunits)).where(
                vial_movements.c.vial_id == vial
            )
            sums = dict(connection.execute(kinds.group_by(vial_movements.c.kind)).all())
            assert sum(map(int, sums.values())) == row["left_milliunits"] >= 0
            given_now = -int(sums.get("given", 0)) - int(sums.get("taken_back", 0))
            assert given_now == given[vial]


def act(tx, draw: random.Random, vial: int, given: dict[int, int]) -> None:
    kind, dose = draw.random(), draw.randint(1, 3000)
    if kind < 0.002:
        stock.discard(tx, vial, "left over")
    elif kind < 0.45:
        stock.take_back(tx, vial, min(dose, given[vial]), None, "not given")
        given[vial] -= min(dose, given[vial])
    else:
        stock.draw(tx, vial, dose, None)
        given[vial] += dose


def test_sums_hold_through_any_order(clinic):
    interleave(clinic.database, 500)


@pytest.mark.slow
def test_sums_hold_through_a_hundred_thousand(sqlite_clinic):
    interleave(sqlite_clinic.database, 100_000)


def test_an_instant_sorts_as_text():
    from datetime import UTC, datetime

    early, late = datetime(2026, 9, 30, tzinfo=UTC), datetime(2026, 10, 1, tzinfo=UTC)
    assert stamp(early) < stamp(late)
