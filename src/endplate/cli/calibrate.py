"""`endplate calibrate`: fit the model to published trials and store the posterior."""

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from endplate.cli.output import Force
from endplate.cli.progress import with_steps
from endplate.cli.simulation import SEED, ModelChoices
from endplate.cli.validate import Trials

if TYPE_CHECKING:
    from endplate.facts.trials import TrialFigure
    from endplate.fit.calibrate import Calibration

Out = Annotated[
    Path | None,
    typer.Option(
        help="Folder to write the tables to; the installed tables if not given.",
        show_default=False,
    ),
]
Seed = Annotated[int, typer.Option(help="Seed of the chains and of the designs.", min=0)]
Priors = Annotated[
    Path | None,
    typer.Option(
        help="CSV table of priors in the place of shipped ones (docs/python-api.md); needs --out.",
        show_default=False,
    ),
]
Fresh = Annotated[
    bool, typer.Option("--fresh", help="Forget the finished steps of a run that was stopped.")
]


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command()
    def calibrate(
        trials: Trials = None,
        priors: Priors = None,
        out: Out = None,
        model: ModelChoices = None,
        seed: Seed = SEED,
        fresh: Fresh = False,
        force: Force = False,
    ) -> None:
        """Fit the model to published trial figures and write the tables of the fit.

        Writes fitted.csv, posterior.csv, calibration.toml, left_out.csv and fitted_reach.csv, and
        for counted unwanted effects harm_fit.csv, harm_doses.csv and harm_scatter.csv: the tables
        that every simulation reads. A run that was stopped goes on where it was. Chains that do
        not agree, or a posterior that the body model does not bear out, end the run with nothing
        written. Rival hypotheses (--model) need --out; `endplate simulate --fit` runs with the
        tables of such a folder.
        """
        from endplate.facts.table import TABLES
        from endplate.facts.trials import trial_figures
        from endplate.facts.validation import REMAKE
        from endplate.fit.trial_table import read_trials

        folder = out or TABLES
        table = trial_figures() if trials is None else read_trials(trials)
        for line in _run(table, priors, model or (), folder, seed, fresh, force):
            typer.echo(line)
        if folder == TABLES:
            typer.echo(f"The app still shows the fit before; {REMAKE} remakes that.", err=True)


def _run(
    table: "tuple[TrialFigure, ...]",
    priors: Path | None,
    choices: Iterable[str],
    folder: Path,
    seed: int,
    fresh: bool,
    force: bool,
) -> list[str]:
    """Calibrate with a bar of progress on stderr and write; what to say about it."""
    from endplate.facts.custom_priors import read_priors
    from endplate.model import Model
    from endplate.validation.calibration import calibrate_into

    rows = read_priors(priors) if priors else None
    command = "endplate calibrate" + (f" --seed {seed}" if seed != SEED else "")
    command += f" --priors {priors.name}" if priors else ""
    model = Model.parse(choices)
    command += "".join(f" --model {choice}" for choice in model.choices())
    found = with_steps(
        lambda told: calibrate_into(folder, table, seed, fresh, force, told, command, rows, model)
    )
    for path in found.written:
        typer.echo(f"Written: {path}", err=True)
    checks = found.harm_checks
    return [
        *_summary(found.calibration, found.minutes),
        f"unwanted effects: R-hat {checks.r_hat:.3f}, effective sample size {checks.ess:.0f}",
    ]


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
