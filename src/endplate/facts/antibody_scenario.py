"""How often antibodies come with repeated treatment, by scenario and product."""

from dataclasses import dataclass
from functools import cache

from endplate.errors import FactMissing
from endplate.facts.store import table


@dataclass(frozen=True)
class AntibodyScenario:
    """Chance of antibodies per treatment [1] of one product, and what raises it.

    The chance is multiplied by `per_doubling_dose` for every doubling above `reference_dose_u`
    (None where no growth is known), and by `short_interval_factor` where the last treatment was
    less than `short_interval_d` ago.
    """

    scenario: str
    product: str
    per_cycle_hazard: float
    reference_dose_u: float | None
    per_doubling_dose: float
    short_interval_d: float
    short_interval_factor: float
    kind: str
    source: str
    locator: str
    verified: bool
    note: str


@cache
def antibody_scenarios() -> tuple[AntibodyScenario, ...]:
    """Every row, in file order."""
    return tuple(
        AntibodyScenario(
            scenario=row["scenario"],
            product=row["product"],
            per_cycle_hazard=float(row["per_cycle_hazard"]),
            reference_dose_u=float(row["reference_dose_u"]) if row["reference_dose_u"] else None,
            per_doubling_dose=float(row["per_doubling_dose"]),
            short_interval_d=float(row["short_interval_d"]),
            short_interval_factor=float(row["short_interval_factor"]),
            kind=row["kind"],
            source=row["source"],
            locator=row["locator"],
            verified=row["verified"] == "yes",
            note=row["note"],
        )
        for row in table("antibody_scenarios")
    )


def antibody_scenario(scenario: str, product: str) -> AntibodyScenario:
    """Row of a product, else the one for any.

    Raises
    ------
    FactMissing
        There is no such scenario.
    """
    rows = {row.product: row for row in antibody_scenarios() if row.scenario == scenario}
    if not rows:
        raise FactMissing(f"no antibody scenario named {scenario!r}")
    return rows.get(product, rows["any"])
