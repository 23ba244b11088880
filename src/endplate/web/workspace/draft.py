"""One plan that is being edited: its tables as they are, and the plan that they make."""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache, cached_property
from typing import Any

from endplate.case import DEMO_PLAN, Plan
from endplate.errors import PlanFaults
from endplate.safety import Finding, check
from endplate.web.workspace.screen_words import on_screen

Tables = dict[str, Any]


@dataclass(frozen=True)
class Draft:
    """The tables of a plan file, whole or not, as JSON text; a change makes a new draft."""

    name: str
    text: str

    @classmethod
    def of(cls, name: str, tables: Mapping[str, Any]) -> "Draft":
        """Draft of tables; dates become ISO text."""
        return cls(name, json.dumps(tables, default=_iso, separators=(",", ":")))

    @classmethod
    def of_plan(cls, plan: Plan) -> "Draft":
        """Draft of a plan as it was understood."""
        return cls.of(plan.name, tomllib.loads(plan.dumps()))

    @property
    def tables(self) -> Tables:
        """The tables, free to be changed by the caller."""
        return json.loads(self.text)

    @cached_property
    def _parsed(self) -> tuple[Plan | None, tuple[str, ...]]:
        """The plan, or None and one sentence per fault."""
        try:
            return Plan.from_tables(self.tables, self.name), ()
        except PlanFaults as fault:
            return None, fault.sentences

    @property
    def plan(self) -> Plan | None:
        """The plan, None while it has faults."""
        return self._parsed[0]

    @property
    def faults(self) -> tuple[str, ...]:
        """What keeps the draft from being a plan, one sentence each."""
        return self._parsed[1]

    @property
    def screen_faults(self) -> tuple[str, ...]:
        """The faults in the words of the screen."""
        return tuple(map(on_screen, self.faults))

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Findings of the label check; none while the draft has faults."""
        return check(self.plan).findings if self.plan is not None else ()


@cache
def sample_draft() -> Draft:
    """What a workspace holds before its reader has a plan: the bundled plan, as it came."""
    return Draft.of_plan(Plan.load(DEMO_PLAN))


def is_sample_person(draft: Draft) -> bool:
    """Whether the person of a draft is the made-up one of the bundled plan, as it came."""
    return draft.tables.get("patient") == sample_draft().tables["patient"]


def blank_draft(name: str, product: str | None, region: str | None) -> Draft:
    """A plan for a new patient: dated today, nothing stated of the person and nothing injected.

    Parameters
    ----------
    name : str
        Its name.
    product, region : str or None
        What belongs to the place and not to the patient: the product at hand, whose label holds.
    """
    treatment: Tables = {"date": date.today().isoformat()}
    treatment |= {"product": product} if product else {}
    treatment |= {"region": region} if region else {}
    return Draft.of(name, {"patient": {}, "treatment": treatment | {"site": []}})


def _iso(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{value!r} does not belong in a plan")
