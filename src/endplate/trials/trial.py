"""A trial from Python: load a design, run it, read what it shows, size it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from endplate.errors import CannotRun, CannotWrite
from endplate.files.output import write_whole
from endplate.trials.analysis import Tally
from endplate.trials.design import Design
from endplate.trials.layout import Layout, layout_of
from endplate.trials.manifest import Manifest, check_folder, digest_of, opened
from endplate.trials.parts import Part, part_name, read_part, require_trial
from endplate.trials.pool import DaskPool, LocalPool, pool_of

Progress = Callable[[int, int], None]
_SAVE_EVERY = 8  # parts: what a crash may lose of the manifest is worked out again


@dataclass(frozen=True)
class TrialResult:
    """A finished run in its folder."""

    folder: Path

    @cached_property
    def summary(self) -> dict[str, Any]:
        """What `summary.json` holds."""
        return json.loads((self.folder / "summary.json").read_text(encoding="utf-8"))

    def frame(self, dataset: str) -> Any:
        """A dataset as a polars frame: adsl, adqs, adtte or adae.

        Raises
        ------
        CannotRun
            There is no such dataset, or polars is not installed.
        """
        polars = _installed("polars")
        return polars.read_parquet(self._path(dataset))

    def pandas(self, dataset: str) -> Any:
        """A dataset as a pandas frame."""
        pa = require_trial()
        _installed("pandas")
        return pa.parquet.read_table(self._path(dataset)).to_pandas()

    def xarray(self) -> Any:
        """Mean of every measure and endpoint by arm and visit, with bands, as an xarray dataset."""
        xarray = _installed("xarray")
        curves = self.summary["curves"]
        arms = [arm["name"] for arm in self.summary["arms"]]
        found = {}
        for name in dict.fromkeys(row["name"] for row in curves["series"]):
            rows = {row["arm"]: row for row in curves["series"] if row["name"] == name}
            for statistic in ("mean", "p05", "p95"):
                values = [rows[arm][statistic] for arm in arms]
                found[f"{name}_{statistic}"] = (("arm", "day"), values)
        return xarray.Dataset(found, coords={"arm": arms, "day": curves["day"]})

    def _path(self, dataset: str) -> Path:
        path = self.folder / f"{dataset.lower()}.parquet"
        if dataset.lower() not in ("adsl", "adqs", "adtte", "adae"):
            raise CannotRun(f"{dataset!r} is no dataset; there are adsl, adqs, adtte and adae.")
        return path


def _installed(name: str) -> Any:
    from importlib import import_module

    try:
        return import_module(name)
    except ImportError:
        raise CannotRun(f"This needs {name}: pip install 'endplate[trial]'.") from None


@dataclass(frozen=True)
class Trial:
    """A design that can be run."""

    design: Design

    @classmethod
    def load(cls, path: str | Path) -> "Trial":
        """Read a design file.

        Raises
        ------
        PlanFaults, DesignFaults
            The file cannot be read as a design: one sentence per fault.
        """
        return cls(Design.load(path))

    @classmethod
    def loads(cls, text: str) -> "Trial":
        """Read a design from TOML text.

        Raises
        ------
        PlanFaults, DesignFaults
            The text is no design: one sentence per fault.
        """
        return cls(Design.loads(text))

    @classmethod
    def example(cls, indication: str) -> "Trial":
        """A small design of a use that runs as it is, with the visits of a published trial.

        Raises
        ------
        DesignFaults
            No trial of the use can be simulated.
        """
        from endplate.trials.published import example_design

        return cls(example_design(indication))

    def run(
        self,
        out: str | Path,
        people: int | None = None,
        workers: int | None = None,
        scheduler: str | None = None,
        resume: bool = False,
        command: str | None = None,
        progress: Progress | None = None,
    ) -> TrialResult:
        """Run the trial into a folder.

        Parameters
        ----------
        out : str or Path
            Folder of the run: new, empty, or that of the same run with `resume`.
        people : int
            People of one replicate in place of the design's, split by its allocation.
        workers : int
            Processes; one for each processor unless given.
        scheduler : str
            Address of a Dask scheduler, whose workers run it in place of processes of this machine.
        resume : bool
            Go on with an unfinished run.
        command : str
            What to name in the provenance.
        progress : callable
            Is told the people done and all.

        Raises
        ------
        DesignFaults
            The design cannot be run.
        CannotRun, CannotWrite
            The folder, the workers or the scheduler cannot be used; what is whole stays.
        """
        require_trial()
        design = self.design if people is None else self.design.with_people(people)
        folder = Path(out)
        found = check_folder(folder, resume)
        if found is not None and found.complete:
            _same_design(found, design, folder)
            return TrialResult(folder)
        with pool_of(workers, scheduler) as pool:
            job, prepared = job_of(design, pool)
            manifest = opened(folder, design.trial.title, job, pool.fingerprint(), resume)
            layout = layout_of(design, tuple(prepared["strata"]))
            run_tasks(pool, manifest, layout, progress)
        _finish(manifest, design, layout, command or _command(design))
        return TrialResult(folder)

    def size(
        self,
        power: float = 0.9,
        workers: int | None = None,
        scheduler: str | None = None,
        progress: Progress | None = None,
    ) -> dict[str, Any]:
        """People per arm that a power asks for, with its Monte-Carlo error.

        Parameters
        ----------
        power : [1]
            Chance that the trial succeeds, as 0.9.
        workers, scheduler, progress
            As for `run`.

        Raises
        ------
        DesignFaults
            The design cannot be run, or the power is not reached with any size that can be run.
        """
        from endplate.trials.size import sized

        return sized(self.design, power, workers, scheduler, progress)


def job_of(design: Design, pool: LocalPool | DaskPool) -> tuple[dict[str, Any], dict[str, Any]]:
    """What every task of a design is given, and what was prepared of it."""
    text = design.dumps()
    prepared = pool.prepare(text)
    shared = {name: prepared[name] for name in ("strata", "harm_shares", "shift_sd")}
    kept = {name: prepared[name] for name in ("harms", "screened_out", "limits")}
    return {"design": text, **shared, "prepared": kept}, prepared


def run_tasks(
    pool: LocalPool | DaskPool, manifest: Manifest, layout: Layout, progress: Progress | None
) -> None:
    """Run what a run still owes; the manifest keeps what is done."""
    tasks = layout.tasks
    owed = manifest.owed(len(tasks))
    for path in manifest.part_folder.glob("*.part"):
        path.unlink(missing_ok=True)  # of a worker that was killed while it wrote
    total = sum(task.count for task in tasks)
    done = total - sum(tasks[number].count for number in owed)
    job = {name: value for name, value in manifest.job.items() if name != "prepared"}
    if progress is not None:
        progress(done, total)
    try:
        for since, (number, digest) in enumerate(
            pool.run(job, str(manifest.part_folder.resolve()), owed, layout.leaders(owed)), 1
        ):
            manifest.parts[number] = digest
            done += tasks[number].count
            if since % _SAVE_EVERY == 0:
                manifest.save()
            if progress is not None:
                progress(done, total)
    finally:
        _save_if_possible(manifest)


def _save_if_possible(manifest: Manifest) -> None:
    """Keep what is done; on a full disk the parts themselves are still there."""
    try:
        manifest.save()
    except CannotWrite:
        pass


def parts_of(manifest: Manifest, layout: Layout) -> Iterator[Part]:
    """Parts of a run in their order."""
    for task in layout.tasks:
        yield read_part(manifest.part_folder / part_name(task.number))


def _finish(manifest: Manifest, design: Design, layout: Layout, command: str) -> None:
    """Datasets, summary and report; then the parts, which they hold, are let go."""
    from endplate.trials.outputs import write_datasets
    from endplate.trials.power import SmallerTrials
    from endplate.trials.summary import summary_of
    from endplate.views.trial_report import trial_report

    folder, tally = manifest.folder, Tally(design, layout)
    prepared = {**manifest.job["prepared"], "strata": manifest.job["strata"]}
    smaller = SmallerTrials(design, layout)

    def seen(part: Part) -> None:
        tally.add(part)
        smaller.add(part)

    names = write_datasets(
        folder, design, tuple(prepared["harms"]), parts_of(manifest, layout), seen
    )
    summary = summary_of(tally, prepared, manifest.fingerprint, command)
    summary["power_curve"] = smaller.curve()
    text = json.dumps(summary, indent=2, allow_nan=False, ensure_ascii=False) + "\n"
    write_whole(text, folder / "summary.json")
    write_whole(trial_report(summary), folder / "report.html")
    every = (*names, "summary.json", "report.html")
    manifest.outputs = {name: digest_of(folder / name) for name in every}
    manifest.save()
    for path in manifest.part_folder.iterdir():
        path.unlink()
    manifest.part_folder.rmdir()


def _command(design: Design) -> str:
    return f"trial {design.name}.toml"


def _same_design(found: Manifest, design: Design, folder: Path) -> None:
    if found.job.get("design") != design.dumps():
        raise CannotRun(
            f"{folder} holds a run of another design ({found.title!r}); give another folder."
        )


def with_replicates(design: Design, replicates: int) -> Design:
    """The same design run so often."""
    return replace(design, trial=replace(design.trial, replicates=float(replicates)))
