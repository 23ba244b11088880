"""The web app as one ASGI application: the REST interface on its paths, pages on all others."""

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from fastapi import FastAPI
from nicegui import app as pages
from nicegui import core, ui

from endplate._version import __version__
from endplate.web.api import install
from endplate.web.forecasts import warm_up
from endplate.web.page_guard import PageGuard
from endplate.web.settings import Settings
from endplate.web.shell import shell

if TYPE_CHECKING:
    from endplate.clinic.store.database import Database

STYLES = Path(__file__).parent / "look"


def create_app(settings: Settings | None = None, clinic: "Database | None" = None) -> FastAPI:
    """Make the app; once per process, for the pages belong to the process.

    Parameters
    ----------
    settings : Settings
        How it is served; the defaults unless given.
    clinic : Database
        Records of a clinic: with them everything is behind the sign-in.
    """
    settings = settings or Settings()
    app = FastAPI(title="endplate", version=__version__, docs_url=None, redoc_url=None)
    routes = []
    if clinic is not None:
        from endplate.web.clinic.oidc import Provider, settings_of
        from endplate.web.clinic.routes import clinic_routes

        oidc = settings_of(os.environ)
        routes = clinic_routes(clinic, settings.secure, Provider(oidc) if oidc else None)
        app.router.routes.extend(routes)  # before the pages, which take every other path
    pages.add_static_files("/look", STYLES)
    ui.run_with(
        app,
        root=shell,
        title="endplate",
        favicon=STYLES / "icon.svg",
        dark=None,
        language="en-US",
        tailwind=False,
        reconnect_timeout=settings.reconnect_s,
        show_welcome_message=False,
        # a new secret each start: no visitor's data outlives the server
        storage_secret=secrets.token_urlsafe(),
    )
    # no header that lets pages of other origins read the page socket; the guard refuses them
    core.sio.eio.cors_allowed_origins = []
    pages.on_startup(warm_up)
    app.add_middleware(PageGuard, settings=settings)
    install(app, settings)
    if clinic is not None:
        from endplate.web.clinic.guard import Guard

        app.add_middleware(Guard, database=clinic, routes=routes, settings=settings)
    return app
