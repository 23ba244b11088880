"""Datasets, summary and report of a run, made from its parts while later ones are worked out.

The parts are read in their order, whatever the order in which they are done, so that every file
has the same bytes for any number of workers.
"""

import json
import threading
from collections.abc import Iterator
from types import TracebackType
from typing import Any

from endplate.files.output import write_whole
from endplate.trials.analysis import Tally
from endplate.trials.design import Design
from endplate.trials.layout import Layout
from endplate.trials.manifest import Manifest, digest_of
from endplate.trials.parts import Part, part_name, read_part


class _RunStopped(Exception):
    """Not all parts will come: what is half written is dropped."""


def parts_of(manifest: Manifest, layout: Layout) -> Iterator[Part]:
    """Parts of a run that is done, in their order."""
    for task in layout.tasks:
        yield read_part(manifest.part_folder / part_name(task.number))


class Assembly:
    """Writes the files of a run beside its tasks; a context, in which the tasks are run.

    Parameters
    ----------
    manifest : Manifest
        The run; parts that it names already count as done.
    design, layout : Design, Layout
        What is run.
    """

    def __init__(self, manifest: Manifest, design: Design, layout: Layout) -> None:
        from endplate.trials.power import SmallerTrials

        self._manifest, self._design, self._layout = manifest, design, layout
        self._done: set[int] = set()
        self._over = False
        self._changed = threading.Condition()
        self._tally, self._smaller = Tally(design, layout), SmallerTrials(design, layout)
        self._names: tuple[str, ...] = ()
        self._fault: BaseException | None = None
        self._thread = threading.Thread(target=self._write, daemon=True)

    def __enter__(self) -> "Assembly":
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with self._changed:
            self._over = True
            self._changed.notify_all()
        self._thread.join()

    def add(self, *numbers: int) -> None:
        """Tell of tasks whose part is there.

        Raises
        ------
        CannotWrite
            The files cannot be written, so that no more need be worked out.
        """
        with self._changed:
            self._done.update(numbers)
            self._changed.notify_all()
        if self._fault is not None:
            raise self._fault

    def finish(self, fingerprint: dict[str, str], command: str) -> None:
        """Wait for the datasets, write summary and report, let the parts go, which they hold.

        Raises
        ------
        CannotWrite
            The folder is full or gone; the parts stay.
        """
        from endplate.trials.summary import summary_of
        from endplate.views.trial_report import trial_report

        self._thread.join()
        if self._fault is not None:
            raise self._fault
        manifest = self._manifest
        folder = manifest.folder
        summary = summary_of(self._tally, self._prepared, fingerprint, command)
        summary["power_curve"] = self._smaller.curve()
        text = json.dumps(summary, indent=2, allow_nan=False, ensure_ascii=False) + "\n"
        write_whole(text, folder / "summary.json")
        write_whole(trial_report(summary), folder / "report.html")
        every = (*self._names, "summary.json", "report.html")
        manifest.outputs = {name: digest_of(folder / name) for name in every}
        manifest.save()
        for path in manifest.part_folder.iterdir():
            path.unlink()
        manifest.part_folder.rmdir()

    @property
    def _prepared(self) -> dict[str, Any]:
        return {**self._manifest.job["prepared"], "strata": self._manifest.job["strata"]}

    def _write(self) -> None:
        from endplate.trials.outputs import write_datasets

        def counted(part: Part) -> None:
            self._tally.add(part)
            self._smaller.add(part)

        try:
            self._names = write_datasets(
                self._manifest.folder,
                self._design,
                tuple(self._prepared["harms"]),
                self._arriving(),
                counted,
            )
        except _RunStopped:
            pass
        except BaseException as fault:
            self._fault = fault

    def _arriving(self) -> Iterator[Part]:
        """Parts in their order, each as soon as it is there."""
        for task in self._layout.tasks:
            with self._changed:
                while task.number not in self._done and not self._over:
                    self._changed.wait()
                if task.number not in self._done:
                    raise _RunStopped
            yield read_part(self._manifest.part_folder / part_name(task.number))
