"""Neutralising antibodies: what trials counted, and scenarios for repeated treatment."""

import math
from dataclasses import dataclass
from functools import cache

from endplate.errors import FactMissing
from endplate.facts.record import records

SCENARIOS = ("trial_like", "clinic_like")


@dataclass(frozen=True)
class AntibodyScenario:
    """Chance of new antibodies per cycle for one product.

    `per_cycle_hazard` [1] holds at `reference_dose_u`; each doubling of the dose multiplies it by
    `per_doubling_dose`, an interval shorter than `short_interval_d` by `short_interval_factor`.
    Of those who lose the effect for good, `share_without_antibodies` [1] have none.
    """

    scenario: str
    product: str
    per_cycle_hazard: float
    reference_dose_u: float
    per_doubling_dose: float
    short_interval_d: float
    short_interval_factor: float
    share_without_antibodies: float
    kind: str
    source: str
    locator: str
    verified: bool
    note: str

    def hazard(self, dose_u: float, interval_d: float | None = None) -> float:
        """Chance of new antibodies in one cycle.

        Parameters
        ----------
        dose_u : [U], >= 0
            Dose of the cycle, of this product.
        interval_d : [d], > 0, optional
            Days since the treatment before; None at the first.

        Returns
        -------
        [1], in [0, 1]
            0 without dose.
        """
        if dose_u <= 0.0:
            return 0.0
        doublings = math.log2(dose_u / self.reference_dose_u)
        chance = self.per_cycle_hazard * self.per_doubling_dose**doublings
        if interval_d is not None and interval_d < self.short_interval_d:
            chance *= self.short_interval_factor
        return min(chance, 1.0)


@cache
def antibody_scenario(scenario: str, product: str) -> AntibodyScenario:
    """Scenario of that name for one product.

    Raises
    ------
    FactMissing
        The tables hold none.
    """
    for row in records(AntibodyScenario, "antibody_scenarios"):
        if (row.scenario, row.product) == (scenario, product):
            return row
    raise FactMissing(f"no antibody scenario {scenario!r} for {product!r}")
