"""The forms of the page: treatment and patient, field by field."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import Any

from nicegui import ui
from nicegui.elements.mixins.value_element import ValueElement

from endplate.case import population_of
from endplate.case.protocol import areas_treated, protocol_basis
from endplate.errors import EndplateError
from endplate.facts.endpoints import baseline_scale
from endplate.facts.precautions import requirements
from endplate.facts.preparation import dilutions_for
from endplate.facts.vocabulary import preferred_words
from endplate.views.quantity import number
from endplate.views.words import spaced, word
from endplate.web.pages.forecast.change import max_dose_u, total_dose_u, with_total_dose
from endplate.web.session import Session
from endplate.web.workspace import Draft
from endplate.web.workspace.dose_rows import DEFAULT_REGION
from endplate.web.workspace.plan_edits import (
    baseline_names,
    label_dilution,
    value_at,
    with_dilution,
    with_label_sites,
    with_product,
    with_use,
    with_value,
)
from endplate.web.workspace.site_edits import areas_of


@contextmanager
def card(heading: str, classes: str = "") -> Iterator[None]:
    """A section with a heading."""
    with ui.element("section").classes(f"pl-card {classes}").props(f'aria-label="{heading}"'):
        ui.html(heading, tag="h2")
        yield


def fill(element: ValueElement, value: Any) -> None:
    """Show a value that the draft holds."""
    if element.value != value:
        element.set_value(value)


def kept(element: ValueElement, path: str, options: Sequence[str] | None = None) -> None:
    """Let the browser keep what is put into a field while no server is connected.

    Parameters
    ----------
    element
        The field.
    path : str
        Where its value belongs in the plan.
    options : sequence of str
        Of a choice, the words behind what is shown, in their order.
    """
    value = "value"
    if options is not None:
        names = json.dumps(list(options))
        one = f"(o) => o === null ? null : typeof o === 'object' ? {names}[o.value] : o"
        value = f"Array.isArray(value) ? value.map({one}) : ({one})(value)"
    handler = f"(value) => window.endplateTyped?.({json.dumps(path)}, {value})"
    element.on("update:model-value", js_handler=handler)


class NumberField:
    """One number of the draft; empty where the file does not state it."""

    def __init__(self, session: Session, label: str, path: str, step: float | None = None) -> None:
        self._session, self._path = session, path
        self.element = ui.number(label, step=step).props(
            "outlined dense hide-bottom-space debounce=250"
        )
        self.element.on_value_change(self._changed)
        kept(self.element, path)

    def refresh(self) -> None:
        """Show what the draft says, and the fault of this field if it has one."""
        draft = self._session.workspace.draft
        fill(self.element, value_at(draft, self._path))
        faults = [fault for fault in draft.faults if fault.startswith(f"{self._path} ")]
        self.element.props(f"error={'true' if faults else 'false'}")
        self.element.props["error-message"] = faults[0] if faults else ""

    def _changed(self, event: Any) -> None:
        workspace = self._session.workspace
        if event.value != value_at(workspace.draft, self._path):
            workspace.update(with_value(workspace.draft, self._path, event.value))


class TotalField:
    """Dose of all sites together; another total scales every site in proportion."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.element = ui.number("Total dose [U]", min=0).props(
            "outlined dense hide-bottom-space debounce=250"
        )
        self.element.on_value_change(self._changed)

    def refresh(self) -> None:
        """Show the total of the open draft, empty where it has no site."""
        total_u = self._total_u()
        self.element.set_enabled(total_u is not None)
        fill(self.element, total_u)

    def _total_u(self) -> float | None:
        plan = self._session.workspace.plan
        try:
            return round(total_dose_u(plan), 2) or None if plan is not None else None
        except EndplateError:
            return None

    def _changed(self, event: Any) -> None:
        workspace, plan = self._session.workspace, self._session.workspace.plan
        if plan is None or event.value is None or event.value == self._total_u():
            return
        if 0 < event.value <= max_dose_u(plan):
            tables = with_total_dose(plan, workspace.draft.tables, event.value)
            workspace.update(Draft.of(workspace.draft.name, tables))
        else:
            self._session.notify(
                f"The total dose must be above 0 and at most {max_dose_u(plan):g} U."
            )


