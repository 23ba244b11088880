"""A plan: who is treated, with what, where; read from and written to TOML."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from endplate.case.faults import plan_faults
from endplate.case.plan_file import TableReader, Understood, parse_toml, read_text, toml_text
from endplate.case.protocol import label_interval_d, population_of
from endplate.case.schema import entry
from endplate.case.treatment import Override, Patient, Repeat, Treatment
from endplate.errors import PlanFaults

DEMO_PLAN = Path(__file__).parent / "demo_plan.toml"


@dataclass(frozen=True)
class Plan:
    """One person and one treatment, repeated or not; `name`, `understood` say how it was read."""

    patient: Patient = entry("table", "the person treated", of=Patient)
    treatment: Treatment = entry("table", "the treatment planned", of=Treatment)
    repeat: Repeat | None = entry(
        "table", "further treatments like it, left out for none", of=Repeat, default=None
    )
    name: str = field(default="plan", compare=False)
    understood: tuple[Understood, ...] = field(default=(), compare=False)
    overrides: tuple[Override, ...] = entry(
        "tables", "stops set aside, each with its reason", of=Override, key="override", default=()
    )

    @classmethod
    def load(cls, path: str | Path) -> "Plan":
        """Read a plan file.

        Raises
        ------
        PlanFaults
            The file cannot be read as a plan: one sentence per fault.
        """
        return cls.loads(read_text(path), Path(path).stem)

    @classmethod
    def loads(cls, text: str, name: str = "plan") -> "Plan":
        """Read a plan from TOML text.

        Raises
        ------
        PlanFaults
            The text is no plan: one sentence per fault.
        """
        return cls.from_tables(parse_toml(text, name), name)

    @classmethod
    def from_tables(cls, tables: Mapping[str, Any], name: str = "plan") -> "Plan":
        """Read a plan from the tables of a plan file, as JSON holds them; dates may be ISO text.

        Raises
        ------
        PlanFaults
            The tables are no plan: one sentence per fault.
        """
        reader = TableReader()
        plan = reader.record(cls, tables, "")
        faults = [*reader.faults, *plan_faults(plan, reader.faults)]
        if faults:
            raise PlanFaults(faults)
        return replace(plan, name=name, understood=tuple(reader.understood))

    def dumps(self) -> str:
        """Return TOML text that loads back to an equal plan."""
        return toml_text(self)


def least_interval_d(plan: Plan) -> float | None:
    """Least days between the treatments of a plan [d]; None where neither plan nor label says.

    What the plan states goes first, else the longest label interval of its areas.
    """
    stated_d = plan.repeat.not_before_d if plan.repeat is not None else None
    if stated_d is not None:
        return stated_d
    return label_interval_d(plan.treatment, population_of(plan.patient.age_y))
