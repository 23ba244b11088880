"""The chart of one treatment: opened on a plan, ticked off site by site, signed, added to.

Nothing is given before every rule that speaks against it is settled (`decisions.py`); a signed
chart keeps its hash and takes addenda alone.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, RowMapping, select

from endplate._version import __version__
from endplate.case import Injection, Plan, areas_treated, injections
from endplate.clinic.decisions import (
    Block,
    blocks_of_check,
    blocks_of_injector,
    blocks_of_subject,
    blocks_of_supervisor,
    blocks_of_vial,
    settle,
)
from endplate.clinic.fields import choice_of, number, optional_text, text_of, word_of
from endplate.clinic.patients import clearances_of, consents_of, identity_of, record
from endplate.clinic.people import User, credentials_of, require_user
from endplate.clinic.stock import draw, take_back, vial_state
from endplate.clinic.store.audit import digest
from endplate.clinic.store.database import Transaction, latest
from endplate.clinic.store.instant import MILLI, milliunits, now
from endplate.clinic.store.tables import (
    addenda,
    overrides,
    plans,
    signatures,
    treatment_clearances,
    treatment_sites,
    treatments,
)
from endplate.errors import NotAllowed, RecordError
from endplate.facts.table import facts_hash
from endplate.safety import check

_SIDES = ("left", "right", "midline")
Reasons = Mapping[str, str]


@dataclass(frozen=True)
class GivenSite:
    """One injection as it was given.

    `planned_site` is its place in the plan's list, None for one that was not planned.
    """

    vial_id: int
    indication: str
    muscle: str
    side: str
    dose_u: float
    volume_ml: float
    depth_mm: float | None = None
    guidance: str | None = None
    planned_site: int | None = None


@dataclass(frozen=True)
class Chart:
    """A chart with its sites and signatures; `state` is open, unsupervised or signed."""

    row: RowMapping
    sites: tuple[RowMapping, ...]
    signatures: tuple[RowMapping, ...]

    @property
    def state(self) -> str:
        """How far it is: open, waiting for the supervisor, or signed."""
        capacities = {signature["capacity"] for signature in self.signatures}
        if "injector" not in capacities:
            return "open"
        return "unsupervised" if self.row["supervised"] and len(capacities) < 2 else "signed"

    @property
    def indications(self) -> tuple[str, ...]:
        """What is treated."""
        return tuple(self.row["indications"].split(","))

    @property
    def dose_u(self) -> float:
        """Units given so far [U]."""
        return sum(site["dose_milliunits"] for site in self.sites) / MILLI


def keep_plan(tx: Transaction, subject_id: str, plan: Plan) -> int:
    """Keep a plan with what the label check says of it; returns its number."""
    checked = check(plan)
    values = {
        "subject_id": identity_of(tx.connection, subject_id)["subject_id"],
        "plan_toml": plan.dumps(),
        "level": checked.level,
        "findings": json.dumps(checked.as_dict(), allow_nan=False),
        "software_version": __version__,
        "facts_hash": facts_hash(),
    }
    return tx.add(plans, values)


def kept_plan(connection: Connection, plan_id: int) -> Plan:
    """A kept plan, read anew."""
    return Plan.loads(record(connection, plans, plan_id)["plan_toml"], f"plan {plan_id}")


def planned_injections(plan: Plan) -> tuple[Injection, ...]:
    """What a plan lists to be given, in the order in which a chart numbers it.

    Raises
    ------
    RecordError
        The plan has no sites.
    """
    planned, why = injections(plan)
    if not planned:
        raise RecordError(f"the plan has no sites to give; {why or 'it lists none'}.")
    return planned


def blocks_to_open(
    connection: Connection, user: User, subject_id: str, plan: Plan, on: date
) -> list[Block]:
    """Everything that speaks against treating a person by a plan on a day."""
    uses = areas_treated(plan.treatment)
    return [
        *blocks_of_injector(user, credentials_of(connection, user.id), uses, on),
        *blocks_of_subject(
            clearances_of(connection, subject_id), consents_of(connection, subject_id), uses, on
        ),
        *blocks_of_check(check(plan)),
    ]


def open_chart(
    tx: Transaction,
    user: User,
    subject_id: str,
    plan_id: int,
    reasons: Reasons | None = None,
    on: date | None = None,
) -> int:
    """Open the chart of a treatment; returns its number.

    Parameters
    ----------
    tx : Transaction
        Where to.
    user : User
        Who injects.
    subject_id : str
        Who is treated.
    plan_id : int
        The plan that was kept for this person.
    reasons : mapping
        Written reasons for blocks that may be set aside, by their keys.
    on : date
        Day of treatment; today unless given.

    Raises
    ------
    NotAllowed
        A block stands: one sentence for each.
    RecordError
        The plan is another person's, or a reason is for nothing.
    """
    on = on or now().date()
    if record(tx.connection, plans, plan_id)["subject_id"] != subject_id:
        raise RecordError(f"plan {plan_id} is another patient's.")
    plan = kept_plan(tx.connection, plan_id)
    planned_injections(plan)
    kept = settle(blocks_to_open(tx.connection, user, subject_id, plan, on), reasons or {})
    uses = areas_treated(plan.treatment)
    held = {c.indication: c for c in credentials_of(tx.connection, user.id)}
    chart = tx.add(
        treatments,
        {
            "subject_id": subject_id,
            "plan_id": plan_id,
            "indications": ",".join(uses),
            "product": plan.treatment.product,
            "region": plan.treatment.region,
            "injector": user.name,
            "supervised": any(held[use].supervised for use in uses),
            "treated_on": on,
        },
    )
    _keep_grounds(tx, chart, subject_id, uses, {use: held[use].id for use in uses}, on)
    _keep_overrides(tx, chart, kept)
    return chart


def _keep_grounds(
    tx: Transaction,
    chart: int,
    subject_id: str,
    uses: Sequence[str],
    credential: Mapping[str, int],
    on: date,
) -> None:
    """The clearance, the consent and the credential that each use rests on."""
    cleared, agreed = (
        clearances_of(tx.connection, subject_id),
        consents_of(tx.connection, subject_id),
    )
    for use in uses:
        tx.add(
            treatment_clearances,
            {
                "treatment_id": chart,
                "indication": use,
                "clearance_id": next(
                    c.id
                    for c in cleared
                    if c.indication == use and c.examined_on <= on <= c.expires_on
                ),
                "consent_id": next(
                    c.id
                    for c in agreed
                    if c.indication == use and c.given_on <= on and c.withdrawn_on is None
                ),
                "credential_id": credential[use],
            },
            subject_id,
        )


def _keep_overrides(tx: Transaction, chart: int, kept: list[tuple[Block, str]]) -> None:
    for block, reason in kept:
        tx.add(
            overrides,
            {"treatment_id": chart, "rule": block.rule, "about": block.about, "reason": reason},
        )


def chart_of(connection: Connection, chart_id: int) -> Chart:
    """A chart with its sites and signatures.

    Raises
    ------
    RecordError
        There is none of that number.
    """
    row = record(connection, treatments, chart_id)
    return Chart(
        row,
        tuple(rows_of(connection, treatment_sites, chart_id)),
        tuple(rows_of(connection, signatures, chart_id)),
    )


def rows_of(connection: Connection, table: Any, chart_id: int) -> list[RowMapping]:
    """Latest form of the records of a chart in one table."""
    query = select(table).where(table.c.treatment_id == chart_id, latest(table))
    return list(connection.execute(query.order_by(table.c.id)).mappings())


def give(
    tx: Transaction,
    user: User,
    chart_id: int,
    site: GivenSite,
    reasons: Reasons | None = None,
    at: datetime | None = None,
) -> int:
    """Tick one site off as given, its units drawn from a vial; returns the number of the site.

    Raises
    ------
    NotAllowed
        A block stands: one sentence for each.
    RecordError
        The chart is signed, somebody else's, or a field is not what it may be.
    """
    at = at or now()
    chart = _open_chart_of(tx.connection, user, chart_id)
    dose = milliunits("dose_u", site.dose_u)
    if site.planned_site is not None and any(
        row["planned_site"] == site.planned_site for row in chart.sites
    ):
        raise RecordError(f"site {site.planned_site + 1} of the plan is ticked off already.")
    held = credentials_of(tx.connection, user.id)
    blocks = [
        *blocks_of_injector(user, held, chart.indications, at.date()),
        *blocks_of_vial(
            vial_state(tx.connection, site.vial_id),
            chart.row["product"],
            dose,
            chart.row["subject_id"],
            at,
        ),
    ]
    said = {row["rule"] + ":" + row["about"]: row["reason"]
            for row in rows_of(tx.connection, overrides, chart_id)}  # fmt: skip
    # one reason for a vial holds for all sites of the chart
    earlier = {block.key: said[block.key] for block in blocks if block.key in said}
    kept = settle(blocks, earlier | dict(reasons or {}))
    _keep_overrides(tx, chart_id, [one for one in kept if one[0].key not in earlier])
    values = {
        "treatment_id": chart_id,
        "planned_site": site.planned_site,
        "vial_id": site.vial_id,
        "indication": _use_of(chart, site.indication),
        "muscle": text_of("muscle", site.muscle, 80),
        "side": choice_of("side", site.side, _SIDES),
        "dose_milliunits": dose,
        "volume_ul": round(number("volume_ml", site.volume_ml, 0.001, 100) * 1000),
        "depth_mm": None if site.depth_mm is None else number("depth_mm", site.depth_mm, 0, 200),
        "guidance": optional_text("guidance", site.guidance, 120),
    }
    number_ = tx.add(treatment_sites, values, chart.row["subject_id"])
    draw(tx, site.vial_id, dose, number_)
    return number_


def reasons_for(
    connection: Connection, chart: Chart, site: GivenSite, reason: str, at: datetime | None = None
) -> dict[str, str]:
    """One written reason, for each block of the site's vial that it may set aside."""
    blocks = blocks_of_vial(
        vial_state(connection, site.vial_id),
        chart.row["product"],
        milliunits("dose_u", site.dose_u),
        chart.row["subject_id"],
        at or now(),
    )
    return {block.key: reason for block in blocks if block.may_be_overridden}


