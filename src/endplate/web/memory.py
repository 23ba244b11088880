"""Bounds the memory of the server: what is compiled is let go where it has grown too large.

Every use, number of sites and number of people compiles code of its own, some 80 MB each with
what jax keeps beside it. Once the process is larger than its bound and nothing is computed, all
of that is dropped; the next forecast of each kind takes some seconds again, from the cache on
disk. Where the size of the process cannot be read (outside Linux) there is no bound.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Condition

MAX_MB = 1_150  # a forecast of a new kind adds up to 350 MB while it is compiled
GROWTH_MB = 250.0  # above what a release left behind, before the next: it takes seconds
_SIZE = Path("/proc/self/statm")


def resident_mb() -> float:
    """Size of this process in memory [MB]; 0 where it cannot be read."""
    with suppress(OSError, ValueError, IndexError):
        return int(_SIZE.read_text().split()[1]) * os.sysconf("SC_PAGESIZE") / 1e6
    return 0.0


class Memory:
    """Counts what is being computed, and drops what is compiled once the process is too large."""

    def __init__(
        self,
        max_mb: float = MAX_MB,
        measure: Callable[[], float] = resident_mb,
        release: Callable[[], None] | None = None,
    ) -> None:
        """Set a bound.

        Parameters
        ----------
        max_mb : float
            Size above which compiled code is dropped [MB].
        measure, release : callable
            Measures the process [MB]; drops compiled code.
        """
        self._max_mb, self._measure, self._release = max_mb, measure, release or _release_compiled
        self._bound_mb = max_mb
        self._condition, self._running, self._is_full = Condition(), 0, False

    @contextmanager
    def computing(self) -> Iterator[None]:
        """Compute what is inside; it waits while what is compiled is about to be dropped."""
        with self._condition:
            self._condition.wait_for(lambda: not self._is_full)
            self._running += 1
        try:
            yield
        finally:
            with self._condition:
                self._running -= 1
                self._is_full = self._is_full or self._measure() > self._bound_mb
                if self._is_full and not self._running:
                    try:
                        self._release()
                    finally:
                        self._is_full = False
                        # of a process that is large for other reasons nothing more can be dropped
                        self._bound_mb = max(self._max_mb, self._measure() + GROWTH_MB)
                self._condition.notify_all()


def _release_compiled() -> None:
    from endplate.engine.compile_cache import release_compiled  # jax is slow to load

    release_compiled()


MEMORY = Memory()
"""The bound of this process; everything that computes runs inside it."""
