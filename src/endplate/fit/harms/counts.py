"""The counts that the fit of unwanted effects rests on, and their arrays.

They come from trials, and from labels and reviews where no shipped trial holds them already.
"""

import math
import re
from collections.abc import Hashable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from endplate.facts.harms import (
    AE_PREFIX,
    AdverseReaction,
    adverse_reactions,
    canonical_term,
    group_of,
    harm_terms,
    term_of,
)
from endplate.facts.indications import indication, indications, is_charted
from endplate.facts.trials import TrialFigure, trial_figures
from endplate.fit.endpoint_types import known_products
from endplate.results.harms import UNSTATED_N

Name = TypeVar("Name", bound=Hashable)
Integers = NDArray[np.int64]
Numbers = NDArray[np.float64]

PLACEBO = "placebo"
_NOT_EVENTS = {
    "completed": "counts who stayed to the end, not an unwanted effect",
    "dropout": "counts who left, mostly for want of effect, not an unwanted effect",
    "ae_cic_at_visit": "counts who uses a catheter on that day, not who ever had to start one",
}
_RELATED = ("laid to the treatment", "treatment-related")
_ONE_ROUND = re.compile(r"\b(cycle|treatment) \d+$")
_ANYWHERE, _MANY_CHARTS = ("any", "systemic", "needle"), 3
_MEMORY_SCATTER = 1.5  # scatter of a count written from memory over that of one read


@dataclass(frozen=True)
class Count:
    """One share of people with an effect in one arm; `dose_u` is None for placebo and unstated."""

    trial: str
    source: str
    indication: str
    product: str
    term: str
    dose_u: float | None
    n: int | None
    percent: float
    related: bool
    verified: bool


def is_harm(figure: TrialFigure) -> bool:
    """Whether a figure is about unwanted effects, or about who left."""
    return figure.endpoint.startswith(AE_PREFIX) or figure.endpoint in _NOT_EVENTS


def why_no_count(figure: TrialFigure) -> str | None:
    """Why a figure is no count of people with an effect after a treatment; None when it is one."""
    if figure.endpoint in _NOT_EVENTS:
        return _NOT_EVENTS[figure.endpoint]
    if not is_charted(figure.indication):
        return f"indication {figure.indication} is not covered by the model"
    if figure.product not in known_products():
        return f"product {figure.product} is not covered for {figure.indication}"
    if figure.statistic != "percent":
        return f"{figure.endpoint} is told as {figure.statistic}, not as the percent of people"
    if _ONE_ROUND.search(figure.arm):
        return "counts within one round of repeated treatment, not over the trial"
    return None


def count_of(figure: TrialFigure) -> Count:
    """A trial's figure as a count."""
    return Count(
        trial=figure.trial_id,
        source=figure.source,
        indication=figure.indication,
        product=figure.product,
        term=term_of(figure.endpoint),
        dose_u=figure.area_dose_u or None,
        n=figure.n,
        percent=figure.value,
        related=any(words in figure.note.lower() for words in _RELATED),
        verified=figure.verified,
    )


def trial_counts(figures: tuple[TrialFigure, ...]) -> tuple[Count, ...]:
    """Every count among figures, in their order."""
    return tuple(count_of(f) for f in figures if is_harm(f) and why_no_count(f) is None)


@cache
def label_counts() -> tuple[Count, ...]:
    """Counts of labels and reviews that the shipped trials do not hold already.

    Adults only, the preferred of competing rows, and one use at a time; the same placebo group is
    taken once. A row repeats the trials where these counted the effect at the same dose, or where
    it comes from the same publication.
    """
    shipped = trial_counts(trial_figures())
    covered: set[object] = {(c.indication, c.product, c.term, c.dose_u) for c in shipped}
    covered |= {(c.source, c.indication, c.term.removesuffix("_measured")) for c in shipped}
    trials = {(c.source, c.indication): c.trial for c in shipped}
    counts: dict[tuple[str, str, str, str, float | None], Count] = {}
    for row in adverse_reactions():
        for count in _label_pair(row, trials):
            drug = (row.indication, row.product, count.term, row.dose_u)
            competing = (row.indication, row.product, row.term, row.dose_u)
            published = (row.source, row.indication, count.term)
            if covered & {drug, published} or row.preference > _best_preference()[competing]:
                continue
            key = (count.trial, count.indication, count.product, count.term, count.dose_u)
            counts.setdefault(key, count)
    return tuple(counts.values())


@cache
def _best_preference() -> dict[tuple[str, str, str, float | None], int]:
    best: dict[tuple[str, str, str, float | None], int] = {}
    for row in adverse_reactions():
        key = (row.indication, row.product, row.term, row.dose_u)
        best[key] = min(best.get(key, row.preference), row.preference)
    return best


def _label_pair(row: AdverseReaction, trials: dict[tuple[str, str], str]) -> Iterator[Count]:
    """The treated and, where printed, the placebo arm of one row."""
    if row.population != "adult" or row.kind == "derived" or not is_charted(row.indication):
        return
    trial = trials.get((row.source, row.indication), f"{row.source}:{row.indication}")
    for product, percent, n in (
        (row.product, row.drug_percent, row.drug_n),
        (PLACEBO, row.placebo_percent, row.placebo_n),
    ):
        if percent is None:
            continue
        yield Count(
            trial=trial,
            source=row.source,
            indication=row.indication,
            product=product,
            term=canonical_term(row.term),
            dose_u=row.dose_u if product != PLACEBO else None,
            n=n,
            percent=percent,
            related=False,
            verified=row.verified,
        )


