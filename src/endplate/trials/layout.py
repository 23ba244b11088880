"""How the people of a trial are cut into tasks: by the design alone, never by who runs them."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from endplate.trials.design import Design

TASK_PEOPLE = 4096  # so that little is lost with a worker, and a part is worth its file
EQUAL_ARM = 1000  # number of the arm that is given what the control is given
_STRATA = 7919  # keys the numbers that share out strata, and nothing else


@dataclass(frozen=True)
class Task:
    """A run of places of one arm: `first` of the arm's places over all replicates, and how many."""

    number: int
    arm: int
    first: int
    count: int


@dataclass(frozen=True)
class Layout:
    """Places of a trial: people of every arm in every replicate.

    `sizes` are people of each arm in one replicate, the arm of false positives last where it is
    run; `share_of` [1] is each stratum's share of the people let in.
    """

    replicates: int
    seed: int
    sizes: tuple[int, ...]
    given_as: tuple[int, ...]
    share_of: tuple[float, ...]

    @cached_property
    def tasks(self) -> tuple[Task, ...]:
        """Every task, arm by arm."""
        found: list[Task] = []
        for arm, size in enumerate(self.sizes):
            places = size * self.replicates
            for first in range(0, places, TASK_PEOPLE):
                count = min(TASK_PEOPLE, places - first)
                found.append(Task(len(found), arm, first, count))
        return tuple(found)

    def kinds(self, numbers: Sequence[int]) -> tuple[int, ...]:
        """Of each task the arm that its arm is given like: those of one share compiled code."""
        return tuple(self.given_as[self.tasks[number].arm] for number in numbers)

    def places(self, task: Task) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Replicate and person of each place of a task."""
        place = np.arange(task.first, task.first + task.count)
        return place // self.sizes[task.arm], place % self.sizes[task.arm]

    def strata(self, task: Task) -> NDArray[np.int64]:
        """Stratum of each place of a task: the arms of a replicate share out each stratum."""
        replicate, person = self.places(task)
        found = np.zeros(task.count, np.int64)
        if len(self.share_of) == 1:
            return found
        for one in np.unique(replicate):
            ends = np.cumsum(self.stratum_sizes(int(one))[task.arm])
            rows = replicate == one
            found[rows] = np.searchsorted(ends, person[rows], side="right")
        return found

    def stratum_sizes(self, replicate: int) -> NDArray[np.int64]:
        """People of each arm in each stratum of one replicate, (arms, strata).

        As permuted blocks leave them: who comes is chance, the arms share each stratum by their
        allocation, and what does not divide falls to the arms by chance.
        """
        rng = np.random.default_rng((self.seed, replicate, _STRATA))
        sizes = np.array(self.sizes)
        arriving = rng.multinomial(sizes.sum(), self.share_of)
        exact = np.outer(sizes, arriving) / sizes.sum()
        counts = np.floor(exact).astype(np.int64)
        for arm in range(len(sizes)):
            spare = sizes[arm] - counts[arm].sum()
            part = exact[arm] - counts[arm]
            if spare:
                chosen = rng.choice(len(arriving), spare, replace=False, p=part / part.sum())
                counts[arm][chosen] += 1
        return counts


def layout_of(design: Design, share_of: tuple[float, ...]) -> Layout:
    """Places of a design."""
    sizes, given_as = design.arm_sizes, tuple(range(len(design.arms)))
    if design.analysis.type_one_error and design.trial.replicates >= 2:
        first = next(i for i in given_as if i != design.control)
        sizes, given_as = (*sizes, sizes[first]), (*given_as, design.control)
    return Layout(int(design.trial.replicates), int(design.trial.seed), sizes, given_as, share_of)
