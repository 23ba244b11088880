"""What each step of the article rests on: the rows of the tables, with their sources and marks."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from endplate.facts.atlas import drivers
from endplate.facts.harms import neighbours
from endplate.facts.parameters import parameter
from endplate.facts.precautions import person_rules
from endplate.facts.products import serotype_fact
from endplate.forecast.journey import Journey
from endplate.results.result import Result
from endplate.views.article.words import words
from endplate.views.language import gettext as _
from endplate.views.source import Link, link

_POOL = {
    "muscle": ("sheet_length_1ml_mm", "sheet_thickness_1ml_mm"),
    "layer": ("layer_thickness_mm",),
}
_STEPS: dict[str, tuple[str, ...]] = {
    "needle": ("binding_length_mm", "fascia_loss"),
    "ending": (
        "site_clearance_half_life_h",
        "lebeda_binding_per_min",
        "lebeda_translocation_per_min",
        "lebeda_lytic_per_min",
    ),
    "hooks": ("snap25_half_life_d",),
    "signal": ("snare_power", "safety_factor_low", "safety_factor_high"),
    "rest": (
        "atrophy_wasting_half_time_d",
        "atrophy_regrowth_half_time_d",
        "atrophy_most_lost",
    ),
    "fade": (),
    "others": (),
}
_SPROUTS = ("sprout_growth_d", "sprout_largest_share")
_WARNING = "dysphagia"  # the rule of the label on swallowing and breathing


class _Row(Protocol):
    @property
    def source(self) -> str: ...
    @property
    def verified(self) -> bool: ...


@dataclass(frozen=True)
class StepBasis:
    """One thing a step rests on: what, its source, where in it, and a mark where there is one."""

    what: str
    source: Link
    where: str
    mark: str


def basis(step: str, journey: Journey, result: Result | None = None) -> tuple[StepBasis, ...]:
    """What one step rests on; some of the last step's comes with a forecast."""
    names = list(_STEPS[step])
    if step == "needle":
        names = [*_POOL["muscle" if journey.block.tissue == "muscle" else "layer"], *names]
    if step == "rest" and journey.tissue != "muscle":
        names = []
    if step == "fade" and journey.tissue == "muscle":
        names = [*_SPROUTS]
    rows = [_of(name, parameter(name), parameter(name).kind) for name in names]
    return _once([*rows, *_more(step, journey, result)])


def _more(step: str, journey: Journey, result: Result | None) -> list[StepBasis]:
    """What is not a parameter of the model."""
    if step == "needle":
        return [_of("place", journey.block, journey.block.kind)]
    if step == "ending":
        return [_fitted("fitted_release")]
    if step == "hooks":
        cut = serotype_fact("A", "substrate")
        return [_of("substrate", cut, cut.kind), _fitted("fitted_potency")]
    if step == "rest":
        return [_of("drives", row, row.kind) for row in drivers(journey.area)]
    if step == "fade":
        lasts = serotype_fact("A", "persistence_ratio_neuron")
        return [_fitted("fitted_persistence"), _of("persistence", lasts, lasts.kind)]
    if step == "others":
        return [*_warnings(), *_neighbours(journey), *_antibodies(result)]
    return []


def _warnings() -> list[StepBasis]:
    return [_of("warning", r, "label") for r in person_rules("condition") if r.id == _WARNING]


def _neighbours(journey: Journey) -> list[StepBasis]:
    return [
        _of("neighbour", gate, gate.kind)
        for gate in neighbours()
        if gate.calibrated_on in journey.areas
    ]


def _antibodies(result: Result | None) -> list[StepBasis]:
    what = words()["basis"]["antibodies"]
    return [
        StepBasis(what, link(harm.source), "", "" if harm.verified else _("not verified"))
        for harm in (result.harms if result else ())
        if harm.kind == "antibody"
    ]


def _of(name: str, row: _Row, kind: str) -> StepBasis:
    mark = _("assumed") if kind == "assumed" else "" if row.verified else _("not verified")
    where = str(getattr(row, "locator", "") or "")
    return StepBasis(words()["basis"][name], link(row.source), where, mark)


def _fitted(name: str) -> StepBasis:
    fit = Link(_("set so that the model fits published trials: page Evidence"), "/evidence")
    return StepBasis(words()["basis"][name], fit, "", _("fitted to trials"))


def _once(items: Iterable[StepBasis]) -> tuple[StepBasis, ...]:
    """Each source once, with all that is taken from it under the same mark."""
    merged: dict[tuple[Link, str], StepBasis] = {}
    for item in items:
        key = item.source, item.mark
        first = merged.get(key)
        if first is None:
            merged[key] = item
            continue
        what = first.what if item.what in first.what else f"{first.what}; {item.what}"
        spots = first.where if item.where in first.where else f"{first.where}; {item.where}"
        merged[key] = StepBasis(what, item.source, spots, item.mark)
    return tuple(merged.values())
