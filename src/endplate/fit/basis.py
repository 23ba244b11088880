"""What a saved result rests on: its sources in groups, and the trials that set its parameters."""

from dataclasses import dataclass
from typing import Any

from endplate.facts.indications import indication, indications, is_charted
from endplate.facts.parameters import FitRow, fit_rows
from endplate.facts.sources import PARTS, areas_of, keys_by_part
from endplate.facts.trials import TrialFigure
from endplate.fit.informing import figures_informing, fitted_figures, grouped

ROLES = ("use", "product", "tissue", "shared")
"""Why a trial sets a parameter of a result: it is of its use, its product, its tissue, or any."""


@dataclass(frozen=True)
class TrialBehind:
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


def sources_by_part(
    result: dict[str, Any], trials: tuple[TrialBehind, ...]
) -> dict[str, tuple[str, ...]]:
    """Source keys by part of a result, those of the trials behind its parameters with them."""
    found = keys_by_part(result)
    found["fit"] = {key for trial in trials for key in trial.sources}
    return {part: tuple(sorted(found[part])) for part in PARTS}


def trials_behind(result: dict[str, Any]) -> tuple[TrialBehind, ...]:
    """Trials that set the parameters a simulation used, nearest first; none for a check."""
    areas = tuple(area for area in areas_of(result) if is_charted(area))
    if "course" not in result or not areas:
        return ()
    product = str(result["plan"].get("product"))
    sets: dict[int, dict[str, str]] = {}
    for row in fit_rows():
        role = _role(row, areas, product)
        if role:
            for figure in figures_informing(row.id):
                sets.setdefault(id(figure), {})[row.id] = role
    figures = tuple(figure for figure in fitted_figures() if id(figure) in sets)
    found = [_behind(one, figures, sets) for one in grouped(figures)]
    return tuple(sorted(found, key=lambda one: ROLES.index(one.role)))


def _behind(one: Any, figures: tuple[TrialFigure, ...], sets: dict[int, Any]) -> TrialBehind:
    own = [
        sets[id(figure)]
        for figure in figures
        if (figure.trial_id, figure.indication) == (one.trial_id, one.indication)
    ]
    roles = {name: role for found in own for name, role in found.items()}
    nearest = min(roles.values(), key=ROLES.index)
    names = tuple(row.id for row in fit_rows() if row.id in roles)
    return TrialBehind(one.trial_id, one.indication, one.rows, nearest, names, one.sources)


def _role(row: FitRow, areas: tuple[str, ...], product: str) -> str:
    """Why a parameter enters a result; empty where it does not."""
    if row.applies_to in areas:
        return "use"
    if row.applies_to == product:
        return "product"
    if row.applies_to in {indication(area).tissue for area in areas}:
        return "tissue"
    families = {one.family for one in indications() if one.name in areas}
    own = {indication(figure.indication).family for figure in figures_informing(row.id)}
    return "shared" if not row.applies_to and own & families else ""
