"""One prepared input of a run: who is treated, where, with what and when, as arrays.

A plan gives one scenario for each chart it touches; a trial arm is a scenario too.
"""

from dataclasses import dataclass, replace
from functools import partial
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from endplate.case import Patient, PlacedSite, Plan
from endplate.engine.anatomy import (
    Anatomy,
    blocks,
    field,
    gate_copies,
    gates,
    muscle_field,
)
from endplate.engine.exposure import Sites, site_arrays
from endplate.engine.history import Earlier, same_pattern
from endplate.facts.atlas import drivers, volume_ratio
from endplate.facts.endpoints import symptom_scores
from endplate.facts.indications import chart, chart_of, indication
from endplate.facts.label import label_rules
from endplate.facts.parameters import value
from endplate.model import Model, Parameters
from endplate.model.parameters import persistence_index, vector_index
from endplate.population.baseline import StatedLines, stated_lines, stated_scores

_FACE = "upper_face"
_OTHER_SIDE = {"left": "right", "right": "left", "midline": "midline"}
_SAME = 1e-6  # of a dose: sums of a few entered numbers that are nearer are the same


class Session(NamedTuple):
    """Sites of one session, and the row of its product's log potency ratio in a vector.

    The row is -1 for the reference product.
    """

    sites: Sites
    potency_index: Array | int | np.integer


class Injection(NamedTuple):
    """One treatment in time: its day [d] from the planned one, and `ratio` [1] of its load to that
    of `session`, an index among the scenario's sessions."""

    day_d: float
    session: int
    ratio: float


@partial(
    jax.tree_util.register_dataclass,
    meta_fields=("anatomy", "main_scale", "same_pattern", "injected_neighbours"),
    data_fields=(
        "sessions",
        "persistence_index",
        "stated",
        "drive_share",
        "male_log_load",
        "log_volume",
        "log_reach",
    ),
)
@dataclass(frozen=True)
class Scenario:
    """What the subjects of a run have in common.

    Attributes
    ----------
    anatomy : Anatomy
        Chart, indications and sides.
    main_scale : tuple of int
        Of each indication the index of the scale that is treated most.
    same_pattern : bool
        All sessions use the planned sites in like proportions, so that one response table per
        subject serves all cells; else every cell is worked out by itself.
    injected_neighbours : tuple of str
        Muscles whose weakness is unwanted and that a needle is put into all the same.
    sessions : tuple of Session
        The planned one first, then earlier ones of another pattern.
    persistence_index : int
        Row of the product's log persistence ratio in a vector, -1 for the reference product.
    stated : tuple
        What is stated of each indication before treatment; numbers, or one per subject each.
    drive_share : tuple of array
        Of each indication every block's part in the drive of its scales, (scales, blocks) [1].
    male_log_load : [1]
        Shift of the log load of men's faces; a number, or one per subject.
    log_volume : [1]
        Log of this body's muscle volumes over those of the atlas, (blocks,) or (blocks, subjects).
    log_reach : [1]
        Log of how easily each gate is reached, (gates,).
    """

    anatomy: Anatomy
    main_scale: tuple[int, ...]
    same_pattern: bool
    injected_neighbours: tuple[str, ...]
    sessions: tuple[Session, ...]
    persistence_index: Array | int | np.integer
    stated: tuple[StatedLines | Array, ...]
    drive_share: tuple[Array, ...]
    male_log_load: Array | float
    log_volume: Array | NDArray[np.float64]
    log_reach: Array | NDArray[np.float64]

    @property
    def indications(self) -> tuple[str, ...]:
        """Indications in the order of the courses."""
        return self.anatomy.indications

    @property
    def muscles(self) -> str:
        """`limb_and_neck` where any indication treats such muscles, else `facial`, or empty."""
        return _muscles(self.indications)

    @property
    def site_count(self) -> int:
        """Sites that a needle is placed at, padding included."""
        return len(self.sessions[0].sites.dose_u)

    def without_sites(self) -> "Scenario":
        """For what needs no sites, so that any number of them runs the same compiled code."""
        bare = tuple(session._replace(sites=None) for session in self.sessions)
        return replace(self, sessions=bare)