def _use_of(chart: Chart, indication: str) -> str:
    use = word_of("indication", indication)
    if use not in chart.indications:
        raise RecordError(f"indication is {use}; this chart is for {', '.join(chart.indications)}.")
    return use


def untick(tx: Transaction, user: User, site_id: int, why: str) -> int:
    """Take back a site that was ticked by mistake, before the chart is signed."""
    row = record(tx.connection, treatment_sites, site_id)
    chart = _open_chart_of(tx.connection, user, row["treatment_id"])
    if site_id not in [site["id"] for site in chart.sites] or not row["dose_milliunits"]:
        raise RecordError(f"site {site_id} was taken back already.")
    reason = text_of("note", why, 400)
    kept = {name: value for name, value in row.items()
            if name not in ("id", "recorded_at", "recorded_by")}  # fmt: skip
    changed = {"dose_milliunits": 0, "planned_site": None, "note": reason, "supersedes": site_id}
    number_ = tx.add(treatment_sites, kept | changed, chart.row["subject_id"])
    take_back(tx, row["vial_id"], row["dose_milliunits"], site_id, reason)
    return number_


def _open_chart_of(connection: Connection, user: User, chart_id: int) -> Chart:
    chart = chart_of(connection, chart_id)
    if chart.state != "open":
        raise RecordError(f"chart {chart_id} is signed; add an addendum.")
    if chart.row["injector"] != user.name:
        raise RecordError(f"chart {chart_id} is that of {chart.row['injector']}.")
    return chart


