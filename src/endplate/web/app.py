"""The web app as one ASGI application: REST interface first, every other path is a page."""

import secrets
from pathlib import Path

from fastapi import FastAPI
from nicegui import app as pages
from nicegui import ui

from endplate import __version__
from endplate.web.settings import Serving
from endplate.web.shell import shell

LOOK = Path(__file__).parent / "look"


def create_app(serving: Serving | None = None) -> FastAPI:
    """Make the app; once per process, for the pages belong to the process.

    Parameters
    ----------
    serving : Serving
        How it is served; the defaults unless given.
    """
    serving = serving or Serving()
    app = FastAPI(title="endplate", version=__version__, docs_url=None, redoc_url=None)
    pages.add_static_files("/look", LOOK)
    ui.run_with(
        app,
        root=shell,
        title="endplate",
        favicon=LOOK / "icon.svg",
        dark=None,
        language="en-US",
        tailwind=False,
        reconnect_timeout=serving.reconnect_s,
        show_welcome_message=False,
        # a new secret each start: nothing of a visitor outlives the server
        storage_secret=secrets.token_urlsafe(),
    )
    return app
