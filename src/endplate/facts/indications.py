"""What is treated and where: the indications that have a chart, and the charts of the body."""

from dataclasses import dataclass
from functools import cache

from endplate.errors import FactMissing
from endplate.facts.store import table


@dataclass(frozen=True)
class Chart:
    """One flat map of skin or wall in millimetres; `regions` are the regions of blocks it shows."""

    name: str
    regions: tuple[str, ...]
    title: str
    note: str


@dataclass(frozen=True)
class Indication:
    """One use: its chart, the tissue the toxin acts on, and whether lines or a burden are rated.

    `tissue` is muscle, gland, bladder or nociceptor; `family` is lines or burden.
    """

    name: str
    chart: str
    tissue: str
    family: str
    note: str


@cache
def charts() -> tuple[Chart, ...]:
    """Every chart, in file order."""
    return tuple(
        Chart(row["chart"], tuple(row["regions"].split(";")), row["title"], row["note"])
        for row in table("charts")
    )


def chart(name: str) -> Chart:
    """Return one chart by name.

    Raises
    ------
    FactMissing
        There is no chart of that name.
    """
    for one in charts():
        if one.name == name:
            return one
    raise FactMissing(f"there is no chart named {name!r}")


@cache
def indications() -> tuple[Indication, ...]:
    """Every indication that has a chart, in file order."""
    return tuple(
        Indication(row["indication"], row["chart"], row["tissue"], row["family"], row["note"])
        for row in table("indications")
    )


def indication(name: str) -> Indication:
    """Return one indication by name.

    Raises
    ------
    FactMissing
        The indication has no chart.
    """
    for one in indications():
        if one.name == name:
            return one
    raise FactMissing(f"there is no chart of {name.replace('_', ' ')}")
