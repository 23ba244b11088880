"""Runs one task of a trial: the chunk function over the places of a task, and its part on disk."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from endplate.engine import Clock, Cohort, Scenario
from endplate.engine.compile_cache import use_compile_cache
from endplate.facts.parameters import posterior_draws
from endplate.model import Model, Parameters
from endplate.trials.between import ArmSpread, finders, shifts_of
from endplate.trials.cohort import (
    CHUNK,
    SCOPE,
    Assessments,
    Observations,
    arm_clock,
    arm_conduct,
    arm_scenario,
    assessments_of,
    described,
    observe_chunk,
    people,
    policy_of,
    rules_of,
    severities_of_candidates,
    stratum_of,
)
from endplate.trials.design import Design
from endplate.trials.layout import EQUAL_ARM, Layout, Task, layout_of
from endplate.trials.parts import Part, write_part

CANDIDATES = 65_536  # of whom the share screened out and the shares of strata are read
LEAST_SHARE = 0.002  # let in, below which a design is refused
_VECTORS = 6007  # keys which parameters a replicate runs with, and nothing else
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Screening:
    """Who of those screened is let in: `screened_out` [1], and the share of each stratum [1]."""

    screened_out: float
    strata: tuple[float, ...]


def screening_of(design: Design) -> Screening:
    """Share screened out and shares of the strata, of candidates as trials enrol them."""
    if design.inclusion is None and design.strata is None:
        return Screening(0.0, (1.0,))
    code = design.trial.indication
    scenario = arm_scenario(design, design.control, Model())
    rules = rules_of(design)
    severity = severities_of_candidates(
        int(design.trial.seed), scenario.stated[0], code, rules, CANDIDATES
    )
    own = np.asarray(stratum_of(jnp.asarray(severity), rules))
    let_in = own[own >= 0]
    strata = len(design.strata.cut_at) + 1 if design.strata else 1
    counts = np.bincount(let_in, minlength=strata)
    shares = counts / max(len(let_in), 1)
    return Screening(1.0 - len(let_in) / len(own), tuple(float(share) for share in shares))


@dataclass(frozen=True, eq=False)
class Setup:
    """A design ready to run; the same in every worker."""

    design: Design
    layout: Layout
    assessments: Assessments
    model: Model
    clock: Clock
    scenarios: tuple[Scenario, ...]
    harm_shares: tuple[Numbers, ...]
    spreads: tuple[ArmSpread | None, ...]
    selects: bool

    @classmethod
    def of(
        cls,
        design: Design,
        strata: tuple[float, ...],
        harm_shares: tuple[tuple[float, ...], ...],
        spreads: Sequence[dict[str, Any]],
    ) -> "Setup":
        """Prepare a design.

        Parameters
        ----------
        design : Design
            The design.
        strata : [1]
            Share of each stratum.
        harm_shares : [1]
            Share of people with each unwanted effect, by arm.
        spreads : sequence of dict
            How each arm differs between trials, as `prepare` stores it; empty where it does not.
        """
        use_compile_cache()
        model = Model()
        return cls(
            design=design,
            layout=layout_of(design, strata),
            assessments=assessments_of(design, len(harm_shares[0])),
            model=model,
            clock=arm_clock(design, model),
            scenarios=tuple(arm_scenario(design, i, model) for i in range(len(design.arms))),
            harm_shares=tuple(np.array(share) for share in harm_shares),
            spreads=tuple(ArmSpread.read(one) for one in spreads),
            selects=design.inclusion is not None or design.strata is not None,
        )


def run_task(setup: Setup, task: Task, folder: Path) -> str:
    """Run a task and write its part; return the part's digest."""
    return write_part(part_of(setup, task), folder, task.number)


