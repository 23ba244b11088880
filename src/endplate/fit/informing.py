"""Which published figures set a fitted parameter: those that are predicted with it."""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from endplate.facts.endpoints import LINE, duration_name, duration_rules
from endplate.facts.indications import indication
from endplate.facts.parameters import FitRow, fit_rows
from endplate.facts.trials import TrialFigure, trial_figures
from endplate.fit.durations import ONSET_OF
from endplate.fit.kinds import (
    KIND_DURATION,
    KIND_MEAN,
    KIND_ONSET,
    KIND_PERCENT,
    is_burden,
    kind_of,
    why_skipped,
)
from endplate.fit.scatter import figure_arrays

_NOTICED, _PRAISED, _SATISFIED = "onset_cum", "subj_global_ge2", "subj_satisfied"


class Informing(NamedTuple):
    """One trial of one use: how many of its figures set a parameter, and their sources."""

    trial_id: str
    indication: str
    rows: int
    sources: tuple[str, ...]


def trials_informing(parameter_id: str) -> tuple[Informing, ...]:
    """Trials that set a fitted parameter, in the order of the table; none for an unknown one.

    A figure sets a parameter when it is used in the fit and predicted with it: of its use, its
    product or its tissue, with toxin where only toxin needs it. What is shared between uses is set
    by all figures that it enters.
    """
    return grouped(figures_informing(parameter_id))


@cache
def figures_informing(parameter_id: str) -> tuple[TrialFigure, ...]:
    """Figures that set a fitted parameter, in the order of the table."""
    rows = [row for row in fit_rows() if row.id == parameter_id]
    return tuple(figure for figure in fitted_figures() for row in rows if _enters(row, figure))


@cache
def fitted_figures() -> tuple[TrialFigure, ...]:
    """Figures that the fit uses, in the order of the table."""
    covered = tuple(figure for figure in trial_figures() if why_skipped(figure) is None)
    used = figure_arrays(covered).used
    return tuple(figure for figure, one in zip(covered, used, strict=True) if one)


def grouped(figures: tuple[TrialFigure, ...]) -> tuple[Informing, ...]:
    """Figures by trial and use."""
    found: dict[tuple[str, str], list[TrialFigure]] = {}
    for figure in figures:
        found.setdefault((figure.trial_id, figure.indication), []).append(figure)
    return tuple(
        Informing(*key, len(rows), tuple(dict.fromkeys(row.source for row in rows)))
        for key, rows in found.items()
    )


def _enters(row: FitRow, figure: TrialFigure) -> bool:
    """Whether a figure is predicted with a parameter, or scatters by it."""
    name = row.id.split(":")[0]
    if name == "placebo_share":  # a visit sees what placebo does too, also for a duration
        return figure.indication == row.applies_to
    if row.applies_to:
        return _has_toxin(figure) and row.applies_to in (
            figure.indication,
            figure.product,
            indication(figure.indication).tissue,
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
    rule = rules.get(duration_name(figure.endpoint, figure.trial_id, rules))
    return rule.curve if rule else ONSET_OF.get(figure.endpoint, figure.endpoint)


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
    "global_ge2_grade": _reads(_PRAISED),
    "satisfied_grade": _reads(_SATISFIED),
    "trial_logit_sd": _of_kind(KIND_PERCENT),
    "definition_logit_sd": _of_kind(KIND_PERCENT),
    "duration_log_sd": _of_kind(KIND_DURATION, KIND_ONSET),
    "trial_mean_sd": _of_kind(KIND_MEAN),
    "definition_mean_sd": _of_kind(KIND_MEAN),
}
