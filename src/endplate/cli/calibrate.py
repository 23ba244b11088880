"""`endplate calibrate`: fit the model to published trials and store the posterior."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from endplate.cli.output import Force
from endplate.cli.simulation import SEED
from endplate.cli.validate import Trials

if TYPE_CHECKING:
    from collections.abc import Callable

    from endplate.facts.trials import TrialFigure
    from endplate.fit.calibrate import Calibration
    from endplate.validation.left_out import LeftOut

Out = Annotated[
    Path | None,
    typer.Option(
        help="Folder to write the tables to; the installed tables if not given.",
        show_default=False,
    ),
]
Seed = Annotated[int, typer.Option(help="Seed of the chains and of the designs.", min=0)]
Fresh = Annotated[
    bool, typer.Option("--fresh", help="Forget the finished steps of a run that was stopped.")
]
# Files of a fit: by their names another program's tables are known before they are replaced.
WRITTEN = (
    "fitted.csv",
    "posterior.csv",
    "calibration.toml",
    "left_out.csv",
    "fitted_reach.csv",
    "harm_fit.csv",
    "harm_doses.csv",
    "harm_scatter.csv",
)


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command()
    def calibrate(
        trials: Trials = None,
        out: Out = None,
        seed: Seed = SEED,
        fresh: Fresh = False,
        force: Force = False,
    ) -> None:
        """Fit the model to published trial figures and write the tables of the fit.

        Writes fitted.csv, posterior.csv, calibration.toml, left_out.csv and fitted_reach.csv, and
        for counted unwanted effects harm_fit.csv, harm_doses.csv and harm_scatter.csv: the tables
        that every simulation reads. A run that was stopped goes on where it was. Chains that do
        not agree, or a posterior that the body model does not bear out, end the run with nothing
        written.
        """
        from endplate.errors import EndplateError
        from endplate.facts.table import TABLES
        from endplate.facts.trials import trial_figures
        from endplate.facts.validation import REMAKE
        from endplate.fit.trial_table import read_trials

        _needs_numpyro()
        folder = out or TABLES
        if not folder.is_dir():
            raise EndplateError(f"There is no folder {folder}.")
        if folder != TABLES and not force:
            _require_no_others(folder)
        table = trial_figures() if trials is None else read_trials(trials)
        for line in _run(table, folder, seed, fresh):
            typer.echo(line)
        if folder == TABLES:
            typer.echo(f"The app still shows the fit before; {REMAKE} remakes that.", err=True)


def _require_no_others(folder: Path) -> None:
    """No table in a folder has the name of one of a fit, unless a fit was written there."""
    from endplate.errors import EndplateError
    from endplate.files.output import is_ours

    record = folder / "calibration.toml"
    found = [name for name in WRITTEN if (folder / name).exists()]
    if found and not (record.is_file() and is_ours(record)):
        raise EndplateError(
            f"{folder} holds {', '.join(found)}, which no calibration of endplate wrote; give "
            "another folder, or --force to overwrite."
        )


def _needs_numpyro() -> None:
    from importlib.util import find_spec

    from endplate.errors import EndplateError

    if find_spec("numpyro") is None or find_spec("arviz_stats") is None:
        raise EndplateError(
            "endplate calibrate needs NumPyro and ArviZ; install them with: "
            "pip install '.[learn]' in the checkout of endplate"
        )


def _run(table: "tuple[TrialFigure, ...]", folder: Path, seed: int, fresh: bool) -> list[str]:
    """Calibrate with a bar of progress on stderr and write; what to say about it."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from endplate.fit.sampler import make_room

    make_room()  # before anything else computes

    from endplate.engine.compile_cache import cache_folder, use_compile_cache
    from endplate.files.output import replaced_together
    from endplate.fit.calibrate import Effort, calibrate, calibration_key, write_calibration
    from endplate.fit.checkpoint import Checkpoints
    from endplate.fit.gate_calibration import calibrated_reach, gate_slopes, write_reach
    from endplate.fit.harms.fit import fit_harms, write_harms
    from endplate.validation.left_out import write_left_out

    use_compile_cache()
    checkpoints = Checkpoints(cache_folder() / "calibrate", calibration_key(table, seed, Effort()))
    if fresh:
        checkpoints.clear()
    columns = (
        TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
    )  # fmt: skip
    command = "endplate calibrate" + (f" --seed {seed}" if seed != SEED else "")
    start = time.monotonic()
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("compiling the model", total=None)

        def report_progress(step: str, done: int, of: int) -> None:
            progress.update(task, description=step, completed=done, total=of or None)

        calibration = calibrate(table, seed, Effort(), checkpoints, report_progress)
        left_out = _left_out(calibration, seed, report_progress)
        report_progress("unwanted effects", 0, 0)
        harms, checks = fit_harms(table, gate_slopes(calibration.centre), seed)
        reach = calibrated_reach(calibration.centre)
        minutes = (time.monotonic() - start + checkpoints.earlier_s) / 60
        with replaced_together(folder) as drafts:
            written = [
                *write_calibration(calibration, drafts, command, seed, minutes),
                write_left_out(
                    left_out, table, calibration.index.tolist(), calibration.scatter, drafts
                ),
                *write_harms(harms, drafts),
                write_reach(reach, drafts),
            ]
    checkpoints.clear()
    for path in written:
        typer.echo(f"Written: {folder / path.name}", err=True)
    return [
        *_summary(calibration, minutes),
        f"unwanted effects: R-hat {checks.r_hat:.3f}, effective sample size {checks.ess:.0f}",
    ]


def _left_out(
    calibration: "Calibration", seed: int, report_progress: "Callable[[str, int, int], None]"
) -> "tuple[LeftOut, ...]":
    from endplate.fit.hierarchy import prior_of
    from endplate.validation.left_out import leave_one_trial_out

    return leave_one_trial_out(
        calibration.draws,
        calibration.predict,
        calibration.figures,
        prior_of(),
        seed,
        progress=lambda done, total: report_progress("trials left out", done, total),
    )


def _summary(calibration: "Calibration", minutes: float) -> list[str]:
    draws = calibration.draws
    misfit = ", ".join(f"{name} {x:.3f}" for name, x in calibration.surrogate_misfit.items())
    return [
        f"{int(calibration.figures.used.sum())} figures of "
        f"{len({trial for trial, _ in calibration.figures.groups})} trials, {minutes:.1f} min",
        f"{len(draws.vectors)} draws: R-hat {draws.r_hat:.3f}, effective sample size "
        f"{draws.ess:.0f}, {draws.divergent} divergent",
        f"body model against its surrogate: Pareto k-hat {calibration.k_hat:.2f}; misfit on the "
        f"link scale {misfit}",
    ]
