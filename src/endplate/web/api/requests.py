"""Request bodies: a plan as text or as an object, and the options of each call."""

import json
import shlex
from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    WithJsonSchema,
)

from endplate.case import Plan, Repeat, Site, Treatment
from endplate.case.plan_file import MAX_TEXT
from endplate.case.schema import LONGEST_NAME, entries, expected, is_required, key_in_file
from endplate.errors import PlanFaults
from endplate.facts.endpoints import baseline_scales
from endplate.facts.preparation import syringes
from endplate.facts.table import text_rows
from endplate.facts.vocabulary import preferred_words
from endplate.forecast.simulate import LEAST_DAYS, MOST_DAYS, MOST_SEED
from endplate.safety import RULES
from endplate.sensitivity.sensitivity import DAYS, LEAST_SAMPLES

EXAMPLE_TABLES: dict[str, Any] = {
    "patient": {
        "age_y": 46,
        "sex": "female",
        "weight_kg": 64,
        "conditions": [],
        "medications": ["aspirin"],
        "allergies": [],
        "baseline": {"glabellar_lines": 3},
        "previous": [],
    },
    "treatment": {
        "date": "2026-11-22",
        "product": "onabotulinumtoxinA",
        "indication": "glabellar_lines",
        "vial_u": 100,
        "diluent_ml": 2.5,
        "protocol": "label",
    },
}
EXAMPLE_TEXT = """\
[patient]
age_y = 46
sex = "female"
weight_kg = 64
conditions = []
medications = ["aspirin"]
allergies = []
baseline = { glabellar_lines = 3 }
previous = []

[treatment]
date = 2026-11-22
product = "onabotulinumtoxinA"
indication = "glabellar_lines"
vial_u = 100
diluent_ml = 2.5
protocol = "label"
"""

Schema = dict[str, Any]
MOST_PEOPLE = 10_000
MOST_SAMPLES_SENT = 1024  # of a sensitivity: more run for an hour, which is for the command line
MOST_PLANS = 4
MOST_SITTINGS = 40
WORD_EXAMPLES = 4
_YEARS = r"19(7[7-9]|[89]\d)|2[01]\d\d|2200"  # what a plan may be dated, 1977 to 2200


def _text_or_object(value: Any) -> Any:
    if isinstance(value, str | dict):
        return value
    raise ValueError("it must be the text of a plan file, or the same tables as an object")


