"""The view Predicted against published: the shipped trials, or a visitor's own table."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial

from nicegui import events, ui

from endplate.errors import EndplateError, TrialTableFaults
from endplate.facts.parameters import calibration_record
from endplate.facts.trials import TrialFigure, trial_figures
from endplate.facts.validation import validated_record
from endplate.fit.trial_table import NEEDED
from endplate.validation.results import Validation
from endplate.validation.stored import left_out_in, stored_validation
from endplate.views.qualification.evidence import Evidence
from endplate.views.qualification.page import reasons
from endplate.web.pages.evidence.choice import Choice, choice_at, go_to, predicted_rows
from endplate.web.pages.evidence.explorer import Explorer
from endplate.web.session import Session

MAX_ROWS = 1000
MAX_BYTES = 1_000_000
SHIPPED_TITLE = "The shipped trials"
EXAMPLE_FILE = "published.csv"


def is_current() -> bool:
    """Whether the stored predictions are of the facts that are installed."""
    return validated_record().is_of_these_facts


@cache
def stored_evidence() -> Evidence:
    """The shipped trials with the stored predictions."""
    return shipped_evidence(stored_validation())


def shipped_evidence(validation: Validation) -> Evidence:
    """The shipped trials with predictions; of left-out trials too where the fit is current."""
    by_figure = {row.figure: row for row in validation.rows if row.figure is not None}
    left_out = left_out_in(by_figure) if calibration_record().is_of_these_facts else None
    return Evidence(trial_figures(), validation, left_out, SHIPPED_TITLE)


def parse_table(content: bytes, name: str) -> tuple[TrialFigure, ...]:
    """Parse the figures of a visitor's table.

    Parameters
    ----------
    content
        A CSV file.
    name : str
        Its name, for the faults.

    Raises
    ------
    TrialTableFaults
        The same sentences as `endplate validate --trials` gives, or that it is too long.
    """
    from endplate.fit.trial_table import figures_in

    figures = figures_in(content, name)
    if not figures:
        raise TrialTableFaults([f"{name} has no rows; one published figure a row is needed."])
    if len(figures) > MAX_ROWS:
        raise TrialTableFaults(
            [
                f"{name} has {len(figures)} rows; the app takes up to {MAX_ROWS}. "
                f"endplate validate --trials {name} takes any number."
            ]
        )
    return figures


def example_table() -> bytes:
    """A table to start from: some shipped figures with the columns that are needed."""
    import csv
    import io

    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(NEEDED)
    for figure in trial_figures()[:6]:
        cells = (getattr(figure, name) for name in NEEDED)
        writer.writerow(f"{cell:g}" if isinstance(cell, float) else cell for cell in cells)
    return text.getvalue().encode()


@dataclass
class Progress:
    """How far the prediction of one table is; written by the thread that predicts it."""

    done: int = 0
    total: int = 0

    def update(self, done: int, total: int) -> None:
        """Note how many groups of uses are done."""
        self.done, self.total = done, total

    @property
    def text(self) -> str:
        """How far it is, in one sentence."""
        if not self.total:
            return "Waiting for the model. The first run of a table takes about a minute."
        if self.done == self.total:
            return "Predicted; the results are being put together."
        return f"Predicting: group {self.done + 1} of {self.total}. This takes about a minute."


class Predictor:
    """Predicts tables off the event loop, one at a time."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="validate")
        self._shipped: asyncio.Task[Evidence] | None = None
        self.shipped_progress = Progress()

    async def table(
        self, figures: tuple[TrialFigure, ...], name: str, progress: Progress
    ) -> Evidence:
        """A visitor's table with predictions."""
        return Evidence(figures, await self._run(figures, progress), None, name)

    async def shipped(self) -> Evidence:
        """The shipped trials predicted now, once for all visitors."""
        if self._shipped is None or (self._shipped.done() and self._shipped.exception()):
            self._shipped = asyncio.create_task(self._predict_shipped())
        return await asyncio.shield(self._shipped)

    async def _predict_shipped(self) -> Evidence:
        return shipped_evidence(await self._run(trial_figures(), self.shipped_progress))

    async def _run(self, figures: tuple[TrialFigure, ...], progress: Progress) -> Validation:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, partial(_predict, figures, progress.update))


def _predict(figures: tuple[TrialFigure, ...], progress: Callable[[int, int], None]) -> Validation:
    from endplate.engine.compile_cache import use_compile_cache
    from endplate.validation.validate import validate

    use_compile_cache()
    return validate(figures, progress)


PREDICTOR = Predictor()
"""The predictor that all visitors of one server share."""


