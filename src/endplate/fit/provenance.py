"""Which trials set a fitted parameter, and which stand behind a saved result.

A figure sets a parameter when it is used in the fit and predicted with it: of its use, its product
or its tissue, with toxin where only toxin needs it. What is shared between uses is set by all
figures that it enters.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from endplate.facts.endpoints import LINE, duration_rules
from endplate.facts.indications import indication, indications, is_charted
from endplate.facts.parameters import FitRow, fit_rows
from endplate.facts.sources import PARTS, areas_of, keys_by_part
from endplate.facts.trials import TrialFigure, trial_figures
from endplate.fit.endpoint_types import (
    KIND_DURATION,
    KIND_MEAN,
    KIND_ONSET,
    KIND_PERCENT,
    is_burden,
    kind_of,
    why_skipped,
)
from endplate.fit.likelihood import figure_arrays
from endplate.observe.times import ONSET_OF

ROLES = ("use", "product", "tissue", "shared")
"""Why a trial sets a parameter of a result: it is of its use, its product, its tissue, or any."""
_NOTICED, _IMPROVED, _SATISFIED = "onset_cum", "subj_global_ge2", "subj_satisfied"


class ParameterTrial(NamedTuple):
    """One trial of one use: how many of its figures set a parameter, and their sources."""

    trial_id: str
    indication: str
    rows: int
    sources: tuple[str, ...]


@dataclass(frozen=True)
class ResultTrial:
    """A trial behind a result's parameters: its use, its figures, and the parameters they set.

    `role` is the nearest reason: a trial of the result's own use, of its product or its tissue in
    other uses, or one that only sets what uses share.
    """

    trial_id: str
    indication: str
    rows: int
    role: str
    parameters: tuple[str, ...]
    sources: tuple[str, ...]


def trials_setting(parameter_id: str) -> tuple[ParameterTrial, ...]:
    """Trials that set a fitted parameter, in the order of the table; none for an unknown one."""
    return by_trial(figures_setting(parameter_id))


@cache
def figures_setting(parameter_id: str) -> tuple[TrialFigure, ...]:
    """Figures that set a fitted parameter, in the order of the table."""
    rows = [row for row in fit_rows() if row.id == parameter_id]
    return tuple(figure for figure in fitted_figures() for row in rows if _enters(row, figure))


@cache
def fitted_figures() -> tuple[TrialFigure, ...]:
    """Figures that the fit uses, in the order of the table."""
    covered = tuple(figure for figure in trial_figures() if why_skipped(figure) is None)
    used = figure_arrays(covered).used
    return tuple(figure for figure, in_fit in zip(covered, used, strict=True) if in_fit)


def by_trial(figures: tuple[TrialFigure, ...]) -> tuple[ParameterTrial, ...]:
    """Figures by trial and use."""
    rows_by_trial: dict[tuple[str, str], list[TrialFigure]] = {}
    for figure in figures:
        rows_by_trial.setdefault((figure.trial_id, figure.indication), []).append(figure)
    return tuple(
        ParameterTrial(*key, len(rows), tuple(dict.fromkeys(row.source for row in rows)))
        for key, rows in rows_by_trial.items()
    )


def sources_by_part(
    result: dict[str, Any], trials: tuple[ResultTrial, ...]
) -> dict[str, tuple[str, ...]]:
    """Source keys by part of a result, with those of the trials behind its parameters."""
    keys = keys_by_part(result)
    keys["fit"] = {key for trial in trials for key in trial.sources}
    return {part: tuple(sorted(keys[part])) for part in PARTS}


def trials_behind(result: dict[str, Any]) -> tuple[ResultTrial, ...]:
    """Trials that set the parameters a simulation used, nearest first; none for a check."""
    areas = tuple(area for area in areas_of(result) if is_charted(area))
    if "course" not in result or not areas:
        return ()
    product = str(result["plan"].get("product"))
    roles: dict[int, dict[str, str]] = {}  # by figure and parameter
    for row in fit_rows():
        role = _role(row, areas, product)
        if role:
            for figure in figures_setting(row.id):
                roles.setdefault(id(figure), {})[row.id] = role
    figures = tuple(figure for figure in fitted_figures() if id(figure) in roles)
    trials = [_result_trial(trial, figures, roles) for trial in by_trial(figures)]
    return tuple(sorted(trials, key=lambda trial: ROLES.index(trial.role)))


def _result_trial(
    trial: ParameterTrial, figures: tuple[TrialFigure, ...], roles: dict[int, dict[str, str]]
) -> ResultTrial:
    role_of: dict[str, str] = {}
    for figure in figures:
        if (figure.trial_id, figure.indication) == (trial.trial_id, trial.indication):
            role_of |= roles[id(figure)]
    return ResultTrial(
        trial_id=trial.trial_id,
        indication=trial.indication,
        rows=trial.rows,
        role=min(role_of.values(), key=ROLES.index),
        parameters=tuple(row.id for row in fit_rows() if row.id in role_of),
        sources=trial.sources,
    )


def _role(row: FitRow, areas: tuple[str, ...], product: str) -> str:
    """Why a parameter enters a result; empty where it does not."""
    if row.applies_to in areas:
        return "use"
    if row.applies_to == product:
        return "product"
    tissues = {t for a in areas for t in (indication(a).tissue, indication(a).muscles)}
    if row.applies_to and row.applies_to in tissues:
        return "tissue"
    families = {use.family for use in indications() if use.name in areas}
    set_by = {indication(figure.indication).family for figure in figures_setting(row.id)}
    return "shared" if not row.applies_to and set_by & families else ""


def _enters(row: FitRow, figure: TrialFigure) -> bool:
    """Whether a figure is predicted with a parameter, or scatters by it."""
    name = row.id.split(":")[0]
    if name == "placebo_share":  # a visit sees what placebo does too, also for a duration
        return figure.indication == row.applies_to
    if name == "placebo_shift" and row.applies_to:
        seen = _by_investigator(figure) or _feels(figure)
        return figure.indication == row.applies_to and seen
    if row.applies_to:
        _, _, muscles = row.id.partition(f"{row.applies_to}:")
        if muscles and muscles != indication(figure.indication).muscles:
            return False
        return _has_toxin(figure) and row.applies_to in (
            figure.indication,
            figure.product,
            indication(figure.indication).tissue,
            indication(figure.indication).muscles,
        )
    return _SHARED.get(name, _any)(figure)


def _any(figure: TrialFigure) -> bool:
    return True


def _has_toxin(figure: TrialFigure) -> bool:
    return figure.product != "placebo" and bool(figure.area_dose_u)


def _event(figure: TrialFigure) -> str:
    """Definition that a figure of a line is read by; empty for a burden."""
    if is_burden(figure.indication):
        return ""
    rules = duration_rules(figure.indication, LINE)
    usual = rules.get(figure.endpoint)
    return figure.rule(usual).curve if usual else ONSET_OF.get(figure.endpoint, figure.endpoint)


def _by_investigator(figure: TrialFigure) -> bool:
    event = _event(figure)
    return event.startswith(("inv_", "both_", "either_", "rest_")) or event in (
        "ge1_unstated",
        "not_relapsed",
    )


def _by_subject(figure: TrialFigure) -> bool:
    return _event(figure).startswith(("subj_", "both_", "either_"))


def _of_kind(*kinds: str) -> Callable[[TrialFigure], bool]:
    return lambda figure: kind_of(figure.endpoint, figure.indication) in kinds


def _reads(*events: str) -> Callable[[TrialFigure], bool]:
    return lambda figure: _event(figure) in events


def _with_toxin(test: Callable[[TrialFigure], bool]) -> Callable[[TrialFigure], bool]:
    return lambda figure: _has_toxin(figure) and test(figure)


def _feels(figure: TrialFigure) -> bool:
    """Whether the person's own sense of the change is read, graded or noted."""
    return _by_subject(figure) or _event(figure) == _NOTICED