@dataclass(frozen=True)
class PlannedChart:
    """What a plan does on one chart.

    `sites` are the planned ones, `injections` all treatments in time, the planned one last;
    `treated` says of each scale of each indication whether any muscle that drives it is injected.
    """

    scenario: Scenario
    sites: tuple[PlacedSite, ...]
    injections: tuple[Injection, ...]
    treated: dict[str, tuple[bool, ...]]

    @property
    def indications(self) -> tuple[str, ...]:
        """Indications on the chart."""
        return self.scenario.indications


def planned_charts(
    plan: Plan,
    indications: tuple[str, ...],
    planned: tuple[PlacedSite, ...],
    earlier: tuple[Earlier, ...],
    model: Model,
) -> tuple[PlannedChart, ...]:
    """One scenario for each chart that the indications lie on.

    Charts that others contain go with those.
    """
    charts = []
    for name, on_chart in indications_by_chart(indications).items():
        sites = tuple(site for site in planned if site.indication in on_chart)
        before = tuple(
            e for e in earlier if chart_of(e.indication, (*on_chart, *indications)) == name
        )
        charts.append(_planned_chart(plan, name, on_chart, sites, before, model))
    return tuple(charts)


def indications_by_chart(indications: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
    """Indications of each chart, in their order."""
    by_chart: dict[str, tuple[str, ...]] = {}
    for code in indications:
        name = chart_of(code, indications)
        by_chart[name] = (*by_chart.get(name, ()), code)
    return by_chart


def _planned_chart(
    plan: Plan,
    name: str,
    indications: tuple[str, ...],
    planned: tuple[PlacedSite, ...],
    earlier: tuple[Earlier, ...],
    model: Model,
) -> PlannedChart:
    product, patient = plan.treatment.product, plan.patient
    every_site = (*planned, *(site for session in earlier for site in session.sites))
    anatomy = Anatomy(name, indications, sides_of(indications, every_site))
    alike = same_pattern(planned, earlier)
    before = sorted(earlier, key=lambda session: session.day)
    given = [(product, planned), *(() if alike else ((e.product, e.sites) for e in before))]
    scenario = scenario_of(anatomy, given, patient, model)
    dose_u = sum(site.dose_u for site in planned)
    injections = tuple(
        Injection(e.day, 0, e.dose_u / dose_u * _load_ratio(e.product, product))
        if alike
        else Injection(e.day, 1 + place, 1.0)
        for place, e in enumerate(before)
    )
    treated = {
        code: _treated(np.asarray(share), anatomy, planned)
        for code, share in zip(indications, scenario.drive_share, strict=True)
    }
    scenario = replace(scenario, same_pattern=alike)
    return PlannedChart(scenario, planned, (*injections, Injection(0.0, 0, 1.0)), treated)


def scenario_of(
    anatomy: Anatomy,
    given: list[tuple[str, tuple[PlacedSite, ...]]],
    patient: Patient,
    model: Model,
) -> Scenario:
    """Scenario of sessions given as products with their sites, in people like a patient.

    The first session is the planned one, whose product's persistence acts.
    """
    product, planned = given[0]
    most = max(len(sites) for _, sites in given)
    shares = tuple(_drive_shares(code, anatomy, planned) for code in anatomy.indications)
    return Scenario(
        anatomy=anatomy,
        main_scale=tuple(_main_scale(share, anatomy, planned) for share in shares),
        same_pattern=len(given) == 1,
        injected_neighbours=_injected_neighbours(anatomy, shares, given),
        sessions=tuple(_session(anatomy, *session, most, model) for session in given),
        persistence_index=np.int64(persistence_index(product, _muscles(anatomy.indications))),
        stated=tuple(_stated(patient, code) for code in anatomy.indications),
        drive_share=tuple(jnp.asarray(share) for share in shares),
        male_log_load=np.float64(_male_log_load(anatomy, patient)),
        log_volume=_log_volume(anatomy, patient),
        log_reach=np.log(np.array([gate.reach for gate in gates(anatomy)])),
    )


def with_patients(scenario: Scenario, patients: tuple[Patient, ...]) -> Scenario:
    """The same treatment in subjects who differ in what a plan states of its patient.

    Parameters
    ----------
    scenario : Scenario
        What they have in common.
    patients : tuple of Patient
        One for each subject.

    Returns
    -------
    Scenario
        `stated`, `male_log_load` and `log_volume` have the subjects as a last axis.
    """
    of_each = [tuple(_stated(one, code) for code in scenario.indications) for one in patients]
    return replace(
        scenario,
        stated=tuple(
            StatedLines(*(jnp.asarray(np.array(n, float)) for n in zip(*own, strict=True)))
            if isinstance(own[0], StatedLines)
            else jnp.asarray(np.stack([np.asarray(one) for one in own], axis=-1))
            for own in zip(*of_each, strict=True)
        ),
        male_log_load=jnp.asarray(
            np.array([_male_log_load(scenario.anatomy, one) for one in patients])
        ),
        log_volume=np.stack([_log_volume(scenario.anatomy, one) for one in patients], axis=-1),
    )


def _male_log_load(anatomy: Anatomy, patient: Patient) -> float:
    return value("male_log_load") if patient.sex == "male" and anatomy.chart == _FACE else 0.0


def _injected_neighbours(
    anatomy: Anatomy,
    drive_share: tuple[NDArray[np.float64], ...],
    given: list[tuple[str, tuple[PlacedSite, ...]]],
) -> tuple[str, ...]:
    """Muscles of gates that some site lies in and that drive no indication."""
    injected = {site.muscle for _, sites in given for site in sites}
    whole = np.sum([scales.sum(axis=0) for scales in drive_share], axis=0)
    own = zip(muscle_field(anatomy).blocks, whole, strict=False)
    driving = {block.muscle for block, share in own if share > 0}
    return tuple(sorted({gate.muscle for gate in gates(anatomy)} & injected - driving))


def _stated(patient: Patient, indication: str) -> StatedLines | Array:
    scales = symptom_scores(indication)
    return stated_scores(patient, scales) if scales else stated_lines(patient, indication)


def _session(
    anatomy: Anatomy, product: str, sites: tuple[PlacedSite, ...], most: int, model: Model
) -> Session:
    arrays = site_arrays(sites, field(anatomy), anatomy.chart, model.spread_by_tissue, most)
    return Session(arrays, np.int64(vector_index("potency_ratio", product)))


def _load_ratio(earlier: str, planned: str) -> float:
    """Load per unit of one product over that of another at the nerve ending, at the estimates."""
    values = Parameters.stored().values()
    ratios = [
        float(values[f"potency_ratio:{p}"][0]) if f"potency_ratio:{p}" in values else 1.0
        for p in (earlier, planned)
    ]
    return ratios[0] / ratios[1]


def _muscles(indications: tuple[str, ...]) -> str:
    """Kind of the muscles treated; of two on one chart the one whose effect is the shorter."""
    treated = {indication(code).muscles for code in indications}
    return next((kind for kind in ("limb_and_neck", "facial") if kind in treated), "")


def sides_of(indications: tuple[str, ...], sites: tuple[PlacedSite, ...]) -> tuple[str, ...]:
    """Sides to run: both, but for limbs, armpits and palms only the one treated."""
    if not all(chart(indication(code).chart).sides_apart for code in indications):
        return ("left", "right")
    treated = {"right" if site.x_mm < 0 else "left" for site in sites}
    return tuple(side for side in ("left", "right") if side in treated) or ("left", "right")


def _drive_shares(
    code: str, anatomy: Anatomy, planned: tuple[PlacedSite, ...]
) -> NDArray[np.float64]:
    """Each block's part in the drive of each scale of an indication, shape (scales, blocks).

    The table gives one-sided patterns for one side: they are turned to the side that is treated.
    Where only one of two sides is run, as one armpit, the scale is that side's alone. Lines are
    graded by the worse side where a plan leaves one.
    """
    rows = drivers(code)
    straight = sum(row.share * _dose_in(planned, row.muscle, row.side) for row in rows)
    turned = sum(row.share * _dose_in(planned, row.muscle, _OTHER_SIDE[row.side]) for row in rows)
    row_of = {(b.muscle, b.part, b.side): i for i, b in enumerate(muscle_field(anatomy).blocks)}
    names = [scale.scale for scale in symptom_scores(code)] or [code]
    shares = np.zeros((len(names), len(blocks(anatomy))))
    driven = {row.scale for row in rows}
    for i, name in enumerate(names):
        # a scale without drivers of its own, as the force of the lids, has those of the first
        for row in (r for r in rows if r.scale == (name if name in driven else names[0])):
            side = _OTHER_SIDE[row.side] if turned > straight else row.side
            key = (row.muscle, row.part, side)
            if key in row_of:
                shares[i, row_of[key]] += row.share
    if len(anatomy.sides) == 1 and {row.side for row in rows} >= {"left", "right"}:
        shares /= shares.sum(axis=1, keepdims=True)
    if not symptom_scores(code):
        worse, part = worse_side(code, planned)
        for (muscle, block_part, side), row in row_of.items():
            other = row_of.get((muscle, block_part, _OTHER_SIDE[side]), row)
            if side == worse:
                shares[:, row] += part * shares[:, other]
                shares[:, other] *= 1.0 - part
    return shares


def worse_side(code: str, planned: tuple[PlacedSite, ...]) -> tuple[str, float]:
    """Side of a line that a plan leaves stronger, and how far the grade goes by that side alone.

    A grader sees the worse side of a face. Trials that the model was fitted to treat both alike and
    their grade goes by the mean of the two; it moves from there to the worse side as the doses
    part, and is all of that side from the difference on that counts as uneven.

    Parameters
    ----------
    code : str
        Indication whose lines have a left and a right.
    planned : tuple of PlacedSite
        Sites of the plan.

    Returns
    -------
    str, [1]
        left or right, empty where both are alike, and the share of the grade, 0 to 1.
    """
    sums_u = {
        side: sum(
            row.share * _dose_in(planned, row.muscle, side)
            for row in drivers(code)
            if row.side == side
        )
        for side in ("left", "right")
    }
    least, most = sorted(sums_u, key=lambda side: sums_u[side])
    apart_u = sums_u[most] - sums_u[least]
    if apart_u <= _SAME * sums_u[most]:
        return "", 0.0
    rows = label_rules(None, None, code, "side_difference_max")
    uneven = next((row.value for row in rows if row.value), None)
    if uneven is None:
        return "", 0.0
    return least, min(apart_u / (uneven * sums_u[most]), 1.0)


def _dose_in(sites: tuple[PlacedSite, ...], muscle: str, side: str) -> float:
    return sum(s.dose_u for s in sites if s.muscle == muscle and side in (s.side, "midline"))


def _treated(
    shares: NDArray[np.float64], anatomy: Anatomy, planned: tuple[PlacedSite, ...]
) -> tuple[bool, ...]:
    """Whether each scale's driving blocks got any dose; all count where none did."""
    injected = _driving_dose_u(shares, anatomy, planned) > 0
    return tuple(bool(scale) for scale in (injected if injected.any() else ~injected))


def _driving_dose_u(
    shares: NDArray[np.float64], anatomy: Anatomy, planned: tuple[PlacedSite, ...]
) -> NDArray[np.float64]:
    dose_u = [_dose_in(planned, b.muscle, b.side) for b in muscle_field(anatomy).blocks]
    return (shares > 0).astype(float) @ np.array(dose_u)


def _main_scale(
    shares: NDArray[np.float64], anatomy: Anatomy, planned: tuple[PlacedSite, ...]
) -> int:
    """Scale whose driving blocks got most of the dose."""
    return int(np.argmax(_driving_dose_u(shares, anatomy, planned)))


def _log_volume(anatomy: Anatomy, patient: Patient) -> NDArray[np.float64]:
    """Log volume of every block of this body over the atlas."""
    return np.array(
        [
            np.log(volume_ratio(b.muscle, patient.sex, patient.height_cm, patient.weight_kg))
            for b in blocks(anatomy)
        ]
    )


def gate_rows(anatomy: Anatomy) -> dict[str, tuple[int, ...]]:
    """Rows of each term's gates among the gates of the field, by term."""
    rows, first = {}, 0
    for neighbour in gates(anatomy):
        count = gate_copies(neighbour, anatomy)
        rows[neighbour.term] = tuple(range(first, first + count))
        first += count
    return rows
