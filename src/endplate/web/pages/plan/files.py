"""The bar of the page: open and save `plan.toml`, a link, plans side by side, undo and redo."""

from collections.abc import Callable
from functools import partial
from html import escape

from nicegui import events, ui
from nicegui.element import Element

from endplate.case import Plan
from endplate.case.plan_file import MAX_BYTES
from endplate.errors import PlanFaults
from endplate.web.session import Session
from endplate.web.workspace import Draft
from endplate.web.workspace.workspace import MAX_PLANS

TOML = "application/toml"


class Drop(Element, component="drop.js"):
    """Files dropped on the page go to an upload."""

    def __init__(self, upload: ui.upload) -> None:
        super().__init__()
        self._props["upload"] = upload.id


class FilesBar:
    """The row above the page: the open plans, and actions on them as files."""

    def __init__(self, session: Session) -> None:
        self._session = session
        with ui.element("div").classes("pl-bar"):
            self._plans = (
                ui.element("div").classes("pl-plans").props('role="group" aria-label="Open plans"')
            )
            with ui.element("div").classes("pl-tools").props('role="toolbar" aria-label="Plan"'):
                _tool("New patient", "person_add", session.start_patient)
                self._undo = _tool("Undo", "undo", session.workspace.undo)
                self._redo = _tool("Redo", "redo", session.workspace.redo)
                _tool("Open", "folder_open", self._choose_file)
                _tool("Save", "save", self._save)
                _tool("Copy link", "link", self._link)
                _tool("Add a copy", "library_add", self._copy)
                _tool("Clear", "delete_sweep", self._confirm_clear)
        self._upload = ui.upload(
            on_upload=self._upload_done, auto_upload=True, max_file_size=MAX_BYTES
        ).props('accept=".toml" aria-label="Open a plan file"')
        self._upload.classes("pl-upload").on("rejected", self._rejected)
        Drop(self._upload)
        self._faults = ui.element("div").classes("pl-open-faults").props('role="alert"')
        self._listed: object = None

    def refresh(self) -> None:
        """Show the open plans."""
        workspace = self._session.workspace
        self._undo.set_enabled(workspace.can_undo)
        self._redo.set_enabled(workspace.can_redo)
        listed = ([draft.name for draft in workspace.drafts], workspace.index)
        if listed != self._listed:
            self._listed = listed
            self._build_plans()

    def load(self, name: str, text: str) -> bool:
        """Open the text of a plan file; if it has faults they are listed and nothing changes."""
        self._faults.clear()
        try:
            plan = Plan.loads(text, name)
        except PlanFaults as fault:
            with self._faults:
                ui.label(f"{name} was not opened; the plan on the chart is as it was.")
                with ui.element("ul"):
                    for sentence in fault.sentences:
                        ui.html("", tag="li").set_content(escape(sentence))
            return False
        self._session.workspace.replace_open(Draft.of_plan(plan))
        self._session.notify(f"{name} is open.")
        return True

    def _build_plans(self) -> None:
        workspace = self._session.workspace
        self._plans.clear()
        with self._plans:
            for index, draft in enumerate(workspace.drafts if len(workspace.drafts) > 1 else ()):
                chip = ui.button(draft.name, on_click=partial(workspace.open, index))
                chip.props(f"no-caps {'unelevated' if index == workspace.index else 'outline'}")
                chip.props(f"aria-pressed={'true' if index == workspace.index else 'false'}")
            name = ui.input("Name", value=workspace.draft.name).props("outlined dense")
            name.on("change", lambda: self._rename(name.value or ""))
            if len(workspace.drafts) > 1:
                close = ui.button(icon="close", on_click=lambda: workspace.remove(workspace.index))
                close.props(f'flat round aria-label="Remove {escape(workspace.draft.name)}"')

    def _rename(self, name: str) -> None:
        workspace = self._session.workspace
        if name.strip():
            workspace.update(Draft(name.strip()[:80], workspace.draft.text))

    def _choose_file(self) -> None:
        self._faults.clear()
        self._upload.run_method("pickFiles")

    async def _upload_done(self, event: events.UploadEventArguments) -> None:
        raw = await event.file.read()
        self._upload.reset()
        name = event.file.name.removesuffix(".toml")[:80] or "plan"
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = None
        if text is None:
            self._show_fault(f"{event.file.name} is not UTF-8 text; save the plan as UTF-8.")
        else:
            self.load(name, text)

    def _rejected(self) -> None:
        self._show_fault(
            "The file was not opened: a plan is a .toml file of at most 1 MB, one at a time."
        )

    def _show_fault(self, sentence: str) -> None:
        self._faults.clear()
        with self._faults:
            ui.label(sentence)

    def _save(self) -> None:
        draft = self._session.workspace.draft
        if draft.plan is None:
            self._session.notify(
                "Not saved, for the plan has faults: " + " ".join(draft.faults[:3])
            )
            return
        ui.download.content(draft.plan.dumps(), f"{draft.name}.toml", TOML)

    async def _link(self) -> None:
        if self._session.storage is not None:
            ui.clipboard.write(await self._session.storage.link())
            self._session.notify(
                "The link is copied. It holds the plans, the patient's data with them."
            )

    def _copy(self) -> None:
        workspace = self._session.workspace
        names = {draft.name for draft in workspace.drafts}
        name = next(n for i in range(2, 99) if (n := f"{workspace.draft.name} {i}") not in names)
        if not workspace.add(Draft(name, workspace.draft.text)):
            self._session.notify(f"There is room for {MAX_PLANS} plans side by side.")

    def _confirm_clear(self) -> None:
        with ui.dialog() as dialog, ui.card():
            ui.label("Remove every plan, here and from this browser?")
            with ui.row():
                ui.button("Clear", on_click=lambda: (dialog.close(), self._session.clear())).props(
                    "no-caps"
                )
                ui.button("Keep", on_click=dialog.close).props("flat no-caps")
        dialog.open()


def _tool(label: str, icon: str, on_click: Callable[..., object]) -> ui.button:
    return ui.button(label, icon=icon, on_click=on_click).props("flat no-caps")