PlanField = Annotated[
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


def _whole(value: Any) -> Any:
    """A number without a fraction as an integer: JSON knows no difference between 2 and 2.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def words_of(vocabulary: str) -> Schema:
    """Schema of a word: the words known, their synonyms too; other spellings are understood."""
    rows = text_rows("vocabulary")
    return {"enum": list(dict.fromkeys(r["word"] for r in rows if r["kind"] == vocabulary))}


Whole = BeforeValidator(_whole)
People = Annotated[int, Field(ge=1, le=MOST_PEOPLE, description="number of virtual people"), Whole]
Seed = Annotated[int, Field(ge=0, le=MOST_SEED, description="seed of the virtual people"), Whole]
Days = Annotated[int, Field(ge=LEAST_DAYS, le=MOST_DAYS, description="days to follow"), Whole]


class RequestBody(BaseModel):
    """A request body; a field that is not known is a fault."""

    model_config = ConfigDict(strict=True, extra="forbid")


class PlanRequest(RequestBody):
    """A plan, as the text of its file or as the same tables."""

    plan: PlanField
    name: Name = "plan"

    def read(self) -> Plan:
        """Return the plan.

        Raises
        ------
        PlanFaults
            The plan has faults; the sentences are those of the command line.
        """
        return plan_from(self.plan, self.name)

    @property
    def file(self) -> str:
        """Name of the plan's file, safe to type."""
        return shlex.quote(f"{self.name}.toml")


class WhyRequest(PlanRequest):
    """A plan and a rule of the label check."""

    rule: str = Field(
        max_length=200,
        description="rule, as a finding names it",
        examples=["dose_area"],
        json_schema_extra={"enum": list(RULES)},
    )


class PrepareRequest(PlanRequest):
    """A plan, and the syringe to draw it up with."""

    syringe_ml: float | None = Field(
        None,
        gt=0,
        le=100,
        description="size of the syringe in mL; chosen by the doses if left out",
        json_schema_extra={"enum": [*sorted({size.size_ml for size in syringes()}), None]},
    )


class SimulateRequest(PlanRequest):
    """A plan and how to simulate it."""

    people: People = 2000
    seed: Seed = 0
    days: Days = 365


class DiscussRequest(SimulateRequest):
    """A plan, how to simulate it, and how to print the sheet."""

    large_print: bool = Field(False, description="larger letters, two pages")
    language: Literal["en", "es"] = Field(
        "en", description="language of the sheet: English or Spanish"
    )


class ExportRequest(PlanRequest):
    """A plan and one person of a seed."""

    person: Annotated[
        int, Field(ge=0, le=999_999, description="number of the virtual person, from 0"), Whole
    ] = 0
    seed: Seed = 0
    days: Annotated[int, Field(ge=1, le=MOST_DAYS, description="days to follow"), Whole] = 365


class SensitivityRequest(PlanRequest):
    """A plan, and the outcome whose unknowns are asked for."""

    outcome: str = Field(
        "duration_d",
        max_length=200,
        description="onset_d, peak_d, duration_d, an endpoint or a weakness of the plan; "
        "NAME:AREA where several areas have it",
    )
    day: float = Field(30.0, ge=1, le=DAYS, description="day on which an endpoint is read")
    samples: Annotated[
        int,
        Field(
            128,
            ge=LEAST_SAMPLES,
            le=MOST_SAMPLES_SENT,
            description="base samples; more make the intervals narrower",
        ),
        Whole,
    ]
    seed: Annotated[int, Field(ge=0, le=2**31 - 1, description="seed of the design"), Whole] = 0


class NamedPlan(PlanRequest):
    """One of several plans."""


class CompareRequest(RequestBody):
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


class VialStock(RequestBody):
    """Vials in stock."""

    product: str = Field(
        max_length=200,
        description="product, by any name",
        examples=["Botox"],
        json_schema_extra=words_of("product"),
    )
    vial_u: float = Field(gt=0, le=50_000, description="content of the vial, in units")
    count: Annotated[int, Field(ge=0, le=10_000, description="how many"), Whole]


class VialsRequest(RequestBody):
    """Plans of one day."""

    plans: list[NamedPlan] = Field(
        min_length=1, max_length=MOST_SITTINGS, description="the day's plans"
    )
    stock: list[VialStock] = Field(
        [], max_length=100, description="vials in stock; products not named are not limited"
    )
    same_person: list[list[str]] = Field(
        [], max_length=MOST_SITTINGS, description="names of the plans of one person, by person"
    )


class TrialTableRequest(RequestBody):
    """A table of published figures."""

    csv: str = Field(
        description="CSV with the columns of docs/api.md; see `endplate validate`",
        examples=[
            "trial_id,indication,product,arm,dose_u,n,day,endpoint,statistic,value\n"
            "A,glabellar_lines,onabotulinumtoxinA,20U,20,404,30,inv_none_mild,percent,80\n"
        ],
    )


class ResultRequest(RequestBody):
    """A result of /simulate, /forecast or /check."""

    result: dict[str, Any] = Field(
        description="the response, unchanged",
        json_schema_extra={"anyOf": [{"required": ["findings"]}, {"required": ["provenance"]}]},
    )


def plan_from(source: str | dict[str, Any], name: str) -> Plan:
    """Plan from the text of a file or from its tables.

    Raises
    ------
    PlanFaults
        The plan has faults; the sentences are those of the command line.
    """
    try:
        json.dumps(source, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise PlanFaults([f"{name} holds half of a character; write whole ones."]) from None
    return Plan.loads(source, name) if isinstance(source, str) else Plan.from_tables(source, name)


def plan_schema() -> Schema:
    """JSON Schema of a plan; words of a vocabulary are examples, for synonyms are accepted too."""
    return _record(Plan) | {"title": "Plan", "description": "the tables of a plan file"}


def _record(cls: type) -> Schema:
    described = entries(cls)
    return {
        "type": "object",
        "properties": {key_in_file(entry): _field(entry) for entry in described},
        "required": [key_in_file(entry) for entry in described if is_required(entry)],
        "additionalProperties": False,
    } | _BETWEEN_FIELDS.get(cls, {})


# What fields ask of each other, where a schema can say it.
_BETWEEN_FIELDS: Mapping[type, Schema] = MappingProxyType(
    {
        Treatment: {
            "anyOf": [
                {"required": ["protocol"]},
                {"required": ["site"], "properties": {"site": {"minItems": 1}}},
            ]
        },
        Site: {"anyOf": [{"required": ["muscle"]}, {"required": ["at_mm"]}]},
        Repeat: {
            "oneOf": [{"required": [key]} for key in ("interval_d", "again_at", "again_when_lost")]
        },
    }
)


def _field(described: Any) -> Schema:
    rule = described.metadata
    words = f"{rule['help']}; {expected(described)}"
    return _shape(rule) | {"description": words}


def _shape(rule: Any) -> Schema:
    match rule["kind"]:
        case "number":
            return _number(rule)
        case "date":
            years = f"^({_YEARS})-"
            return {
                "type": "string",
                "format": "date",
                "pattern": years,
                "examples": ["2026-11-22"],
            }
        case "choice":
            return {"type": "string", "enum": list(rule["choices"])}
        case "word":
            return _name(LONGEST_NAME) if rule["any_word"] else _word(rule["vocabulary"])
        case "words":
            word = _name(LONGEST_NAME) if rule["any_word"] else _word(rule["vocabulary"])
            return {"anyOf": [word, {"type": "array", "items": word, "minItems": 1}]}
        case "names":
            return {"type": "array", "items": _name(MAX_TEXT), "maxItems": 200}
        case "position":
            number = {"type": "number"}
            return {"type": "array", "items": number, "minItems": 3, "maxItems": 3}
        case "grades":
            return {"type": "object", "properties": _scores(), "additionalProperties": False}
        case "table":
            return _record(rule["of"])
        case "tables":
            return {"type": "array", "items": _record(rule["of"]), "maxItems": 200}
    return {"type": "string", "maxLength": 2000}


def _word(vocabulary: str) -> Schema:
    examples = list(preferred_words(vocabulary)[:WORD_EXAMPLES])
    return {"type": "string", "examples": examples} | words_of(vocabulary)


def _name(longest: int) -> Schema:
    """A name that need not be known; it is more than blanks."""
    visible = r"[^\s\x00-\x1f\x7f-\xa0]"
    return {"type": "string", "pattern": visible, "maxLength": longest}


def _scores() -> Schema:
    """The scores of a patient by scale, under every name of the scale."""
    scores = {}
    for row in text_rows("vocabulary"):
        if row["kind"] == "endpoint" and row["preferred"] in baseline_scales():
            scale = baseline_scales()[row["preferred"]]
            kind = "integer" if scale.whole else "number"
            scores[row["word"]] = {"type": kind, "minimum": scale.low, "maximum": scale.high}
    return scores


def _number(rule: Any) -> Schema:
    bounds = {"minimum": "low", "maximum": "high", "exclusiveMinimum": "above"}
    limits = {name: rule[key] for name, key in bounds.items() if rule[key] is not None}
    return {"type": "integer" if rule["whole"] else "number", **limits}
