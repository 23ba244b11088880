"""What one visitor's pages share: the desk, where the visitor is, and who hears of changes."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from nicegui import ui

from endplate.case import DEMO_PLAN, Plan
from endplate.web.desk import Desk, Draft

if TYPE_CHECKING:
    from endplate.web.desk.keeper import Keeper


class Place:
    """One visitor's view of the app; `watch` is for the page that is open, and ends with it."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.keeper: Keeper | None = None
        self.wanted: Draft | None = None
        self.path = "/"
        self._links: dict[str, ui.link] = {}
        self._watching: list[Callable[[], None]] = []
        desk.listeners.append(self._changed)

    def mark(self, path: str, link: ui.link) -> None:
        """Remember the link of a page, to mark it where the page is open."""
        self._links[path] = link

    def enter(self, path: str, name: str) -> None:
        """Tell that a page is being built; what the last page watched is forgotten."""
        self._watching.clear()
        self.path = path
        ui.page_title(f"{name} - endplate")
        for own, link in self._links.items():
            link.props("aria-current=page" if own == path else "", remove="aria-current")

    def watch(self, changed: Callable[[], None]) -> None:
        """Call a function after every change of the desk while this page is open."""
        self._watching.append(changed)

    def say(self, words: str) -> None:
        """Tell the visitor one thing in passing; screen readers hear it too."""
        ui.notify(words, multi_line=True, classes="a-said", close_button="Close", timeout=6000)

    def clear(self) -> None:
        """Lay the bundled plan out in place of all others, and forget those in the browser."""
        if self.keeper is not None:
            self.keeper.forget()
        self.desk.lay_out((Draft.of_plan(Plan.load(DEMO_PLAN)),))

    def settled(self) -> None:
        """Hear that the browser's own desk is laid out; what the address asks for comes on top."""
        wanted, self.wanted = self.wanted, None
        if wanted is not None:
            if not self.desk.add(wanted):
                self.desk.swap(wanted)
            # a reload shall not lay the plan out once more
            ui.navigate.history.replace(self.path)

    def _changed(self) -> None:
        for changed in tuple(self._watching):
            changed()
