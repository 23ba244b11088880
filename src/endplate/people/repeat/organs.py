"""Nerve endings and muscles of a chunk of people over one window of days."""

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array

from endplate.facts.indications import indication
from endplate.facts.parameters import value
from endplate.model.course import Kinetics, nodes
from endplate.model.cycle import CarryOver, CycleState, Window, run_window, state_on
from endplate.model.tissue import atrophy
from endplate.people.engine import read_tables
from endplate.people.layout import MUSCLE, NOCICEPTOR, Layout, blocks, tissues
from endplate.people.repeat.policy import at_days
from endplate.people.repeat.state import People
from endplate.people.run import CROWD


def carry_over() -> CarryOver:
    """How earlier blocks weary human endings."""
    names = ("weary_gain", "weary_fade_half_time_d", "weary_rise_d")
    return CarryOver(*(jnp.asarray(value(name)) for name in names))


def windows_of(state: CycleState, rates: Kinetics, time_d: Array) -> Window:
    """One window of days of every person's endings in one tissue."""
    carry = carry_over()
    return jax.vmap(lambda s, k: run_window(s, nodes(), k, carry, time_d, CROWD))(state, rates)


def endings_on(
    gap_d: Array, state: CycleState, window: Window, rates: Kinetics, time_d: Array
) -> CycleState:
    """State of every person's endings on a day of their own."""
    carry = carry_over()
    return jax.vmap(lambda d, s, w, k: state_on(d, s, w, nodes(), k, carry, time_d))(
        gap_d, state, window, rates
    )


def tissues_run(layout: Layout) -> tuple[str, ...]:
    """Tissues whose endings are run; muscle always, for its rates of wasting."""
    pain = any(indication(name).tissue == NOCICEPTOR for name in layout.areas)
    return tuple(dict.fromkeys((MUSCLE, *tissues(layout), *((NOCICEPTOR,) if pain else ()))))


def working_fractions(folk: People, windows: dict[str, Window], layout: Layout) -> Array:
    """Working fraction of every block and gate, each by the endings of its own tissue."""
    of_block = np.array(tissues(layout))
    working = jnp.zeros(())
    for name in dict.fromkeys(of_block):
        found = read_tables(windows[name].working_fraction, folk.reading).astype(jnp.float64)
        working = jnp.where(of_block == name, found, working)
    return working


def cross_section_lost(
    working: Array, start: Array, rates: Kinetics, time_d: Array, layout: Layout
) -> Array:
    """Cross-section lost in every muscle block, (people, times, blocks); others do not thin."""
    wastes = jnp.array([block.tissue == MUSCLE for block in blocks(layout)], float)

    def one(own: Array, first: Array, k: Kinetics) -> Array:
        return atrophy(
            own,
            time_d,
            wasting_per_d=k.wasting_per_d,
            regrowth_per_d=k.regrowth_per_d,
            most_lost=k.most_lost * wastes,
            start=first,
        )

    return jax.vmap(one)(working, start, rates)


def blocks_on(course: Array, time_d: Array, day_d: Array) -> Array:
    """Courses (people, times, blocks) on one day of each person, (people, blocks)."""
    one_day = jax.vmap(lambda one: at_days(one, time_d, day_d[:, None]), 2, 2)
    return one_day(course)[:, 0]
