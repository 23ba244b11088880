"""Power of smaller trials within a run: the first people of every arm are a trial of their own."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from endplate.trials.analysis import Tally, hypotheses, wins
from endplate.trials.design import Design
from endplate.trials.layout import Layout
from endplate.trials.parts import Part
from endplate.trials.summary import share

_LEAST_REPLICATES, _LEAST, _STEPS = 20, 4, 9


def steps_to(largest: int, steps: int = _STEPS) -> list[int]:
    """Sizes of the largest arm up to its own, in even ratios."""
    least = min(largest, _LEAST)
    return sorted({round(n) for n in np.geomspace(least, largest, steps)})


@dataclass
class SmallerTrials:
    """Counts of trials of several sizes, added up part by part.

    Strata number the people of one stratum after the other, so the first of an arm are then no
    sample, and one replicate tells no power: no size is counted.
    """

    design: Design
    layout: Layout
    sizes: list[int] = field(default_factory=list)
    tallies: list[Tally] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.sizes and self.layout.replicates >= _LEAST_REPLICATES:
            self.sizes = steps_to(max(self.design.arm_sizes))
        if self.design.strata is not None:
            self.sizes = []
        self.tallies = [Tally(self.design, self.layout) for _ in self.sizes]

    def add(self, part: Part) -> None:
        """Add a part to every size."""
        if part.arm >= len(self.design.arms):
            return
        arms = self.design.arm_sizes
        for size, tally in zip(self.sizes, self.tallies, strict=True):
            most = tuple(max(2, round(n * size / max(arms))) for n in arms)
            tally.add(part, most)

    def won(self) -> NDArray[np.bool_]:
        """Which replicates succeed at each size, (replicates, sizes).

        Success is that of the first endpoint, or of all where they are co-primary.
        """
        control = self.design.control
        active = [i for i in range(len(self.design.arms)) if i != control]
        joint = self.design.analysis.multiplicity == "co_primary"
        found = np.zeros((self.layout.replicates, len(self.sizes)), bool)
        for place, tally in enumerate(self.tallies):
            rejected = wins(tally, hypotheses(tally, active, control))
            found[:, place] = np.all(rejected, axis=1) if joint else rejected[:, 0]
        return found

    def curve(self) -> list[dict[str, float]]:
        """Size of the largest arm, percent of replicates that succeed, its Monte-Carlo error."""
        return curve_of(self.sizes, self.won())


def curve_of(sizes: list[int], won: NDArray[np.bool_]) -> list[dict[str, float]]:
    """Percent of replicates that succeed at each size; `won` is (replicates, sizes)."""
    return [{"n": float(size), **share(own)} for size, own in zip(sizes, won.T, strict=True)]
