"""Arms of trials as cohorts of the engine: evenly spread subjects, a protocol's sites, a dose."""

from dataclasses import dataclass, replace
from functools import cache
from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from endplate.case import Patient, protocol_placed
from endplate.engine import (
    Anatomy,
    Clock,
    Cohort,
    Exposed,
    Scenario,
    State,
    clock,
    describe,
    expose,
    first_state,
    inject,
    run_endings,
    run_window,
    state_on,
)
from endplate.engine.anatomy import Scope, field
from endplate.engine.exposure import landed_density
from endplate.engine.run import SINGLE, endings_on
from endplate.engine.scenario import scenario_of, sides_of
from endplate.facts.endpoints import symptom_scores
from endplate.facts.indications import indication as indication_row
from endplate.facts.protocols import trial_protocol
from endplate.model import Model
from endplate.model.endings import Window
from endplate.model.parameters import persistence_index, vector_index
from endplate.observe.course import IndicationCourse, Subjects
from endplate.population.baseline import SEVERE, LineBaseline, enrolled
from endplate.population.random_effects import quadrature

REFERENCE = "onabotulinumtoxinA"
LAST_DAY, LAST_REPEATED_DAY = 420, 756
SUBJECTS_OF_LINES, SUBJECTS_OF_SCORES = 1024, 256
_SCOPE: Scope = "indications"
_SEVERE_DRAWN = 0.5
_REACHED_BY = 256  # subjects by whose needles it is judged which cells a dose can reach
_LEAST_DENSITY_PER_U = 1e-6  # 1/mL: under it the largest dose of any trial silences nothing
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Arm:
    """One group of a trial; a placebo group has no dose.

    `severe_share` [1] is the share graded severe at entry, of lines; `start` its mean symptom score
    at entry where that is stated.
    """

    indication: str
    product: str
    area_dose_u: float
    severe_share: float
    start: float | None

    @property
    def pattern(self) -> str:
        """Protocol whose sites the trials of the product used."""
        protocol = trial_protocol(self.product, self.indication)
        return protocol.pattern if protocol else self.indication


class Quadrature(NamedTuple):
    """Evenly spread subjects, and the dose density where their needles land.

    `effects` [1] are random effects (effects, subjects), `density_per_u` [1/mL] the density for a
    unit of dose, (cells, subjects). Arguments of what is compiled, not constants in it.
    """

    effects: Array | NDArray[np.float32]
    density_per_u: Array | NDArray[np.float32]


@dataclass(frozen=True, eq=False)
class TrialSetup:
    """What the arms of one indication and pattern of sites have in common.

    `reached` are the cells where a trial's dose silences anything, `quadrature` the subjects.
    """

    scenario: Scenario
    clock: Clock
    injections: int
    reached: NDArray[np.bool_]
    quadrature: "Quadrature"

    @property
    def time_d(self) -> Numbers:
        """Times of the courses since the first injection [d], over all windows."""
        window_d = np.asarray(self.clock.time_d)
        starts = window_d[-1] * np.arange(self.injections)
        parts = [start + window_d[:-1] for start in starts]
        return np.append(np.concatenate(parts), starts[-1] + window_d[-1])


def last_day(indication: str) -> int:
    """Last day on which figures of an indication are predicted [d]."""
    return LAST_REPEATED_DAY if indication_row(indication).trial_interval_d else LAST_DAY


@cache
def trial_setup(indication: str, pattern: str, model: Model, subjects: int = 0) -> TrialSetup:
    """Evenly spread subjects with a unit of dose at the sites of a protocol.

    `subjects` overrides how many there are, a power of two.
    """
    row = indication_row(indication)
    count = subjects or (SUBJECTS_OF_SCORES if symptom_scores(indication) else SUBJECTS_OF_LINES)
    sites = protocol_placed(indication, pattern, 1.0)
    anatomy = Anatomy(row.chart, (indication,), sides_of((indication,), sites))
    with jax.ensure_compile_time_eval():  # constants, also when first asked for while tracing
        scenario = scenario_of(anatomy, [(REFERENCE, sites)], Patient(), model)
        if not symptom_scores(indication):
            scenario = replace(scenario, stated=(enrolled(_SEVERE_DRAWN),))
        effects, placement = quadrature(count, scenario.site_count)
        # in one go: the compiler takes longer over each shape than all subjects take to run
        usual = quadrature(_REACHED_BY, scenario.site_count)[1]
        landed = _density(scenario, np.concatenate([placement, usual], axis=-1))
    every_d = row.trial_interval_d
    return TrialSetup(
        scenario=scenario,
        clock=clock(every_d or LAST_DAY, model),
        injections=round(LAST_REPEATED_DAY / every_d) if every_d else 1,
        reached=landed[:, count:].max(axis=1) > _LEAST_DENSITY_PER_U,
        quadrature=Quadrature(np.asarray(effects, np.float32), landed[:, :count]),
    )


def _density(scenario: Scenario, placement: Numbers) -> NDArray[np.float32]:
    """Dose density for a unit of dose [1/mL], (cells, subjects)."""
    landed = jax.jit(landed_density, static_argnums=0)
    sites = scenario.sessions[0].sites
    return np.asarray(landed(field(scenario.anatomy), sites, jnp.asarray(placement, SINGLE)))


