"""One person through the engine in full detail: the course of every cell of what is treated.

The engine that a population runs through, with a cohort of one, in double precision, at the loads
of its own cells in place of a response table, and stepped finely.
"""

from dataclasses import dataclass, replace
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from endplate.case import PlacedSite, Plan, placed_sites
from endplate.engine import Cohort, describe, expose
from endplate.engine.anatomy import NOCICEPTOR, Scope, blocks, compartments, field
from endplate.engine.compile_cache import use_compile_cache
from endplate.engine.history import earlier_sessions
from endplate.engine.scenario import PlannedChart, planned_charts
from endplate.errors import EndplateError
from endplate.facts.indications import indication
from endplate.forecast.simulate import MOST_DAYS, MOST_SEED
from endplate.model import Kinetics, Model, Parameters
from endplate.model import endings as nerve
from endplate.model.endings import Endings, TimeNodes, Window
from endplate.model.kinetics import MUSCLE
from endplate.model.spread import Block
from endplate.model.transmission import ReleaseFatigue
from endplate.population.random_effects import draw, middle
from endplate.results.limits import covered_areas

MOST_PERSON = 999_999
_SCOPE: Scope = "everything"
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class GivenDose:
    """One injection day: `day` [d] after the planned treatment (negative for earlier ones)."""

    day: float
    product: str
    dose_u: float


@dataclass(frozen=True)
class TreatedTissue:
    """What is treated in one tissue of one chart, and its courses; `muscles` as of indications.

    `load` [1] (injections, cells) is the cutting rate over the renewal rate at full light chain;
    `weight` [1] (blocks, cells) the share of each block's endings in each cell, rows sum to one.
    `light_chain` is (injections, times) for a load of one; `intact` [1] SNAP-25 (times, cells);
    `working`, `lost` (share of the cross-section, none outside muscle) and `force` are (times,
    blocks).
    """

    chart: str
    tissue: str
    muscles: str
    kinetics: Kinetics
    blocks: tuple[Block, ...]
    load: Numbers
    weight: Numbers
    light_chain: Numbers
    intact: Numbers
    working: Numbers
    lost: Numbers
    force: Numbers

    @property
    def wastes(self) -> bool:
        """Whether it thins while it is silent: only muscle does."""
        return self.tissue == MUSCLE


@dataclass(frozen=True)
class Individual:
    """One person: the injections and every part treated; `time_d` [d] from the planned one.

    `person` is None for the middle person, who is nobody's number.
    """

    person: int | None
    seed: int
    given: tuple[GivenDose, ...]
    time_d: Numbers
    parts: tuple[TreatedTissue, ...]


def individual(
    plan: Plan,
    person: int | None = 0,
    seed: int = 0,
    days: int = 365,
    fine: bool = True,
    fatigue: bool = True,
    model: Model | None = None,
    parameters: Parameters | None = None,
) -> Individual:
    """Run one person of a plan, every cell of everything treated by itself.

    Parameters
    ----------
    plan : Plan
        The plan; earlier treatments it lists act too.
    person : int
        Number of the person, from 0; None for the middle person: every random effect at its
        middle, and the needle where it was planned.
    seed : int
        Seed of the people.
    days : int
        Last day after the planned treatment.
    fine : bool
        Step finely (courses within 1e-6 of the exact solution) instead of at the times of courses.
    fatigue : bool
        Whether earlier blocks fatigue release, as in a forecast; an exported model leaves it out.
    model, parameters
        As for `simulate`.

    Raises
    ------
    NotCovered
        There is no evidence for the product or the indication.
    EndplateError
        `person`, `seed` or `days` is out of bounds.
    """
    for name, number, low, high in (
        ("person", person or 0, 0, MOST_PERSON),
        ("seed", seed, 0, MOST_SEED),
        ("days", days, 1, MOST_DAYS),
    ):
        if not low <= number <= high:
            raise EndplateError(f"{name} is {number}; allowed are {low} to {high}.")
    use_compile_cache()
    model, parameters = model or Model(), parameters or Parameters.stored()
    indications = covered_areas(plan)
    planned = placed_sites(plan)
    earlier, _ = earlier_sessions(plan, indications)
    planned_dose = GivenDose(0.0, plan.treatment.product, sum(site.dose_u for site in planned))
    given = (planned_dose, *(GivenDose(e.day, e.product, e.dose_u) for e in earlier))
    starts_d = sorted({dose.day for dose in given})
    ends_d = [*starts_d[1:], float(days)]
    windows = [
        (start, _nodes(end - start, fine)) for start, end in zip(starts_d, ends_d, strict=True)
    ]
    charts = planned_charts(plan, indications, planned, earlier, model)
    sites = (*planned, *(site for session in earlier for site in session.sites))
    parts = [
        part
        for chart in charts
        for part in _parts(chart, person, seed, given, windows, sites, model, parameters, fatigue)
    ]
    return Individual(person, seed, given, _joined_times(windows), tuple(parts))


def _nodes(days: float, fine: bool) -> TimeNodes:
    if fine:
        return nerve.reference_nodes(days)
    return TimeNodes(nerve.course_days(days), np.zeros(0))


def _joined_times(windows: list[tuple[float, TimeNodes]]) -> Numbers:
    """Times of all windows in a row, each instant once."""
    parts = [start + np.asarray(nodes.step_d) for start, nodes in windows]
    return np.concatenate([*(part[:-1] for part in parts[:-1]), parts[-1]])


