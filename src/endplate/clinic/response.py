"""One patient's own response: what their record asks of `personalise`, and what that answers.

Nothing of it is stored: the answer is worked out from the record whenever it is asked for.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from sqlalchemy import RowMapping

from endplate._version import __version__
from endplate.case import Plan
from endplate.clinic.patients import Record
from endplate.clinic.store.audit import digest
from endplate.clinic.store.instant import units
from endplate.errors import RecordError
from endplate.facts.endpoints import followed_scales
from endplate.facts.table import facts_hash

_MOST_CYCLES = 8  # what was given earlier is worn off


@dataclass(frozen=True)
class Observed:
    """What a visit found on the scale that is followed."""

    on: date
    endpoint: str
    value: float


@dataclass(frozen=True)
class Dose:
    """What one day's treatment gave for the use that is followed [U of the product]."""

    on: date
    product: str
    dose_u: float


@dataclass(frozen=True)
class Question:
    """Record of a person, as far as it tells of their response; without who the person is."""

    plan_toml: str
    indication: str
    given: tuple[Dose, ...]
    visits: tuple[Observed, ...]

    @property
    def scale(self) -> str:
        """Endpoint that is drawn."""
        return followed_scales(self.indication)[0]

    @property
    def first_on(self) -> date:
        """Day of the first treatment, from which days are counted."""
        return self.given[0].on

    @cached_property
    def key(self) -> str:
        """Hash of all that the answer rests on."""
        return digest(
            [
                self.plan_toml,
                [[one.on, one.product, one.dose_u] for one in self.given],
                [[one.on, one.endpoint, one.value] for one in self.visits],
                __version__,
                facts_hash(),
            ]
        )


def question_of(record: Record) -> Question:
    """What a patient's record asks.

    Raises
    ------
    RecordError
        There is nothing to learn from yet: why.
    """
    if not record["plans"]:
        raise RecordError("there is no plan yet, by which a response could be followed.")
    text = record["plans"][-1]["plan_toml"]
    indication = Plan.loads(text).treatment.indications[0]
    given = _given(record, indication)
    if not given:
        raise RecordError("no signed chart tells of a treatment by the latest plan's use yet.")
    scales = followed_scales(indication)
    seen = [
        Observed(row["observed_on"], row["endpoint"], row["value"])
        for row in [*record["assessments"], *record["follow_ups"]]
        if row["endpoint"] in scales and row.get("kind", "scale") == "scale"
    ]
    first = given[0].on
    kept = [one for one in seen if one.on >= first] + _before(seen, first)
    return Question(text, indication, given, tuple(sorted(kept, key=lambda one: one.on)))


def _before(seen: Sequence[Observed], first: date) -> list[Observed]:
    """The latest visit of each scale before the first treatment: what was long before is past."""
    latest: dict[str, Observed] = {}
    for one in sorted(seen, key=lambda one: one.on):
        if one.on < first:
            latest[one.endpoint] = one
    return list(latest.values())


def _given(record: Record, indication: str) -> tuple[Dose, ...]:
    signed = {row["treatment_id"] for row in record["signatures"]}
    doses: dict[date, Dose] = {}
    for chart in record["treatments"]:
        sites = [row for row in record["treatment_sites"] if row["treatment_id"] == chart["id"]]
        dose_u = _dose_u(sites, indication)
        if chart["id"] not in signed or not dose_u:
            continue
        earlier = doses.get(chart["treated_on"])
        if earlier is not None and earlier.product != chart["product"]:
            raise RecordError(
                f"two products were given on {earlier.on}; none of the two is learned."
            )
        total_u = dose_u + (earlier.dose_u if earlier else 0.0)
        doses[chart["treated_on"]] = Dose(chart["treated_on"], chart["product"], total_u)
    return tuple(doses[on] for on in sorted(doses))[-_MOST_CYCLES:]


def _dose_u(sites: Sequence[RowMapping], indication: str) -> float:
    return units(sum(row["dose_milliunits"] for row in sites if row["indication"] == indication))


@dataclass(frozen=True)
class Cycle:
    """The band of one treatment, by day since the first one [d]."""

    day: tuple[float, ...]
    median: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


@dataclass(frozen=True)
class Answer:
    """What is expected of a person; `wears_off_d` is since the latest treatment [d].

    `not_before` is where the interval of plan or label ends; `come_back` never lies before it.
    """

    cycles: tuple[Cycle, ...]
    wears_off_d: tuple[float | None, float | None, float | None]
    come_back: date | None
    not_before: date | None
    come_back_reason: str
    less_than_before: bool | None
    response_reason: str
    visits_used: int


def answer(question: Question) -> Answer:
    """Work out what is expected of a person; takes seconds where it is the first of its kind.

    Raises
    ------
    EndplateError
        The plan's use or product is not covered.
    """
    from endplate.personalise import response_over_cycles
    from endplate.personalise.follow_up import FollowUp, Given, Visit

    def days(on: date) -> float:
        return float((on - question.first_on).days)

    record = FollowUp(
        "",
        [Visit(days(one.on), one.endpoint, one.value) for one in question.visits],
        [Given(days(one.on), one.product, one.dose_u) for one in question.given],
    )
    return _answer(question, response_over_cycles(Plan.loads(question.plan_toml), record))


def _answer(question: Question, told: dict[str, Any]) -> Answer:
    def on(day: float | None) -> date | None:
        # a part of a day more is the next day: never before the interval
        return None if day is None else question.first_on + timedelta(days=math.ceil(day))

    coming, worn = told["next_treatment"], told["wears_off_d"]
    return Answer(
        cycles=tuple(
            Cycle(*(tuple(one[name]) for name in ("day", "median", "p05", "p95")))
            for one in told["cycles"]
        ),
        wears_off_d=(worn["median"], worn["p05"], worn["p95"]),
        come_back=on(coming["come_back_d"]),
        not_before=on(coming["not_before_d"]),
        come_back_reason=coming["reason"],
        less_than_before=told["response"]["less_than_before"],
        response_reason=told["response"]["reason"],
        visits_used=told["visits_used"],
    )
