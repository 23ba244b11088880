"""Settings of the web interface, each with its default and its meaning."""

from dataclasses import dataclass, field
from typing import Any


def _setting(default: Any, help_: str) -> Any:
    return field(default=default, metadata={"help": help_})


@dataclass(frozen=True)
class Settings:
    """Settings of one server; the defaults serve one machine and nobody else."""

    host: str = _setting("127.0.0.1", "address to listen on; others than this machine's are a risk")
    port: int = _setting(8610, "port to listen on")
    allowed_hosts: tuple[str, ...] = _setting(
        (), "further names by which browsers may call the server, besides localhost and the host"
    )
    allowed_origins: tuple[str, ...] = _setting(
        (), "other origins whose pages may call the server, as https://ehr.example; none is usual"
    )
    secure: bool = _setting(False, "whether browsers reach it by https alone: cookies say so then")
    region: str = _setting("US", "whose label the CDS Hooks service applies: US, EU or UK")
    max_body_bytes: int = _setting(1_000_000, "largest request with one plan")
    max_table_bytes: int = _setting(
        5_000_000, "largest request with several plans, a table, a result or a patient's record"
    )
    max_table_rows: int = _setting(1_000, "most rows of a table of trials sent to validate")
    body_timeout_s: float = _setting(10.0, "seconds within which a request must have arrived")
    header_timeout_s: float = _setting(
        10.0, "seconds within which the headers of a request must have arrived"
    )
    max_header_bytes: int = _setting(65_536, "most bytes of the headers of a request")
    reconnect_s: float = _setting(900.0, "seconds a page that lost its connection is kept")
    rate_per_s: float = _setting(30.0, "requests per second and address, on average")
    rate_burst: int = _setting(120, "requests that one address may send at once")
    quick_workers: int = _setting(2, "checks, forecasts for live use and the like at the same time")
    quick_queue: int = _setting(32, "how many of them may wait")
    quick_timeout_s: float = _setting(60.0, "seconds after which one of them is given up")
    kept_forecasts: int = _setting(64, "forecasts for live use held in memory, the latest ones")
    heavy_workers: int = _setting(1, "simulations and reports at the same time")
    heavy_queue: int = _setting(4, "how many of them may wait")
    heavy_timeout_s: float = _setting(300.0, "seconds after which one of them is given up")
    long_timeout_s: float = _setting(900.0, "seconds after which a validation is given up")
