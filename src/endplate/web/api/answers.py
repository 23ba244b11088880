"""What the answers hold, for the description of the interface; fields as in docs/json.md.

Answers are made by the rooms themselves and are not rewritten here: these shapes only describe.
"""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

Told = dict[str, Any]


class Shape(BaseModel):
    """Fields are added with time, never renamed."""

    model_config = ConfigDict(extra="allow")


class Health(Shape):
    """That the server answers, and with what."""

    status: str
    version: str
    facts_hash: str


class FindingTold(Shape):
    """One statement about a plan."""

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


class UnderstoodTold(Shape):
    """A word that was read as another one."""

    path: str
    written: str
    preferred: str


class CheckTold(Shape):
    """As `endplate check --json`."""

    level: str = Field(pattern="^(clear|unknown|caution|stop)$")
    open_stops: int
    findings: list[FindingTold]
    understood: list[UnderstoodTold]


class WhyTold(Shape):
    """As `endplate why --json`."""

    rule: str
    statement: str
    findings: list[FindingTold]
    inputs: dict[str, str]
    missing: list[str]
    basis: list[Told]


class PrepareTold(Shape):
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
    syringe: Told
    fills: int
    draws: list[Told]
    dilutions: list[Told]
    storage: Told | None
    notes: list[Told]


class VialsTold(Shape):
    """As `endplate vials --json`."""

    openings: list[Told]
    left_u: dict[str, float]


class FormatTold(Shape):
    """A plan as it was understood."""

    toml: str
    plan: Told
    understood: list[UnderstoodTold]


class TemplateTold(Shape):
    """As `endplate plan` writes it."""

    toml: str


class CompareTold(Shape):
    """As `endplate compare --json`."""

    names: list[str]
    titles: list[str]
    blocks: list[Told]
    notes: list[str]


class SheetTold(Shape):
    """As `endplate discuss --json`."""

    title: str
    what: str
    dose: str
    benefits: list[Told]
    harms: list[Told]


class ExportTold(Shape):
    """One virtual person as a model, and our own daily courses beside it."""

    person: int
    seed: int
    sbml: str = Field(description="SBML Level 3 Version 2")
    courses_csv: str = Field(description="daily courses, names as in the model")


class SourcesTold(Shape):
    """As `endplate sources --json`, of all facts or of a result."""

    sources: list[Told]


class ValidationTold(Shape):
    """As `endplate validate --json`."""

    rows: list[Told]
    skipped: list[Told]
    summary: list[Told]
    targets: list[Told]
    left_out: Told


class ParametersTold(Shape):
    """Every number of the model."""

    fixed: list[Told]
    fitted: list[Told]


class VocabularyTold(Shape):
    """The words that a plan may use."""

    kinds: dict[str, list[Told]]


class ProductsTold(Shape):
    """The products."""

    products: list[Told]


class IndicationsTold(Shape):
    """The uses."""

    indications: list[Told]


class ChartTold(Shape):
    """One chart of the body."""

    chart: str
    title: str
    note: str
    sides_apart: bool
    limits: list[Told]
    blocks: list[Told]
    landmarks: list[Told]
    guides: list[Told]
