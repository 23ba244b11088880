"""The bar of a command that takes long: what is done, how far, how long; on a terminal alone."""

from collections.abc import Callable
from typing import TypeVar

Made = TypeVar("Made")
Steps = Callable[[str, int, int], None]
COMPILING = "compiling the model"


def with_steps(work: Callable[[Steps], Made]) -> Made:
    """What the work returns, with a bar on stderr of the steps it tells of.

    Parameters
    ----------
    work : callable
        Called with what it tells its progress to: the step, how many of its parts are done and of
        how many, 0 where that is not known.
    """
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    console = Console(stderr=True)
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("to go"),
        TimeRemainingColumn(),
    )
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        task = bar.add_task(COMPILING, total=None)

        def update(step: str, done: int, total: int) -> None:
            bar.update(task, description=step, completed=done, total=total or None)

        return work(update)


def with_progress(step: str, work: Callable[[Callable[[int, int], None]], Made]) -> Made:
    """As `with_steps`, for work of one step."""
    return with_steps(lambda update: work(lambda done, total: update(step, done, total)))
