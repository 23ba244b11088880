"""The counts that the fit of unwanted effects rests on: of trials, and of labels beside them."""

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from endplate.facts.harms import (
    AE_PREFIX,
    AdverseReaction,
    adverse_reactions,
    canonical_term,
    term_of,
)
from endplate.facts.indications import is_charted
from endplate.facts.trials import TrialFigure, trial_figures
from endplate.fit.kinds import known_products

PLACEBO = "placebo"
_NOT_EVENTS = {
    "completed": "counts who stayed to the end, not an unwanted effect",
    "dropout": "counts who left, mostly for want of effect, not an unwanted effect",
    "ae_cic_at_visit": "counts who uses a catheter on that day, not who ever had to start one",
}
_RELATED = ("laid to the treatment", "treatment-related")
_ONE_ROUND = re.compile(r"\bcycle \d+$")


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
    held: set[object] = {(c.indication, c.product, c.term, c.dose_u) for c in shipped}
    held |= {(c.source, c.indication, c.term.removesuffix("_measured")) for c in shipped}
    names = {(c.source, c.indication): c.trial for c in shipped}
    found: dict[tuple[str, str, str, str, float | None], Count] = {}
    for row in adverse_reactions():
        for count in _label_pair(row, names):
            drug = (row.indication, row.product, count.term, row.dose_u)
            best = (row.indication, row.product, row.term, row.dose_u)
            published = (row.source, row.indication, count.term)
            if held & {drug, published} or row.preference > _best_preference()[best]:
                continue
            key = (count.trial, count.indication, count.product, count.term, count.dose_u)
            found.setdefault(key, count)
    return tuple(found.values())


@cache
def _best_preference() -> dict[tuple[str, str, str, float | None], int]:
    best: dict[tuple[str, str, str, float | None], int] = {}
    for row in adverse_reactions():
        key = (row.indication, row.product, row.term, row.dose_u)
        best[key] = min(best.get(key, row.preference), row.preference)
    return best


def _label_pair(row: AdverseReaction, names: dict[tuple[str, str], str]) -> Iterator[Count]:
    """The treated and, where printed, the placebo group of one row."""
    if row.population != "adult" or row.kind == "derived" or not is_charted(row.indication):
        return
    trial = names.get((row.source, row.indication), f"{row.source}:{row.indication}")
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

    Uses of a product in which no effect was counted take the arms of its trials instead.
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
        key: math.exp(sum(math.log(dose_u) for _, dose_u in own) / len(own))
        for key, own in sorted((arms | counted).items())
    }
