"""The shipped trials as predicted, at once; tables of a visitor, one after another in a thread."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial

from endplate.errors import TrialTableFaults
from endplate.facts.calibration import calibration_record
from endplate.facts.trials import TrialFigure, trial_figures
from endplate.facts.validated import validated_record
from endplate.validation.results import Validation
from endplate.validation.validated import left_out_in, stored_validation
from endplate.views.qualification.evidence import Evidence

MOST_ROWS = 1000
MOST_BYTES = 1_000_000
SHIPPED = "The shipped trials"


def is_kept() -> bool:
    """Whether the kept predictions are of the facts that are installed."""
    return validated_record().is_of_these_facts


@cache
def kept() -> Evidence:
    """The shipped trials with the predictions that were kept."""
    return shipped(stored_validation())


def shipped(found: Validation) -> Evidence:
    """The shipped trials with predictions; those of trials left out where they are of these."""
    frames = {row.figure: row for row in found.rows if row.figure is not None}
    left_out = left_out_in(frames) if calibration_record().is_of_these_facts else None
    return Evidence(trial_figures(), found, left_out, SHIPPED)


def own_figures(content: bytes, name: str) -> tuple[TrialFigure, ...]:
    """Figures of a visitor's table.

    Parameters
    ----------
    content
        A CSV file.
    name : str
        Its name, as faults call it.

    Raises
    ------
    TrialTableFaults
        The same sentences as `endplate validate --trials` gives, or that it is too long.
    """
    from endplate.fit.trial_table import figures_in

    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise TrialTableFaults([f"{name} is not UTF-8 text; a CSV file is needed."]) from None
    figures = figures_in(text, name, name)
    if not figures:
        raise TrialTableFaults([f"{name} has no rows; one published figure a row is needed."])
    if len(figures) > MOST_ROWS:
        raise TrialTableFaults(
            [
                f"{name} has {len(figures)} rows; the app takes up to {MOST_ROWS}. "
                f"endplate validate --trials {name} takes any number."
            ]
        )
    return figures


def example() -> bytes:
    """A table to start from: some shipped figures with the columns that are needed."""
    import csv
    import io

    from endplate.fit.trial_table import NEEDED

    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(NEEDED)
    for figure in trial_figures()[:6]:
        cells = (getattr(figure, name) for name in NEEDED)
        lines.writerow(f"{cell:g}" if isinstance(cell, float) else cell for cell in cells)
    return text.getvalue().encode()


@dataclass
class Progress:
    """How far one table is; filled in by the thread that predicts it."""

    done: int = 0
    of: int = 0

    def tell(self, done: int, of: int) -> None:
        """Note how many groups of uses are done."""
        self.done, self.of = done, of

    @property
    def words(self) -> str:
        """How far it is, in one sentence."""
        if not self.of:
            return "Waiting for the model. The first run of a table takes about a minute."
        if self.done == self.of:
            return "Predicted; putting it together."
        return f"Predicting: group {self.done + 1} of {self.of}. This takes about a minute."


class Predicting:
    """Predicts tables off the event loop, one at a time."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="validate")
        self._anew: asyncio.Task[Evidence] | None = None
        self.shipped = Progress()

    async def own(
        self, figures: tuple[TrialFigure, ...], name: str, progress: Progress
    ) -> Evidence:
        """A visitor's table with predictions."""
        return Evidence(figures, await self._run(figures, progress), None, name)

    async def anew(self) -> Evidence:
        """The shipped trials predicted now, once for all visitors, where nothing kept is of use."""
        if self._anew is None or (self._anew.done() and self._anew.exception()):
            self._anew = asyncio.create_task(self._shipped())
        return await asyncio.shield(self._anew)

    async def _shipped(self) -> Evidence:
        return shipped(await self._run(trial_figures(), self.shipped))

    async def _run(self, figures: tuple[TrialFigure, ...], progress: Progress) -> Validation:
        loop = asyncio.get_running_loop()
        work = partial(_predicted, figures, progress.tell)
        return await loop.run_in_executor(self._pool, work)


def _predicted(figures: tuple[TrialFigure, ...], told: Callable[[int, int], None]) -> Validation:
    from endplate.people.cache import use_compile_cache
    from endplate.validation.validate import validate

    use_compile_cache()
    return validate(figures, told)


PREDICTING = Predicting()
"""Where all visitors of one server wait for predictions."""
