"""How trials read a duration: what is seen, at which visits, and when it counts as lost."""

from dataclasses import dataclass
from functools import cache

from endplate.facts.record import records

LINE, BURDEN = "line", "burden"


@dataclass(frozen=True)
class DurationRule:
    """How one published duration is read, for an indication or for all of a sort.

    A response is read at visits from `first_d` on, `every_d` apart, and lost at the first visit
    that no longer sees it. Of a line `curve` names the responder definition. Of a burden it is
    lost when the fall from the start is under `kept_share` of the `best` fall seen so far, or of
    the `start`; no share: what `burdens.csv` has. `least_fall` is the share of the start that must
    be gone at the first visit to count; none: everybody treated counts. `told` is the `visit` at
    which the loss was found, or a point on a straight `line` between visits.
    """

    applies_to: str
    endpoint: str
    curve: str
    of: str
    kept_share: float | None
    least_fall: float | None
    first_d: float
    every_d: float
    told: str
    kind: str
    source: str
    verified: bool
    note: str


@cache
def duration_rules(indication: str, sort: str) -> dict[str, DurationRule]:
    """Rules of an indication by endpoint, in file order; its own stand before those of its sort.

    Parameters
    ----------
    indication : str
        Code of the indication.
    sort : str
        `line` or `burden`.
    """
    rows = records(DurationRule, "durations")
    found = {row.endpoint: row for row in rows if row.applies_to == sort}
    return found | {row.endpoint: row for row in rows if row.applies_to == indication}
