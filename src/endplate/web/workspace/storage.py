"""Stores a workspace in the visitor's browser, so that no reload and no lost server loses it."""

import json
from collections.abc import Callable

from nicegui import events
from nicegui.element import Element

from endplate.errors import CannotEdit
from endplate.web.workspace.plan_edits import with_field
from endplate.web.workspace.site_edits import apply_edit
from endplate.web.workspace.workspace import Workspace


class BrowserStorage(Element, component="storage.js"):
    """Sends every state of the workspace to the browser, and restores what is stored there."""

    def __init__(
        self,
        workspace: Workspace,
        on_restored: Callable[[], None],
        on_elsewhere: Callable[[], None],
    ) -> None:
        """Store a workspace.

        Parameters
        ----------
        workspace : Workspace
            The workspace; it is restored once the page runs in the browser.
        on_restored : callable
            Called once the workspace is as the browser stored it.
        on_elsewhere : callable
            Called when another tab of the browser has stored its own plans.
        """
        super().__init__()
        self._workspace, self._on_restored = workspace, on_restored
        self.on("loaded", self._restore)
        self.on("undo", lambda: workspace.undo())
        self.on("redo", lambda: workspace.redo())
        self.on("elsewhere", lambda: on_elsewhere())

    def _restore(self, event: events.GenericEventArguments) -> None:
        stored, edits, linked = (
            str(event.args.get(key) or "") for key in ("workspace", "edits", "linked")
        )
        self._workspace.listeners.append(self._save)
        if stored:
            self._workspace.restore(stored)
        self._replay(edits)
        self._retype(str(event.args.get("typed") or ""))
        if linked:
            self._workspace.open_link(linked)
        self._save()
        self._on_restored()

    def _replay(self, edits: str) -> None:
        """Apply edits made while no server was connected, up to the first that does not fit."""
        try:
            for edit in json.loads(edits or "[]"):
                self._workspace.update(apply_edit(self._workspace.draft, edit))
        except (ValueError, TypeError, AttributeError, CannotEdit):
            return

    def _retype(self, typed: str) -> None:
        """Put into the draft what was typed into its forms while no server was connected."""
        try:
            fields = dict(json.loads(typed or "{}"))
        except (ValueError, TypeError):
            return
        for path, value in fields.items():
            self._workspace.update(with_field(self._workspace.draft, str(path), value))

    def _save(self) -> None:
        self._props["saved"] = self._workspace.dumps()
        self.update()

    async def link(self) -> str:
        """Address that opens this workspace; the plans follow the #, which no server sees."""
        return str(await self.run_method("link"))
