"""The part Predicted against published: the shipped trials, or a visitor's own table."""

from collections.abc import Callable

from nicegui import events, ui

from endplate.errors import EndplateError, TrialTableFaults
from endplate.facts.trials import TrialFigure
from endplate.fit.trial_table import NEEDED
from endplate.views.qualification.evidence import Evidence
from endplate.views.qualification.page import reasons
from endplate.web.pages.evidence import at_hand
from endplate.web.pages.evidence.address import go_to
from endplate.web.pages.evidence.at_hand import PREDICTING, Progress
from endplate.web.pages.evidence.choice import Choice, choice_at
from endplate.web.pages.evidence.explorer import Explorer
from endplate.web.place import Place

EXAMPLE = "published.csv"


class Compared:
    """Shows one table of figures, and takes another one in."""

    def __init__(self, place: Place, evidence: Evidence, address: str) -> None:
        """Build it where the caller stands.

        Parameters
        ----------
        place : Place
            The visitor's place; the use of the open plan is shown first.
        evidence : Evidence
            The shipped trials.
        address : str
            Path and query that the page was opened with.
        """
        self._place, self._shipped = place, evidence
        rows = evidence.found.rows
        first = choice_at(address, rows, use_of(place, evidence))
        self._own_asked = "use=" in address or bool(first.trial)
        self.address = first.address
        self._spot = ui.element("div")
        with self._spot:
            self._explorer = Explorer(evidence, first, self._changed)
        with ui.element("section").classes("ev-own"):
            self._offer()
        place.watch(self._follow)

    def _changed(self, choice: Choice) -> None:
        self._own_asked = True
        self.address = choice.address
        go_to(choice.address)

    def _follow(self) -> None:
        """Show the use of the plan that was opened, unless the visitor asked for one."""
        if not self._own_asked and self._explorer.evidence is self._shipped:
            self._explorer.show(Choice(use=use_of(self._place, self._shipped)))

    def _offer(self) -> None:
        ui.html("<h2>A table of your own</h2>", sanitize=False)
        ui.label(
            f"A CSV file with one published figure a row, up to {at_hand.MOST_ROWS:,} rows, and "
            f"the columns {', '.join(NEEDED)}. It is read on this machine and not kept."
        )
        self._upload = ui.upload(
            auto_upload=True,
            max_file_size=at_hand.MOST_BYTES,
            on_upload=self._take,
            on_rejected=self._too_large,
        ).props('accept=".csv,text/csv" aria-label="CSV file of published figures"')
        self._upload.classes("ev-upload")
        with ui.element("div").classes("ev-take"):
            self._pick = _button("Compare a CSV file", self._pick_file)
            _button(
                "An example to start from",
                lambda: ui.download.content(at_hand.example(), EXAMPLE, "text/csv"),
            )
        self._told = ui.element("div").props("aria-live=polite").classes("ev-told")

    def _pick_file(self) -> None:
        self._upload.run_method("pickFiles")

    def _too_large(self) -> None:
        most = at_hand.MOST_BYTES // 1_000_000
        self._say([f"The file is no CSV file, or larger than {most} MB."])

    async def _take(self, event: events.UploadEventArguments) -> None:
        self._upload.reset()
        try:
            figures = at_hand.own_figures(await event.file.read(), event.file.name)
        except TrialTableFaults as fault:
            self._say(list(fault.sentences))
            return
        await self._predict(figures, event.file.name)

    async def _predict(self, figures: tuple[TrialFigure, ...], name: str) -> None:
        progress = Progress()
        self._told.clear()
        self._pick.disable()
        with self._told:
            label = ui.label(progress.words).props("role=status")
            ui.timer(0.5, lambda: label.set_text(progress.words))
        try:
            evidence = await PREDICTING.own(figures, name, progress)
        except EndplateError as fault:
            self._say([str(fault)])
            return
        finally:
            if not self._pick.is_deleted:
                self._pick.enable()
        if not self._spot.is_deleted:
            self._told.clear()
            self._show_own(evidence)

    def _say(self, sentences: list[str]) -> None:
        """Why a table was not taken; what was shown stays."""
        self._told.clear()
        with self._told, ui.element("ul").classes("ev-faults").props("role=alert"):
            for sentence in sentences:
                with ui.element("li"):
                    ui.label(sentence)

    def _show_own(self, evidence: Evidence) -> None:
        rows, skipped = evidence.found.rows, evidence.found.skipped
        self._spot.clear()
        with self._spot:
            with ui.element("div").classes("ev-mine").props("role=status"):
                ui.label(
                    f"{evidence.table}: {len(evidence.figures)} figures, {len(rows)} predicted, "
                    f"{len(skipped)} not."
                ).classes("ev-strong")
                for reason, count, trials in reasons(dict(one) for one in skipped):
                    ui.label(f"{count} not predicted, {reason} ({trials}).").classes("quiet")
                _button("Back to the shipped trials", self._back)
            if rows:
                self._explorer = Explorer(evidence, Choice(), lambda _: None)
        ui.run_javascript("document.querySelector('.ev-mine')?.scrollIntoView({block: 'start'})")

    def _back(self) -> None:
        self._spot.clear()
        with self._spot:
            self._explorer = Explorer(self._shipped, Choice(), self._changed)


def _button(words: str, pressed: Callable[[], object]) -> ui.button:
    button = ui.button(words, on_click=pressed, color=None)
    return button.props("outline no-caps").classes("ev-button")


def use_of(place: Place, evidence: Evidence) -> str:
    """First use of the open plan that trials of the table treated; empty for none."""
    plan = place.desk.plan
    known = {row.indication for row in evidence.found.rows}
    uses = plan.treatment.indications if plan else ()
    return next((use for use in uses if use in known), "")
