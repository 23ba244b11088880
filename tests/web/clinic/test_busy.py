"""Twenty people at their screens: a served clinic, over HTTP, each writing all the time."""

import os
import random
import re
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass

import httpx
import pytest
from sqlalchemy import func, select

from clinic_cases import PRODUCT, USE, clear, made, plan, today
from endplate.clinic import charts, patients, people, stock
from endplate.clinic.sign_in import set_password
from endplate.clinic.store import audit, schema
from endplate.clinic.store.database import Database, prepare_file
from endplate.clinic.store.tables import follow_ups, treatment_sites

PASSWORD = "correct horse battery"
USERS = 20
SITES = 5  # of the label's plan


@dataclass
class Office:
    """A served clinic: its address, its records, and one open vial for all."""

    address: str
    database: Database
    vial: int


@pytest.fixture
def office(serving, tmp_path) -> Iterator[Office]:
    path = tmp_path / "clinic.db"
    database = Database.connect(str(path))
    prepare_file(database)
    schema.migrate(database)
    made(database)
    with database.writing("console:test") as tx:
        for number in range(USERS):
            people.add_user(tx, f"user{number}", f"User {number}", ["injector"])
            user = people.require_user(tx.connection, f"user{number}")
            people.add_credential(tx, user, USE, f"n-{number}", "Board", today(), False)
            set_password(tx, user, PASSWORD)
        (vial,) = stock.receive(tx, PRODUCT, 50_000, "BIG", today())
        stock.open_vial(tx, vial, 2.5)
    with serving(0, "--clinic", "--database", str(path)) as (address, _):
        yield Office(address, database, vial)
    database.close()


def at_the_screen(office: Office, number: int, end: float, pause_s: float, took: list[float]):
    """One user: signs in, registers a patient, gives and follows up until the time is over."""
    draw = random.Random(number)
    with httpx.Client(base_url=office.address, timeout=60.0) as client:
        page = client.get("/clinic/sign-in")

        def post(path: str, timed: bool = True, **fields) -> httpx.Response:
            started = time.monotonic()
            sent = {"form_token": token, **fields}
            got = client.post(path, data=sent, headers={"origin": office.address})
            assert got.status_code == 303, (path, got.status_code, got.text[-300:])
            if timed:
                took.append(time.monotonic() - started)
                time.sleep(draw.uniform(0, 2 * pause_s))
            return got

        token = ""
        post("/clinic/sign-in", False, name=f"user{number}", password=PASSWORD)
        page = client.get("/clinic/stock")
        token = re.findall(r'name="form_token" value="([^"]+)"', page.text)[0]
        while time.monotonic() < end:
            subject = _patient(office, number)
            here = f"/clinic/patients/{subject}"
            chart = post(f"{here}/charts", plan_id=_plan(office, number, subject))
            path = chart.headers["location"]
            for site in range(SITES):
                post(f"{path}/sites", vial_id=str(office.vial), site=str(site))
                assert client.get(path).status_code == 200
            post(f"{path}/sign")
            post(f"{here}/follow-ups", kind="scale", endpoint=USE, value="1",
                 observed_on=str(today()))  # fmt: skip


def _patient(office: Office, number: int) -> str:
    """A cleared patient of a user's own, as another desk would have made them."""
    with office.database.writing(f"user{number}") as tx:
        known = patients.Identity("Busy", "One", today(), f"B-{time.monotonic_ns()}-{number}")
        subject = patients.register(tx, known)
        clear(tx, f"user{number}", subject)
    return subject


def _plan(office: Office, number: int, subject: str) -> str:
    with office.database.writing(f"user{number}") as tx:
        return str(charts.keep_plan(tx, subject, plan()))


def busy(office: Office, seconds: float, pause_s: float) -> list[float]:
    """How long the writing requests took [s], of twenty users at once."""
    took: list[float] = []
    faults: list[BaseException] = []
    end = time.monotonic() + seconds

    def run(number: int) -> None:
        try:
            at_the_screen(office, number, end, pause_s, took)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(USERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
    with office.database.reading() as connection:
        assert stock.reconcile(connection) == []
        assert audit.verify(connection).whole
        given = select(func.count()).where(treatment_sites.c.vial_id == office.vial)
        followed = connection.execute(select(func.count()).select_from(follow_ups)).scalar_one()
        assert connection.execute(given).scalar_one() == SITES * followed
    return sorted(took)


@pytest.mark.slow
def test_twenty_users_at_their_screens(office):
    """For five minutes, each with a request every two seconds; ENDPLATE_BUSY_S for longer."""
    took = busy(office, float(os.environ.get("ENDPLATE_BUSY_S", "300")), 2.0)
    p95 = took[int(0.95 * len(took))]
    print(f"{len(took)} requests, p95 {1000 * p95:.0f} ms, longest {1000 * took[-1]:.0f} ms")
    assert p95 < 0.3
