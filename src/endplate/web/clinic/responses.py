"""Works out the responses of patients beside the requests, each record once."""

import logging
from collections import OrderedDict
from concurrent.futures import Future, ThreadPoolExecutor, wait
from threading import Lock

from endplate.clinic.response import Answer, Question, answer
from endplate.errors import EndplateError
from endplate.web.memory import MEMORY

_KEPT = 64
_WAIT_S = 0.8  # what is known already comes at once; a page does not wait for the rest
_LOG = logging.getLogger("endplate.clinic")


class Responses:
    """Answers by the hash of the record that they rest on, the latest in memory."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="response")
        self._lock, self._asked = Lock(), OrderedDict[str, Future[Answer]]()

    def ask(self, question: Question, wait_s: float | None = None) -> Answer | str | None:
        """Answer to a question, a sentence why there is none, None while it is worked out.

        Parameters
        ----------
        question : Question
            What a record asks.
        wait_s : [s]
            Longest time to wait for it; less than a second unless given.
        """
        with self._lock:
            asked = self._asked.get(question.key)
            if asked is None:
                asked = self._asked[question.key] = self._pool.submit(_worked_out, question)
            self._asked.move_to_end(question.key)
            while len(self._asked) > _KEPT:
                _, oldest = self._asked.popitem(last=False)
                oldest.cancel()
        wait([asked], _WAIT_S if wait_s is None else wait_s)
        if not asked.done():
            return None
        fault = asked.exception()
        if fault is None:
            return asked.result()
        if isinstance(fault, EndplateError):
            return str(fault)
        # the kind alone: a message may hold what the record says
        _LOG.error("A response could not be worked out: %s", type(fault).__name__)
        return "The forecast could not be worked out."


def _worked_out(question: Question) -> Answer:
    with MEMORY.computing():
        return answer(question)
