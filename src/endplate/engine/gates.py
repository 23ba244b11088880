"""Gates of neighbours at risk: how near each subject comes to a weakness there."""

from collections.abc import Sequence
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from endplate.engine.anatomy import Anatomy, gates
from endplate.engine.scenario import gate_rows
from endplate.facts.parameters import value
from endplate.model.endings import Window
from endplate.observe.course import Subjects

_WAYS = np.linspace(-4.0, 4.0, 17)  # standard deviations of the log load at a gate without table


class GateLoads(NamedTuple):
    """Loads at which the endings behind one gate are worked out.

    `points` are their places among those of the compartment, (points,); `log_ratio` [1] is the
    logarithm of each over the load that the subject has, (points, subjects), rising.
    """

    points: NDArray[np.int64]
    log_ratio: Array


def at_table(table: Array, load: Array) -> GateLoads:
    """The response table as seen from the load [1] of a gate, (subjects,)."""
    least = jnp.maximum(load, jnp.finfo(load.dtype).tiny)
    return GateLoads(np.arange(len(table)), jnp.log(table)[:, None] - jnp.log(least))


def with_gate_points(
    load: Array, gate_cell: dict[int, np.intp], subjects: Subjects
) -> tuple[Array, dict[int, GateLoads]]:
    """Loads of cells (sessions, cells, subjects), then of gates in people of more load or less."""
    own, spread = own_log_load(subjects)
    log_ratio = (spread * jnp.asarray(_WAYS)[:, None] - own).astype(load.dtype)
    places = {}
    parts, first = [load], load.shape[1]
    for row, cell in gate_cell.items():
        parts.append(load[:, cell, None] * jnp.exp(log_ratio))
        places[row] = GateLoads(np.arange(first, first + len(_WAYS)), log_ratio)
        first += len(_WAYS)
    return jnp.concatenate(parts, axis=1), places


def own_log_load(subjects: Subjects) -> tuple[Array, Array]:
    """What of the log load at a gate is a subject's own, and its standard deviation [1].

    How much of a dose acts differs between people, and so does the way from needle to neighbour.
    """
    values, effects, way_sd = subjects.values, subjects.effects, value("anatomy_log_sd")
    own = values["load_log_sd"] * effects["load"] + way_sd * effects["neighbour"]
    return own, jnp.hypot(values["load_log_sd"], way_sd)


def gate_log_margins(
    at_gates: tuple[dict[int, GateLoads], ...],
    windows: tuple[Window, ...],
    anatomy: Anatomy,
    terms: Sequence[str] | None = None,
) -> dict[str, Array]:
    """How near neighbours come to weakness: log of their load over the load that makes them weak.

    Above 0 the weakness shows, on the worse side.

    Parameters
    ----------
    at_gates : tuple of dict
        Loads of the gates of every compartment, as `expose` gives them.
    windows : tuple of Window
        What the nerve endings do, as `run_endings` gives it.
    anatomy : Anatomy
        The body.
    terms : sequence of str, optional
        The weaknesses; those of all neighbours unless given.

    Returns
    -------
    dict
        By term [1], each of shape (subjects,).
    """
    least_working = {gate.term: gate.least_working for gate in gates(anatomy)}
    rows = gate_rows(anatomy)
    # Gates with as many points are read together: one by one they are a fourth of what is compiled.
    alike: dict[int, list[tuple[str, Array, Array]]] = {}
    for term in rows if terms is None else terms:
        for row in rows[term]:
            index = next(i for i, own in enumerate(at_gates) if row in own)
            points, log_ratio = at_gates[index][row]
            least = windows[index].working_fraction[:, points].min(axis=0)
            alike.setdefault(len(points), []).append((term, least, log_ratio))
    margins: dict[str, list[Array]] = {}
    for group in alike.values():
        of, least, log_ratio = zip(*group, strict=True)
        level = jnp.array([least_working[term] for term in of])
        read = jax.vmap(jax.vmap(_log_ratio_at, (None, 1, 1)))
        reached = read(level, jnp.stack(least), jnp.stack(log_ratio))
        for term, one in zip(of, reached, strict=True):
            margins.setdefault(term, []).append(-one)
    return {term: jnp.stack(own).max(axis=0) for term, own in margins.items()}


def _log_ratio_at(level: Array, least: Array, log_ratio: Array) -> Array:
    """Log ratio at which what still works falls to a level; `least` [1] falls with it."""
    return jnp.interp(-level, -least, log_ratio)
