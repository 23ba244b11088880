"""Plans in and out: open and save `plan.toml`, a link, plans side by side, undo and redo."""

from functools import partial
from html import escape

from nicegui import events, ui
from nicegui.element import Element

from endplate.case import Plan
from endplate.case.plan_file import MAX_BYTES
from endplate.errors import PlanFaults
from endplate.web.desk import Draft
from endplate.web.desk.desk import MOST_PLANS
from endplate.web.place import Place

TOML = "application/toml"


class Drop(Element, component="drop.js"):
    """Files dropped on the page go to an upload."""

    def __init__(self, upload: ui.upload) -> None:
        super().__init__()
        self._props["upload"] = upload.id


class FilesBar:
    """The row above the page: what is open, and what can be done with it as a file."""

    def __init__(self, place: Place) -> None:
        self._place = place
        with ui.element("div").classes("pl-bar"):
            self._plans = (
                ui.element("div")
                .classes("pl-plans")
                .props('role="group" aria-label="Plans on the desk"')
            )
            with ui.element("div").classes("pl-tools").props('role="toolbar" aria-label="Plan"'):
                self._undo = _tool("Undo", "undo", place.desk.undo)
                self._redo = _tool("Redo", "redo", place.desk.redo)
                _tool("Open", "folder_open", self._pick)
                _tool("Save", "save", self._save)
                _tool("Copy link", "link", self._link)
                _tool("Add a copy", "library_add", self._copy)
                _tool("Clear", "delete_sweep", self._ask_clear)
        self._upload = ui.upload(
            on_upload=self._opened, auto_upload=True, max_file_size=MAX_BYTES
        ).props('accept=".toml" aria-label="Open a plan file"')
        self._upload.classes("pl-upload").on("rejected", self._refused)
        Drop(self._upload)
        self._faults = ui.element("div").classes("pl-open-faults").props('role="alert"')
        self._shown: object = None

    def refresh(self) -> None:
        """Show what is on the desk."""
        desk = self._place.desk
        self._undo.set_enabled(desk.can_undo)
        self._redo.set_enabled(desk.can_redo)
        shown = ([draft.name for draft in desk.drafts], desk.at)
        if shown != self._shown:
            self._shown = shown
            self._build_plans()

    def take(self, name: str, text: str) -> bool:
        """Open the text of a plan file; with faults nothing changes and they are told."""
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
        self._place.desk.swap(Draft.of_plan(plan))
        self._place.say(f"{name} is open.")
        return True

    def _build_plans(self) -> None:
        desk = self._place.desk
        self._plans.clear()
        with self._plans:
            for place, draft in enumerate(desk.drafts):
                chip = ui.button(draft.name, on_click=partial(desk.open, place))
                chip.props(f"no-caps {'unelevated' if place == desk.at else 'outline'}")
                chip.props(f"aria-pressed={'true' if place == desk.at else 'false'}")
            name = ui.input("Name", value=desk.draft.name).props("outlined dense")
            name.on("change", lambda: self._rename(name.value or ""))
            if len(desk.drafts) > 1:
                gone = ui.button(icon="close", on_click=lambda: desk.remove(desk.at))
                gone.props(f'flat round aria-label="Take {escape(desk.draft.name)} away"')

    def _rename(self, name: str) -> None:
        desk = self._place.desk
        if name.strip():
            desk.put(Draft(name.strip()[:80], desk.draft.text))

    def _pick(self) -> None:
        self._faults.clear()
        self._upload.run_method("pickFiles")

    async def _opened(self, event: events.UploadEventArguments) -> None:
        raw = await event.file.read()
        self._upload.reset()
        name = event.file.name.removesuffix(".toml")[:80] or "plan"
        try:
            text = raw.decode("utf-8-sig")
        except UnicodeDecodeError:
            text = None
        if text is None:
            self._tell_fault(f"{event.file.name} is not UTF-8 text; save the plan as UTF-8.")
        else:
            self.take(name, text)

    def _refused(self) -> None:
        self._tell_fault(
            "The file was not opened: a plan is a .toml file of at most 1 MB, one at a time."
        )

    def _tell_fault(self, sentence: str) -> None:
        self._faults.clear()
        with self._faults:
            ui.label(sentence)

    def _save(self) -> None:
        draft = self._place.desk.draft
        if draft.plan is None:
            self._place.say("Not saved, for this is no plan yet: " + " ".join(draft.faults[:3]))
            return
        ui.download.content(draft.plan.dumps(), f"{draft.name}.toml", TOML)

    async def _link(self) -> None:
        if self._place.keeper is not None:
            ui.clipboard.write(await self._place.keeper.link())
            self._place.say("The link is copied. It holds the plans, the patient's data with them.")

    def _copy(self) -> None:
        desk = self._place.desk
        names = {draft.name for draft in desk.drafts}
        name = next(n for i in range(2, 99) if (n := f"{desk.draft.name} {i}") not in names)
        if not desk.add(Draft(name, desk.draft.text)):
            self._place.say(f"There is room for {MOST_PLANS} plans side by side.")

    def _ask_clear(self) -> None:
        with ui.dialog() as ask, ui.card():
            ui.label("Take every plan from the desk and out of this browser?")
            with ui.row():
                ui.button("Clear", on_click=lambda: (ask.close(), self._place.clear())).props(
                    "no-caps"
                )
                ui.button("Keep", on_click=ask.close).props("flat no-caps")
        ask.open()


def _tool(words: str, icon: str, act: object) -> ui.button:
    button = ui.button(words, icon=icon, on_click=act)  # type: ignore[arg-type]
    return button.props("flat no-caps")
