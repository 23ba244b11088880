"""The latest answers as they were sent, so that the same plan is worked out once."""

from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import Future
from hashlib import sha256
from threading import Lock


class Kept:
    """Answers by a digest of what was asked; the least recently used one goes first."""

    def __init__(self, most: int) -> None:
        self._most, self._lock = most, Lock()
        self._answers: OrderedDict[bytes, Future[bytes]] = OrderedDict()

    def of(self, asked: str, make: Callable[[], bytes]) -> bytes:
        """The answer to what is asked; who asks while it is made waits for it.

        A fault is told to all who waited, and not kept.
        """
        key = sha256(asked.encode()).digest()
        with self._lock:
            found, own = self._answers.get(key), Future[bytes]()
            self._answers[key] = found or own
            self._answers.move_to_end(key)
            while len(self._answers) > self._most:
                self._answers.popitem(last=False)
        if found is not None:
            return found.result()
        try:
            own.set_result(make())
        except BaseException as fault:
            with self._lock:
                self._answers.pop(key, None)
            own.set_exception(fault)
        return own.result()