class NamesField:
    """A list of names: not stated, none, or some; unknown words stay as written."""

    def __init__(self, session: Session, label: str, path: str, vocabulary: str) -> None:
        self._session, self._path = session, path
        words = sorted(preferred_words(vocabulary))
        self._options: dict[str, str] = {name: spaced(name) for name in words}
        with ui.element("div").classes("pl-names"):
            self._names = ui.select(
                self._options,
                label=label,
                multiple=True,
                with_input=True,
                value=[],
                new_value_mode="add-unique",
                key_generator=lambda text: text,
            ).props("use-chips outlined dense input-debounce=0")
            self._none = ui.checkbox("none (confirmed)")
        self._names.on_value_change(self._names_changed)
        kept(self._names, path, list(self._options))
        self._none.on_value_change(self._none_changed)

    def refresh(self) -> None:
        """Show what the draft says."""
        stated = value_at(self._session.workspace.draft, self._path)
        names = [str(name) for name in stated or []]
        unknown = {name: name for name in names if name not in self._options}
        if unknown:
            self._options |= unknown
            self._names.set_options(self._options)
        fill(self._names, names)
        fill(self._none, stated == [])
        self._none.set_visibility(not names)

    def _names_changed(self, event: Any) -> None:
        names = list(event.value or [])
        stated = value_at(self._session.workspace.draft, self._path)
        if names != (stated or []):
            self._set(names or None)

    def _none_changed(self, event: Any) -> None:
        stated = value_at(self._session.workspace.draft, self._path)
        if event.value and stated is None:
            self._set([])
        elif not event.value and stated == []:
            self._set(None)

    def _set(self, value: list[str] | None) -> None:
        workspace = self._session.workspace
        workspace.update(with_value(workspace.draft, self._path, value))


