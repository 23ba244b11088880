"""What is written down during the talk; it stays in this browser."""

from dataclasses import replace

from nicegui import events, ui

from endplate.views.sheet_notes import NAMES, fault
from endplate.web.place import Place

KEPT = (
    "Notes are kept in this browser only, beside the plan. Clear on the page Plan takes them away. "
    "A link to the plan does not hold them."
)
LONG = ("questions", "agreed")
ORDER = ("patient", "provider", "questions", "agreed", "follow_up")


class NotesForm:
    """Fields of the notes beside the open draft."""

    def __init__(self, place: Place) -> None:
        """Lay the fields out."""
        self._place = place
        self._fields: dict[str, ui.input | ui.textarea] = {}
        self._faults: dict[str, ui.label] = {}
        ui.html("<h2>Notes for the sheet</h2>", sanitize=False)
        for name in ORDER:
            self._add(name)
        ui.label(KEPT).classes("quiet")

    def refresh(self) -> None:
        """Show what is written beside the plan that is open now."""
        for name, field in self._fields.items():
            kept = getattr(self._place.desk.notes, name)
            if not self._faults[name].text and (field.value or "") != kept:
                field.set_value(kept)

    def _add(self, name: str) -> None:
        kept = getattr(self._place.desk.notes, name)
        make = ui.textarea if name in LONG else ui.input
        field = make(NAMES[name], value=kept, on_change=lambda e: self._write(name, e))
        field.props("outlined debounce=300").classes("ds-field")
        if name == "follow_up":
            field.props("type=date stack-label")
        if name in LONG:
            field.props("autogrow counter")
        self._fields[name] = field
        self._faults[name] = ui.label("").classes("ds-fault").props('role="status"')

    def _write(self, name: str, event: events.ValueChangeEventArguments) -> None:
        """Keep a note; what does not fit is told, and the sheet stays as it was."""
        words = str(event.value or "")
        said = fault(name, words)
        self._faults[name].set_text(said)
        if not said:
            self._place.desk.write(replace(self._place.desk.notes, **{name: words}))