def product_indices(arm: Arm) -> tuple[int, int]:
    """Rows of a product's log potency and log persistence ratio in a vector, -1 for none."""
    muscles = indication_row(arm.indication).muscles
    return vector_index("potency_ratio", arm.product), persistence_index(arm.product, muscles)


def endings_windows(
    setup: TrialSetup,
    quadrature: Quadrature,
    vector: Array,
    persistence_index: Array | int,
    model: Model,
) -> tuple[tuple[Window, ...], ...]:
    """Nerve endings after each injection of a product of one persistence.

    Read at tabulated loads they do not depend on the dose, so all arms of the product share them.
    """
    scenario = replace(setup.scenario, persistence_index=persistence_index)
    density, nowhere = jnp.asarray(quadrature.density_per_u), jnp.zeros(0)
    subjects = describe(Cohort(vector, quadrature.effects, nowhere), scenario, _SCOPE)
    exposed = expose(subjects, nowhere, scenario, _SCOPE, (density,), setup.reached)
    state = first_state(exposed, scenario, model)
    windows = []
    for number in range(setup.injections):
        state = inject(state, exposed, model, 0, 1.0)
        own = run_endings(state, exposed.rates, exposed.load, model, setup.clock, number > 0)
        windows.append(own)
        if number + 1 < setup.injections:
            state = _endings_after(state, own, exposed, model, setup.clock)
    return tuple(windows)


def _endings_after(
    state: State, windows: tuple[Window, ...], exposed: Exposed, model: Model, clock: Clock
) -> State:
    gap_d = jnp.full(state.start_d.shape, float(np.asarray(clock.time_d)[-1]))
    return state._replace(endings=endings_on(gap_d, state, windows, exposed, model, clock))


def arm_course(
    setup: TrialSetup,
    quadrature: Quadrature,
    vector: Array,
    dose_u: Array,
    potency_index: Array,
    persistence_index: Array,
    start: Array,
    windows: tuple[tuple[Window, ...], ...],
    model: Model,
) -> tuple[IndicationCourse, Subjects]:
    """Courses of one arm.

    Parameters
    ----------
    setup : TrialSetup
        Sites and times.
    quadrature : Quadrature
        Subjects.
    vector : [1]
        Parameters on the working scale, shape (parameters,).
    dose_u : [U], >= 0
        Dose in the area; 0 for placebo.
    potency_index, persistence_index : int
        Rows of the product's ratios in the vector, -1 for none.
    start : [scale's unit]
        Mean score of the arm before treatment; NaN where it is not stated.
    windows : tuple
        Nerve endings after each injection, as `endings_windows` gives them.
    model : Model
        Hypotheses.
    """
    (code,) = setup.scenario.indications
    session = setup.scenario.sessions[0]._replace(potency_index=potency_index)
    scenario = replace(setup.scenario, sessions=(session,), persistence_index=persistence_index)
    nowhere = jnp.zeros(0)
    subjects = describe(Cohort(vector, quadrature.effects, nowhere), scenario, _SCOPE)
    before = subjects.baseline[code]
    if not isinstance(before, LineBaseline):
        factor = jnp.where(jnp.isnan(start), 1.0, start / before[0].mean())
        subjects = subjects._replace(baseline={code: (before * factor).astype(before.dtype)})
    per_u = jnp.asarray(quadrature.density_per_u)
    density = (dose_u * per_u).astype(per_u.dtype)
    exposed = expose(subjects, nowhere, scenario, _SCOPE, (density,), setup.reached)
    state = first_state(exposed, scenario, model)
    clock, parts = setup.clock, []
    for number, own in enumerate(windows):
        found = run_window(state, exposed, scenario, model, _SCOPE, clock, number > 0, own)
        parts.append(found.courses[code])
        if number + 1 < len(windows):
            gap_d = jnp.full(state.start_d.shape, float(np.asarray(clock.time_d)[-1]))
            state = state_on(gap_d, state, found, exposed, model, clock, endings=False)
    return _joined(parts, setup), exposed.subjects


def _joined(parts: list[IndicationCourse], setup: TrialSetup) -> IndicationCourse:
    """One course over all windows."""
    if len(parts) == 1:
        return parts[0]

    def along(name: str, axis: int) -> Array:
        every = [getattr(part, name) for part in parts]
        cut = [jnp.delete(one, -1, axis=axis) for one in every[:-1]]
        return jnp.concatenate([*cut, every[-1]], axis=axis)

    return parts[0]._replace(
        time_d=setup.time_d,
        level=along("level", 1),
        untreated=along("untreated", 1),
        silenced=along("silenced", 1),
        fall=along("fall", 0),
    )


def arm_weights(setup: TrialSetup, course: IndicationCourse, severe_share: Array) -> Array:
    """Weight of each subject in the arm, (subjects,), by the share graded severe at entry."""
    if symptom_scores(setup.scenario.indications[0]):
        count = course.grade.shape[0]
        return jnp.full(count, 1.0 / count)
    weight = jnp.where(
        course.grade == SEVERE,
        severe_share / _SEVERE_DRAWN,
        (1 - severe_share) / (1 - _SEVERE_DRAWN),
    )
    return weight / weight.sum()
