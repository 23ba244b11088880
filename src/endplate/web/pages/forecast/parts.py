"""Pieces of markup in a row, of which only those that changed are sent."""

from collections.abc import Sequence

from nicegui import ui
from nicegui.element import Element


class Pieces:
    """Markup of our own escaping code, one element for each piece, inside an element."""

    def __init__(self, inside: Element, classes: str = "") -> None:
        self._inside, self._classes = inside, classes
        self._shown: list[ui.html] = []

    def show(self, pieces: Sequence[str]) -> None:
        """Show these pieces in their order; the browser keeps the ones that are as before."""
        while len(self._shown) > len(pieces):
            self._shown.pop().delete()
        while len(self._shown) < len(pieces):
            with self._inside:
                self._shown.append(ui.html(sanitize=False).classes(self._classes))
        for element, markup in zip(self._shown, pieces, strict=True):
            element.set_content(markup)


def section(name: str, classes: str = "") -> Element:
    """A section with its heading; use it as a context."""
    made = ui.element("section").classes(classes)
    with made:
        ui.html(name, tag="h2", sanitize=False)
    return made


def button(words: str, classes: str = "fc-button") -> Element:
    """A plain button with words on it."""
    return ui.html(words, tag="button", sanitize=False).classes(classes).props("type=button")
