"""What is treated and where: the indications that have a chart, and the charts of the body."""

from dataclasses import dataclass
from functools import cache
from typing import Annotated

from endplate.facts.table import Columns, typed_row, typed_rows


@dataclass(frozen=True)
class Chart:
    """One flat map of skin or wall in millimetres; `regions` are the regions of blocks it shows.

    `sides_apart` says that left and right are separate parts of the body, as two arms.
    """

    name: Annotated[str, Columns("chart")]
    regions: tuple[str, ...]
    sides_apart: bool
    title: str
    note: str


@dataclass(frozen=True)
class Indication:
    """One use: its chart, the tissue the toxin acts on, and the family of its scales.

    `tissue` is muscle, gland, bladder or nociceptor, `muscles` facial or limb_and_neck, whose
    endings recover in times of their own, and empty for other tissues; `family` is lines where
    facial lines are rated and burden where symptoms are scored. Trials inject `site_volume_ml` a
    site, and treat anew every `trial_interval_d` where they do so in any case.
    """

    name: Annotated[str, Columns("indication")]
    chart: str
    tissue: str
    muscles: str
    family: str
    site_volume_ml: float
    trial_interval_d: float | None
    note: str


def charts() -> tuple[Chart, ...]:
    """Every chart, in file order."""
    return typed_rows(Chart, "charts")


@cache
def chart(name: str) -> Chart:
    """Return one chart by name.

    Raises
    ------
    FactMissing
        There is no chart of that name.
    """
    return typed_row(Chart, "charts", f"there is no chart named {name!r}", name=name)


def indications() -> tuple[Indication, ...]:
    """Every indication that has a chart, in file order."""
    return typed_rows(Indication, "indications")


@cache
def indication(name: str) -> Indication:
    """Return one indication by name.

    Raises
    ------
    FactMissing
        The indication has no chart.
    """
    missing = f"there is no chart of {name.replace('_', ' ')}"
    return typed_row(Indication, "indications", missing, name=name)


def is_charted(name: str) -> bool:
    """Whether an indication has a chart, a tissue and scales here."""
    return any(row.name == name for row in indications())


def chart_of(name: str, among: tuple[str, ...] = ()) -> str:
    """Chart an indication is drawn on: its own, or one of `among`'s that shows all of it."""
    smallest = chart(indication(name).chart)
    for other in among:
        wider = chart(indication(other).chart)
        if set(smallest.regions) < set(wider.regions):
            return wider.name
    return smallest.name
