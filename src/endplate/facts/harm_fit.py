"""The stored result of the fit to counted unwanted effects: how often, with which dose."""

import math
from collections import Counter
from dataclasses import dataclass
from functools import cache

from endplate.errors import FactMissing
from endplate.facts.record import records
from endplate.facts.store import table


@dataclass(frozen=True)
class HarmEstimate:
    """How often one effect comes up in one use with one product.

    Log odds of the share under placebo, and of what the usual dose adds to it; `slope` is the rise
    of the latter per doubling of the dose. Each has the spread of its estimate; `correlation` is
    that of background and excess, which a count without placebo cannot tell apart. `product` is
    empty for any product. `counts` is the number of published counts behind the row: 0 where the
    effect was counted in other uses only.
    """

    term: str
    indication: str
    product: str
    group: str
    background_logit: float
    background_sd: float
    excess_logit: float
    excess_sd: float
    correlation: float
    slope: float
    slope_log_sd: float
    counts: int
    verified: bool


@dataclass(frozen=True)
class HarmScatter:
    """What moves a count besides effect, use, product and dose, on the log odds.

    Standard deviations of a trial's own way of asking (`trial_sd`), of one effect in one trial
    (`term_sd`) and of one count (`count_sd`); shift of counts that hold only what was laid to the
    treatment.
    """

    trial_sd: float
    term_sd: float
    count_sd: float
    related_shift: float

    @property
    def between_sd(self) -> float:
        """Spread between groups alike in everything that the model knows."""
        return math.hypot(self.trial_sd, self.term_sd, self.count_sd)


@dataclass(frozen=True)
class HarmFit:
    """Estimates by effect, use and product; usual doses by use and product; scatter."""

    estimates: dict[tuple[str, str, str], HarmEstimate]
    usual_dose_u: dict[tuple[str, str], float]
    scatter: HarmScatter

    def estimate(self, term: str, use: str, product: str) -> HarmEstimate | None:
        """Estimate of the product in the use, else of any product in it; None where neither is."""
        own = self.estimates.get((term, use, product))
        return own or self.estimates.get((term, use, ""))

    def shared_in(self, use: str) -> tuple[str, ...]:
        """Effects counted in a use with two products or more: not of one product alone."""
        own = [r.term for r in self.estimates.values() if r.indication == use and r.product]
        return tuple(term for term, products in Counter(own).items() if products > 1)

    def doublings(self, use: str, product: str, dose_u: float | None) -> float | None:
        """Doublings from the usual dose of the product in the use; None where either is unknown."""
        usual = self.usual_dose_u.get((use, product))
        return math.log2(dose_u / usual) if dose_u and usual else None


@cache
def harm_fit() -> HarmFit:
    """The stored fit."""
    rows = records(HarmEstimate, "harm_fit")
    scatter = {row["id"]: float(row["value"]) for row in table("harm_scatter")}
    missing = set(HarmScatter.__dataclass_fields__) - set(scatter)
    if missing:
        raise FactMissing(f"the harm_scatter table lacks {', '.join(sorted(missing))}")
    doses = {
        (row["indication"], row["product"]): float(row["usual_dose"]) for row in table("harm_doses")
    }
    return HarmFit(
        {(r.term, r.indication, r.product): r for r in rows}, doses, HarmScatter(**scatter)
    )
