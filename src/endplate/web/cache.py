"""Latest results in memory, so that nothing is computed twice."""

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from hashlib import sha256
from threading import Lock
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Cache(Generic[Value]):
    """Values by a digest of their key; the least recently used one is dropped first."""

    def __init__(self, size: int) -> None:
        self._size, self._lock = size, Lock()
        self._values: OrderedDict[bytes, Future[Value]] = OrderedDict()

    def get(self, key: str, make: Callable[[], Value]) -> Value:
        """Return the value of a key; a caller that comes while it is made waits for it.

        An exception reaches all who waited, and is not stored.
        """
        digest, new = _digest(key), Future[Value]()
        with self._lock:
            stored = self._values.get(digest)
            self._values[digest] = stored or new
            self._values.move_to_end(digest)
            while len(self._values) > self._size:
                self._values.popitem(last=False)
        if stored is not None:
            return stored.result()
        try:
            new.set_result(make())
        except BaseException as error:
            with self._lock:
                self._values.pop(digest, None)
            new.set_exception(error)
        return new.result()

    def put(self, key: str, value: Value) -> None:
        """Keep a value that was made elsewhere."""
        made = Future[Value]()
        made.set_result(value)
        digest = _digest(key)
        with self._lock:
            self._values[digest] = made
            self._values.move_to_end(digest)
            while len(self._values) > self._size:
                self._values.popitem(last=False)

    def peek(self, key: str) -> Value | None:
        """Return the value of a key where it is made already, None otherwise."""
        digest = _digest(key)
        with self._lock:
            stored = self._values.get(digest)
            if stored is None or not stored.done() or stored.exception() is not None:
                return None
            self._values.move_to_end(digest)
        return stored.result()


def _digest(key: str) -> bytes:
    return sha256(key.encode()).digest()
