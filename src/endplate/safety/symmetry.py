"""Left against right, and a forehead treated in its middle alone."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from endplate.facts.label import LabelRule
from endplate.facts.targets import is_target
from endplate.safety.finding import Finding, from_label, plain
from endplate.safety.reads import reads
from endplate.safety.view import SAME, View

SIDES = ("left", "right")


class Uneven(NamedTuple):
    """A muscle whose sides get doses [U] further apart than `fact` lets them be, in one area."""

    area: str
    muscle: str
    left_u: float
    right_u: float
    fact: LabelRule

    @property
    def fuller(self) -> str:
        """Side with more dose."""
        return "left" if self.left_u > self.right_u else "right"

    @property
    def least_u(self) -> float:
        """Dose of the other side [U]."""
        return min(self.left_u, self.right_u)

    @property
    def most_u(self) -> float:
        """Dose of the fuller side [U]."""
        return max(self.left_u, self.right_u)


def uneven_muscles(view: View) -> Iterator[Uneven]:
    """Muscles that a plan treats unevenly, in uses that have two sides."""
    for area in view.areas:
        fact = view.fact("side_difference_max", area)
        if fact is None or fact.value is None:
            continue
        for muscle, sides_u in _by_side(view, area).items():
            found = Uneven(area, muscle, sides_u["left"], sides_u["right"], fact)
            if found.most_u - found.least_u > fact.value * found.most_u + SAME:
                yield found


@reads("treatment.indications", "treatment.sites")
def side_difference(view: View) -> Iterator[Finding]:
    """Doses of left and right in uses that have two sides, muscle by muscle."""
    for one in uneven_muscles(view):
        how = "on one side alone" if one.least_u <= SAME else "unevenly"
        title = f"{plain(one.muscle).capitalize()} treated {how} for {plain(one.area)}"
        reason = (
            f"{one.left_u:g} U on the left and {one.right_u:g} U on the right, in a "
            f"use with two sides: the {one.fuller} side will be the weaker one "
            "and the face or neck uneven for as long as that lasts."
        )
        share = (one.most_u - one.least_u) / one.most_u
        yield from_label("side_difference", "caution", title, reason, one.fact, share)


def _by_side(view: View, area: str) -> dict[str, dict[str, float]]:
    """Dose of each muscle on each side [U]; of fixed sites where the label has such."""
    sums_u: dict[str, dict[str, float]] = defaultdict(lambda: dict.fromkeys(SIDES, 0.0))
    for shot in view.shots_in(area):
        # A muscle that the use does not treat is told by its own rule.
        if shot.side in SIDES and is_target(shot.muscle, area):
            sums_u[shot.muscle][shot.side] += shot.dose_u
    if area == "chronic_migraine":
        fixed_u = {(s.muscle, s.side): s.low_u for s in view.pattern(area) if s.low_u is not None}
        for muscle, sides_u in sums_u.items():
            for side in SIDES:
                sides_u[side] = min(sides_u[side], fixed_u.get((muscle, side), sides_u[side]))
    return sums_u


@reads("treatment.indications", "treatment.sites")
def outer_brow(view: View) -> Iterator[Finding]:
    """Forehead sites against how far out they must reach for the outer brow to stay level."""
    fact = view.fact("outer_site_from", "forehead_lines")
    sites = [
        shot
        for shot in view.shots_in("forehead_lines")
        if shot.muscle == "frontalis" and shot.point_mm is not None
    ]
    if fact is None or fact.value is None or not sites:
        return
    reach_mm = max(abs(shot.point_mm[0]) for shot in sites if shot.point_mm is not None)
    if reach_mm < fact.value:
        reason = (
            f"The outermost site lies {reach_mm:.0f} mm from the midline. The outer frontalis "
            "keeps pulling while the middle rests: the outer brow may rise to a peak. A small dose "
            "further out is the usual remedy."
        )
        title = "Forehead treated in its middle alone"
        yield from_label("outer_brow", "caution", title, reason, fact, reach_mm)
