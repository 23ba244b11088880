"""Parts of forms: a card, and fields that write one number or one list of names into the draft."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from nicegui import ui
from nicegui.elements.mixins.value_element import ValueElement

from endplate.facts.vocabulary import preferred_words
from endplate.views.words import spaced
from endplate.web.desk.fields import value_at, with_value
from endplate.web.place import Place


@contextmanager
def card(heading: str, classes: str = "") -> Iterator[None]:
    """A section with a heading."""
    with ui.element("section").classes(f"pl-card {classes}").props(f'aria-label="{heading}"'):
        ui.html(heading, tag="h2")
        yield


def fill(element: ValueElement, value: Any) -> None:
    """Show a value that the draft holds."""
    if element.value != value:
        element.set_value(value)


class NumberField:
    """One number of the draft; empty where the file is silent."""

    def __init__(self, place: Place, label: str, path: str, step: float | None = None) -> None:
        self._place, self._path = place, path
        self.element = ui.number(label, step=step).props(
            "outlined dense hide-bottom-space debounce=250"
        )
        self.element.on_value_change(self._changed)

    def refresh(self) -> None:
        """Show what the draft says, and the fault of this field if it has one."""
        draft = self._place.desk.draft
        fill(self.element, value_at(draft, self._path))
        own = [fault for fault in draft.faults if fault.startswith(f"{self._path} ")]
        self.element.props(f"error={'true' if own else 'false'}")
        self.element.props["error-message"] = own[0] if own else ""

    def _changed(self, event: Any) -> None:
        desk = self._place.desk
        if event.value != value_at(desk.draft, self._path):
            desk.put(with_value(desk.draft, self._path, event.value))


class NamesField:
    """A list of names: not stated, none, or some; unknown words are kept as written."""

    def __init__(self, place: Place, label: str, path: str, vocabulary: str) -> None:
        self._place, self._path = place, path
        words = sorted(preferred_words(vocabulary))
        self._options: dict[str, str] = {name: spaced(name) for name in words}
        with ui.element("div").classes("pl-names"):
            self._names = ui.select(
                self._options,
                label=label,
                multiple=True,
                with_input=True,
                value=[],
                new_value_mode="add-unique",
                key_generator=lambda text: text,
            ).props("use-chips outlined dense input-debounce=0")
            self._none = ui.checkbox("asked: none")
        self._names.on_value_change(self._took_names)
        self._none.on_value_change(self._took_none)

    def refresh(self) -> None:
        """Show what the draft says."""
        stated = value_at(self._place.desk.draft, self._path)
        names = [str(name) for name in stated or []]
        own = {name: name for name in names if name not in self._options}
        if own:
            self._options |= own
            self._names.set_options(self._options)
        fill(self._names, names)
        fill(self._none, stated == [])
        self._none.set_visibility(not names)

    def _took_names(self, event: Any) -> None:
        names = list(event.value or [])
        stated = value_at(self._place.desk.draft, self._path)
        if names != (stated or []):
            self._put(names or None)

    def _took_none(self, event: Any) -> None:
        stated = value_at(self._place.desk.draft, self._path)
        if event.value and stated is None:
            self._put([])
        elif not event.value and stated == []:
            self._put(None)

    def _put(self, value: list[str] | None) -> None:
        desk = self._place.desk
        desk.put(with_value(desk.draft, self._path, value))
