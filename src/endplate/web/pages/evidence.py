"""The page Evidence."""

from nicegui import ui

from endplate.web.place import Place


def build(place: Place) -> None:
    """Put the page onto the screen."""
    ui.label("Evidence")
