"""Two injectors draw, give, take back, discard and sign in any order: every vial's sum holds."""

import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import func, select

from clinic_cases import PRODUCT, USE, Clinic, made, today
from endplate.clinic import charts, people, stock
from endplate.clinic.store import audit, schema
from endplate.clinic.store.database import Database, prepare_file
from endplate.clinic.store.tables import treatment_sites, vial_movements, vials
from endplate.errors import EndplateError

REASON = "two patients of the same hour"


def prepared(folder: Path) -> tuple[Path, Clinic]:
    """A file with a clinic and two more vials open."""
    database = Database.connect(str(folder / "clinic.db"))
    prepare_file(database)
    schema.migrate(database)
    clinic = made(database)
    with database.writing("console:test") as tx:
        for vial in clinic.vials[1:]:
            stock.open_vial(tx, vial, 2.5)
    with database.reading():
        database.close()
    return folder / "clinic.db", clinic


class Cabinet(RuleBasedStateMachine):
    """Acts in any order, also such as are refused; a refused one leaves nothing behind."""

    template: tuple[Path, Clinic]

    @initialize()
    def start(self) -> None:
        path, clinic = self.template
        self.folder = Path(tempfile.mkdtemp(prefix="endplate-sums-"))
        for name in path.parent.glob("clinic.db*"):
            shutil.copyfile(name, self.folder / name.name)
        self.database = Database.connect(str(self.folder / "clinic.db"), pooled=True)
        self.clinic = Clinic(self.database, clinic.subject, list(clinic.vials), clinic.plan_id)
        self.charts: list[tuple[str, int]] = []
        self.given_milliunits = dict.fromkeys(self.clinic.vials, 0)
        self.sites: dict[int, tuple[str, int, int]] = {}

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.close()
            shutil.rmtree(self.folder)

    def _vial(self, number: int) -> int:
        return self.clinic.vials[number % len(self.clinic.vials)]

    @rule(name=st.sampled_from(("ines", "sara")))
    def open_chart(self, name: str) -> None:
        self.charts.append((name, self.clinic.open(name)))

    @rule(
        which=st.integers(0, 9),
        vial=st.integers(0, 9),
        thousandths=st.integers(1, 60_000),
        other=st.booleans(),
    )
    def give(self, which: int, vial: int, thousandths: int, other: bool) -> None:
        if not self.charts:
            return
        name, chart = self.charts[which % len(self.charts)]
        number, actor = self._vial(vial), "tom" if other else name
        site = charts.GivenSite(number, USE, "procerus", "midline", thousandths / 1000, 0.1)
        try:
            with self.database.writing(actor) as tx:
                user = people.require_user(tx.connection, actor)
                added = charts.give(tx, user, chart, site)
        except EndplateError:
            return
        self.given_milliunits[number] += thousandths
        self.sites[added] = (name, number, thousandths)

    @rule(which=st.integers(0, 20))
    def take_back(self, which: int) -> None:
        if not self.sites:
            return
        site = sorted(self.sites)[which % len(self.sites)]
        name, vial, thousandths = self.sites[site]
        try:
            with self.database.writing(name) as tx:
                charts.untick(tx, people.require_user(tx.connection, name), site, "by mistake")
        except EndplateError:
            return
        del self.sites[site]
        self.given_milliunits[vial] -= thousandths

    @rule(vial=st.integers(0, 9))
    def discard(self, vial: int) -> None:
        try:
            with self.database.writing("anna") as tx:
                stock.discard(tx, self._vial(vial), "left over")
        except EndplateError:
            return

    @rule(vial=st.integers(0, 9), thousandths=st.integers(1, 60_000))
    def fail_half_way(self, vial: int, thousandths: int) -> None:
        """What was drawn in a transaction that fails is in the vial again."""
        try:
            with self.database.writing("ines") as tx:
                stock.draw(tx, self._vial(vial), thousandths, None)
                stock.draw(tx, 999, thousandths, None)
        except EndplateError:
            return
        raise AssertionError("there is no vial 999")

    @rule()
    def receive(self) -> None:
        with self.database.writing("anna") as tx:
            (number,) = stock.receive(tx, PRODUCT, 50, "NEW", today())
            stock.open_vial(tx, number, 1.25)
        self.clinic.vials.append(number)
        self.given_milliunits[number] = 0

    @rule(which=st.integers(0, 9))
    def sign(self, which: int) -> None:
        if not self.charts:
            return
        name, chart = self.charts[which % len(self.charts)]
        try:
            self.clinic.sign(chart, name)
        except EndplateError:
            return

    @invariant()
    def sums_hold(self) -> None:
        if not hasattr(self, "database"):
            return
        with self.database.reading() as connection:
            assert stock.reconcile(connection) == []
            for number, given in self.given_milliunits.items():
                row = stock.vial_row(connection, number)
                kind = vial_movements.c.kind
                gone = connection.execute(
                    select(func.coalesce(func.sum(-vial_movements.c.milliunits), 0)).where(
                        vial_movements.c.vial_id == number, kind == "discarded"
                    )
                ).scalar_one()
                # every unit that came in was given, is left or was thrown away
                assert row["content_milliunits"] == given + row["left_milliunits"] + gone
                assert row["left_milliunits"] >= 0
            charted = select(func.sum(treatment_sites.c.dose_milliunits)).where(
                treatment_sites.c.id.in_(self.sites)
            )
            told = connection.execute(charted).scalar_one() or 0
            assert told == sum(self.given_milliunits.values())
            assert connection.execute(
                select(func.min(vials.c.left_milliunits))
            ).scalar_one() >= 0  # fmt: skip
            assert audit.verify(connection).whole


@pytest.fixture(scope="module")
def template(tmp_path_factory) -> tuple[Path, Clinic]:
    return prepared(tmp_path_factory.mktemp("template"))


def run(template: tuple[Path, Clinic], examples: int, steps: int) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    of_this = type("Cabinet", (Cabinet,), {"template": template})
    run_state_machine_as_test(
        of_this,
        settings=settings(
            max_examples=examples,
            stateful_step_count=steps,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_every_vials_sum_holds_through_any_order(template):
    run(template, 12, 12)


@pytest.mark.slow
def test_every_vials_sum_holds_through_many_orders(template):
    run(template, 300, 40)
