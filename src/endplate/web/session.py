"""What the pages of one visitor share: the workspace, the open page, and who hears of changes."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from nicegui import ui

from endplate.case import DEMO_PLAN, Plan
from endplate.web.workspace import Draft, Workspace

if TYPE_CHECKING:
    from endplate.web.workspace.storage import BrowserStorage


class Session:
    """One visitor's view of the app; `on_change` is for the open page, and ends with it."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.storage: BrowserStorage | None = None
        self.requested_draft: Draft | None = None
        self.path = "/"
        self._links: dict[str, ui.link] = {}
        self._page_listeners: list[Callable[[], None]] = []
        workspace.listeners.append(self._notify)

    def add_link(self, path: str, link: ui.link) -> None:
        """Register the link of a page, to mark it while the page is open."""
        self._links[path] = link

    def enter(self, path: str, name: str) -> None:
        """Note that a page is being built; listeners of the last page are dropped."""
        self._page_listeners.clear()
        self.path = path
        ui.page_title(f"{name} - endplate")
        for link_path, link in self._links.items():
            link.props("aria-current=page" if link_path == path else "", remove="aria-current")

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call a function after every change of the workspace while this page is open."""
        self._page_listeners.append(listener)

    def notify(self, message: str) -> None:
        """Show the visitor a short message; screen readers hear it too."""
        ui.notify(message, multi_line=True, classes="a-said", close_button="Close", timeout=6000)

    def clear(self) -> None:
        """Replace all plans by the bundled one, and delete those stored in the browser."""
        if self.storage is not None:
            self.storage.delete()
        self.workspace.reset((Draft.of_plan(Plan.load(DEMO_PLAN)),))

    def on_restored(self) -> None:
        """Add the plan that the address asks for, after the stored workspace is restored."""
        draft, self.requested_draft = self.requested_draft, None
        if draft is not None:
            if not self.workspace.add(draft):
                self.workspace.replace_open(draft)
            # a reload shall not add the plan once more
            ui.navigate.history.replace(self.path)

    def _notify(self) -> None:
        for listener in tuple(self._page_listeners):
            listener()
