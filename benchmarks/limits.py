"""What this machine can do at most, and how much of it a compiled function needs."""

import time
from collections.abc import Callable
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

_EXPONENTIALS = frozenset(
    ("exp", "exp2", "expm1", "log", "log1p", "erf", "erfc", "tanh", "logistic", "pow", "sin", "cos")
)
_IN_CACHE, _IN_MEMORY = 4096, 2**25


def exponentials_per_s(dtype: Any, repeats: int = 3) -> float:
    """Exponentials per second of one core, of numbers in its first cache, as XLA works them out."""
    rounds = 4096

    @jax.jit
    def many(x):
        # each round's result is the next one's argument, so that none can be left out
        return jax.lax.fori_loop(0, rounds, lambda _, now: jnp.exp(-now), x)

    x = jnp.linspace(0.1, 0.9, _IN_CACHE, dtype=dtype)
    many(x).block_until_ready()
    best = min(_spent_s(lambda: many(x).block_until_ready()) for _ in range(repeats))
    return rounds * _IN_CACHE / best


def copied_bytes_per_s(repeats: int = 3) -> float:
    """Bytes per second, read and written, of a copy that no cache holds."""
    source = np.ones(_IN_MEMORY)
    target = np.zeros_like(source)
    best = min(_spent_s(lambda: np.copyto(target, source)) for _ in range(repeats))
    return 2.0 * source.nbytes / best


def _spent_s(work: Callable[[], Any]) -> float:
    start = time.process_time()
    work()
    return max(time.process_time() - start, 1e-9)


def exponentials_of(function: Callable[..., Any], *arguments: Any) -> float:
    """How many exponentials, logarithms and the like one call works out; loops by their length.

    Of a loop whose length only the run knows one round is counted, so that this is no more than is
    needed.
    """
    return _counted(jax.make_jaxpr(function)(*arguments).jaxpr)


def _counted(jaxpr: Any) -> float:
    total = 0.0
    for equation in jaxpr.eqns:
        name = equation.primitive.name
        if name in _EXPONENTIALS:
            total += float(np.prod(equation.outvars[0].aval.shape))
        times = equation.params.get("length", 1) if name == "scan" else 1
        inner = [
            getattr(one, "jaxpr", one)
            for value in equation.params.values()
            for one in (value if isinstance(value, tuple | list) else (value,))
            if hasattr(one, "jaxpr") or hasattr(one, "eqns")
        ]
        counts = [_counted(one) for one in inner]
        # of branches only one is taken
        total += times * (max(counts, default=0.0) if name == "cond" else sum(counts))
    return total


def share_of_limit(exponentials: float, least_bytes: float, spent_s: float, dtype: Any) -> dict:
    """Share of the machine's limit that a call reaches, whichever of the two binds it.

    Parameters
    ----------
    exponentials : [1]
        How many the call works out.
    least_bytes : [1]
        Bytes that it must read and write at least: its arguments and results.
    spent_s : [s]
        Processor time of the call.
    dtype : dtype
        Precision of the exponentials.
    """
    of_exponentials = exponentials / exponentials_per_s(dtype) / spent_s
    of_memory = least_bytes / copied_bytes_per_s() / spent_s
    return {
        "of_exponentials": of_exponentials,
        "of_memory": of_memory,
        "fraction_of_limit": max(of_exponentials, of_memory),
    }
