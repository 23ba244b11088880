"""The card of drawing up: dilution, vials, and what each dose is in marks of a syringe."""

from html import escape
from typing import Any

from nicegui import ui

from endplate.case import Plan
from endplate.case.sheet import Draw, PreparationSheet, preparation_sheet
from endplate.errors import EndplateError
from endplate.facts.vial import syringes
from endplate.views.glyphs import syringe
from endplate.views.quantity import number
from endplate.views.source import link
from endplate.views.words import muscle_name
from endplate.web.pages.plan.form import card
from endplate.web.place import Place

FAR_OFF = 0.05  # a dose whose nearest mark is further off than this is marked


class DrawingUpCard:
    """How the open plan is drawn up."""

    def __init__(self, place: Place) -> None:
        self._place = place
        sizes: dict[float, str] = {0.0: "syringe: as fits best"}
        sizes |= {s.size_ml: f"{s.size_ml:g} mL, mark every {s.mark_ml:g} mL" for s in syringes()}
        with card("Drawing up", "pl-drawing-up"):
            self._size = ui.select(sizes, value=0.0, label="Syringe").props("outlined dense")
            self._size.on_value_change(lambda _: self.refresh())
            self._told = ui.html("", sanitize=False)

    def refresh(self) -> None:
        """Work out the open plan."""
        plan = self._place.desk.plan
        if plan is None:
            self._told.set_content('<p class="quiet">Known once the plan is whole.</p>')
            return
        self._told.set_content(self._sheet(plan))

    def _sheet(self, plan: Plan) -> str:
        try:
            sheet = preparation_sheet(plan, self._size.value or None)
        except EndplateError as reason:
            return f"<p>{escape(str(reason))}</p>"
        return _words(sheet)


def _words(sheet: PreparationSheet) -> str:
    vials = "vial" if sheet.vials == 1 else "vials"
    largest = max(sheet.draws, key=lambda draw: draw.drawn_ml)
    rows = "".join(map(_row, sheet.draws))
    return (
        f"<p><b>{number(sheet.dose_per_tenth_ml_u, 3)} U in 0.1 mL</b>. "
        f"{number(sheet.dose_u, 3)} U in {number(sheet.volume_ml, 3)} mL from {sheet.vials} "
        f"{vials}; {number(sheet.left_u, 3)} U are left over.</p>"
        f"{syringe(sheet.syringe.size_ml, sheet.syringe.mark_ml, largest.drawn_ml)}"
        f'<p class="quiet">One injection of {number(largest.dose_u, 3)} U: '
        f"{number(largest.drawn_ml, 3)} mL, {largest.marks} marks of a "
        f"{number(sheet.syringe.size_ml, 3)} mL syringe.</p>"
        f'<table class="pl-draws"><thead><tr><th>Muscle</th><th class="n">Sites</th>'
        f'<th class="n">Each</th><th class="n">mL</th><th class="n">Marks</th></tr></thead>'
        f"<tbody>{rows}</tbody></table>{_storage(sheet)}"
    )


def _row(draw: Draw) -> str:
    off = abs(draw.drawn_u - draw.dose_u) > FAR_OFF * draw.dose_u
    mark = f' <span class="unverified">gives {number(draw.drawn_u, 3)} U</span>' if off else ""
    return (
        f"<tr><td>{escape(muscle_name(draw.muscle, draw.side))}</td>"
        f'<td class="n">{draw.count}</td><td class="n">{number(draw.dose_u, 3)} U</td>'
        f'<td class="n">{number(draw.volume_ml, 3)}</td><td class="n">{draw.marks}{mark}</td></tr>'
    )


def _storage(sheet: PreparationSheet) -> str:
    kept: Any = sheet.storage
    if kept is None:
        return '<p class="quiet">How long the content may be kept is not known here.</p>'
    within = "no time is given" if kept.use_within_h is None else f"{kept.use_within_h:g} hours"
    unsure = "" if kept.verified else ' <span class="unverified">not verified</span>'
    return (
        f'<p class="quiet">Use within {within}; {escape(kept.store)}. '
        f"{escape(link(kept.source).words)}, {escape(kept.locator)}{unsure}</p>"
    )
