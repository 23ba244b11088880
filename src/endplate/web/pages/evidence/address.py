"""The address bar follows what is shown, so that it can be kept and sent."""

import json

from nicegui import ui

from endplate.web.pages.evidence.choice import PATH


def go_to(address: str) -> None:
    """Show an address of this page in the browser, without loading anything."""
    to = f"(window.path_prefix || '') + {json.dumps(address)}"
    ui.run_javascript(
        f"if (location.pathname.endsWith('{PATH}')) history.replaceState(history.state, '', {to})"
    )