class TreatmentCard:
    """Fields of `[treatment]`; `refresh` shows what the open draft says."""

    def __init__(self, session: Session) -> None:
        self._session = session
        with card("Treatment", "pl-treatment"):
            self._uses = ui.select(
                _options("indication"), label="What is treated", multiple=True, value=[]
            ).props("use-chips outlined dense")
            self._uses.on_value_change(self._uses_changed)
            kept(self._uses, "treatment.indication", list(self._uses.options))
            self._product = ui.select(_options("product"), label="Product").props("outlined dense")
            self._product.on_value_change(self._product_changed)
            kept(self._product, "treatment.product", list(self._product.options))
            with ui.element("div").classes("pl-two"):
                self._region = ui.select(
                    {name: name for name in preferred_words("region")}, label="Label of"
                ).props("outlined dense")
                self._region.on_value_change(self._region_changed)
                kept(self._region, "treatment.region", list(self._region.options))
                self._date = ui.input("Date").props("outlined dense type=date")
                self._date.on_value_change(lambda e: self._set("treatment.date", e.value or None))
                kept(self._date, "treatment.date")
            self._dilution = ui.select({}, label="Vial and diluent on the label").props(
                "outlined dense"
            )
            self._dilution.on_value_change(self._dilution_changed)
            with ui.element("div").classes("pl-offer") as self._offer:
                self._offer_text = ui.label().props('role="status"')
                ui.button("Take it", on_click=self._take_offer).props("outline no-caps size=sm")
            with ui.element("div").classes("pl-two"):
                self._numbers = [
                    NumberField(session, "Vial [U]", "treatment.vial_u"),
                    NumberField(session, "Diluent [mL]", "treatment.diluent_ml"),
                ]
            with ui.element("div").classes("pl-two"):
                self._total = TotalField(session)
                ui.button("Label's sites", on_click=self._place_label_sites).props(
                    "outline no-caps"
                ).tooltip("Put the sites of the label's protocol on the chart")
            self._basis = ui.label().classes("quiet")

    def refresh(self) -> None:
        """Show the open draft."""
        draft = self._session.workspace.draft
        areas = areas_of(draft.tables)
        fill(self._uses, [area for area in areas if area in self._uses.options])
        fill(self._product, _option(self._product, value_at(draft, "treatment.product")))
        fill(
            self._region,
            _option(self._region, value_at(draft, "treatment.region") or DEFAULT_REGION),
        )
        fill(self._date, value_at(draft, "treatment.date") or "")
        self._show_dilutions(areas)
        self._show_offer()
        for field in self._numbers:
            field.refresh()
        self._total.refresh()
        self._basis.set_text(self._basis_text())

    def _show_dilutions(self, areas: list[str]) -> None:
        draft = self._session.workspace.draft
        product, region = value_at(draft, "treatment.product"), self._region.value or DEFAULT_REGION
        rows = [row for area in areas[:1] for row in dilutions_for(str(product), region, area)]
        options = {
            f"{row.vial_u:g}/{row.diluent_ml:g}": f"{row.vial_u:g} U in {row.diluent_ml:g} mL, "
            f"{number(row.vial_u / row.diluent_ml / 10, 3)} U in 0.1 mL"
            + ("" if row.verified else " (not verified)")
            for row in rows
        }
        vial, diluent = value_at(draft, "treatment.vial_u"), value_at(draft, "treatment.diluent_ml")
        current = f"{vial:g}/{diluent:g}" if _are_numbers(vial, diluent) else ""
        self._dilution.set_options(options, value=current if current in options else None)
        self._dilution.set_visibility(bool(options))

    def _show_offer(self) -> None:
        """Say where the label of an area dilutes otherwise; what is stated stays until asked."""
        offer = label_dilution(self._session.workspace.draft)
        self._offer.set_visibility(offer is not None)
        if offer is not None:
            area, vial_u, diluent_ml = offer
            self._offer_text.set_text(
                f"For {word('indication', area).lower()} the label puts {diluent_ml:g} mL into "
                f"{vial_u:g} U."
            )

    def _take_offer(self) -> None:
        workspace = self._session.workspace
        offer = label_dilution(workspace.draft)
        if offer is not None:
            workspace.update(with_dilution(workspace.draft, *offer[1:]))

    def _basis_text(self) -> str:
        plan = self._session.workspace.plan
        if plan is None or plan.treatment.protocol is None:
            return "Sites as entered on the chart."
        parts = []
        for area in areas_treated(plan.treatment):
            basis = protocol_basis(plan.treatment, area)
            if basis is not None:
                name = word("indication", area).lower()
                unsure = "" if basis.verified else ", not verified"
                parts.append(f"{name} {basis.dose_u:g} U ({basis.basis}{unsure})")
        return "Protocol: " + "; ".join(parts) + "." if parts else "Protocol of the label."

    def _set(self, path: str, value: Any) -> None:
        workspace = self._session.workspace
        if value != value_at(workspace.draft, path) and value is not None:
            workspace.update(with_value(workspace.draft, path, value))

    def _uses_changed(self, event: Any) -> None:
        draft = self._session.workspace.draft
        if event.value and list(event.value) != areas_of(draft.tables):
            self._uses.run_method("hidePopup")  # its list would lie over the fields below
            self._session.workspace.update(with_use(draft, list(event.value)))

    def _product_changed(self, event: Any) -> None:
        if event.value:
            self._session.workspace.update(with_product(self._session.workspace.draft, event.value))

    def _region_changed(self, event: Any) -> None:
        # shown because the file states none: writing it down would be a step to undo
        stated = value_at(self._session.workspace.draft, "treatment.region")
        if stated is not None or event.value != DEFAULT_REGION:
            self._set("treatment.region", event.value)

    def _dilution_changed(self, event: Any) -> None:
        if not event.value:
            return
        workspace = self._session.workspace
        vial_u, diluent_ml = map(float, event.value.split("/"))
        paths = ("treatment.vial_u", "treatment.diluent_ml")
        # shown because the draft says so: writing 100 as 100.0 would be a step to undo
        if tuple(value_at(workspace.draft, path) for path in paths) != (vial_u, diluent_ml):
            workspace.update(with_dilution(workspace.draft, vial_u, diluent_ml))

    def _place_label_sites(self) -> None:
        try:
            changed = with_label_sites(self._session.workspace.draft)
        except EndplateError as error:
            self._session.notify(f"No label protocol: {error}.")
            return
        self._session.workspace.update(changed)


