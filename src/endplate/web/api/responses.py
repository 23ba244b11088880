"""Response schemas of the OpenAPI description; fields as in docs/json.md.

The responses are made by the packages themselves and are not rewritten here: these classes
describe them.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

JsonObject = dict[str, Any]


class ResponseBody(BaseModel):
    """Fields are added with time, never renamed."""

    model_config = ConfigDict(extra="allow")


class Health(ResponseBody):
    """The server is up; version of code and facts."""

    status: str
    version: str
    facts_hash: str


class Finding(ResponseBody):
    """One finding of the label check."""

    rule: str
    level: str = Field(pattern="^(note|unknown|caution|stop)$")
    title: str
    reason: str
    value: float | str | None
    limit: float | str | None
    unit: str
    source: str
    locator: str
    verified: bool
    missing: str
    override: str


class UnderstoodWord(ResponseBody):
    """A word of the plan, and the preferred word it was understood as."""

    path: str
    written: str
    preferred: str


class CheckResult(ResponseBody):
    """As `endplate check --json`."""

    level: str = Field(pattern="^(clear|unknown|caution|stop)$")
    open_stops: int
    findings: list[Finding]
    understood: list[UnderstoodWord]


class RuleBasis(ResponseBody):
    """As `endplate why --json`."""

    rule: str
    statement: str
    findings: list[Finding]
    inputs: dict[str, str]
    missing: list[str]
    basis: list[JsonObject]


class PreparationSheet(ResponseBody):
    """As `endplate prepare --json`."""

    product: str
    region: str
    form: str
    vial_u: float
    diluent_ml: float
    dose_u: float
    volume_ml: float
    vials: int
    left_u: float
    dose_per_tenth_ml_u: float
    syringe: JsonObject
    fills: int
    draws: list[JsonObject]
    dilutions: list[JsonObject]
    storage: JsonObject | None
    notes: list[JsonObject]


class VialChoice(ResponseBody):
    """As `endplate vials --json`."""

    openings: list[JsonObject]
    left_u: dict[str, float]


class FormattedPlan(ResponseBody):
    """A plan as it was understood."""

    toml: str
    plan: JsonObject
    understood: list[UnderstoodWord]


class PlanTemplate(ResponseBody):
    """As `endplate plan` writes it."""

    toml: str


class Comparison(ResponseBody):
    """As `endplate compare --json`."""

    names: list[str]
    titles: list[str]
    blocks: list[JsonObject]
    notes: list[str]


class PatientSheet(ResponseBody):
    """As `endplate discuss --json`."""

    language: str = Field(description="code of the language that it is written in")
    title: str
    what: str
    dose: str
    benefits: list[JsonObject]
    harms: list[JsonObject]


class PersonExport(ResponseBody):
    """One virtual person as a model, and our own daily courses beside it."""

    person: int
    seed: int
    sbml: str = Field(description="SBML Level 3 Version 2")
    courses_csv: str = Field(description="daily courses, names as in the model")


class Sources(ResponseBody):
    """As `endplate sources --json`, of all facts or of a result."""

    sources: list[JsonObject]


class Validation(ResponseBody):
    """As `endplate validate --json`."""

    rows: list[JsonObject]
    skipped: list[JsonObject]
    summary: list[JsonObject]
    targets: list[JsonObject]
    left_out: JsonObject


class Times(ResponseBody):
    """As `endplate times --json`."""

    rows: list[JsonObject]
    skipped: list[JsonObject]


class Sensitivity(ResponseBody):
    """As `endplate sensitivity --json`."""

    provenance: JsonObject
    outcome: JsonObject
    science: JsonObject
    person: JsonObject
    limits: list[str]


class Parameters(ResponseBody):
    """Every number of the model."""

    fixed: list[JsonObject]
    fitted: list[JsonObject]


class Vocabulary(ResponseBody):
    """Words that a plan may use, by kind."""

    kinds: dict[str, list[JsonObject]]


class Products(ResponseBody):
    """Products with vials and labelled uses."""

    products: list[JsonObject]


class Indications(ResponseBody):
    """Uses with chart, tissue and labelled products."""

    indications: list[JsonObject]


class Chart(ResponseBody):
    """One chart of the body."""

    chart: str
    title: str
    note: str
    sides_apart: bool
    limits: list[JsonObject]
    blocks: list[JsonObject]
    landmarks: list[JsonObject]
    guides: list[JsonObject]


class Timing(ResponseBody):
    """Onset, peak or duration over people, with the interval of its median."""

    median: float | None
    p05: float | None
    p25: float | None
    p75: float | None
    p95: float | None
    low: float | None
    high: float | None
    definition: str


class Outcome(ResponseBody):
    """One benefit on one day."""

    indication: str
    endpoint: str
    statistic: str
    day: float | None
    value: float
    low: float
    high: float
    unit: str
    origin: str
    trials: list[JsonObject]


class Harm(ResponseBody):
    """One side effect."""

    term: str
    percent: float
    low: float | None
    high: float | None
    background_percent: float | None
    start_d: float | None
    length_d: float | None
    length_low_d: float | None
    length_high_d: float | None
    warning: str
    kind: str
    origin: str


class SpreadFraction(ResponseBody):
    """Fraction of the dose that reached a muscle."""

    muscle: str
    side: str
    fraction: float


class Forecast(ResponseBody):
    """As `endplate simulate --json`."""

    provenance: JsonObject
    plan: JsonObject
    findings: list[Finding]
    timing: dict[str, Timing]
    timing_by_indication: dict[str, dict[str, Timing]]
    outcomes: list[Outcome]
    harms: list[Harm]
    course: JsonObject
    spread: list[SpreadFraction]
    reach: list[JsonObject]
    limits: list[str]
    cycles: JsonObject | None
