"""`endplate serve`: the web app on this machine."""

import os
import socket
from typing import TYPE_CHECKING, Annotated

import typer

from endplate.cli.interrupt import INTERRUPTED
from endplate.errors import EndplateError

if TYPE_CHECKING:
    from endplate.clinic.store.database import Database

Names = Annotated[
    list[str] | None,
    typer.Option(help="Another name by which browsers call this server.", show_default=False),
]
Origins = Annotated[
    list[str] | None,
    typer.Option(help="Origin whose pages may call it, as that of an EHR.", show_default=False),
]


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command()
    def serve(
        host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
        port: Annotated[int, typer.Option(help="Port to listen on.", min=1, max=65535)] = 8610,
        allow_host: Names = None,
        allow_origin: Origins = None,
        clinic: Annotated[
            bool, typer.Option("--clinic", help="Serve the clinic's records too, behind a sign-in.")
        ] = False,
        database: Annotated[
            str | None,
            typer.Option(
                help="With --clinic: file or address of the records, as of `endplate clinic`.",
                show_default=False,
            ),
        ] = None,
        secure: Annotated[
            bool,
            typer.Option("--secure", help="Browsers reach it by https alone, through a proxy."),
        ] = False,
    ) -> None:
        """Open the web app: plan, forecast, discuss, evidence, and the REST interface."""
        if database is not None and not clinic:
            raise EndplateError("--database names a clinic's records; it needs --clinic.")
        with _listening(host, port) as listening:
            try:
                from endplate.web.app import create_app
                from endplate.web.server import server_of
                from endplate.web.settings import Settings

                records = _records(database) if clinic else None
            except ModuleNotFoundError as missing:
                raise EndplateError(
                    f"the web app needs {missing.name}; "
                    "install it with: pip install '.[web,clinic]' in the checkout of endplate"
                    if clinic
                    else f"the web app needs {missing.name}; "
                    "install it with: pip install '.[web]' in the checkout of endplate"
                ) from None
            settings = Settings(
                host=host,
                port=port,
                allowed_hosts=tuple(allow_host or ()),
                allowed_origins=tuple(allow_origin or ()),
                secure=secure,
            )
            served = create_app(settings, records)
            typer.echo(f"endplate is at http://{host}:{port} (stop with Ctrl+C)", err=True)
            try:
                server_of(served, settings).run(sockets=[listening])
            except KeyboardInterrupt:
                # Visitors are served and their work is stored; a forecast that still computes in
                # a thread would hold the process for as long as it takes.
                typer.echo("interrupted", err=True)
                os._exit(INTERRUPTED)


def _records(address: str | None) -> "Database":
    """The clinic's records, for a server."""
    from endplate.clinic.store.database import Database

    return Database.open(address, pooled=True)


def _listening(host: str, port: int) -> socket.socket:
    """A socket at an address, taken before anything slow is loaded."""
    try:
        return socket.create_server((host, port))
    except OSError as fault:
        reason = fault.strerror or str(fault)
        raise EndplateError(
            f"cannot listen on {host}:{port}: {reason}; choose another with --host and --port"
        ) from None
