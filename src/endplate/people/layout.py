"""What all people of a run share before anything is drawn: chart, cells, tissues, gates, gains."""

from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from endplate.facts.atlas import MuscleBlock, chart_blocks, drivers
from endplate.facts.harms import Gate, Neighbour, neighbours
from endplate.facts.indications import indication, indications
from endplate.model.spread import EndplateField, grids, stacked
from endplate.people.exposure import gate_grids

MUSCLE, NOCICEPTOR = "muscle", "nociceptor"
LEAST_WEIGHT = 1e-3  # of a block's fullest cell: emptier cells are not run for a crowd
# Whose potency a striated muscle takes that no use drives: in the face, and elsewhere.
_FACE, _OTHER_OF_FACE, _OTHER_MUSCLES = "upper_face", "glabellar_lines", "cervical_dystonia"


@dataclass(frozen=True)
class Layout:
    """One chart, what is treated on it, and the sides whose paired muscles are run."""

    chart: str
    areas: tuple[str, ...]
    sides: tuple[str, ...] = ("left", "right")


def gates(layout: Layout) -> tuple[Neighbour, ...]:
    """Neighbours at risk: those counted in these uses, then others of the chart, each term once."""
    on_chart = [n for n in neighbours() if n.chart == layout.chart]
    ordered = sorted(on_chart, key=lambda n: n.calibrated_on not in layout.areas)
    return tuple({neighbour.term: neighbour for neighbour in reversed(ordered)}.values())[::-1]


@cache
def blocks(layout: Layout) -> tuple[MuscleBlock, ...]:
    """Atlas row of every block and side, in the order of the field's blocks."""
    sides = len(layout.sides)
    return tuple(b for b in chart_blocks(layout.chart) for _ in range(sides if b.paired else 1))


@cache
def muscle_field(layout: Layout) -> EndplateField:
    """Cells of the chart's blocks, all of them: for shares of the dose."""
    return stacked(grids(chart_blocks(layout.chart), layout.sides))


@cache
def whole_field(layout: Layout) -> EndplateField:
    """Cells that people are run on: those with end plates, then those of the gates."""
    own = grids(chart_blocks(layout.chart), layout.sides)
    return stacked((*own, *gate_grids(gates(layout), layout.sides)), LEAST_WEIGHT)


def block_count(layout: Layout) -> int:
    """Blocks of the field before the gates."""
    return len(blocks(layout))


@cache
def driving_blocks(layout: Layout) -> NDArray[np.int64]:
    """Places of the blocks that drive a scale of a treated area, on any side."""
    driven = {(row.muscle, row.part) for area in layout.areas for row in drivers(area)}
    own = muscle_field(layout).blocks
    return np.array([i for i, b in enumerate(own) if (b.muscle, b.part) in driven], int)


def tissues(layout: Layout) -> tuple[str, ...]:
    """Tissue of every block, then of every gate."""
    own = [block.tissue for block in blocks(layout)]
    return (*own, *(gate_tissue(n) for n in gates(layout) for _ in range(copies(n, layout))))


def gate_tissue(neighbour: Gate) -> str:
    """Tissue of the organ that a gate leads to; a muscle where the chart does not draw it."""
    drawn = [b for b in chart_blocks(neighbour.chart) if b.muscle == neighbour.muscle]
    return drawn[0].tissue if drawn else MUSCLE


def copies(neighbour: Gate, layout: Layout) -> int:
    """Gates of a neighbour: one per side that is run, one for a midline organ."""
    return len(layout.sides) if neighbour.paired else 1


@cache
def potency_of(muscle: str, tissue: str, areas: tuple[str, ...]) -> str:
    """Indication whose fitted potency a muscle takes, by what it drives; treated ones go first."""
    for area in (*areas, *(row.name for row in indications())):
        if indication(area).tissue != tissue:
            continue
        if any(driver.muscle == muscle for driver in drivers(area)):
            return area
    in_face = any(block.muscle == muscle for block in chart_blocks(_FACE))
    return _OTHER_OF_FACE if in_face else _OTHER_MUSCLES
