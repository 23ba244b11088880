"""The controls over the forecast: the plans side by side, and quick changes of the open one."""

from html import escape
from typing import Any

from nicegui import ui

from endplate.errors import EndplateError
from endplate.web.desk import Desk, Draft
from endplate.web.desk.desk import MOST_PLANS
from endplate.web.pages.forecast import change
from endplate.web.pages.forecast.fields import Fields, fields_of
from endplate.web.pages.forecast.parts import button


class Controls:
    """Puts what is asked for on the desk, and follows the desk without losing the focus."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._shown: Any = None
        self._plans = ui.element("div").classes("fc-plans").props('role=group aria-label="Plans"')
        self._place = ui.element("div")
        self._fields: Fields | None = None

    def refresh(self) -> None:
        """Follow the desk."""
        desk = self._desk
        shown = ([d.name for d in desk.drafts], desk.at)
        if shown != self._shown:
            self._shown = shown
            self._draw_plans()
        for control, able in ((self._undo, desk.can_undo), (self._redo, desk.can_redo)):
            if control.props.get("disabled") != (not able):
                control.props["disabled"] = not able
        self._refresh_fields()

    def _draw_plans(self) -> None:
        desk = self._desk
        self._plans.clear()
        with self._plans:
            for place, draft in enumerate(desk.drafts):
                with ui.element("span").classes("fc-chip"):
                    pressed = "true" if place == desk.at else "false"
                    opener = button(escape(draft.name), "fc-plan").props(f"aria-pressed={pressed}")
                    opener.on("click", lambda _, at=place: desk.open(at))
                    if len(desk.drafts) > 1:
                        remover = button("&times;", "fc-remove")
                        remover.props["aria-label"] = f"Remove {draft.name}"
                        remover.on("click", lambda _, at=place: desk.remove(at))
            if len(desk.drafts) < MOST_PLANS:
                button("Add a copy to compare").on("click", self._copy)
            self._undo = button("Undo").on("click", desk.undo)
            self._redo = button("Redo").on("click", desk.redo)

    def _copy(self) -> None:
        draft, taken = self._desk.draft, {one.name for one in self._desk.drafts}
        base = draft.name.rstrip("0123456789").rstrip() or draft.name
        fresh = next(name for n in range(2, 99) if (name := f"{base} {n}") not in taken)
        self._desk.add(Draft(fresh, draft.text))

    def _refresh_fields(self) -> None:
        plan = self._desk.plan
        try:
            shown = fields_of(plan) if plan else None
        except EndplateError:
            shown = None
        if shown is None:
            self._place.clear()
            self._fields = None
        elif self._fields is None:
            asked = {
                "product": self._product,
                "dose": self._total,
                "step": self._step,
                "grade": self._graded,
            }
            with self._place:
                self._fields = Fields(shown, asked)
        else:
            self._fields.show(shown)

    def _step(self, told: dict[str, Any]) -> None:
        plan = self._desk.plan
        if plan is not None:
            dose_u, usual = change.total_dose_u(plan), change.usual_dose_u(plan)
            one_u = change.step_u(usual[0] if usual else dose_u)
            by = 1 if told.get("by") == 1 else -1
            self._put_dose(change.stepped_u(dose_u, by, one_u, change.most_dose_u(plan)))

    def _total(self, told: dict[str, Any]) -> None:
        plan, given_u = self._desk.plan, _read(told.get("said"))
        if plan is None:
            return
        most_u = change.most_dose_u(plan)
        if given_u is None or not 0 < given_u <= most_u:
            ui.notify(f"The total dose must be a number above 0 and at most {most_u:g} U.")
            return
        self._put_dose(given_u)

    def _put_dose(self, dose_u: float) -> None:
        plan = self._desk.plan
        if plan is not None:
            self._put(change.with_total_dose(plan, self._desk.draft.tables, dose_u))

    def _product(self, told: dict[str, Any]) -> None:
        plan, name = self._desk.plan, str(told.get("name"))
        if plan is not None and name in change.products_for(plan):
            self._put(change.with_product(plan, self._desk.draft.tables, name))

    def _graded(self, told: dict[str, Any]) -> None:
        tables, value = self._desk.draft.tables, _read(told.get("said"))
        self._put(change.with_severity(tables, str(told.get("code")), value))

    def _put(self, tables: dict[str, Any]) -> None:
        self._desk.put(Draft.of(self._desk.draft.name, tables))


def _read(said: Any) -> float | None:
    try:
        return float(said)
    except (TypeError, ValueError):
        return None
