"""Unwanted effects: counts beside placebo, the fit to them, weakness of neighbours, antibodies."""

import math
from collections import Counter
from dataclasses import dataclass
from functools import cache

from endplate.errors import FactMissing
from endplate.facts.table import SourcedRow, text_rows, typed_rows

AE_PREFIX = "ae_"
"""What the endpoint codes of counted unwanted effects begin with."""
# Labels name the same pain at the needle in two ways.
_SYNONYMS = {"injection_site_discomfort": "injection_site_pain"}


@dataclass(frozen=True)
class AdverseReaction(SourcedRow):
    """One reaction in one arm; percentages of people, None where no figure was printed.

    `group` is needle, local, systemic, neighbour or any; `preference` orders competing rows of
    one reaction, 1 first.
    """

    id: str
    product: str
    indication: str
    population: str
    dose: float | None
    dose_unit: str
    term: str
    group: str
    drug_percent: float
    placebo_percent: float | None
    drug_n: int | None
    placebo_n: int | None
    preference: int
    kind: str
    locator: str

    @property
    def dose_u(self) -> float | None:
        """Dose of the arm; None for a dose by weight and where none was stated."""
        return self.dose if self.dose_unit == "U" else None


@cache
def adverse_reactions(
    product: str | None = None, indication: str | None = None, term: str | None = None
) -> tuple[AdverseReaction, ...]:
    """Reactions that match every given name, best row of each reaction first."""
    rows = typed_rows(
        AdverseReaction, "adverse_reactions", product=product, indication=indication, term=term
    )
    return tuple(sorted(rows, key=lambda reaction: reaction.preference))


@dataclass(frozen=True)
class NamedReaction(SourcedRow):
    """One reaction that a label lists with a class of frequency or none, but with no figure.

    A bound is None where the list leaves it open.
    """

    id: str
    product: str
    indication: str
    population: str
    term: str
    group: str
    low_percent: float | None
    high_percent: float | None
    kind: str
    locator: str


@cache
def named_reactions(
    product: str, indication: str, population: str = "adult"
) -> tuple[NamedReaction, ...]:
    """Reactions listed for one product and use, in the order of the list."""
    return typed_rows(
        NamedReaction,
        "named_reactions",
        product=product,
        indication=indication,
        population=("any", population),
    )


@dataclass(frozen=True)
class HarmWarning(SourcedRow):
    """What labels warn of one effect in plain words: how long it can last, how bad it can get."""

    term: str
    text: str
    kind: str
    locator: str


@cache
def warning_of(term: str) -> str:
    """Warning of labels about one effect, in plain words; "" where none is known."""
    rows = typed_rows(HarmWarning, "harm_warnings", term=term)
    return rows[0].text if rows else ""


@dataclass(frozen=True)
class HarmTerm:
    """One endpoint code and the effect it counts, as the side effects name it."""

    endpoint: str
    term: str
    group: str
    note: str


@cache
def harm_terms() -> dict[str, HarmTerm]:
    """Every code that counts an unwanted effect, in file order."""
    return {row.endpoint: row for row in typed_rows(HarmTerm, "harm_terms")}


def term_of(endpoint: str) -> str:
    """Effect that a code counts; a code without a row names its effect after `ae_`."""
    row = harm_terms().get(endpoint)
    return row.term if row else endpoint.removeprefix(AE_PREFIX)


def canonical_term(term: str) -> str:
    """The one name of an effect that labels name in two ways."""
    return _SYNONYMS.get(term, term)


@cache
def group_of(term: str) -> str:
    """Group of an effect: needle, local, systemic, neighbour or any."""
    for row in harm_terms().values():
        if row.term == term:
            return row.group
    return next((row.group for row in adverse_reactions(term=term)), "systemic")


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
        specific = self.estimates.get((term, use, product))
        return specific or self.estimates.get((term, use, ""))

    def shared_in(self, use: str) -> tuple[str, ...]:
        """Effects counted in a use with two products or more: not of one product alone."""
        terms = [r.term for r in self.estimates.values() if r.indication == use and r.product]
        return tuple(term for term, products in Counter(terms).items() if products > 1)

    def doublings(self, use: str, product: str, dose_u: float | None) -> float | None:
        """Doublings from the usual dose of the product in the use; None where either is unknown."""
        usual = self.usual_dose_u.get((use, product))
        return math.log2(dose_u / usual) if dose_u and usual else None


@cache
def harm_fit() -> HarmFit:
    """The stored fit."""
    rows = typed_rows(HarmEstimate, "harm_fit")
    scatter = {row["id"]: float(row["value"]) for row in text_rows("harm_scatter")}
    missing = set(HarmScatter.__dataclass_fields__) - set(scatter)
    if missing:
        raise FactMissing(f"the harm_scatter table lacks {', '.join(sorted(missing))}")
    doses = {
        (row["indication"], row["product"]): float(row["usual_dose"])
        for row in text_rows("harm_doses")
    }
    return HarmFit(
        {(r.term, r.indication, r.product): r for r in rows}, doses, HarmScatter(**scatter)
    )


@dataclass(frozen=True)
class Gate(SourcedRow):
    """One unwanted weakness and the box of skin and flesh by which toxin gets there.

    The gate's x is lateral on either side; `half_*_mm` are half the edges of the box.
    `least_working` [1] is the working fraction below which the weakness shows. Trials counted
    `observed_events` of `observed_n` people, net of the `background_percent` under placebo, with
    `calibrated_dose_u` of `calibrated_product` (None: the label's dose) for `calibrated_on`.
    """

    term: str
    muscle: str
    chart: str
    x_mm: float
    y_mm: float
    z_mm: float
    half_x_mm: float
    half_y_mm: float
    half_z_mm: float
    least_working: float
    calibrated_on: str
    calibrated_product: str
    calibrated_dose_u: float | None
    background_percent: float
    observed_events: int
    observed_n: int
    kind: str

    @property
    def gate_mm(self) -> tuple[float, float, float]:
        """Middle of the box."""
        return self.x_mm, self.y_mm, self.z_mm

    @property
    def half_mm(self) -> tuple[float, float, float]:
        """Half the edges of the box."""
        return self.half_x_mm, self.half_y_mm, self.half_z_mm

    @property
    def paired(self) -> bool:
        """Whether there is a gate on either side; one at the midline serves both."""
        return self.x_mm > 0.0


@dataclass(frozen=True)
class Neighbour(Gate):
    """A gate with its `reach` [1]: the load of the muscle over that of an end plate at the gate."""

    reach: float


def neighbour_gates() -> tuple[Gate, ...]:
    """Every gate of every chart, in file order, whether its reach was set or not."""
    return typed_rows(Gate, "neighbours")


@cache
def neighbours() -> tuple[Neighbour, ...]:
    """Every neighbour whose reach was set, in file order."""
    reach = {
        (row["term"], row["calibrated_on"]): float(row["estimate"])
        for row in text_rows("fitted_reach")
    }
    return tuple(
        Neighbour(**vars(gate), reach=reach[(gate.term, gate.calibrated_on)])
        for gate in neighbour_gates()
        if (gate.term, gate.calibrated_on) in reach
    )


@dataclass(frozen=True)
class AntibodyScenario(SourcedRow):
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
    locator: str


def antibody_scenarios() -> tuple[AntibodyScenario, ...]:
    """Every row, in file order."""
    return typed_rows(AntibodyScenario, "antibody_scenarios")


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