# What of all figures a parameter without a use, product or tissue of its own enters; others enter
# all. A test compares it with how predictions move.
_SHARED: dict[str, Callable[[TrialFigure], bool]] = {
    "release_per_d": _has_toxin,
    "persistence_d": _has_toxin,
    "load_log_sd": _has_toxin,
    "rater_sd_investigator": _by_investigator,
    "rater_sd_subject": _by_subject,
    "placebo_shift_investigator": _by_investigator,
    "placebo_shift_subject": _feels,
    "subject_shift": _with_toxin(_feels),
    "force_exponent": _with_toxin(lambda figure: _event(figure) not in ("", "rest_none")),
    "rest_gain": _with_toxin(lambda figure: bool(_event(figure))),
    "notice_grade": _reads(_NOTICED),
    "notice_sd": _reads(_NOTICED),
    "global_ge2_grade": _reads(_IMPROVED),
    "satisfied_grade": _reads(_SATISFIED),
    "trial_logit_sd": _of_kind(KIND_PERCENT),
    "definition_logit_sd": _of_kind(KIND_PERCENT),
    "duration_log_sd": _of_kind(KIND_DURATION, KIND_ONSET),
    "trial_mean_sd": _of_kind(KIND_MEAN),
    "definition_mean_sd": _of_kind(KIND_MEAN),
}
