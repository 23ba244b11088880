"""The card of the treatment: use, product, whose label, date, vial, and the label's sites."""

from typing import Any

from nicegui import ui

from endplate.case.protocol import areas_treated, protocol_basis
from endplate.errors import EndplateError
from endplate.facts.preparation import dilutions_for
from endplate.facts.vocabulary import preferred_words
from endplate.views.quantity import number
from endplate.views.words import word
from endplate.web.desk.fields import (
    value_at,
    with_label_sites,
    with_product,
    with_use,
    with_value,
)
from endplate.web.pages.plan.form import NumberField, card, fill
from endplate.web.place import Place


class TreatmentCard:
    """Fields of `[treatment]`; `refresh` shows what the open draft says."""

    def __init__(self, place: Place) -> None:
        self._place = place
        with card("Treatment", "pl-treatment"):
            self._uses = ui.select(
                _options("indication"), label="What is treated", multiple=True, value=[]
            ).props("use-chips outlined dense")
            self._uses.on_value_change(self._use)
            self._product = ui.select(_options("product"), label="Product").props("outlined dense")
            self._product.on_value_change(self._took_product)
            with ui.element("div").classes("pl-two"):
                self._region = ui.select(
                    {name: name for name in preferred_words("region")}, label="Label of"
                ).props("outlined dense")
                self._region.on_value_change(lambda e: self._set("treatment.region", e.value))
                self._date = ui.input("Date").props("outlined dense type=date")
                self._date.on_value_change(lambda e: self._set("treatment.date", e.value or None))
            self._dilution = ui.select({}, label="Vial and diluent on the label").props(
                "outlined dense"
            )
            self._dilution.on_value_change(self._took_dilution)
            with ui.element("div").classes("pl-two"):
                self._numbers = [
                    NumberField(place, "Vial [U]", "treatment.vial_u"),
                    NumberField(place, "Diluent [mL]", "treatment.diluent_ml"),
                ]
            with ui.element("div").classes("pl-two"):
                self._numbers.append(NumberField(place, "Total dose [U]", "treatment.dose_u"))
                ui.button("Label's sites", on_click=self._label).props("outline no-caps").tooltip(
                    "Put the sites of the label's protocol on the chart"
                )
            self._basis = ui.label().classes("quiet")

    def refresh(self) -> None:
        """Show the open draft."""
        draft = self._place.desk.draft
        given = value_at(draft, "treatment.indication")
        areas = [given] if isinstance(given, str) else list(given or [])
        fill(self._uses, [area for area in areas if area in self._uses.options])
        fill(self._product, _known(self._product, value_at(draft, "treatment.product")))
        fill(self._region, _known(self._region, value_at(draft, "treatment.region") or "US"))
        fill(self._date, value_at(draft, "treatment.date") or "")
        self._show_dilutions(areas)
        for field in self._numbers:
            field.refresh()
        listed = value_at(draft, "treatment.protocol") is None
        self._numbers[-1].element.set_visibility(not listed)
        self._basis.set_text(self._basis_words())

    def _show_dilutions(self, areas: list[str]) -> None:
        draft = self._place.desk.draft
        product, region = value_at(draft, "treatment.product"), self._region.value or "US"
        rows = [row for area in areas[:1] for row in dilutions_for(str(product), region, area)]
        options = {
            f"{row.vial_u:g}/{row.diluent_ml:g}": f"{row.vial_u:g} U in {row.diluent_ml:g} mL, "
            f"{number(row.vial_u / row.diluent_ml / 10, 3)} U in 0.1 mL"
            + ("" if row.verified else " (not verified)")
            for row in rows
        }
        vial, diluent = value_at(draft, "treatment.vial_u"), value_at(draft, "treatment.diluent_ml")
        own = f"{vial:g}/{diluent:g}" if _numbers(vial, diluent) else ""
        self._dilution.set_options(options, value=own if own in options else None)
        self._dilution.set_visibility(bool(options))

    def _basis_words(self) -> str:
        plan = self._place.desk.plan
        if plan is None or plan.treatment.protocol is None:
            return "Sites as entered on the chart."
        told = []
        for area in areas_treated(plan.treatment):
            basis = protocol_basis(plan.treatment, area)
            if basis is not None:
                name = word("indication", area).lower()
                unsure = "" if basis.verified else ", not verified"
                told.append(f"{name} {basis.dose_u:g} U ({basis.basis}{unsure})")
        return "Protocol: " + "; ".join(told) + "." if told else "Protocol of the label."

    def _set(self, path: str, value: Any) -> None:
        desk = self._place.desk
        if value != value_at(desk.draft, path) and value is not None:
            desk.put(with_value(desk.draft, path, value))

    def _use(self, event: Any) -> None:
        draft = self._place.desk.draft
        given = value_at(draft, "treatment.indication")
        now = [given] if isinstance(given, str) else list(given or [])
        if event.value and list(event.value) != now:
            self._place.desk.put(with_use(draft, list(event.value)))

    def _took_product(self, event: Any) -> None:
        if event.value:
            self._place.desk.put(with_product(self._place.desk.draft, event.value))

    def _took_dilution(self, event: Any) -> None:
        if not event.value:
            return
        vial_u, _, diluent_ml = event.value.partition("/")
        draft = with_value(self._place.desk.draft, "treatment.vial_u", float(vial_u))
        self._place.desk.put(with_value(draft, "treatment.diluent_ml", float(diluent_ml)))

    def _label(self) -> None:
        try:
            changed = with_label_sites(self._place.desk.draft)
        except EndplateError as reason:
            self._place.say(f"No label protocol: {reason}.")
            return
        self._place.desk.put(changed)


def _options(kind: str) -> dict[str, str]:
    return {name: word(kind, name) for name in preferred_words(kind)}


def _known(element: Any, value: Any) -> Any:
    return value if value in element.options else None


def _numbers(*values: Any) -> bool:
    return all(isinstance(value, int | float) for value in values)
