"""What all people of one run share, as arrays: the plan, its history and its patient."""

from typing import NamedTuple

from jax import Array

from endplate.facts.parameters import fit_rows
from endplate.people.cohort import Before
from endplate.people.exposure import Sites


class Session(NamedTuple):
    """One treatment: its day (0 for the planned one), its sites, its product's log potency ratio.

    `ratio_row` is a row of a person's parameter vector or -1 for the reference product.
    """

    day: Array
    sites: Sites
    ratio_row: Array


class Setting(NamedTuple):
    """What the people of a chunk have in common; arrays only.

    `sessions` are those run by themselves, the planned one first; `injection_d` [d] and
    `load_ratio` [1] cover all injections, also those that repeat the planned pattern. `before` is
    what is stated of each area, `share` (scales, blocks) each block's part in the drive of its
    scales, `primary` the scale treated most. `log_volume` (blocks and gates,) is the logarithm of
    this body's muscle volumes over those of the atlas.
    """

    sessions: tuple[Session, ...]
    injection_d: Array
    load_ratio: Array
    before: tuple[Before | Array, ...]
    share: tuple[Array, ...]
    primary: tuple[Array, ...]
    persistence_row: Array
    male_log_load: Array
    log_volume: Array
    time_d: Array


def vector_row(prefix: str, product: str) -> int:
    """Row of a product's own parameter in a vector, -1 for the reference product."""
    names = [row.id for row in fit_rows()]
    wanted = f"{prefix}:{product}"
    return names.index(wanted) if wanted in names else -1