def part_of(setup: Setup, task: Task) -> Part:
    """What the people of a task do."""
    replicate, person = setup.layout.places(task)
    stratum = setup.layout.strata(task)
    # one chunk is computed while the one before it is collected
    chunks = []
    for first in range(0, task.count, CHUNK):
        count = min(CHUNK, task.count - first)
        rows = np.minimum(np.arange(first, first + CHUNK), task.count - 1)
        found = run_chunk(setup, task.arm, replicate[rows], person[rows], stratum[rows], count)
        chunks.append((found, count))
    return _joined(setup, task, replicate, person, [(jax.device_get(f), n) for f, n in chunks])


def run_chunk(
    setup: Setup,
    arm: int,
    replicate: NDArray[np.int64],
    person: NDArray[np.int64],
    stratum: NDArray[np.int64],
    count: int,
    shift: float = 0.0,
) -> Observations:
    """The chunk function: `CHUNK` people of one arm, of whom the first `count` are the arm's.

    `shift` [1] is added to what the replicates differ by.
    """
    layout, design = setup.layout, setup.design
    given_as = layout.given_as[arm]
    number = arm if arm < len(design.arms) else EQUAL_ARM
    scenario = setup.scenarios[given_as]
    rules = rules_of(design)
    keys, effects, placement = people(
        np.int64(layout.seed),
        replicate,
        np.int64(number),
        person,
        stratum,
        scenario.stated[0],
        rules,
        scenario.site_count,
        setup.assessments.indication,
        setup.selects,
    )
    vectors = vectors_of(design, replicate)
    who = described(Cohort(vectors, effects, np.zeros(0)), scenario.without_sites(), SCOPE)
    return observe_chunk(
        who,
        keys,
        placement,
        scenario,
        setup.clock,
        arm_conduct(design, given_as, setup.harm_shares[given_as]),
        rules,
        policy_of(design),
        shift_of(setup, given_as, replicate) + np.float32(shift),
        (np.arange(CHUNK) < count).astype(np.float32),
        setup.assessments,
        setup.model,
        design.arms[given_as].placebo,
    )


def vectors_of(design: Design, replicate: NDArray[np.int64]) -> Numbers:
    """Parameters of each person, (parameters, subjects): those of the person's replicate."""
    if not design.trial.parameter_uncertainty:
        return np.repeat(Parameters.stored().vectors[:1].T, len(replicate), axis=1)
    draws = np.array(posterior_draws())
    chosen = {
        one: np.random.default_rng((int(design.trial.seed), int(one), _VECTORS)).integers(
            len(draws)
        )
        for one in np.unique(replicate)
    }
    return draws[[chosen[one] for one in replicate]].T


def shift_of(setup: Setup, arm: int, replicate: NDArray[np.int64]) -> NDArray[np.float32]:
    """By how much each person's trial is found worse, (finders, visits, subjects)."""
    design, spread = setup.design, setup.spreads[arm]
    if not design.trial.between_trials or spread is None:
        shape = (finders(design.trial.indication), setup.assessments.visits, len(replicate))
        return np.zeros(shape, np.float32)
    return shifts_of(spread, int(design.trial.seed), arm, design.arms[arm].placebo, replicate)


def _joined(
    setup: Setup,
    task: Task,
    replicate: NDArray[np.int64],
    person: NDArray[np.int64],
    chunks: list[tuple[Any, int]],
) -> Part:
    def people_first(name: str) -> NDArray[Any]:
        return np.concatenate(
            [
                np.moveaxis(np.asarray(getattr(found, name)), -1, 0)[:count]
                for found, count in chunks
            ]
        )

    expected = np.zeros_like(np.asarray(chunks[0][0].expected, np.float64))
    for found, _ in chunks:  # in order, so that the sum is the same always
        expected = expected + np.asarray(found.expected, np.float64)
    names = (
        "stratum", "base", "days", "seen", "values", "measures", "retained", "left_d", "lack",
        "given_d", "harms", "age_y", "female",
    )  # fmt: skip
    return Part(
        arm=task.arm,
        replicate=replicate,
        person=person,
        expected=expected,
        **{name: people_first(name) for name in names},
    )
