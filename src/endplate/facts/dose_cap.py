"""Upper limits of dose that labels set: per session, side, muscle, site, or window of days."""

from dataclasses import dataclass
from functools import cache

from endplate.facts.record import records


@dataclass(frozen=True)
class DoseCap:
    """One limit; the lower of `max_u` and `max_u_per_kg` counts where both are given.

    `indications` are joined by `+`, or `any`; `per` is session, side, muscle, site or window, and
    `window_d` the length of a window, 0 for one session of all uses together.
    """

    id: str
    product: str
    region: str
    population: str
    indications: str
    muscle: str
    per: str
    window_d: float | None
    max_u: float | None
    max_u_per_kg: float | None
    level: str
    source: str
    locator: str
    revision: str
    verified: bool
    note: str

    @property
    def scope(self) -> tuple[str, ...]:
        """Indications that count, empty for all of them."""
        return () if self.indications == "any" else tuple(self.indications.split("+"))

    def covers(self, indication: str | None) -> bool:
        """Whether doses given for an indication count; one not stated does."""
        return not self.scope or indication is None or indication in self.scope

    def limit_u(self, weight_kg: float | None) -> float | None:
        """Limit of one person; None when only a share per kilogram is given and no weight."""
        limits_u = [] if self.max_u is None else [self.max_u]
        if self.max_u_per_kg is not None and weight_kg is not None:
            limits_u.append(self.max_u_per_kg * weight_kg)
        return min(limits_u, default=None)


@cache
def dose_caps(product: str, region: str, population: str) -> tuple[DoseCap, ...]:
    """Limits for one population; an adult limit stands in where its like for children is missing.

    A child's own limit for the same use and span goes before the adult one.
    """
    rows = [
        cap
        for cap in records(DoseCap, "dose_caps")
        if cap.product == product and cap.region == region
    ]
    own = [cap for cap in rows if cap.population == population]
    taken = {(cap.indications, cap.per, cap.window_d) for cap in own}
    others = [
        cap
        for cap in rows
        if cap.population == "adult" and (cap.indications, cap.per, cap.window_d) not in taken
    ]
    return (*own, *(cap for cap in others if cap not in own))
