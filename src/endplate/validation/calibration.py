"""A whole calibration: fit, trials left out, unwanted effects, reach, and their tables."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from endplate.errors import EndplateError, NotInstalled
from endplate.facts.parameters import FitRow
from endplate.facts.trials import TrialFigure

if TYPE_CHECKING:
    from endplate.model import Model

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
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Calibrated:
    """What a calibration found and wrote.

    `calibration` is the posterior and how far to trust it, `harm_checks` the same of the unwanted
    effects, `minutes` how long it took, runs before a stop included, `written` the files.
    """

    calibration: Any = field(repr=False)
    harm_checks: Any = field(repr=False)
    minutes: float
    written: tuple[Path, ...]


def calibrate_into(
    folder: Path,
    figures: tuple[TrialFigure, ...],
    seed: int,
    fresh: bool,
    force: bool,
    progress: Progress,
    command: str = "endplate calibrate",
    priors: tuple[FitRow, ...] | None = None,
    model: "Model | None" = None,
) -> Calibrated:
    """Fit the model to trial figures and write the tables of the fit, all or none of them.

    Parameters
    ----------
    folder : Path
        Where the tables go.
    figures : tuple of TrialFigure
        What is fitted to.
    seed : int
        Seed of the chains and of the designs.
    fresh : bool
        Forget the finished steps of a run that was stopped.
    force : bool
        Overwrite tables that no calibration of endplate wrote.
    progress : callable
        Is told the step, how much is done, and of how much (0: not known).
    command : str
        What the tables name as their maker.
    priors : tuple of FitRow
        Priors of a user's own; the shipped ones unless given.
    model : Model
        Hypotheses that are fitted; the default ones unless given.

    Raises
    ------
    EndplateError
        The folder cannot be used, a package is not installed, or the fit did not converge.
    """
    _require_packages()
    require_folder(folder, force)
    _require_shipped(folder, priors, model)
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
    key = calibration_key(figures, seed, Effort(), priors, model)
    checkpoints = Checkpoints(cache_folder() / "calibrate", key)
    if fresh:
        checkpoints.clear()
    start = time.monotonic()
    found = calibrate(figures, seed, Effort(), checkpoints, progress, priors, model)
    left_out = _left_out(found, seed, progress, priors)
    progress("unwanted effects", 0, 0)
    harms, checks = fit_harms(figures, gate_slopes(found.centre, model), seed)
    reach = calibrated_reach(found.centre, model)
    minutes = (time.monotonic() - start + checkpoints.earlier_s) / 60
    with replaced_together(folder) as drafts:
        written = [
            *write_calibration(found, drafts, command, seed, minutes),
            write_left_out(left_out, figures, found.index.tolist(), found.scatter, drafts),
            *write_harms(harms, drafts),
            write_reach(reach, drafts),
        ]
    checkpoints.clear()
    return Calibrated(found, checks, minutes, tuple(folder / path.name for path in written))


def require_folder(folder: Path, force: bool) -> None:
    """A folder whose tables may be replaced: a fit's, or without any of their names.

    Raises
    ------
    EndplateError
        There is no such folder, or somebody else's tables lie there.
    """
    from endplate.facts.table import TABLES
    from endplate.files.output import is_ours

    if not folder.is_dir():
        raise EndplateError(f"There is no folder {folder}.")
    if folder == TABLES or force:
        return
    record = folder / "calibration.toml"
    found = [name for name in WRITTEN if (folder / name).exists()]
    if found and not (record.is_file() and is_ours(record)):
        raise EndplateError(
            f"{folder} holds {', '.join(found)}, which no calibration of endplate wrote; give "
            "another folder, or --force to overwrite."
        )


def _require_packages() -> None:
    if find_spec("numpyro") is None or find_spec("arviz_stats") is None:
        raise NotInstalled(
            "endplate calibrate needs NumPyro and ArviZ; install them with: "
            "pip install '.[learn]' in the checkout of endplate"
        )


def _require_shipped(
    folder: Path, priors: tuple[FitRow, ...] | None, model: "Model | None"
) -> None:
    from endplate.facts.table import TABLES

    if folder.resolve() != TABLES.resolve():
        return
    if priors is not None:
        raise EndplateError(
            "The installed tables rest on the shipped priors; priors of your own go with another "
            "folder (--out)."
        )
    if model is not None and model.choices():
        raise EndplateError(
            f"The installed tables are of the default model; {', '.join(model.choices())} goes "
            "with another folder (--out)."
        )


def _left_out(found: Any, seed: int, progress: Progress, priors: tuple[FitRow, ...] | None) -> Any:
    from endplate.fit.hierarchy import prior_of
    from endplate.validation.left_out import leave_one_trial_out

    return leave_one_trial_out(
        found.draws,
        found.predict,
        found.figures,
        prior_of(rows=priors),
        seed,
        progress=lambda done, total: progress("trials left out", done, total),
    )