class ComparedView:
    """Shows one table of figures, and accepts another one."""

    def __init__(self, session: Session, evidence: Evidence, address: str) -> None:
        """Build it inside the current element.

        Parameters
        ----------
        session : Session
            The visitor's session; the use of the open plan is shown first.
        evidence : Evidence
            The shipped trials.
        address : str
            Path and query that the page was opened with.
        """
        self._session, self._shipped = session, evidence
        first = choice_at(address, predicted_rows(evidence), use_of_plan(session, evidence))
        self._is_user_choice = "use=" in address or bool(first.trial)
        self.address = first.address
        self._parent = ui.element("div")
        with self._parent:
            self._explorer = Explorer(evidence, first, self._choice_changed)
        with ui.element("section").classes("ev-own"):
            self._build_upload()
        session.on_change(self._follow_plan)

    def _choice_changed(self, choice: Choice) -> None:
        self._is_user_choice = True
        self.address = choice.address
        go_to(choice.address)

    def _follow_plan(self) -> None:
        """Show the use of the plan that was opened, unless the visitor chose one."""
        if not self._is_user_choice and self._explorer.evidence is self._shipped:
            self._explorer.show(Choice(use=use_of_plan(self._session, self._shipped)))

    def _build_upload(self) -> None:
        ui.html("<h2>A table of your own</h2>", sanitize=False)
        ui.label(
            f"A CSV file with one published figure a row, up to {MAX_ROWS:,} rows, and "
            f"the columns {', '.join(NEEDED)}. It is read on this machine and not stored."
        )
        self._upload = ui.upload(
            auto_upload=True,
            max_file_size=MAX_BYTES,
            on_upload=self._uploaded,
            on_rejected=self._rejected,
        ).props('accept=".csv,text/csv" aria-label="CSV file of published figures"')
        self._upload.classes("ev-upload")
        with ui.element("div").classes("ev-take"):
            self._button = _button("Compare a CSV file", self._choose_file)
            _button(
                "An example to start from",
                lambda: ui.download.content(example_table(), EXAMPLE_FILE, "text/csv"),
            )
        self._status = ui.element("div").props("aria-live=polite").classes("ev-told")

    def _choose_file(self) -> None:
        self._upload.run_method("pickFiles")

    def _rejected(self) -> None:
        self._show_faults([f"The file is no CSV file, or larger than {MAX_BYTES // 1_000_000} MB."])

    async def _uploaded(self, event: events.UploadEventArguments) -> None:
        self._upload.reset()
        try:
            figures = parse_table(await event.file.read(), event.file.name)
        except TrialTableFaults as fault:
            self._show_faults(list(fault.sentences))
            return
        await self._predict(figures, event.file.name)

    async def _predict(self, figures: tuple[TrialFigure, ...], name: str) -> None:
        progress = Progress()
        self._status.clear()
        self._button.disable()
        with self._status:
            label = ui.label(progress.text).props("role=status")
            ui.timer(0.5, lambda: label.set_text(progress.text))
        try:
            evidence = await PREDICTOR.table(figures, name, progress)
        except EndplateError as error:
            self._show_faults([str(error)])
            return
        finally:
            if not self._button.is_deleted:
                self._button.enable()
        if not self._parent.is_deleted:
            self._status.clear()
            self._show_table(evidence)

    def _show_faults(self, sentences: list[str]) -> None:
        """Say why a table was not accepted; what was shown stays."""
        self._status.clear()
        with self._status, ui.element("ul").classes("ev-faults").props("role=alert"):
            for sentence in sentences:
                with ui.element("li"):
                    ui.label(sentence)

    def _show_table(self, evidence: Evidence) -> None:
        """Show a visitor's table in place of the shipped trials."""
        rows, skipped = predicted_rows(evidence), evidence.found.skipped
        self._parent.clear()
        with self._parent:
            with ui.element("div").classes("ev-mine").props("role=status"):
                ui.label(
                    f"{evidence.table}: {len(evidence.figures)} figures, {len(rows)} predicted, "
                    f"{len(skipped)} not."
                ).classes("ev-strong")
                for reason, count, trials in reasons(dict(row) for row in skipped):
                    ui.label(f"{count} not predicted, {reason} ({trials}).").classes("quiet")
                _button("Back to the shipped trials", self._show_shipped)
            if rows:
                self._explorer = Explorer(evidence, Choice(), lambda _: None)
        ui.run_javascript("document.querySelector('.ev-mine')?.scrollIntoView({block: 'start'})")

    def _show_shipped(self) -> None:
        self._parent.clear()
        with self._parent:
            self._explorer = Explorer(self._shipped, Choice(), self._choice_changed)


def _button(label: str, on_click: Callable[[], object]) -> ui.button:
    button = ui.button(label, on_click=on_click, color=None)
    return button.props("outline no-caps").classes("ev-button")


def use_of_plan(session: Session, evidence: Evidence) -> str:
    """First use of the open plan that trials of the table treated; empty for none."""
    plan = session.workspace.plan
    studied = {row.indication for row in predicted_rows(evidence)}
    uses = plan.treatment.indications if plan else ()
    return next((use for use in uses if use in studied), "")
