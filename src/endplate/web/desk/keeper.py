"""Keeps a desk in the visitor's browser, so that no reload and no lost server loses it."""

import json
from collections.abc import Callable

from nicegui import events
from nicegui.element import Element

from endplate.errors import CannotEdit
from endplate.web.desk.desk import Desk
from endplate.web.desk.edit import edited


class Keeper(Element, component="keeper.js"):
    """Sends every state of the desk to the browser and brings back what the browser kept."""

    def __init__(self, desk: Desk, found: Callable[[], None]) -> None:
        """Keep a desk.

        Parameters
        ----------
        desk : Desk
            The desk; it is restored once the page runs in the browser.
        found : callable
            Called once the desk is as the browser kept it.
        """
        super().__init__()
        self._desk, self._found = desk, found
        self.on("found", self._restore)

    def _restore(self, event: events.GenericEventArguments) -> None:
        found = {key: str(event.args.get(key) or "") for key in ("desk", "edits", "linked")}
        self._desk.listeners.append(self._keep)
        if found["desk"]:
            self._desk.restore(found["desk"])
        self._do_again(found["edits"])
        if found["linked"]:
            self._desk.follow(found["linked"])
        self._keep()
        self._found()

    def _do_again(self, edits: str) -> None:
        """Edits that were made while no server heard them, up to the first that no longer fits."""
        try:
            for edit in json.loads(edits or "[]"):
                self._desk.put(edited(self._desk.draft, edit))
        except (ValueError, TypeError, AttributeError, CannotEdit):
            return

    def _keep(self) -> None:
        self._props["kept"] = self._desk.dumps()
        self.update()

    async def link(self) -> str:
        """Address that opens this desk; the plans stand behind the #, which no server sees."""
        return str(await self.run_method("link"))

    def forget(self) -> None:
        """Take what was kept out of the browser."""
        self.run_method("forget")
