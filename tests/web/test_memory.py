"""The bound on the server's memory: compiled code goes when it is too large and nothing runs."""

from threading import Event, Thread

import pytest

from endplate.engine.compile_cache import release_compiled
from endplate.web.memory import Memory, resident_mb


class Process:
    def __init__(self):
        self.mb, self.released = 100.0, 0

    def release(self):
        self.mb, self.released = 100.0, self.released + 1


@pytest.fixture
def process():
    return Process()


@pytest.fixture
def memory(process):
    return Memory(500.0, lambda: process.mb, process.release)


def test_below_the_bound_nothing_is_dropped(memory, process):
    with memory.computing():
        process.mb = 499.0
    assert process.released == 0


def test_above_it_compiled_code_is_dropped_after_the_work(memory, process):
    with memory.computing():
        process.mb = 501.0
        assert process.released == 0
    assert process.released == 1


def test_nothing_is_dropped_under_what_still_runs_and_new_work_waits(memory, process):
    ends, waited = Event(), Event()

    def long():
        with memory.computing():
            ends.wait(5)

    def later():
        with memory.computing():
            waited.set()

    first = Thread(target=long)
    first.start()
    with memory.computing():
        process.mb = 900.0
    assert process.released == 0
    second = Thread(target=later)
    second.start()
    assert not waited.wait(0.1)
    ends.set()
    assert waited.wait(5)
    for thread in (first, second):
        thread.join(5)
    assert process.released == 1


def test_work_that_fails_counts_as_done(memory, process):
    process.mb = 900.0
    with pytest.raises(ValueError, match="invalid literal"), memory.computing():
        int("no")
    assert process.released == 1


def test_what_is_dropped_is_made_again():
    import jax
    import jax.numpy as jnp

    twice = jax.jit(lambda x: 2 * x)
    assert twice(jnp.ones(3)).sum() == 6
    release_compiled()
    assert twice(jnp.ones(3)).sum() == 6
    assert resident_mb() >= 0


def test_a_process_that_stays_large_is_not_emptied_after_every_piece_of_work():
    sizes, released = iter((900.0, 880.0, 900.0, 1_200.0, 880.0)), []
    memory = Memory(500.0, lambda: next(sizes), lambda: released.append(1))
    for expected in (1, 1, 2):  # large for other reasons; no larger; grown again
        with memory.computing():
            pass
        assert len(released) == expected
