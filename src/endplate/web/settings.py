"""What `endplate serve` may be told: address, and how the pages behave."""

from dataclasses import dataclass, field
from typing import Any

LOCAL = "127.0.0.1"


def _setting(default: Any, help_: str) -> Any:
    return field(default=default, metadata={"help": help_})


@dataclass(frozen=True)
class Serving:
    """Where the app is served."""

    host: str = _setting(LOCAL, "address to listen on; other machines reach no local address")
    port: int = _setting(8610, "port to listen on")
    reconnect_s: float = _setting(900.0, "how long a page that lost its connection is kept [s]")
