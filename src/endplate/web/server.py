"""The server under the app: uvicorn, which cuts requests whose headers come too slowly."""

import asyncio
from typing import Any

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.auto import AutoHTTPProtocol

from endplate.web.logs import install_logs
from endplate.web.settings import Settings

GRACE_S = 5  # for what visitors are being sent when the server is stopped
LATE = b"HTTP/1.1 408 Request Timeout\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\nconnection: close\r\n"
    b"content-length: 0\r\n\r\n"
)


def server_of(app: ASGIApp, settings: Settings) -> uvicorn.Server:
    """A server for an app, not yet running; what it logs holds nothing of a patient.

    Parameters
    ----------
    app
        The app, as ASGI.
    settings : Settings
        How it is served.
    """
    install_logs()
    config = uvicorn.Config(
        app,
        http=_protocol(settings.header_timeout_s, settings.max_header_bytes),
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=GRACE_S,
    )
    return uvicorn.Server(config)


def _protocol(timeout_s: float, max_bytes: int) -> type[asyncio.Protocol]:
    """The protocol of uvicorn, with bounds on how long and how large the headers may be."""

    class HeaderBounds(AutoHTTPProtocol):  # type: ignore[misc, valid-type]
        transport: Any
        cycle: Any
        loop: Any
        _timer: asyncio.TimerHandle | None = None
        _header_bytes = 0

        def connection_made(self, transport: Any) -> None:
            super().connection_made(transport)
            self._wait()

        def data_received(self, data: bytes) -> None:
            waited = self._is_waiting()
            super().data_received(data)
            if not self._is_waiting():
                self._stop()
            elif waited and self._header_bytes + len(data) > max_bytes:
                self._close(LARGE)
            else:
                self._header_bytes += len(data)
                self._wait()

        def connection_lost(self, exc: Exception | None) -> None:
            self._stop()
            super().connection_lost(exc)

        def _is_waiting(self) -> bool:
            """Whether a request has yet to be read; a socket of a page is no such connection."""
            transport, cycle = self.transport, self.cycle
            is_open = not transport.is_closing() and transport.get_protocol() is self
            return is_open and (cycle is None or cycle.response_complete)

        def _wait(self) -> None:
            if self._timer is None:
                self._timer = self.loop.call_later(timeout_s, self._close, LATE)

        def _stop(self) -> None:
            if self._timer is not None:
                self._timer.cancel()
            self._timer, self._header_bytes = None, 0

        def _close(self, response: bytes) -> None:
            if self._is_waiting():
                self.transport.write(response)
                self.transport.close()
            self._stop()

    return HeaderBounds
