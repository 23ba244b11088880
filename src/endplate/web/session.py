"""What the pages of one visitor share: the workspace, the open page, and who hears of changes."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import TYPE_CHECKING, Any

from nicegui import background_tasks, ui

from endplate.views.language import ENGLISH, LANGUAGES
from endplate.views.words import word
from endplate.web.workspace import Draft, Workspace, blank_draft
from endplate.web.workspace.plan_edits import value_at
from endplate.web.workspace.site_edits import areas_of

if TYPE_CHECKING:
    from endplate.web.workspace.storage import BrowserStorage


class Session:
    """One visitor's view of the app; `on_change` is for the open page, and ends with it."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.storage: BrowserStorage | None = None
        self.requested_draft: Draft | None = None
        self.path, self._page_name = "/", ""
        self._told_elsewhere = False
        self._links: dict[str, ui.link] = {}
        self._page_listeners: list[Callable[[], None]] = []
        self._work: Callable[[], Coroutine[Any, Any, None]] | None = None
        self._task: asyncio.Task[None] | None = None
        workspace.listeners.append(self._notify)

    def add_link(self, path: str, link: ui.link) -> None:
        """Register the link of a page, to mark it while the page is open."""
        self._links[path] = link

    def enter(self, path: str, name: str) -> None:
        """Note that a page is being built; listeners of the last page are dropped."""
        self._page_listeners.clear()
        self.stop_work()
        self._work = None
        self.path, self._page_name = path, name
        self._show_title()
        for link_path, link in self._links.items():
            link.props("aria-current=page" if link_path == path else "", remove="aria-current")

    def on_change(self, listener: Callable[[], None]) -> None:
        """Call a function after every change of the workspace while this page is open."""
        self._page_listeners.append(listener)

    def work(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do work of the open page, in place of what it was doing.

        The work ends with the page. While the connection is down it stops; it begins again when
        the connection is back.

        Parameters
        ----------
        work : callable
            Called for the coroutine to run.
        """
        self.stop_work()
        self._work = work
        self._task = background_tasks.create(work())

    def stop_work(self) -> None:
        """Stop the work of the open page: nobody sees what it would show."""
        if self._task is not None and not self._task.done():
            self._task.cancel()
            return
        self._work = None

    def resume_work(self) -> None:
        """Begin the work again that was stopped."""
        if self._work is not None and (self._task is None or self._task.cancelled()):
            self._task = background_tasks.create(self._work())

    def notify(self, message: str) -> None:
        """Show the visitor a short message; screen readers hear it too."""
        ui.notify(message, multi_line=True, classes="a-said", close_button="Close", timeout=6000)

    def start_patient(self) -> None:
        """Open a blank plan in place of all others, on the page Plan; an undo brings them back."""
        self.workspace.start((self._blank(),))
        if self.path != "/":
            ui.navigate.to("/")
        self.notify("A new patient: nothing is stated yet. Undo brings the earlier plans back.")

    def clear(self) -> None:
        """Delete all plans, here and in the browser, and their history; a blank one is open.

        The browser stores the blank one in place of what it had: a reload brings nothing back.
        """
        self.workspace.reset((self._blank(),))

    def _blank(self) -> Draft:
        product, region = (
            value_at(self.workspace.draft, f"treatment.{key}") for key in ("product", "region")
        )
        return blank_draft("plan", product, region)

    def on_restored(self) -> None:
        """Add the plan that the address asks for, after the stored workspace is restored."""
        draft, self.requested_draft = self.requested_draft, None
        if draft is not None:
            if not self.workspace.add(draft):
                self.workspace.replace_open(draft)
            # a reload shall not add the plan once more
            ui.navigate.history.replace(self.path)

    def on_elsewhere(self) -> None:
        """Say once that another tab holds plans too: neither takes those of the other."""
        if not self._told_elsewhere:
            self._told_elsewhere = True
            self.notify(
                "Another tab works on plans too. Each keeps its own; the next visit opens those "
                "changed last. Save what must stay."
            )

    def _show_title(self) -> None:
        """Name in the title of the window what is treated, and the page."""
        areas = areas_of(self.workspace.draft.tables)
        treated = ", ".join(word("indication", area) for area in areas)
        ui.page_title(" - ".join(filter(None, (treated, self._page_name, "endplate"))))

    def _notify(self) -> None:
        if self.storage is not None:
            with self.storage:
                self._show_title()
        for listener in tuple(self._page_listeners):
            listener()


def requested_language() -> str:
    """The language that the address asks for, such as `?language=es`; English if none."""
    request = ui.context.client.request
    asked = request.query_params.get("language", ENGLISH) if request else ENGLISH
    return asked if asked in LANGUAGES else ENGLISH
