"""What stands above every page: stops of the open plan, and that its person is made up."""

from html import escape

from nicegui import ui

from endplate.views.finding import stops
from endplate.web.session import Session
from endplate.web.workspace import is_sample_person

STOP = "Stop. Nothing below holds until this is settled:"
SAMPLE = "Sample: the person is made up."
WHERE = 'What the label says, and where, is on the page <a href="/">Plan</a>.'


class Notices:
    """Follows the open plan on every page."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._stops: tuple[str, ...] | None = None
        self._stop = ui.html("", sanitize=False).classes("a-stop").props('role="alert"')
        with ui.element("div").classes("a-sample") as self._sample:
            ui.label(SAMPLE)
            ui.button("New patient", icon="person_add", on_click=session.start_patient).props(
                "flat no-caps dense"
            )
        session.workspace.listeners.append(self.refresh)
        self.refresh()

    def refresh(self) -> None:
        """Show what there is to say of the open plan."""
        draft = self._session.workspace.draft
        titles = stops(draft.findings)
        if titles != self._stops:
            self._stops = titles
            items = "".join(f"<li>{escape(title)}</li>" for title in titles)
            self._stop.set_content(f"<p><b>{STOP}</b></p><ul>{items}</ul><p>{WHERE}</p>")
            self._stop.set_visibility(bool(titles))
        self._sample.set_visibility(is_sample_person(draft))
