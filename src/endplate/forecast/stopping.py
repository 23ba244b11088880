"""Gives up a run that nobody waits for any more, between two of its chunks."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from endplate.errors import Stopped


def _always() -> bool:
    return True


_is_wanted: ContextVar[Callable[[], bool]] = ContextVar("is_wanted", default=_always)


@contextmanager
def while_wanted(is_wanted: Callable[[], bool]) -> Iterator[None]:
    """Run what is inside for as long as it is wanted.

    Parameters
    ----------
    is_wanted : callable
        Asked between chunks, from several threads; once it says False, the run raises `Stopped`.
    """
    token = _is_wanted.set(is_wanted)
    try:
        yield
    finally:
        _is_wanted.reset(token)


def checkpoint() -> Callable[[], None]:
    """What to call between chunks, in any thread: it raises `Stopped` once the run is not wanted.

    Raises
    ------
    Stopped
        By what is returned.
    """
    is_wanted = _is_wanted.get()

    def check() -> None:
        if not is_wanted():
            raise Stopped("nobody waits for this run any more")

    return check
