"""A trial from Python: load a design, run it, read what it shows, size it."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from endplate.arguments import called, flag, number, one_of, printable, text, whole, wrong
from endplate.arguments import path as checked_path
from endplate.case.plan_file import tables_of
from endplate.errors import CannotRun, CannotWrite, DesignFaults, EndplateError
from endplate.extras import required
from endplate.results.plots import ForestRow, forest
from endplate.trials.assembly import Assembly
from endplate.trials.design import Design
from endplate.trials.layout import Layout, layout_of
from endplate.trials.manifest import Manifest, check_folder, opened
from endplate.trials.parts import require_trial
from endplate.trials.pool import DaskPool, LocalPool, pool_of

Progress = Callable[[int, int], None]
_DATASETS = ("adsl", "adqs", "adtte", "adae")
_MOST_PEOPLE, _MOST_WORKERS = 10**9, 4096
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
        polars = required("polars", "trial", "A frame of polars")
        return polars.read_parquet(self._path(dataset))

    def pandas(self, dataset: str) -> Any:
        """A dataset as a pandas frame."""
        pa = require_trial()
        required("pandas", "trial", "A frame of pandas")
        return pa.parquet.read_table(self._path(dataset)).to_pandas()

    def xarray(self) -> Any:
        """Mean of every measure and endpoint by arm and visit, with bands, as an xarray dataset."""
        xarray = required("xarray", "trial", "A dataset")
        curves = self.summary["curves"]
        arms = [arm["name"] for arm in self.summary["arms"]]
        found = {}
        for name in dict.fromkeys(row["name"] for row in curves["series"]):
            rows = {row["arm"]: row for row in curves["series"] if row["name"] == name}
            for statistic in ("mean", "p05", "p95"):
                values = [rows[arm][statistic] for arm in arms]
                found[f"{name}_{statistic}"] = (("arm", "day"), values)
        day = ("day", curves["day"], {"units": "d"})
        return xarray.Dataset(found, coords={"arm": arms, "day": day})

    def to_xarray(self) -> Any:
        """`xarray` by the name that every result has."""
        return self.xarray()

    def to_polars(self, dataset: str = "adqs") -> Any:
        """A dataset as a polars frame; `frame` by the name that every result has."""
        return self.frame(dataset)

    def to_pandas(self, dataset: str = "adqs") -> Any:
        """A dataset as a pandas frame; `pandas` by the name that every result has."""
        return self.pandas(dataset)

    @property
    def plot(self) -> "TrialPlots":
        """Figures of the trial (Matplotlib): `forest`."""
        return TrialPlots(self)

    def _path(self, dataset: str) -> Path:
        if not isinstance(dataset, str) or dataset.lower() not in _DATASETS:
            raise CannotRun(
                f"{printable(dataset)} is no dataset; there are adsl, adqs, adtte and adae."
            )
        return self.folder / f"{dataset.lower()}.parquet"


@dataclass(frozen=True)
class TrialPlots:
    """Figures of a trial; each method returns the axes it drew on."""

    result: TrialResult

    def forest(self, endpoint: str | None = None, ax: Any = None, style: Any = None) -> Any:
        """Estimated differences from the control with their 95 % intervals, arm by arm.

        Parameters
        ----------
        endpoint : str
            One endpoint; all that have the unit of the first unless given.
        ax : matplotlib.axes.Axes
            Where to draw; a new figure unless given.
        style : str, Path, dict or list of them
            A style of Matplotlib, as `plt.style.use` takes it; the one in force unless given.

        Raises
        ------
        EndplateError
            The trial has no such endpoint or no estimate, `ax` is no axes, or Matplotlib is not
            installed.
        """
        told = self.result.summary
        rows = [row for row in told["endpoints"] if row["low"] is not None]
        if not rows:
            raise EndplateError("The trial has no estimate to draw.")
        names = [row["endpoint"] for row in rows]
        if endpoint is not None:
            rows = [row for row in rows if row["endpoint"] == one_of("endpoint", endpoint, names)]
        unit, method = rows[0]["unit"], rows[0]["method"]
        drawn = [
            ForestRow(_label(row), row["estimate"], row["low"], row["high"])
            for row in rows
            if (row["unit"], row["estimate"] is None) == (unit, False)
        ]
        reference = 1.0 if "ratio" in method else 0.0
        words = f"{method[:1].upper()}{method.partition(';')[0][1:]} [{unit}]"
        return forest(drawn, words, told["title"], reference, ax, style)


def _label(row: dict[str, Any]) -> str:
    day = "" if row["day"] is None else f", day {row['day']:g}"
    return f"{row['endpoint'].replace('_', ' ')}{day}: {row['arm']} - {row['control']}"


@dataclass(frozen=True)
class Trial:
    """A design that can be run.

    `Trial.load` reads a design file, `Trial.from_dict` a dictionary of its tables, and
    `Trial.example` makes a small one of a use.

    Parameters
    ----------
    design : Design
        The design.

    Raises
    ------
    EndplateError
        It is no design.

    Examples
    --------
    >>> trial = Trial.example("glabellar_lines")
    >>> trial.design.trial.indication
    'glabellar_lines'
    """

    design: Design

    def __post_init__(self) -> None:
        """Refuse what is no design."""
        if not isinstance(self.design, Design):
            raise wrong("design", self.design, "designs; Trial.load and Trial.from_dict read one")

    @classmethod
    def from_dict(cls, document: Mapping[str, Any], name: str = "design") -> "Trial":
        """Read a design from a dictionary of the tables of a design file.

        Parameters
        ----------
        document : dict
            The tables; tuples count as lists.
        name : str
            Name of the design.

        Raises
        ------
        DesignFaults
            The dictionary is no design: one sentence per fault, as for a file.

        Examples
        --------
        >>> trial = Trial.example("glabellar_lines")
        >>> Trial.from_dict(trial.as_dict()) == trial
        True
        """
        if not isinstance(document, Mapping):
            raise DesignFaults([f"design is {printable(document)}; it must be a dictionary."])
        return cls(Design.from_tables(tables_of(document), text("name", name)))

    def as_dict(self) -> dict[str, Any]:
        """Return the tables of the design's file, which `from_dict` reads back.

        Examples
        --------
        >>> Trial.example("glabellar_lines").as_dict()["trial"]["indication"]
        'glabellar_lines'
        """
        return tables_of(self.design)

    @classmethod
    def load(cls, path: str | Path) -> "Trial":
        """Read a design file.

        Parameters
        ----------
        path : str or Path
            The file, as `endplate design` writes one.

        Raises
        ------
        PlanFaults, DesignFaults
            The file cannot be read as a design: one sentence per fault.

        Examples
        --------
        >>> Trial.load("no_design.toml")
        Traceback (most recent call last):
        endplate.errors.PlanFaults: no_design.toml does not exist; give the path of a plan file.
        """
        return cls(Design.load(path))

    @classmethod
    def loads(cls, text: str) -> "Trial":
        """Read a design from TOML text.

        Parameters
        ----------
        text : str
            The text of a design file.

        Raises
        ------
        PlanFaults, DesignFaults
            The text is no design: one sentence per fault.

        Examples
        --------
        >>> trial = Trial.example("glabellar_lines")
        >>> Trial.loads(trial.design.dumps()) == trial
        True
        """
        return cls(Design.loads(text))

    @classmethod
    def example(cls, indication: str) -> "Trial":
        """A small design of a use that runs as it is, with the visits of a published trial.

        Parameters
        ----------
        indication : str
            The use.

        Raises
        ------
        DesignFaults
            No trial of the use can be simulated.

        Examples
        --------
        >>> [arm.name for arm in Trial.example("glabellar_lines").design.arms][-1]
        'placebo'
        """
        from endplate.trials.published import example_design

        return cls(example_design(text("indication", indication, "names of a use (str)")))

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

        Examples
        --------
        >>> Trial.example("glabellar_lines").run("run", people=1)
        Traceback (most recent call last):
        endplate.errors.ArgumentFault: people is 1; allowed are whole numbers from 2 to \
1000000000.
        """
        folder, tell = checked_path("out", out), called("progress", progress)
        people = None if people is None else whole("people", people, 2, _MOST_PEOPLE)
        workers, scheduler = _pool_words(workers, scheduler)
        flag("resume", resume)
        command = None if command is None else text("command", command)
        require_trial()
        design = self.design if people is None else self.design.with_people(people)
        found = check_folder(folder, resume)
        if found is not None and found.complete:
            _same_design(found, design, folder)
            return TrialResult(folder)
        with pool_of(workers, scheduler) as pool:
            job, prepared = job_of(design, pool)
            manifest = opened(folder, design.trial.title, job, pool.fingerprint(), resume)
            layout = layout_of(design, tuple(prepared["strata"]))
            with Assembly(manifest, design, layout) as files:
                run_tasks(pool, manifest, layout, tell, files)
                files.finish(manifest.fingerprint, command or _command(design))
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
        workers, scheduler, progress : object
            As for `run`.

        Raises
        ------
        DesignFaults
            The design cannot be run, or the power is not reached with any size that can be run.

        Examples
        --------
        >>> Trial.example("glabellar_lines").size(power=90)
        Traceback (most recent call last):
        endplate.errors.ArgumentFault: power is 90; allowed are numbers from 0 to 1.
        """
        from endplate.trials.size import sized

        power = number("power", power, 0.0, 1.0)
        tell = called("progress", progress)
        workers, scheduler = _pool_words(workers, scheduler)
        return sized(self.design, power, workers, scheduler, tell)


def _pool_words(workers: Any, scheduler: Any) -> tuple[int | None, str | None]:
    """Where a trial is to run."""
    return (
        None if workers is None else whole("workers", workers, 1, _MOST_WORKERS),
        None if scheduler is None else text("scheduler", scheduler),
    )


def job_of(design: Design, pool: LocalPool | DaskPool) -> tuple[dict[str, Any], dict[str, Any]]:
    """What every task of a design is given, and what was prepared of it."""
    text = design.dumps()
    prepared = pool.prepare(text, len(layout_of(design, (1.0,)).tasks))
    shared = {name: prepared[name] for name in ("strata", "harm_shares", "spreads")}
    kept = {name: prepared[name] for name in ("harms", "screened_out", "limits")}
    return {"design": text, **shared, "prepared": kept}, prepared


def run_tasks(
    pool: LocalPool | DaskPool,
    manifest: Manifest,
    layout: Layout,
    progress: Progress | None,
    files: Assembly | None = None,
) -> None:
    """Run what a run still owes; the manifest keeps what is done, `files` is told of it."""
    tasks = layout.tasks
    owed = manifest.owed(len(tasks))
    if files is not None:
        files.add(*manifest.parts)
    total = sum(task.count for task in tasks)
    done = total - sum(tasks[number].count for number in owed)
    job = {name: value for name, value in manifest.job.items() if name != "prepared"}
    if progress is not None:
        progress(done, total)
    try:
        for since, (number, digest) in enumerate(
            pool.run(job, str(manifest.part_folder.resolve()), owed, layout.kinds(owed)), 1
        ):
            manifest.parts[number] = digest
            if files is not None:
                files.add(number)
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
