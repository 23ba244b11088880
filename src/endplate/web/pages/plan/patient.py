"""The card of the person: who it is, what the assessment found, earlier treatments."""

from datetime import date
from typing import Any

from nicegui import ui

from endplate.case import population_of
from endplate.facts.endpoints import baseline_scale
from endplate.facts.precautions import requirements
from endplate.facts.vocabulary import preferred_words
from endplate.views.words import spaced, word
from endplate.web.desk.fields import baseline_names, value_at, with_value
from endplate.web.pages.plan.form import NamesField, NumberField, card, fill
from endplate.web.place import Place

MET = {"": "not stated", "met": "met", "not_met": "not met"}


class PatientCard:
    """Fields of `[patient]`; `refresh` shows what the open draft says."""

    def __init__(self, place: Place) -> None:
        self._place = place
        with card("Patient", "pl-patient"):
            with ui.element("div").classes("pl-two"):
                self._fields: list[NumberField | NamesField] = [
                    NumberField(place, "Age [y]", "patient.age_y")
                ]
                self._sex = ui.select(
                    {name: name for name in preferred_words("sex")}, label="Sex", clearable=True
                ).props("outlined dense")
                self._sex.on_value_change(self._took_sex)
            with ui.element("div").classes("pl-two"):
                self._fields += [
                    NumberField(place, "Weight [kg]", "patient.weight_kg"),
                    NumberField(place, "Height [cm]", "patient.height_cm"),
                ]
            self._scores = ui.element("div").classes("pl-scores")
            self._fields += [
                NamesField(place, "Conditions", "patient.conditions", "condition"),
                NamesField(place, "Medicines", "patient.medications", "medication"),
                NamesField(place, "Allergies", "patient.allergies", "allergy"),
            ]
            ui.html("Earlier toxin treatments", tag="h3")
            self._earlier = ui.element("div").classes("pl-earlier")
            self._asked = ui.element("div").classes("pl-asked")
        self._shown: dict[str, Any] = {}

    def refresh(self) -> None:
        """Show the open draft; lists are built anew only where they changed."""
        draft = self._place.desk.draft
        for field in self._fields:
            field.refresh()
        fill(self._sex, value_at(draft, "patient.sex") or None)
        areas = self._areas()
        self._anew("scores", areas, self._build_scores)
        for field in self._score_fields:
            field.refresh()
        self._anew("earlier", value_at(draft, "patient.previous"), self._build_earlier)
        asked = [areas, *(value_at(draft, f"treatment.{k}") for k in ("product", "region"))]
        asked += [value_at(draft, f"treatment.{k}") for k in ("confirmed", "not_met")]
        asked.append(value_at(draft, "patient.age_y"))
        self._anew("asked", asked, self._build_asked)

    def _areas(self) -> list[str]:
        given = value_at(self._place.desk.draft, "treatment.indication")
        return [given] if isinstance(given, str) else list(given or [])

    def _anew(self, key: str, says: Any, build: Any) -> None:
        if key not in self._shown or self._shown[key] != says:
            self._shown[key] = says
            build()

    def _took_sex(self, event: Any) -> None:
        desk = self._place.desk
        if (event.value or None) != value_at(desk.draft, "patient.sex"):
            desk.put(with_value(desk.draft, "patient.sex", event.value or None))

    def _build_scores(self) -> None:
        self._scores.clear()
        self._score_fields = []
        with self._scores:
            for area in self._areas():
                for name in baseline_names(area):
                    scale = baseline_scale(name)
                    label = f"{scale.name}, {scale.low:g} to {scale.high:g}"
                    field = NumberField(self._place, label, f"patient.baseline.{name}", 1)
                    self._score_fields.append(field)

    def _build_earlier(self) -> None:
        self._earlier.clear()
        rows = value_at(self._place.desk.draft, "patient.previous")
        with self._earlier:
            for n, row in enumerate(rows or []):
                self._earlier_row(n, row)
            if not rows:
                stated = rows == []
                none = ui.checkbox("asked: none", value=stated)
                none.on_value_change(lambda e: self._previous([] if e.value else None))
            ui.button("Add one", on_click=self._add_earlier).props("outline no-caps size=sm")

    def _earlier_row(self, n: int, row: dict[str, Any]) -> None:
        def took(key: str, value: Any) -> None:
            rows = value_at(self._place.desk.draft, "patient.previous") or []
            if value in (None, ""):
                rows[n].pop(key, None)
            else:
                rows[n][key] = value
            self._previous(rows)

        products = {name: word("product", name) for name in preferred_words("product")}
        uses = {name: word("indication", name) for name in preferred_words("indication")}
        with ui.element("div").classes("pl-two pl-row"):
            day = ui.input("Date", value=row.get("date")).props("outlined dense type=date")
            day.on("change", lambda: took("date", day.value))
            dose = ui.number("Dose [U]", value=row.get("dose_u")).props("outlined dense")
            dose.on("change", lambda: took("dose_u", dose.value))
            product = ui.select(products, label="Product", value=_in(products, row.get("product")))
            product.props("outlined dense").on_value_change(lambda e: took("product", e.value))
            use = ui.select(uses, label="For", value=_in(uses, row.get("indication")))
            use.props("outlined dense").on_value_change(lambda e: took("indication", e.value))
            ui.button("Remove", on_click=lambda: self._drop(n)).props("flat no-caps size=sm")

    def _drop(self, n: int) -> None:
        rows = value_at(self._place.desk.draft, "patient.previous") or []
        del rows[n]
        self._previous(rows or None)

    def _add_earlier(self) -> None:
        draft = self._place.desk.draft
        rows = value_at(draft, "patient.previous") or []
        product = value_at(draft, "treatment.product")
        before = value_at(draft, "treatment.date") or date.today().isoformat()
        earlier = f"{int(before[:4]) - 1}{before[4:]}".replace("-02-29", "-02-28")
        rows.append({"date": earlier, "product": product, "indication": (self._areas() or [""])[0]})
        self._previous(rows)

    def _previous(self, rows: list[Any] | None) -> None:
        desk = self._place.desk
        desk.put(with_value(desk.draft, "patient.previous", rows))

    def _build_asked(self) -> None:
        """What the label wants looked at or agreed before a needle is taken up."""
        self._asked.clear()
        draft = self._place.desk.draft
        product, region = (value_at(draft, f"treatment.{k}") for k in ("product", "region"))
        population = population_of(value_at(draft, "patient.age_y"))
        rows = {
            row.requirement: row
            for area in self._areas()
            for row in requirements(str(product), region or "US", area, population)
        }
        met = value_at(draft, "treatment.confirmed") or []
        not_met = value_at(draft, "treatment.not_met") or []
        with self._asked:
            if rows:
                ui.html("What the label asks for", tag="h3")
            for name, row in rows.items():
                now = "met" if name in met else "not_met" if name in not_met else ""
                title = row.title if row.verified else f"{row.title} (not verified)"
                told = ui.select(MET, value=now, label=title or spaced(name))
                told.props("outlined dense")
                told.on_value_change(lambda e, name=name: self._answered(name, e.value))

    def _answered(self, name: str, answer: str) -> None:
        draft = self._place.desk.draft
        for key, own in (("confirmed", "met"), ("not_met", "not_met")):
            names = [n for n in value_at(draft, f"treatment.{key}") or [] if n != name]
            names += [name] if answer == own else []
            draft = with_value(draft, f"treatment.{key}", names or None)
        self._place.desk.put(draft)


def _in(options: dict[str, str], value: Any) -> Any:
    return value if value in options else None
