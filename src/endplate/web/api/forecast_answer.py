"""What a forecast holds, for the description of the interface; fields as in docs/json.md."""

from endplate.web.api.answers import FindingTold, Shape, Told


class TimeTold(Shape):
    """Onset, peak or duration over people, and how sure its median is."""

    median: float | None
    p05: float | None
    p25: float | None
    p75: float | None
    p95: float | None
    low: float | None
    high: float | None
    definition: str


class OutcomeTold(Shape):
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
    trials: list[Told]


class HarmTold(Shape):
    """One side effect."""

    term: str
    percent: float
    low: float | None
    high: float | None
    background_percent: float | None
    start_d: float | None
    length_d: float | None
    kind: str
    origin: str


class SpreadTold(Shape):
    """Where a part of the dose went."""

    muscle: str
    side: str
    fraction: float


class ForecastTold(Shape):
    """As `endplate simulate --json`."""

    provenance: Told
    plan: Told
    findings: list[FindingTold]
    timing: dict[str, TimeTold]
    timing_by_indication: dict[str, dict[str, TimeTold]]
    outcomes: list[OutcomeTold]
    harms: list[HarmTold]
    course: Told
    spread: list[SpreadTold]
    reach: list[Told]
    limits: list[str]
    cycles: Told | None
