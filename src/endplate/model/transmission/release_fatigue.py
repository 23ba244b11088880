r"""Earlier blocks leave release fatigued: an ending then needs more intact SNAP-25 to work.

Mouse endings came back later after each further injection than what was left of the earlier light
chain explains (Rogozhin 2008). Here an ending remembers its blocks; what it remembers when toxin
is injected again raises the power of release in :math:`f(P) = \Phi((\ln m + n\ln P)/\sigma)`:

.. math:: n(t) = n\,[1 + g\, w(t)], \qquad \dot w = \frac{\ln 2}{h}\,[(1 - f) - w]

*w* [1] is the memory, *h* its half-time, *g* the gain. With *g* = 0 nothing changes, and a first
block is the same with and without: its own memory counts from the next injection on.
"""

from math import log
from typing import NamedTuple

import jax
import jax.numpy as jnp
from jax import Array
from jax.typing import ArrayLike

from endplate.facts.parameters import value


class ReleaseFatigue(NamedTuple):
    """How earlier blocks fatigue release.

    `gain` [1] is how much a whole memory raises the power of release, `fade_d` [d] the half-time
    in which the memory fades. A new memory comes to act over days (half-time `rise_d` [d]), since
    no ending changes under the needle.
    """

    gain: ArrayLike
    fade_d: ArrayLike
    rise_d: ArrayLike

    @classmethod
    def human(cls) -> "ReleaseFatigue":
        """The estimates for human endings."""
        return cls(
            value("release_fatigue_gain"),
            value("release_fatigue_fade_half_time_d"),
            value("release_fatigue_rise_d"),
        )

    def acting(self, memory: Array, acted: Array, time_d: Array) -> Array:
        """Memory that acts [1] at times since the injection, shape (times, points, subjects).

        `memory` [1] is what was remembered at the injection, `acted` [1] what acted until then,
        both (points, subjects); `time_d` [d] is (times,), or one time for each subject.
        """
        since_d = time_d[None] if time_d.shape == memory.shape[-1:] else time_d[:, None]
        since_d = since_d[:, None].astype(memory.dtype)
        faded = jnp.exp2(-since_d / jnp.asarray(self.fade_d, memory.dtype))
        risen = jnp.exp2(-since_d / jnp.asarray(self.rise_d, memory.dtype))
        # worked out first: the compiler would work them out anew at every point
        faded, risen = jax.lax.optimization_barrier((faded, risen))
        return faded * (memory + (acted - memory) * risen)

    def memory_after(
        self, memory: Array, working_fraction: Array, time_d: Array, day_d: Array
    ) -> Array:
        """Memory of endings on a day of each subject, the block up to that day included.

        Parameters
        ----------
        memory : [1], in [0, 1]
            Memory at the first time, shape (points, subjects).
        working_fraction : [1], in [0, 1]
            Share of junctions that work, shape (times, points, subjects).
        time_d : [d]
            Rising times, shape (times,).
        day_d : [d]
            The day asked for, shape (subjects,).

        Returns
        -------
        [1], in [0, 1]
            Shape (points, subjects).

        Notes
        -----
        The block is taken as linear over each step: second order, and exact in the fading of a
        constant block.
        """
        rate = log(2.0) / self.fade_d
        left = jnp.exp(-rate * (day_d - jnp.minimum(time_d[:, None], day_d)))
        share = jnp.diff(left, axis=0).astype(memory.dtype)
        faded = jnp.exp(-rate * (day_d - time_d[0])).astype(memory.dtype)

        # worked out first: the compiler would fuse the exponentials of a subject into the loop over
        # points and work them out anew for each
        share, faded = jax.lax.optimization_barrier((share, faded))

        def add(step: Array, gained: Array) -> Array:
            silent = 1.0 - 0.5 * (working_fraction[step + 1] + working_fraction[step])
            return gained + share[step] * silent

        # the loop reads the courses where they are: a scan would copy them, which costs more
        gained = jax.lax.fori_loop(0, len(share), add, jnp.zeros_like(memory))
        return faded * memory + gained
