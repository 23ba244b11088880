"""`endplate calibrate`: fit the shared parameters to published trials and store them."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from endplate.cli.validate import Trials

if TYPE_CHECKING:
    from endplate.facts.harm_fit import HarmFit
    from endplate.facts.trials import TrialFigure
    from endplate.learn.fit import Fit

Out = Annotated[
    Path | None,
    typer.Option(
        help="Folder to write the tables to; the installed tables if not given.",
        show_default=False,
    ),
]
Steps = Annotated[int, typer.Option(help="Most steps of the optimiser.", min=1, max=2000)]


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command()
    def calibrate(trials: Trials = None, out: Out = None, steps: Steps = 200) -> None:
        """Fit the model to published trial figures and write the parameter tables.

        Writes fitted.csv, fitted_covariance.csv and fitted_reach.csv, and for counted unwanted
        effects harm_fit.csv, harm_doses.csv and harm_scatter.csv: the tables that every
        simulation reads. A fit that did not converge is not written.
        """
        from endplate.errors import EndplateError
        from endplate.facts.store import TABLES
        from endplate.facts.trials import trial_figures
        from endplate.learn.harms.store import write_harms
        from endplate.learn.reach import calibrated_reach, write_reach
        from endplate.learn.store import write_fit
        from endplate.learn.trial_table import read_trials

        folder = out or TABLES
        if not folder.is_dir():
            raise EndplateError(f"There is no folder {folder}.")
        figures = trial_figures() if trials is None else read_trials(trials)
        stages = _fit(figures, steps)
        for found in stages:
            if not found.converged:
                raise EndplateError(
                    f"The fit did not converge: {found.message}; nothing was written."
                )
        harms = _fit_harms(figures, stages[-1])
        written = [
            *write_harms(harms, folder),
            *write_fit(stages[-1], folder, "endplate calibrate"),
        ]
        written.append(write_reach(calibrated_reach(stages[-1].estimate), folder))
        for found in stages:
            typer.echo(f"log posterior {found.log_posterior:.3f}, {found.evaluations} evaluations")
        for path in written:
            typer.echo(f"Written: {path}", err=True)


def _fit(figures: "tuple[TrialFigure, ...]", steps: int) -> "tuple[Fit, ...]":
    """Fit with a line of progress on stderr."""
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    from endplate.learn.fit import fit_in_stages
    from endplate.people.cache import use_compile_cache

    use_compile_cache()
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("compiling the model", total=None)

        def tell(stage: str, evaluations: int, log_posterior: float) -> None:
            told = f"{stage}: {evaluations} evaluations, log posterior {log_posterior:.3f}"
            progress.update(task, description=told)

        return fit_in_stages(figures, tell, steps)


def _fit_harms(figures: "tuple[TrialFigure, ...]", body: "Fit") -> "HarmFit":
    """Fit the counted unwanted effects, with the fitted body's own dose response."""
    from endplate.errors import EndplateError
    from endplate.learn.reach import gate_slopes

    try:
        from endplate.learn.harms.fit import fit_harms
    except ImportError:
        raise EndplateError("Fitting needs NumPyro: pip install 'endplate[calibrate]'.") from None

    def tell(stage: str) -> None:
        typer.echo(stage, err=True)

    harms, checks = fit_harms(figures, gate_slopes(body.estimate), progress=tell)
    typer.echo(f"unwanted effects: R-hat {checks.r_hat:.3f}, {checks.ess:.0f} effective draws")
    return harms