def usual_doses_u(counts: tuple[Count, ...]) -> dict[tuple[str, str], float]:
    """Usual dose of each product in each use: geometric mean over the arms that counted effects.

    Uses of a product in which no effect was counted take the arms of its trials instead. The sum is
    exact, so that its last digit does not hang on the order of a set.
    """
    arms: dict[tuple[str, str], set[tuple[str, float]]] = {}
    for f in trial_figures():
        if f.product != PLACEBO and f.area_dose_u and is_charted(f.indication):
            arms.setdefault((f.indication, f.product), set()).add((f.trial_id, f.area_dose_u))
    counted: dict[tuple[str, str], set[tuple[str, float]]] = {}
    for c in counts:
        if c.product != PLACEBO and c.dose_u:
            counted.setdefault((c.indication, c.product), set()).add((c.trial, c.dose_u))
    return {
        key: math.exp(math.fsum(math.log(dose_u) for _, dose_u in doses) / len(doses))
        for key, doses in sorted((arms | counted).items())
    }


@dataclass(frozen=True)
class Levels:
    """What the indices of the arrays stand for."""

    groups: tuple[str, ...]
    terms: tuple[str, ...]
    indications: tuple[str, ...]
    uses: tuple[tuple[str, str], ...]  # (term, indication)
    products: tuple[tuple[str, str, str], ...]  # (term, indication, product)
    trials: tuple[str, ...]
    trial_terms: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class CountArrays:
    """Arrays of the counts; `*_of_*` say to which of the coarser level each belongs."""

    levels: Levels
    usual_dose_u: dict[tuple[str, str], float]
    group_of_term: Integers
    term_of_use: Integers
    indication_of_use: Integers
    use: Integers
    product: Integers
    trial: Integers
    trial_term: Integers
    drug: NDArray[np.bool_]
    doublings: Numbers
    related: Numbers
    scatter: Numbers
    people: Integers
    events: Integers


def count_arrays(counts: tuple[Count, ...]) -> CountArrays:
    """Arrays of counts, in their order; a placebo row points at no product (index 0, unused)."""
    drug = np.array([c.product != PLACEBO for c in counts])
    uses = _distinct((c.term, c.indication) for c in counts)
    products = _distinct((c.term, c.indication, c.product) for c in counts if c.product != PLACEBO)
    terms = _distinct(term for term, _ in uses)
    levels = Levels(
        groups=_distinct(group_of(term) for term in terms),
        terms=terms,
        indications=_distinct(indication for _, indication in uses),
        uses=uses,
        products=products,
        trials=_distinct(c.trial for c in counts),
        trial_terms=_distinct((c.trial, c.term) for c in counts),
    )
    doses = usual_doses_u(counts)
    people = np.array([c.n or UNSTATED_N for c in counts])
    return CountArrays(
        levels=levels,
        usual_dose_u=doses,
        group_of_term=_indices(levels.groups, (group_of(term) for term in terms)),
        term_of_use=_indices(terms, (term for term, _ in uses)),
        indication_of_use=_indices(levels.indications, (indication for _, indication in uses)),
        use=_indices(uses, ((c.term, c.indication) for c in counts)),
        product=_indices(products, ((c.term, c.indication, c.product) for c in counts)),
        trial=_indices(levels.trials, (c.trial for c in counts)),
        trial_term=_indices(levels.trial_terms, ((c.trial, c.term) for c in counts)),
        drug=drug,
        doublings=np.array([_doublings(c, doses) for c in counts]),
        related=np.array([float(c.related) for c in counts]),
        scatter=np.array([1.0 if c.verified else _MEMORY_SCATTER for c in counts]),
        people=people,
        events=np.round(np.array([c.percent for c in counts]) / 100 * people).astype(int),
    )


def _doublings(count: Count, doses: dict[tuple[str, str], float]) -> float:
    usual = doses.get((count.indication, count.product))
    return float(np.log2(count.dose_u / usual)) if count.dose_u and usual else 0.0


def _distinct(names: Iterable[Name]) -> tuple[Name, ...]:
    return tuple(dict.fromkeys(names))


def _indices(known: tuple[Hashable, ...], names: Iterable[Hashable]) -> Integers:
    """Index of every name among the known ones; 0 for a name that is not."""
    index = {name: i for i, name in enumerate(known)}
    return np.array([index.get(name, 0) for name in names], dtype=int)


def uncounted_uses(arrays: CountArrays) -> tuple[tuple[str, str], ...]:
    """Effects with the uses they were not counted in but may be expected in.

    Effects that trials have a code for: those of needle and body in any use; those of organs near
    by where their chart was counted, or where they were counted on three charts or more.
    """
    levels = arrays.levels
    charts: dict[str, set[str]] = {}
    for term, use in levels.uses:
        charts.setdefault(term, set()).add(indication(use).chart)
    coded = {row.term for row in harm_terms().values()}
    return tuple(
        (term, use.name)
        for term in levels.terms
        for use in indications()
        if term in coded
        and (term, use.name) not in levels.uses
        and (
            group_of(term) in _ANYWHERE
            or use.chart in charts[term]
            or len(charts[term]) >= _MANY_CHARTS
        )
    )
