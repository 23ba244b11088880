"""What requests may say: a plan as text or as an object, and the options of each call."""

import json
import shlex
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, WithJsonSchema

from endplate.case import Plan
from endplate.errors import PlanFaults
from endplate.people.simulate import LEAST_DAYS, MOST_DAYS, MOST_SEED
from endplate.web.api.examples import EXAMPLE_TABLES, EXAMPLE_TEXT

MOST_PEOPLE = 10_000
MOST_PLANS = 4
MOST_SITTINGS = 40


def _text_or_object(value: Any) -> Any:
    if isinstance(value, str | dict):
        return value
    raise ValueError("it must be the text of a plan file, or the same tables as an object")


PlanIn = Annotated[
    Any,
    AfterValidator(_text_or_object),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "string", "description": "the text of a plan file (TOML)"},
                {"$ref": "#/components/schemas/Plan"},
            ],
            "title": "Plan",
            "description": "a plan, as the text of its file or as the same tables",
            "examples": [EXAMPLE_TABLES, EXAMPLE_TEXT],
        }
    ),
]
Name = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}$",
        description="name of the plan, as that of its file without .toml",
    ),
]
People = Annotated[int, Field(ge=1, le=MOST_PEOPLE, description="number of virtual people")]
Seed = Annotated[int, Field(ge=0, le=MOST_SEED, description="seed of the virtual people")]
Days = Annotated[int, Field(ge=LEAST_DAYS, le=MOST_DAYS, description="days to follow")]


class Strict(BaseModel):
    """A body without fields that nobody reads."""

    model_config = ConfigDict(strict=True, extra="forbid")


class PlanAsked(Strict):
    """A plan, as the text of its file or as the same tables."""

    plan: PlanIn
    name: Name = "plan"

    def read(self) -> Plan:
        """Return the plan.

        Raises
        ------
        PlanFaults
            It is no plan: the sentences of the command line.
        """
        return plan_from(self.plan, self.name)

    @property
    def file(self) -> str:
        """Name of the plan's file, safe to type."""
        return shlex.quote(f"{self.name}.toml")


class WhyAsked(PlanAsked):
    """A plan and a rule."""

    rule: str = Field(
        max_length=200, description="rule, as a finding names it", examples=["dose_area"]
    )


class PrepareAsked(PlanAsked):
    """A plan, and the syringe to draw it up with."""

    syringe_ml: float | None = Field(
        None, gt=0, le=100, description="size of the syringe in mL; a fitting one if left out"
    )


class SimulateAsked(PlanAsked):
    """A plan and how to simulate it."""

    people: People = 2000
    seed: Seed = 0
    days: Days = 365


class DiscussAsked(SimulateAsked):
    """A plan, how to simulate it, and how to print the sheet."""

    large_print: bool = Field(False, description="larger letters, two pages")


class ExportAsked(PlanAsked):
    """A plan and one person of a seed."""

    person: int = Field(0, ge=0, le=999_999, description="number of the virtual person, from 0")
    seed: Seed = 0
    days: Annotated[int, Field(ge=1, le=MOST_DAYS, description="days to follow")] = 365


class NamedPlan(PlanAsked):
    """One of several plans."""


class CompareAsked(Strict):
    """Two to four plans, simulated on the same people."""

    plans: list[NamedPlan] = Field(
        min_length=2,
        max_length=MOST_PLANS,
        description="plans, side by side",
        examples=[
            [{"plan": EXAMPLE_TABLES, "name": "usual"}, {"plan": EXAMPLE_TEXT, "name": "text"}]
        ],
    )
    people: People = 2000
    seed: Seed = 0
    days: Days = 365


class Stocked(Strict):
    """Vials at hand."""

    product: str = Field(max_length=200, description="product, by any name", examples=["Botox"])
    vial_u: float = Field(gt=0, le=50_000, description="content of the vial, in units")
    count: int = Field(ge=0, le=10_000, description="how many")


class VialsAsked(Strict):
    """Plans of one day."""

    plans: list[NamedPlan] = Field(
        min_length=1, max_length=MOST_SITTINGS, description="the day's plans"
    )
    stock: list[Stocked] = Field(
        [], max_length=100, description="vials at hand; products not named are not limited"
    )
    same_person: list[list[str]] = Field(
        [], max_length=MOST_SITTINGS, description="names of the plans of one person, by person"
    )


class TableAsked(Strict):
    """A table of published figures."""

    csv: str = Field(
        description="CSV with the columns of docs/trials.md; see `endplate validate`",
        examples=[
            "trial_id,indication,product,arm,dose_u,n,day,endpoint,statistic,value\n"
            "A,glabellar_lines,onabotulinumtoxinA,20U,20,404,30,inv_none_mild,percent,80\n"
        ],
    )


class ResultAsked(Strict):
    """A result of /simulate, /forecast or /check."""

    result: dict[str, Any] = Field(description="the answer, as it came")


def plan_from(given: str | dict[str, Any], name: str) -> Plan:
    """Plan from the text of a file or from its tables.

    Raises
    ------
    PlanFaults
        It is no plan: the sentences of the command line.
    """
    try:
        json.dumps(given, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise PlanFaults([f"{name} holds half of a character; write whole ones."]) from None
    return Plan.loads(given, name) if isinstance(given, str) else Plan.from_tables(given, name)
