"""How often one address may ask: a bucket of tokens that fills at a steady rate."""

import time
from collections import OrderedDict
from collections.abc import Callable

# An address that has not asked for long has a full bucket: forgetting it changes nothing.
MOST_ADDRESSES = 10_000


class Buckets:
    """One bucket per address, at most `burst` tokens each."""

    def __init__(
        self, rate_per_s: float, burst: int, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._rate_per_s, self._burst, self._clock = rate_per_s, float(burst), clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def wait_s(self, address: str) -> float:
        """Take a token; 0 when there was one, else the seconds until there is."""
        now = self._clock()
        tokens, since = self._left.pop(address, (self._burst, now))
        tokens = min(self._burst, tokens + (now - since) * self._rate_per_s)
        taken = tokens >= 1.0
        self._left[address] = (tokens - 1.0 if taken else tokens, now)
        if len(self._left) > MOST_ADDRESSES:
            self._left.popitem(last=False)
        return 0.0 if taken else (1.0 - tokens) / self._rate_per_s