def _parts(
    chart: PlannedChart,
    person: int | None,
    seed: int,
    given: tuple[GivenDose, ...],
    windows: list[tuple[float, TimeNodes]],
    sites: tuple[PlacedSite, ...],
    model: Model,
    parameters: Parameters,
    fatigue: bool,
) -> list[TreatedTissue]:
    """Parts of one chart: one per tissue that an indication of it is treated in."""
    scenario, count = replace(chart.scenario, same_pattern=False), chart.scenario.site_count
    if person is None:
        effects, placement = middle(count)
    else:
        effects, placement = draw(np.int64(seed), np.array([person]), count)
    cohort = Cohort(parameters.vectors[0][:, None], jnp.asarray(effects), jnp.asarray(placement))
    described = jax.jit(describe, static_argnums=2)(cohort, scenario, _SCOPE)
    body = field(scenario.anatomy)
    split, parts = len(blocks(scenario.anatomy)), compartments(scenario.anatomy, _SCOPE)
    found: dict[tuple[str, str], TreatedTissue] = {}
    for code in chart.indications:
        tissue = indication(code).tissue
        pain_of = code if tissue == NOCICEPTOR else ""
        if (tissue, pain_of) in found:
            continue
        index = next(i for i, p in enumerate(parts) if (p.tissue, p.pain_of) == (tissue, pain_of))
        rows = [
            row for row in parts[index].rows if row < split and _is_treated(body.blocks[row], sites)
        ]
        cells = np.isin(body.cell_block, rows)
        exposed = expose(described, jnp.asarray(cohort.placement), scenario, _SCOPE, None, cells)
        rates, load = described.rates[index], exposed.load[index]
        course = _follow(load, rates, chart, windows, model, fatigue)
        weight = body.endplate_weight[rows][:, cells]
        days = [dose.day for dose in given]
        loads = np.zeros((len(given), load.shape[1]))
        for injection in chart.injections:
            own = injection.ratio * np.asarray(load)[injection.session, :, 0]
            loads[days.index(injection.day_d)] += own
        found[tissue, pain_of] = _treated_tissue(
            chart, tissue, rates, tuple(body.blocks[r] for r in rows), loads, weight, course,
            np.array(days), _joined_times(windows), model,
        )  # fmt: skip
    return list(found.values())


def _follow(
    load: Array,
    rates: Kinetics,
    chart: PlannedChart,
    windows: list[tuple[float, TimeNodes]],
    model: Model,
    fatigue: bool,
) -> Window:
    """Endings of every cell through all windows, (times, cells, 1)."""
    endings = nerve.untreated(model, rates, len(load), load.shape[1], load.dtype)
    parts = []
    for number, (start_d, nodes) in enumerate(windows):
        for injection in chart.injections:
            if injection.day_d == start_d:
                endings = nerve.injected(endings, model, rates, injection.session, injection.ratio)
        tired = ReleaseFatigue.human() if fatigue and number else None
        window = _window(endings, load, rates, tired, nodes, model)
        parts.append(window)
        if number + 1 < len(windows):
            gap_d = jnp.asarray(nodes.step_d)[-1:]
            endings = _after(gap_d, endings, window, load, rates, nodes, model)
    cut = [Window(*(course[:-1] for course in part)) for part in parts[:-1]]
    return Window(*(jnp.concatenate(courses) for courses in zip(*cut, parts[-1], strict=True)))


@partial(jax.jit, static_argnames="model")
def _window(
    endings: Endings,
    load: Array,
    rates: Kinetics,
    fatigue: ReleaseFatigue | None,
    nodes: TimeNodes,
    model: Model,
) -> Window:
    return nerve.run_window(endings, load, model, rates, fatigue, nodes)


@partial(jax.jit, static_argnames="model")
def _after(
    gap_d: Array,
    endings: Endings,
    window: Window,
    load: Array,
    rates: Kinetics,
    nodes: TimeNodes,
    model: Model,
) -> Endings:
    tired = ReleaseFatigue.human()
    return nerve.endings_on(gap_d, endings, window, load, model, rates, tired, nodes)


def _treated_tissue(
    chart: PlannedChart,
    tissue: str,
    rates: Kinetics,
    treated: tuple[Block, ...],
    loads: Numbers,
    weight: Numbers,
    course: Window,
    injection_d: Numbers,
    time_d: Numbers,
    model: Model,
) -> TreatedTissue:
    one = Kinetics(*(jnp.reshape(rate, ()) for rate in rates))
    working = jnp.asarray(course.working_fraction[..., 0]) @ weight.T
    hypothesis = model.tissue_of(one)
    lost = hypothesis.section_lost(working, jnp.asarray(time_d))
    since_d = jnp.maximum(time_d - injection_d[:, None], 0.0)
    return TreatedTissue(
        chart=chart.scenario.anatomy.chart,
        tissue=tissue,
        muscles=chart.scenario.muscles,
        kinetics=one,
        blocks=treated,
        load=loads,
        weight=weight,
        light_chain=np.asarray(model.uptake_of(one).light_chain(since_d)),
        intact=np.asarray(course.intact[..., 0]),
        working=np.asarray(working),
        lost=np.asarray(lost),
        force=np.asarray(hypothesis.force_fraction(working, lost)),
    )


def _is_treated(block: Block, sites: tuple[PlacedSite, ...]) -> bool:
    """Whether a site aims at the block's muscle on its side; the midline belongs to both."""
    return any(
        site.muscle == block.muscle
        and (site.side == block.side or "midline" in (site.side, block.side))
        for site in sites
    )
