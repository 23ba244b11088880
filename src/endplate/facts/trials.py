"""Published trial figures, one per row, and where each scale is driven from."""

from dataclasses import dataclass
from functools import cache

from endplate.facts.drivers import drivers
from endplate.facts.indications import indications
from endplate.facts.store import Row, table


@dataclass(frozen=True)
class TrialFigure:
    """One published figure of one arm on one day.

    `area_dose_u` is the dose in the muscles of the indication, `dose_u` that of the whole session;
    `bound` is `at_least` where the figure is a floor (cut off by follow-up) and `at_most` where
    it is a ceiling (no earlier treatment allowed). `sd` is the spread between people of the value
    and `baseline_mean` the arm's mean at entry, in the unit of the value; None where not printed.
    """

    trial_id: str
    indication: str
    product: str
    arm: str
    dose_u: float | None
    area_dose_u: float | None
    n: int | None
    day: float | None
    endpoint: str
    statistic: str
    value: float
    bound: str
    source: str
    verified: bool
    note: str
    sd: float | None = None
    baseline_mean: float | None = None


@cache
def trial_figures() -> tuple[TrialFigure, ...]:
    """Every figure of the shipped table, in file order."""
    return tuple(figure_of(row) for row in table("trials"))


def figure_of(row: Row) -> TrialFigure:
    """One row of the shipped table as a figure."""

    def number(name: str) -> float | None:
        return float(row[name]) if row[name] else None

    size = number("n")
    return TrialFigure(
        trial_id=row["trial_id"],
        indication=row["indication"],
        product=row["product"],
        arm=row["arm"],
        dose_u=number("dose_u"),
        area_dose_u=number("area_dose_u"),
        n=int(size) if size else None,
        day=number("day"),
        endpoint=row["endpoint"],
        statistic=row["statistic"],
        value=float(row["value"]),
        bound=row["bound"],
        source=row["source"],
        verified=row["verified"] == "yes",
        note=row["note"],
        sd=number("sd"),
        baseline_mean=number("baseline_mean"),
    )


@dataclass(frozen=True)
class LineMuscle:
    """One block's share of the line of one area."""

    muscle: str
    part: str
    side: str
    share: float


@cache
def line_muscles(indication: str) -> tuple[LineMuscle, ...]:
    """Blocks that make one area's line on the upper face; empty when it is no such line."""
    lines = any(
        (one.name, one.chart, one.family) == (indication, "upper_face", "lines")
        for one in indications()
    )
    found = drivers(indication) if lines else ()
    return tuple(LineMuscle(row.muscle, row.part, row.side, row.share) for row in found)
