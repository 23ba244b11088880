"""The end-plate fields of a region's muscles: each block of the atlas cut along its own axes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from endplate.facts.atlas import MuscleBlock

# Largest cell edge: about one standard deviation of a facial cloud. Large muscles take larger
# volumes, so their cells may grow with them, to at most so many along, across and through.
_CELL_MM = 6.0
_MOST_CELLS = (18, 8, 4)
_MM3_PER_ML = 1000.0
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Block:
    """Name of one block on one side."""

    muscle: str
    part: str
    side: str


@dataclass(frozen=True, eq=False)  # a field equals itself alone, so that compiled code may hold it
class EndplateField:
    """All blocks of a region cut into cells.

    `centre_mm` (blocks, 3) and `axes` (blocks, 3, 3) place the blocks. `edge_mm` (edges,) are the
    cell borders of all blocks in a row, each along axis `edge_axis` of block `edge_block`. Cell i
    lies in block `cell_block[i]` between edge `cell_edge[i, axis]` and the next one on each axis;
    `endplate_weight` (blocks, cells) is its share of its block's end plates, `cell_ml` its volume.
    `holds_dose` (blocks,) is false for a block that stands where a neighbour is reached: it looks
    at the dose that lies there and holds none itself.
    """

    blocks: tuple[Block, ...]
    centre_mm: Numbers
    axes: Numbers
    edge_mm: Numbers
    edge_block: NDArray[np.int64]
    edge_axis: NDArray[np.int64]
    cell_block: NDArray[np.int64]
    cell_edge: NDArray[np.int64]
    endplate_weight: Numbers
    cell_ml: Numbers
    holds_dose: NDArray[np.bool_]


@dataclass(frozen=True)
class Grid:
    """One block on one side before it is stacked with the others."""

    block: Block
    centre_mm: Numbers
    axes: Numbers
    edges_mm: tuple[Numbers, ...]
    weight: Numbers
    holds_dose: bool = True


_SIGNS = {"left": 1.0, "right": -1.0}


def grids(
    blocks: tuple[MuscleBlock, ...], sides: tuple[str, ...] = ("left", "right")
) -> tuple[Grid, ...]:
    """Grids of blocks on the named sides, left before right, midline blocks once."""
    made = []
    for block in blocks:
        own = [(s, _SIGNS[s]) for s in sides] if block.paired else [("midline", 1.0)]
        made += [_grid(block, side, sign) for side, sign in own]
    return tuple(made)


def _cells(size_mm: float, most: int) -> int:
    return max(1, min(most, int(np.ceil(size_mm / _CELL_MM))))


def _grid(block: MuscleBlock, side: str, sign: float) -> Grid:
    mirror = np.array([sign, 1.0, 1.0])
    fibre = np.array(block.fibre) * mirror
    fibre = fibre / np.linalg.norm(fibre)
    upright = np.array([0.0, 0.0, 1.0]) if abs(fibre[2]) < 0.9 else np.array([0.0, 1.0, 0.0])
    across = np.cross(upright, fibre)
    across = across / np.linalg.norm(across)
    sizes = (block.length_mm, block.width_mm, block.thickness_mm)
    edges = tuple(
        np.linspace(-size / 2, size / 2, _cells(size, most) + 1)
        for size, most in zip(sizes, _MOST_CELLS, strict=True)
    )
    zone = ndtr((edges[0] / block.length_mm + 0.5 - block.zone_centre) / block.zone_sd)
    along = np.diff(zone) / (zone[-1] - zone[0])
    wide, deep = (np.full(len(edge) - 1, 1.0 / (len(edge) - 1)) for edge in edges[1:])
    weight = along[:, None, None] * wide[None, :, None] * deep[None, None, :]
    return Grid(
        block=Block(block.muscle, block.part, side),
        centre_mm=np.array(block.centre_mm) * mirror,
        axes=np.stack([fibre, across, np.cross(fibre, across)]),
        edges_mm=edges,
        weight=weight.ravel(),
    )


def stacked(parts: tuple[Grid, ...], least_weight: float = 0.0) -> EndplateField:
    """One field of several grids.

    Cells that hold less than `least_weight` of the end plates of their block's fullest cell are
    left out, and the others take their share: a crowd spends no time where no end plates lie.
    """
    rows = [(i, axis, e) for i, grid in enumerate(parts) for axis, e in enumerate(grid.edges_mm)]
    starts = np.cumsum([0, *(len(edge) for _, _, edge in rows)])[:-1].reshape(-1, 3)
    kept = [grid.weight >= least_weight * grid.weight.max() for grid in parts]
    places = [
        np.argwhere(np.ones([len(e) - 1 for e in grid.edges_mm]))[keep]
        for grid, keep in zip(parts, kept, strict=True)
    ]
    owner = np.repeat(np.arange(len(parts)), [len(place) for place in places])
    weight = np.zeros((len(parts), len(owner)))
    for i, (grid, keep) in enumerate(zip(parts, kept, strict=True)):
        weight[i, owner == i] = grid.weight[keep] / grid.weight[keep].sum()
    volumes = [
        float(np.prod([edge[1] - edge[0] for edge in grid.edges_mm])) / _MM3_PER_ML
        for grid in parts
    ]
    return EndplateField(
        blocks=tuple(grid.block for grid in parts),
        centre_mm=np.array([grid.centre_mm for grid in parts]),
        axes=np.array([grid.axes for grid in parts]),
        edge_mm=np.concatenate([edge for _, _, edge in rows]),
        edge_block=np.concatenate([np.full(len(edge), i) for i, _, edge in rows]),
        edge_axis=np.concatenate([np.full(len(edge), axis) for _, axis, edge in rows]),
        cell_block=owner,
        cell_edge=np.concatenate(places) + starts[owner],
        endplate_weight=weight,
        cell_ml=np.array(volumes)[owner],
        holds_dose=np.array([grid.holds_dose for grid in parts]),
    )


NOWHERE = -1  # edge of a layer that pads a block, and place of a cell in it


@dataclass(frozen=True)
class Slabs:
    """Blocks filled up to the same number of cells along each axis.

    `block` (blocks,) are their places in the field, `edges` for each axis the lower edge of each
    layer of cells, (blocks, layers); `cell` (blocks * layers,) are the places of their cells in
    the field, along the first axis slowest. What fills up is `NOWHERE`.
    """

    block: NDArray[np.int64]
    edges: tuple[NDArray[np.int64], ...]
    cell: NDArray[np.int64]

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """Blocks, and layers along each axis."""
        x, y, z = (edge.shape[1] for edge in self.edges)
        return len(self.block), x, y, z


def slabs(field: EndplateField) -> tuple[Slabs, ...]:
    """Blocks of a field in a few groups: as many layers deep, and single cells by themselves.

    Few groups compile quickly. Cells are left out of a block in whole layers only.
    """
    found: dict[tuple[int, bool], list[int]] = {}
    layers: list[list[NDArray[np.int64]]] = []
    for block in range(len(field.blocks)):
        own = field.cell_edge[field.cell_block == block]
        layers.append([np.unique(own[:, axis]) for axis in range(3)])
        found.setdefault((len(layers[block][2]), len(own) == 1), []).append(block)
    return tuple(_slab(field, np.array(same), [layers[i] for i in same]) for same in found.values())


def _slab(
    field: EndplateField, blocks: NDArray[np.int64], layers: list[list[NDArray[np.int64]]]
) -> Slabs:
    most = [max(len(own[axis]) for own in layers) for axis in range(3)]
    edges = tuple(np.full((len(blocks), count), NOWHERE) for count in most)
    cell = np.full((len(blocks), *most), NOWHERE)
    for i, own in enumerate(layers):
        for axis in range(3):
            edges[axis][i, : len(own[axis])] = own[axis]
        place = np.flatnonzero(field.cell_block == blocks[i])
        counts = tuple(map(len, own))
        cell[(i, *map(slice, counts))] = place.reshape(counts)
    return Slabs(blocks, edges, cell.ravel())
