r"""Earlier blocks leave the nerve ending weary: it then needs more intact SNAP-25 to work.

Mouse endings came back later after each further injection than what was left of the earlier light
chain explains (Rogozhin 2008). Here an ending remembers its blocks; what it remembers when toxin
is injected again raises the power of release in :math:`f(P) = \Phi((\ln m + n\ln P)/\sigma)`:

.. math:: n(t) = n\,[1 + g\, w(t)], \qquad \dot w = \frac{\ln 2}{h}\,[(1 - f) - w]

*w* [1] is the memory, *h* its half-time, *g* the gain. With *g* = 0 this is the original ending,
and a first block is the same under both: its own memory counts from the next injection on.
"""

from dataclasses import dataclass
from math import log

import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from endplate.model.transmission.base import AbstractTransmission
from endplate.model.transmission.original_terminal import OriginalTerminal


@dataclass(frozen=True)
class Weary(AbstractTransmission):
    """The original ending with a memory of blocks before the first time asked for.

    `memory` [1] is what it remembers at that time, in [0, 1], one number or one a node; it fades
    with half-time `fade_d` [d]. `acted` [1] is what acted until then: the change to `memory` comes
    over days (`rise_d` [d]), since no ending changes under the needle.
    """

    original: OriginalTerminal
    memory: ArrayLike
    acted: ArrayLike
    gain: ArrayLike
    fade_d: ArrayLike
    rise_d: ArrayLike

    def acting(self, time_d: Array, shape: tuple[int, ...]) -> Array:
        """Memory that acts [1] at each time [d], shape (times, *shape)."""
        since_d = (time_d - time_d[0]).reshape(-1, *(1 for _ in shape))
        memory, acted = (
            jnp.broadcast_to(jnp.asarray(number, time_d.dtype), shape)[None]
            for number in (self.memory, self.acted)
        )
        faded = jnp.exp2(-since_d / jnp.asarray(self.fade_d))
        return faded * (memory + (acted - memory) * jnp.exp2(-since_d / jnp.asarray(self.rise_d)))

    def working_fraction(self, intact: Array, time_d: Array) -> Array:
        """Share of junctions that work; as the original where nothing is remembered."""
        acting = self.acting(jnp.asarray(time_d), intact.shape[1:])
        power = jnp.asarray(self.original.snare_power) * (1.0 + jnp.asarray(self.gain) * acting)
        original = self.original
        weary = OriginalTerminal(power, original.log_margin_median, original.log_margin_sd)
        return weary.working_fraction(intact, time_d)


def memory_after(
    memory: Array, working_fraction: Array, time_d: Array, day_d: Array, fade_d: Array | float
) -> Array:
    """Memory of an ending on one day, the block up to that day included.

    Parameters
    ----------
    memory : [1], in [0, 1]
        Memory at the first time, shape (nodes,).
    working_fraction : [1], in [0, 1]
        Share of junctions that work, shape (times, nodes).
    time_d : [d]
        Rising times, shape (times,).
    day_d : [d]
        The day asked for, between the first and the last time.
    fade_d : [d], > 0
        Half-time of the memory.

    Returns
    -------
    [1], in [0, 1]
        Shape (nodes,).

    Notes
    -----
    The block is taken as constant over each step: second order, and exact in the fading.
    """
    rate = log(2.0) / fade_d
    left = jnp.exp(-rate * (day_d - jnp.minimum(time_d, day_d)))
    block = 1.0 - 0.5 * (working_fraction[1:] + working_fraction[:-1])
    faded = jnp.exp(-rate * (day_d - time_d[0]))
    return faded * memory + jnp.diff(left) @ block.astype(left.dtype)