def chart_digest(connection: Connection, chart_id: int) -> str:
    """Hash of all that a signature stands for: chart, plan, grounds, sites and overrides."""
    row = record(connection, treatments, chart_id)
    parts = {
        "treatment": dict(row),
        "plan": dict(record(connection, plans, row["plan_id"])),
        **{
            table.name: [dict(one) for one in rows_of(connection, table, chart_id)]
            for table in (treatment_clearances, treatment_sites, overrides)
        },
    }
    return digest(parts)


def sign(tx: Transaction, user: User, chart_id: int, on: date | None = None) -> str:
    """Sign a chart, as its injector or, once that one signed, as the supervisor.

    Returns
    -------
    str
        State of the chart afterwards: unsupervised or signed.

    Raises
    ------
    NotAllowed
        The user may not sign: one sentence for each reason.
    RecordError
        There is nothing to sign.
    """
    on = on or now().date()
    chart = chart_of(tx.connection, chart_id)
    if chart.state == "signed":
        raise RecordError(f"chart {chart_id} is signed already.")
    held = credentials_of(tx.connection, user.id)
    if chart.state == "open":
        if not any(site["dose_milliunits"] for site in chart.sites):
            raise RecordError(f"chart {chart_id} has no site that was given.")
        if chart.row["injector"] != user.name:
            raise NotAllowed([f"blocked (own_chart): {chart.row['injector']} signs this chart."])
        settle(blocks_of_injector(user, held, chart.indications, on), {})
        capacity = "injector"
    else:
        injector = chart.row["injector"]
        settle(blocks_of_supervisor(user, held, chart.indications, on, injector), {})
        capacity = "supervisor"
    tx.add(
        signatures,
        {
            "treatment_id": chart_id,
            "capacity": capacity,
            "signed_by": user.name,
            "chart_sha256": chart_digest(tx.connection, chart_id),
        },
        chart.row["subject_id"],
    )
    return chart_of(tx.connection, chart_id).state


def add_to(tx: Transaction, chart_id: int, text: str) -> int:
    """Add an addendum to a signed chart.

    Raises
    ------
    RecordError
        The chart is not signed yet: then it is corrected itself.
    """
    chart = chart_of(tx.connection, chart_id)
    if chart.state == "open":
        raise RecordError(f"chart {chart_id} is not signed yet; correct it instead.")
    values = {"treatment_id": chart_id, "text": text_of("text", text)}
    return tx.add(addenda, values, chart.row["subject_id"])


def altered_charts(connection: Connection) -> list[str]:
    """Signed charts that no longer have the hash they were signed with."""
    query = select(signatures.c.treatment_id, signatures.c.capacity, signatures.c.chart_sha256)
    return [
        f"chart {chart} is not what was signed ({capacity})."
        for chart, capacity, told in connection.execute(query.order_by(signatures.c.id))
        if chart_digest(connection, chart) != told
    ]


def acting(connection: Connection, name: str) -> User:
    """The user of a name, who must be enabled.

    Raises
    ------
    RecordError
        There is no such user, or the user is disabled.
    """
    user = require_user(connection, name)
    if user.disabled:
        raise RecordError(f"{name} is disabled.")
    return user
