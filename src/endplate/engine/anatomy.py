"""The part of a body that a run works out: blocks of muscle and organ, gates of the neighbours.

A gate is the place where a neighbour at risk is reached: a box that looks at the dose lying there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from endplate.case.placement import SIGN
from endplate.facts.atlas import MuscleBlock, chart_blocks, drivers
from endplate.facts.harms import Gate, Neighbour, neighbours
from endplate.facts.indications import indication, indications
from endplate.model.kinetics import MUSCLE
from endplate.model.spread import Block, EndplateField, Grid, grids, stacked

NOCICEPTOR = "nociceptor"
LEAST_WEIGHT = 1e-3  # of a block's fullest cell: emptier cells are not worked out
# Whose potency a striated muscle takes that no indication drives: in the face, and elsewhere.
_FACE, _OTHER_OF_FACE, _OTHER_MUSCLES = "upper_face", "glabellar_lines", "cervical_dystonia"

Scope = Literal["everything", "indications", "gates"]
"""What to work out: every block and gate, what drives the indications alone, or gates alone."""


@dataclass(frozen=True)
class Anatomy:
    """One chart, the indications treated on it, and the sides whose paired muscles are run.

    Hashable, so that compiled code may be kept for it.
    """

    chart: str
    indications: tuple[str, ...]
    sides: tuple[str, ...] = ("left", "right")


@cache
def gates(anatomy: Anatomy) -> tuple[Neighbour, ...]:
    """Neighbours at risk: those counted in these indications, then others of the chart.

    Each term stands once.
    """
    on_chart = [n for n in neighbours() if n.chart == anatomy.chart]
    ordered = sorted(on_chart, key=lambda n: n.calibrated_on not in anatomy.indications)
    return tuple({neighbour.term: neighbour for neighbour in reversed(ordered)}.values())[::-1]


def gate_copies(neighbour: Gate, anatomy: Anatomy) -> int:
    """Gates of a neighbour: one per side that is run, one for a midline organ."""
    return len(anatomy.sides) if neighbour.paired else 1


@cache
def blocks(anatomy: Anatomy) -> tuple[MuscleBlock, ...]:
    """Atlas row of every block and side, in the order of the field's blocks."""
    sides = len(anatomy.sides)
    return tuple(b for b in chart_blocks(anatomy.chart) for _ in range(sides if b.paired else 1))


@cache
def muscle_field(anatomy: Anatomy) -> EndplateField:
    """Cells of the chart's blocks, all of them: for shares of the dose."""
    return stacked(grids(chart_blocks(anatomy.chart), anatomy.sides))


@cache
def field(anatomy: Anatomy) -> EndplateField:
    """Cells that subjects are run on: those with end plates, then those of the gates."""
    muscles = grids(chart_blocks(anatomy.chart), anatomy.sides)
    return stacked((*muscles, *gate_grids(gates(anatomy), anatomy.sides)), LEAST_WEIGHT)


def gate_grids(neighbours: Sequence[Gate], sides: tuple[str, ...]) -> tuple[Grid, ...]:
    """Boxes at the gates of the neighbours, left before right of each."""
    made = []
    for neighbour in neighbours:
        placed = [(s, SIGN[s]) for s in sides] if neighbour.paired else [("midline", 1.0)]
        for side, sign in placed:
            made.append(
                Grid(
                    block=Block(f"gate of {neighbour.muscle}", neighbour.term, side),
                    centre_mm=np.array(neighbour.gate_mm) * np.array([sign, 1.0, 1.0]),
                    axes=np.eye(3),
                    edges_mm=tuple(np.array([-half, half]) for half in neighbour.half_mm),
                    weight=np.ones(1),
                    holds_dose=False,
                )
            )
    return tuple(made)


@cache
def driving_blocks(anatomy: Anatomy) -> NDArray[np.int64]:
    """Rows of the blocks that drive a scale of a treated indication, on any side."""
    driven = {(row.muscle, row.part) for name in anatomy.indications for row in drivers(name)}
    every = muscle_field(anatomy).blocks
    return np.array([i for i, b in enumerate(every) if (b.muscle, b.part) in driven], int)


@cache
def tissues(anatomy: Anatomy) -> tuple[str, ...]:
    """Tissue of every block, then of every gate."""
    of_gates = [gate_tissue(n) for n in gates(anatomy) for _ in range(gate_copies(n, anatomy))]
    return (*(block.tissue for block in blocks(anatomy)), *of_gates)


def gate_tissue(neighbour: Gate) -> str:
    """Tissue of the organ that a gate leads to; a muscle where the chart does not draw it."""
    drawn = [b for b in chart_blocks(neighbour.chart) if b.muscle == neighbour.muscle]
    return drawn[0].tissue if drawn else MUSCLE


@cache
def potency_of(muscle: str, tissue: str, treated: tuple[str, ...]) -> str:
    """Indication whose fitted potency a muscle takes, by what it drives; treated ones go first."""
    for name in (*treated, *(row.name for row in indications())):
        if indication(name).tissue != tissue:
            continue
        if any(driver.muscle == muscle for driver in drivers(name)):
            return name
    in_face = any(block.muscle == muscle for block in chart_blocks(_FACE))
    return _OTHER_OF_FACE if in_face else _OTHER_MUSCLES


@dataclass(frozen=True)
class Compartment:
    """Blocks and gates whose endings are of one tissue; `rows` are their rows in the field.

    `pain_of` is the indication whose pain fibres they are, in and about the muscles of the rows;
    empty for what the blocks themselves are.
    """

    tissue: str
    rows: tuple[int, ...]
    pain_of: str = ""


@cache
def compartments(anatomy: Anatomy, scope: Scope) -> tuple[Compartment, ...]:
    """Compartments to work out, those of the blocks and gates first, then pain fibres."""
    split = len(blocks(anatomy))
    painful = [n for n in anatomy.indications if indication(n).tissue == NOCICEPTOR]
    driving = driving_blocks(anatomy).tolist()
    rows: list[int] = list(range(len(tissues(anatomy))))
    if scope == "gates":
        rows, painful = rows[split:], []
    elif scope == "indications":
        rows = driving if len(painful) < len(anatomy.indications) else []
    of_row = tissues(anatomy)
    found = [
        Compartment(tissue, tuple(row for row in rows if of_row[row] == tissue))
        for tissue in dict.fromkeys(of_row[row] for row in rows)
    ]
    reached = driving if scope == "indications" else range(split)
    return (*found, *(Compartment(NOCICEPTOR, tuple(reached), name) for name in painful))
