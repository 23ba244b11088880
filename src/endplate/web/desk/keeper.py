"""Keeps a desk in the visitor's browser, so that no reload and no lost server loses it."""

from collections.abc import Callable

from nicegui import events
from nicegui.element import Element

from endplate.web.desk.desk import Desk


class Keeper(Element, component="keeper.js"):
    """Sends every state of the desk to the browser and brings back what the browser kept."""

    def __init__(self, desk: Desk, found: Callable[[bool], None]) -> None:
        """Keep a desk.

        Parameters
        ----------
        desk : Desk
            The desk; it is restored once the page runs in the browser.
        found : callable
            Told afterwards whether anything was restored.
        """
        super().__init__()
        self._desk, self._found = desk, found
        self.on("found", self._restore)

    def _restore(self, event: events.GenericEventArguments) -> None:
        kept = str(event.args.get("desk") or "")
        restored = bool(kept) and self._desk.restore(kept)
        self._desk.listeners.append(self._keep)
        self._keep()
        self._found(restored)

    def _keep(self) -> None:
        self._props["kept"] = self._desk.dumps()
        self.update()

    async def link(self) -> str:
        """Address that opens this desk; the plans stand behind the #, which no server sees."""
        return str(await self.run_method("link"))

    def forget(self) -> None:
        """Take what was kept out of the browser."""
        self.run_method("forget")