def _options(kind: str) -> dict[str, str]:
    return {name: word(kind, name) for name in preferred_words(kind)}


def _option(element: Any, value: Any) -> Any:
    """The value, None where it is not an option of a select."""
    return value if value in element.options else None


def _are_numbers(*values: Any) -> bool:
    return all(isinstance(value, int | float) for value in values)


REQUIREMENT_STATES = {"": "not stated", "met": "met", "not_met": "not met"}


class PatientCard:
    """Fields of `[patient]`; `refresh` shows what the open draft says."""

    def __init__(self, session: Session) -> None:
        self._session = session
        with card("Patient", "pl-patient"):
            with ui.element("div").classes("pl-two"):
                self._fields: list[NumberField | NamesField] = [
                    NumberField(session, "Age [y]", "patient.age_y")
                ]
                self._sex = ui.select(
                    {name: name for name in preferred_words("sex")}, label="Sex", clearable=True
                ).props("outlined dense")
                self._sex.on_value_change(self._sex_changed)
                kept(self._sex, "patient.sex", list(self._sex.options))
            with ui.element("div").classes("pl-two"):
                self._fields += [
                    NumberField(session, "Weight [kg]", "patient.weight_kg"),
                    NumberField(session, "Height [cm]", "patient.height_cm"),
                ]
            self._scores = ui.element("div").classes("pl-scores")
            self._fields += [
                NamesField(session, "Conditions", "patient.conditions", "condition"),
                NamesField(session, "Medicines", "patient.medications", "medication"),
                NamesField(session, "Allergies", "patient.allergies", "allergy"),
            ]
            ui.html("Earlier toxin treatments", tag="h3")
            self._earlier = ui.element("div").classes("pl-earlier")
            self._requirements = ui.element("div").classes("pl-requirements")
        self._inputs: dict[str, Any] = {}

    def refresh(self) -> None:
        """Show the open draft; lists are rebuilt only where they changed."""
        draft = self._session.workspace.draft
        for field in self._fields:
            field.refresh()
        fill(self._sex, value_at(draft, "patient.sex") or None)
        areas = self._areas()
        self._rebuild("scores", areas, self._build_scores)
        for field in self._score_fields:
            field.refresh()
        self._rebuild("earlier", value_at(draft, "patient.previous"), self._build_earlier)
        keys = ("product", "region", "confirmed", "not_met")
        inputs = [areas, *(value_at(draft, f"treatment.{key}") for key in keys)]
        inputs.append(value_at(draft, "patient.age_y"))
        self._rebuild("requirements", inputs, self._build_requirements)

    def _areas(self) -> list[str]:
        return areas_of(self._session.workspace.draft.tables)

    def _rebuild(self, key: str, inputs: Any, build: Callable[[], None]) -> None:
        if key not in self._inputs or self._inputs[key] != inputs:
            self._inputs[key] = inputs
            build()

    def _sex_changed(self, event: Any) -> None:
        workspace = self._session.workspace
        if (event.value or None) != value_at(workspace.draft, "patient.sex"):
            workspace.update(with_value(workspace.draft, "patient.sex", event.value or None))

    def _build_scores(self) -> None:
        self._scores.clear()
        self._score_fields = []
        with self._scores:
            for area in self._areas():
                for name in baseline_names(area):
                    scale = baseline_scale(name)
                    label = f"{spaced(scale.name)}, {scale.low:g} to {scale.high:g}"
                    field = NumberField(self._session, label, f"patient.baseline.{name}", 1)
                    self._score_fields.append(field)

    def _build_earlier(self) -> None:
        self._earlier.clear()
        rows = value_at(self._session.workspace.draft, "patient.previous")
        with self._earlier:
            for n, row in enumerate(rows or []):
                self._earlier_row(n, row)
            if not rows:
                none = ui.checkbox("none (confirmed)", value=rows == [])
                none.on_value_change(lambda e: self._set_previous([] if e.value else None))
            ui.button("Add one", on_click=self._add_earlier).props("outline no-caps size=sm")

    def _earlier_row(self, n: int, row: dict[str, Any]) -> None:
        def set_cell(key: str, value: Any) -> None:
            rows = value_at(self._session.workspace.draft, "patient.previous") or []
            if value in (None, ""):
                rows[n].pop(key, None)
            else:
                rows[n][key] = value
            self._set_previous(rows)

        products = {name: word("product", name) for name in preferred_words("product")}
        uses = {name: word("indication", name) for name in preferred_words("indication")}
        with ui.element("div").classes("pl-two pl-row"):
            day = ui.input("Date", value=row.get("date")).props("outlined dense type=date")
            day.on("change", lambda: set_cell("date", day.value))
            dose = ui.number("Dose [U]", value=row.get("dose_u")).props("outlined dense")
            dose.on("change", lambda: set_cell("dose_u", dose.value))
            product = ui.select(
                products, label="Product", value=_known(products, row.get("product"))
            )
            product.props("outlined dense").on_value_change(lambda e: set_cell("product", e.value))
            use = ui.select(uses, label="For", value=_known(uses, row.get("indication")))
            use.props("outlined dense").on_value_change(lambda e: set_cell("indication", e.value))
            ui.button("Remove", on_click=lambda: self._remove_earlier(n)).props(
                "flat no-caps size=sm"
            )

    def _remove_earlier(self, n: int) -> None:
        rows = value_at(self._session.workspace.draft, "patient.previous") or []
        del rows[n]
        self._set_previous(rows or None)

    def _add_earlier(self) -> None:
        draft = self._session.workspace.draft
        rows = value_at(draft, "patient.previous") or []
        product = value_at(draft, "treatment.product")
        day = value_at(draft, "treatment.date") or date.today().isoformat()
        earlier = f"{int(day[:4]) - 1}{day[4:]}".replace("-02-29", "-02-28")
        rows.append({"date": earlier, "product": product, "indication": (self._areas() or [""])[0]})
        self._set_previous(rows)

    def _set_previous(self, rows: list[Any] | None) -> None:
        workspace = self._session.workspace
        workspace.update(with_value(workspace.draft, "patient.previous", rows))

    def _build_requirements(self) -> None:
        """What the label requires to be examined or agreed before an injection."""
        self._requirements.clear()
        draft = self._session.workspace.draft
        product, region = (value_at(draft, f"treatment.{k}") for k in ("product", "region"))
        population = population_of(value_at(draft, "patient.age_y"))
        rows = {
            row.requirement: row
            for area in self._areas()
            for row in requirements(str(product), region or DEFAULT_REGION, area, population)
        }
        met = value_at(draft, "treatment.confirmed") or []
        not_met = value_at(draft, "treatment.not_met") or []
        with self._requirements:
            if rows:
                ui.html("What the label asks for", tag="h3")
            for name, row in rows.items():
                state = "met" if name in met else "not_met" if name in not_met else ""
                title = row.title if row.verified else f"{row.title} (not verified)"
                field = ui.select(REQUIREMENT_STATES, value=state, label=title or spaced(name))
                field.props("outlined dense")
                field.on_value_change(lambda e, name=name: self._set_requirement(name, e.value))

    def _set_requirement(self, name: str, state: str) -> None:
        draft = self._session.workspace.draft
        for key, key_state in (("confirmed", "met"), ("not_met", "not_met")):
            names = [n for n in value_at(draft, f"treatment.{key}") or [] if n != name]
            names += [name] if state == key_state else []
            draft = with_value(draft, f"treatment.{key}", names or None)
        self._session.workspace.update(draft)


def _known(options: dict[str, str], value: Any) -> Any:
    return value if value in options else None
