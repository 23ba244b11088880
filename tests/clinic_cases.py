"""A small clinic: an injector, a trainee with a supervisor, a cleared patient, vials."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from uuid import uuid4

from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from endplate.case import Plan
from endplate.clinic import charts, patients, people, stock
from endplate.clinic.store.database import Database
from endplate.clinic.store.instant import now

USE, PRODUCT = "glabellar_lines", "onabotulinumtoxinA"
PATIENT = patients.Identity("Rivera", "Ana", date(1980, 5, 17), "R-1001", "female")
PLAN = """
[patient]
age_y = 46
sex = "female"
weight_kg = 64
conditions = {conditions}
medications = []
allergies = []
previous = []
baseline = {{ glabellar_lines = 3 }}
[treatment]
date = {day}
product = "onabotulinumtoxinA"
indication = "glabellar_lines"
vial_u = 100
diluent_ml = 2.5
protocol = "label"
"""


def today() -> date:
    """The day of the records: that of UTC."""
    return now().date()


@cache
def plan(conditions: tuple[str, ...] = ()) -> Plan:
    """The label's plan for frown lines, in a person with some conditions."""
    return Plan.loads(PLAN.format(day=today(), conditions=list(conditions)))


@dataclass
class Clinic:
    """A database and who is in it."""

    database: Database
    subject: str
    vials: list[int]
    plan_id: int

    def user(self, name: str) -> people.User:
        with self.database.reading() as connection:
            return people.require_user(connection, name)

    def open(self, name: str = "ines", reasons=None, on=None, plan_id=None) -> int:
        with self.database.writing(name) as tx:
            return charts.open_chart(
                tx, self.user_in(tx, name), self.subject, plan_id or self.plan_id, reasons, on
            )

    @staticmethod
    def user_in(tx, name: str) -> people.User:
        return people.require_user(tx.connection, name)

    def give(self, chart: int, name: str = "ines", vial=None, dose_u=4.0, **more) -> int:
        site = charts.GivenSite(
            vial or self.vials[0], USE, "procerus", "midline", dose_u, 0.1,
            planned_site=more.pop("planned_site", None),
        )  # fmt: skip
        with self.database.writing(name) as tx:
            return charts.give(tx, self.user_in(tx, name), chart, site, **more)

    def sign(self, chart: int, name: str = "ines") -> str:
        with self.database.writing(name) as tx:
            return charts.sign(tx, self.user_in(tx, name), chart)

    def signed(self, sites: int = 2) -> int:
        chart = self.open()
        for number in range(sites):
            self.give(chart, planned_site=number)
        self.sign(chart)
        return chart


def clear(tx, name: str, subject: str, use: str = USE, expires_on: date | None = None) -> None:
    """A clearance and a consent for one use."""
    user = people.require_user(tx.connection, name)
    last = expires_on or today() + timedelta(days=180)
    patients.clear(
        tx, user, subject, use, "in_person", "no neuromuscular disease", "lines at frown 3",
        "none", "glabellar lines, 20 U", min(today(), last), last,
    )  # fmt: skip
    patients.consent(tx, subject, use, "2026-01", "I agree.", today())


def made(database: Database) -> Clinic:
    """A clinic in an empty database."""
    with database.writing("console:test") as tx:
        for name, roles in (
            ("ada", ["administrator"]),
            ("ines", ["injector"]),
            ("tom", ["injector"]),
            ("sara", ["supervisor", "injector"]),
            ("anna", ["assistant"]),
            ("otto", ["auditor"]),
        ):
            people.add_user(tx, name, name.title(), roles)
        for name, supervised in (("ines", False), ("tom", True), ("sara", False)):
            user = people.require_user(tx.connection, name)
            people.add_credential(
                tx, user, USE, f"{name}-1", "Board", today() + timedelta(days=365), supervised
            )
        subject = patients.register(tx, PATIENT)
        clear(tx, "ines", subject)
        vials = stock.receive(tx, PRODUCT, 100, "C1234C3", today() + timedelta(days=200), count=3)
        stock.open_vial(tx, vials[0], 2.5)
        plan_id = charts.keep_plan(tx, subject, plan())
    return Clinic(database, subject, vials, plan_id)


def emptied_postgres(server: str) -> str:
    """Address of the database that all tests of a server share, emptied."""
    _run_on(server, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    return server


def new_postgres(server: str) -> str:
    """Address of a new database on a server."""
    name = f"clinic_{uuid4().hex[:12]}"
    _run_on(server, f"CREATE DATABASE {name}")
    return server.replace("/postgres?", f"/{name}?")


def _run_on(server: str, *statements: str) -> None:
    engine = create_engine(
        server.replace("postgresql://", "postgresql+psycopg://"), poolclass=NullPool
    )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for statement in statements:
            connection.execute(text(statement))
