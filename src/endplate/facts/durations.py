"""How trials read a duration: what is seen, at which visits, and when it counts as lost."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache

from endplate.facts.record import records

LINE, BURDEN = "line", "burden"


@dataclass(frozen=True)
class DurationRule:
    """How one published duration is read: by one trial, in an indication, or in all of a sort.

    A response is read on the first `visits_d` and then `every_d` apart, and lost at the first visit
    that no longer sees it. Of a line `curve` names the responder definition, and `among` the one
    that must hold at the first visit to count; none: the same. Of a burden it is
    lost when the fall from the start is under `kept_share` of the `best` fall seen so far, or of
    the `start`; no share: what `burdens.csv` has. `least_fall` is the share of the start that must
    be gone at the first visit to count; none: everybody treated counts. `told` is the `visit` at
    which the loss was found, or a point on a straight `line` between visits.
    """

    applies_to: str
    trial_id: str
    endpoint: str
    curve: str
    among: str
    of: str
    kept_share: float | None
    least_fall: float | None
    visits_d: str
    every_d: float
    told: str
    kind: str
    source: str
    verified: bool
    note: str

    @property
    def first_visits_d(self) -> tuple[float, ...]:
        """Days of the first visits; those that are evenly apart begin with the last of them."""
        return tuple(float(day) for day in self.visits_d.split())

    @property
    def name(self) -> str:
        """Name of the duration among those of an indication."""
        return _named(self.endpoint, self.trial_id) if self.trial_id else self.endpoint


@cache
def duration_rules(indication: str, sort: str) -> dict[str, DurationRule]:
    """Rules of an indication by name, in file order; its own stand before those of its sort.

    Parameters
    ----------
    indication : str
        Code of the indication.
    sort : str
        `line` or `burden`.
    """
    rows = records(DurationRule, "durations")
    found = {row.name: row for row in rows if row.applies_to == sort}
    return found | {row.name: row for row in rows if row.applies_to == indication}


def duration_name(endpoint: str, trial_id: str, names: Collection[str]) -> str:
    """Name, among those of an indication, of the duration that a trial prints as an endpoint."""
    own = _named(endpoint, trial_id)
    return own if own in names else endpoint


def _named(endpoint: str, trial_id: str) -> str:
    return f"{endpoint} in {trial_id}"
