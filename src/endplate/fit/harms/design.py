"""Counts as arrays: which effect, use, product and trial each row belongs to."""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from endplate.facts.harm_terms import group_of, harm_terms
from endplate.facts.indications import indication, indications
from endplate.fit.harms.counts import PLACEBO, Count, usual_doses_u
from endplate.results.harms import UNSTATED_N

Name = TypeVar("Name", bound=Hashable)
Integers = NDArray[np.int64]
Numbers = NDArray[np.float64]
_ANYWHERE, _MANY_CHARTS = ("any", "systemic", "needle"), 3
MEMORY_SCATTER = 1.5  # scatter of a count written from memory over that of one read


@dataclass(frozen=True)
class Names:
    """What the indices of a design stand for."""

    groups: tuple[str, ...]
    terms: tuple[str, ...]
    indications: tuple[str, ...]
    uses: tuple[tuple[str, str], ...]  # (term, indication)
    products: tuple[tuple[str, str, str], ...]  # (term, indication, product)
    trials: tuple[str, ...]
    trial_terms: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Design:
    """Arrays of the counts; `*_of_*` say to which of the coarser level each belongs."""

    names: Names
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


def design_of(counts: tuple[Count, ...]) -> Design:
    """Arrays of counts, in their order; a placebo row points at no product (index 0, unused)."""
    drug = np.array([c.product != PLACEBO for c in counts])
    uses = _distinct((c.term, c.indication) for c in counts)
    products = _distinct((c.term, c.indication, c.product) for c in counts if c.product != PLACEBO)
    terms = _distinct(term for term, _ in uses)
    names = Names(
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
    return Design(
        names=names,
        usual_dose_u=doses,
        group_of_term=_places(names.groups, (group_of(term) for term in terms)),
        term_of_use=_places(terms, (term for term, _ in uses)),
        indication_of_use=_places(names.indications, (indication for _, indication in uses)),
        use=_places(uses, ((c.term, c.indication) for c in counts)),
        product=_places(products, ((c.term, c.indication, c.product) for c in counts)),
        trial=_places(names.trials, (c.trial for c in counts)),
        trial_term=_places(names.trial_terms, ((c.trial, c.term) for c in counts)),
        drug=drug,
        doublings=np.array([_doublings(c, doses) for c in counts]),
        related=np.array([float(c.related) for c in counts]),
        scatter=np.array([1.0 if c.verified else MEMORY_SCATTER for c in counts]),
        people=people,
        events=np.round(np.array([c.percent for c in counts]) / 100 * people).astype(int),
    )


def _doublings(count: Count, doses: dict[tuple[str, str], float]) -> float:
    usual = doses.get((count.indication, count.product))
    return float(np.log2(count.dose_u / usual)) if count.dose_u and usual else 0.0


def _distinct(names: Iterable[Name]) -> tuple[Name, ...]:
    return tuple(dict.fromkeys(names))


def _places(known: tuple[Hashable, ...], names: Iterable[Hashable]) -> Integers:
    """Index of every name among the known ones; 0 for a name that is not."""
    place = {name: i for i, name in enumerate(known)}
    return np.array([place.get(name, 0) for name in names], dtype=int)


def elsewhere(design: Design) -> tuple[tuple[str, str], ...]:
    """Effects and uses they were not counted in but may be expected in.

    Effects that trials have a code for: those of needle and body in any use; those of organs near
    by where their chart was counted, or where they were counted on three charts or more.
    """
    names = design.names
    charts: dict[str, set[str]] = {}
    for term, use in names.uses:
        charts.setdefault(term, set()).add(indication(use).chart)
    coded = {row.term for row in harm_terms().values()}
    return tuple(
        (term, use.name)
        for term in names.terms
        for use in indications()
        if term in coded
        and (term, use.name) not in names.uses
        and (
            group_of(term) in _ANYWHERE
            or use.chart in charts[term]
            or len(charts[term]) >= _MANY_CHARTS
        )
    )
