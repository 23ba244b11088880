"""A plan: who is treated, with what, where; read from and written to TOML."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from endplate.arguments import printable, text
from endplate.case.faults import plan_faults
from endplate.case.plan_file import (
    TableReader,
    Understood,
    parse_toml,
    read_text,
    tables_of,
    toml_text,
)
from endplate.case.protocol import label_interval_d, population_of
from endplate.case.schema import entry
from endplate.case.treatment import Override, Patient, Repeat, Treatment
from endplate.errors import PlanFaults

DEMO_PLAN = Path(__file__).parent / "demo_plan.toml"


@dataclass(frozen=True, init=False)
class Plan:
    """One person and one treatment, repeated or not; `name`, `understood` say how it was read.

    `Plan.load` reads a plan file and `Plan.from_dict` a dictionary of the same tables, which may be
    given as keywords too: `Plan(patient={...}, treatment={...})`.

    Parameters
    ----------
    patient : Patient or dict
        The person treated.
    treatment : Treatment or dict
        What is given.
    repeat : Repeat or dict
        Further treatments like it.
    name : str
        Name of the plan.
    understood : tuple
        Words that were read as other ones.
    overrides : tuple
        Stops set aside, each with its reason.
    **tables : object
        Other tables by their name in a plan file, as `override`.

    Raises
    ------
    PlanFaults
        The tables are no plan: one sentence per fault, as for a plan file.

    Examples
    --------
    >>> plan = Plan(
    ...     patient={"age_y": 46, "sex": "female", "baseline": {"glabellar_lines": 3}},
    ...     treatment={
    ...         "date": "2026-11-22",
    ...         "product": "Botox",
    ...         "indication": "glabellar_lines",
    ...         "vial_u": 100,
    ...         "diluent_ml": 2.5,
    ...         "protocol": "label",
    ...     },
    ... )
    >>> plan.treatment.product
    'onabotulinumtoxinA'
    >>> Plan(patient={"weight_kg": "64"}, treatment=plan.treatment)  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    endplate.errors.PlanFaults: patient.weight_kg is '64'; it must be a number at least 1 ...
    """

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

    def __init__(
        self,
        patient: Patient | Mapping[str, Any] | None = None,
        treatment: Treatment | Mapping[str, Any] | None = None,
        repeat: Repeat | Mapping[str, Any] | None = None,
        name: str = "plan",
        understood: tuple[Understood, ...] = (),
        overrides: Sequence[Override | Mapping[str, Any]] = (),
        **tables: Any,
    ) -> None:
        given = {
            "patient": patient,
            "treatment": treatment,
            "repeat": repeat,
            "name": name,
            "understood": understood,
            "overrides": overrides,
        }
        if tables or not _is_read(patient, treatment, repeat, name, understood, overrides):
            stated = {"patient": patient, "treatment": treatment, "repeat": repeat, **tables}
            if overrides != ():
                stated["override"] = overrides
            stated = {key: value for key, value in stated.items() if value is not None}
            given = vars(Plan.from_dict(stated, name))
        for key, value in given.items():
            object.__setattr__(self, key, value)

    @classmethod
    def load(cls, path: str | Path) -> "Plan":
        """Read a plan file.

        Parameters
        ----------
        path : str or Path
            The file (TOML).

        Raises
        ------
        PlanFaults
            The file cannot be read as a plan: one sentence per fault.

        Examples
        --------
        >>> Plan.load(DEMO_PLAN).treatment.indications
        ('glabellar_lines',)
        """
        return cls.loads(read_text(path), Path(path).stem)

    @classmethod
    def loads(cls, text: str, name: str = "plan") -> "Plan":
        """Read a plan from TOML text.

        Parameters
        ----------
        text : str
            The text of a plan file.
        name : str
            Name of the plan.

        Raises
        ------
        PlanFaults
            The text is no plan: one sentence per fault.

        Examples
        --------
        >>> plan = Plan.load(DEMO_PLAN)
        >>> Plan.loads(plan.dumps()) == plan
        True
        """
        return cls.from_tables(parse_toml(text, name), name)

    @classmethod
    def from_dict(cls, document: Mapping[str, Any], name: str = "plan") -> "Plan":
        """Read a plan from a dictionary: the tables of a plan file, as JSON or Python hold them.

        Parameters
        ----------
        document : dict
            The tables; tuples count as lists, dates may be ISO text.
        name : str
            Name of the plan.

        Raises
        ------
        PlanFaults
            The dictionary is no plan: one sentence per fault, as for a plan file.

        Examples
        --------
        >>> plan = Plan.load(DEMO_PLAN)
        >>> Plan.from_dict(plan.as_dict()) == plan
        True
        """
        return cls.from_tables(tables_of(_tables(document)), name)

    @classmethod
    def from_tables(cls, tables: Mapping[str, Any], name: str = "plan") -> "Plan":
        """Read a plan from the tables of a plan file, as JSON holds them; dates may be ISO text.

        Parameters
        ----------
        tables : dict
            The tables, lists in them as lists.
        name : str
            Name of the plan.

        Raises
        ------
        PlanFaults
            The tables are no plan: one sentence per fault.

        Examples
        --------
        >>> plan = Plan.load(DEMO_PLAN)
        >>> Plan.from_tables(plan.as_dict()) == plan
        True
        """
        name, reader = text("name", name), TableReader()
        read = reader.fields(cls, _tables(tables), "")
        faults = [*reader.faults, *plan_faults(SimpleNamespace(**read), reader.faults)]
        if faults:
            raise PlanFaults(faults)
        return cls(**read, name=name, understood=tuple(reader.understood))

    def as_dict(self) -> dict[str, Any]:
        """Return the tables of its file, which `from_dict` reads back.

        Examples
        --------
        >>> Plan.load(DEMO_PLAN).as_dict()["treatment"]["indication"]
        ['glabellar_lines']
        """
        return tables_of(self)

    def dumps(self) -> str:
        """Return TOML text that loads back to an equal plan.

        Examples
        --------
        >>> Plan.load(DEMO_PLAN).dumps().splitlines()[0]
        '[patient]'
        """
        return toml_text(self)


def _tables(document: Any) -> Mapping[str, Any]:
    """The tables of a plan, or the fault that they are none."""
    if not isinstance(document, Mapping):
        raise PlanFaults([f"plan is {printable(document)}; it must be a dictionary."])
    return document


def _is_read(
    patient: Any, treatment: Any, repeat: Any, name: Any, understood: Any, overrides: Any
) -> bool:
    """Whether the parts of a plan are records already, and not the tables of a file."""
    return (
        isinstance(patient, Patient)
        and isinstance(treatment, Treatment)
        and (repeat is None or isinstance(repeat, Repeat))
        and isinstance(name, str)
        and isinstance(understood, tuple)
        and isinstance(overrides, tuple)
        and all(isinstance(one, Override) for one in overrides)
    )


def least_interval_d(plan: Plan) -> float | None:
    """Least days between the treatments of a plan [d]; None where neither plan nor label says.

    What the plan states goes first, else the longest label interval of its areas.
    """
    stated_d = plan.repeat.not_before_d if plan.repeat is not None else None
    if stated_d is not None:
        return stated_d
    return label_interval_d(plan.treatment, population_of(plan.patient.age_y))
