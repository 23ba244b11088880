"""The controls over the forecast: the plans side by side, and quick changes of the open one."""

from collections.abc import Callable
from html import escape
from typing import Any

from nicegui import events, ui
from nicegui.element import Element

from endplate.case import Plan
from endplate.errors import EndplateError
from endplate.facts.endpoints import BaselineScale
from endplate.views.quantity import number
from endplate.views.timeline import grades_of
from endplate.views.words import known, word
from endplate.web.pages.forecast import change
from endplate.web.pages.forecast.screen import button
from endplate.web.workspace import Draft, Workspace
from endplate.web.workspace.workspace import MAX_PLANS


class Controls:
    """Writes changes into the workspace, and follows it without losing the keyboard focus."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._listed: Any = None
        self._plans = ui.element("div").classes("fc-plans").props('role=group aria-label="Plans"')
        self._fields_parent = ui.element("div")
        self._fields: Fields | None = None

    def refresh(self) -> None:
        """Follow the workspace."""
        workspace = self._workspace
        listed = ([d.name for d in workspace.drafts], workspace.index)
        if listed != self._listed:
            self._listed = listed
            self._draw_plans()
        for control, enabled in (
            (self._undo, workspace.can_undo),
            (self._redo, workspace.can_redo),
        ):
            if control.props.get("disabled") != (not enabled):
                control.props["disabled"] = not enabled
        self._refresh_fields()

    def _draw_plans(self) -> None:
        workspace = self._workspace
        self._plans.clear()
        with self._plans:
            for index, draft in enumerate(workspace.drafts):
                with ui.element("span").classes("fc-chip"):
                    pressed = "true" if index == workspace.index else "false"
                    opener = button(escape(draft.name), "fc-plan").props(f"aria-pressed={pressed}")
                    opener.on("click", lambda _, index=index: workspace.open(index))
                    if len(workspace.drafts) > 1:
                        remover = button("&times;", "fc-remove")
                        remover.props["aria-label"] = f"Remove {draft.name}"
                        remover.on("click", lambda _, index=index: workspace.remove(index))
            if len(workspace.drafts) < MAX_PLANS:
                button("Add a copy to compare").on("click", self._copy)
            self._undo = button("Undo").on("click", workspace.undo)
            self._redo = button("Redo").on("click", workspace.redo)

    def _copy(self) -> None:
        draft = self._workspace.draft
        names = {other.name for other in self._workspace.drafts}
        base = draft.name.rstrip("0123456789").rstrip() or draft.name
        name = next(name for n in range(2, 99) if (name := f"{base} {n}") not in names)
        self._workspace.add(Draft(name, draft.text))

    def _refresh_fields(self) -> None:
        plan = self._workspace.plan
        try:
            values = fields_of(plan) if plan else None
        except EndplateError:
            values = None
        if values is None:
            self._fields_parent.clear()
            self._fields = None
        elif self._fields is None:
            handlers = {
                "product": self._set_product,
                "dose": self._set_total,
                "step": self._step,
                "grade": self._set_grade,
            }
            with self._fields_parent:
                self._fields = Fields(values, handlers)
        else:
            self._fields.show(values)

    def _step(self, args: dict[str, Any]) -> None:
        plan = self._workspace.plan
        if plan is not None:
            dose_u, usual = change.total_dose_u(plan), change.usual_dose_u(plan)
            step_u = change.step_u(usual[0] if usual else dose_u)
            by = 1 if args.get("by") == 1 else -1
            self._set_dose(change.stepped_u(dose_u, by, step_u, change.max_dose_u(plan)))

    def _set_total(self, args: dict[str, Any]) -> None:
        plan, dose_u = self._workspace.plan, _parse_number(args.get("value"))
        if plan is None:
            return
        max_u = change.max_dose_u(plan)
        if dose_u is None or not 0 < dose_u <= max_u:
            ui.notify(f"The total dose must be a number above 0 and at most {max_u:g} U.")
            return
        self._set_dose(dose_u)

    def _set_dose(self, dose_u: float) -> None:
        plan = self._workspace.plan
        if plan is not None:
            self._set_tables(change.with_total_dose(plan, self._workspace.draft.tables, dose_u))

    def _set_product(self, args: dict[str, Any]) -> None:
        plan, name = self._workspace.plan, str(args.get("name"))
        if plan is not None and name in change.products_for(plan):
            self._set_tables(change.with_product(plan, self._workspace.draft.tables, name))

    def _set_grade(self, args: dict[str, Any]) -> None:
        tables, value = self._workspace.draft.tables, _parse_number(args.get("value"))
        self._set_tables(change.with_severity(tables, str(args.get("code")), value))

    def _set_tables(self, tables: dict[str, Any]) -> None:
        self._workspace.update(Draft.of(self._workspace.draft.name, tables))


def _parse_number(text: Any) -> float | None:
    try:
        return float(text)
    except (TypeError, ValueError):
        return None


MAX_GRADES = 6  # a scale of more grades is typed in
Handler = Callable[[dict[str, Any]], None]


def fields_of(plan: Plan) -> dict[str, Any]:
    """Values of the fields of a plan, ready for JSON.

    Raises
    ------
    NotCovered
        The plan has no sites that could be scaled.
    """
    dose_u, usual = change.total_dose_u(plan), change.usual_dose_u(plan)
    stated = dict(plan.patient.baseline)
    return {
        "products": list(change.products_for(plan)),
        "product": plan.treatment.product,
        "dose": number(dose_u, 2),
        "max": change.max_dose_u(plan),
        "step": number(change.step_u(usual[0] if usual else dose_u), 2),
        "usual": f"{usual[1]}: {number(usual[0], 2)} U" if usual else "no dose of a label or trial",
        "scales": [
            _scale(code, scale, stated.get(code))
            for code, scale in change.baseline_scales_of(plan).items()
        ],
    }


def _scale(code: str, scale: BaselineScale, value: float | None) -> dict[str, Any]:
    name = word("indication", code) if code in known("indication") else word("scale", code)
    grades = grades_of(code) if scale.whole and scale.high - scale.low < MAX_GRADES else ()
    return {
        "code": code,
        "name": f"{name} before",
        "grades": [[f"{scale.low + i:g}", words] for i, words in enumerate(grades)],
        "low": scale.low,
        "high": scale.high,
        "value": "" if value is None else number(value, 2),
    }


class Fields(Element, component="fields.js"):
    """Fields for product, total dose and severity before treatment."""

    def __init__(self, values: dict[str, Any], handlers: dict[str, Handler]) -> None:
        """Show fields.

        Parameters
        ----------
        values : dict
            As `fields_of` gives it.
        handlers : dict
            What to call for `product`, `dose`, `step` and `grade`.
        """
        super().__init__()
        self._props.update(values)
        for name, handler in handlers.items():
            self.on(name, lambda event, handler=handler: handler(_args(event)))

    def show(self, values: dict[str, Any]) -> None:
        """Show what has changed."""
        if any(self._props.get(key) != value for key, value in values.items()):
            self._props.update(values)
            self.update()


def _args(event: events.GenericEventArguments) -> dict[str, Any]:
    return event.args if isinstance(event.args, dict) else {}
