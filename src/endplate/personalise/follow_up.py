"""The follow-up file: visits and injections of one or several people, read from CSV."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from endplate.errors import CannotRead, CaseError
from endplate.facts.vocabulary import find_word, preferred_words
from endplate.files.csv_table import CsvTable, read_csv

PLACEBO = "placebo"
_NEEDED = ("patient", "day", "endpoint", "value")
_MOST_FAULTS, _MOST_DAY = 20, 20_000.0
_MOST_INJECTIONS = 20


@dataclass(frozen=True)
class Given:
    """One injection: its day [d], product and total dose [U of the product]."""

    day: float
    product: str
    dose_u: float


@dataclass(frozen=True)
class Visit:
    """What one visit observed of one endpoint."""

    day: float
    endpoint: str
    value: float


@dataclass
class FollowUp:
    """Visits and injections of one person, each in order of day; a visit precedes its injection."""

    patient: str
    visits: list[Visit] = field(default_factory=list)
    given: list[Given] = field(default_factory=list)


class FollowUpFaults(CaseError):
    """A follow-up file has faults: one sentence each, in `sentences`."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self.sentences = tuple(sentences)
        super().__init__("\n".join(self.sentences))


def read_follow_up(path: Path, endpoints: Sequence[str]) -> list[FollowUp]:
    """Follow-up of every person of a file, in order of appearance.

    Parameters
    ----------
    path : Path
        CSV with the columns patient, day, endpoint, value and, for injections, product, dose_u.
    endpoints : sequence of str
        Endpoints that can be read.

    Raises
    ------
    CannotRead
        It is no CSV with these columns.
    FollowUpFaults
        Rows have faults: one sentence each.
    """
    table = read_csv(path)
    missing = [name for name in _NEEDED if name not in table.columns]
    if missing:
        raise CannotRead(
            f"{path} has no column {', '.join(missing)}; needed are {', '.join(_NEEDED)}, and "
            "product, dose_u for injections."
        )
    people: dict[str, FollowUp] = {}
    faults: list[str] = []
    for line, row in table.rows:
        try:
            _take(people, table, row, endpoints)
        except ValueError as fault:
            faults.append(f"line {line} of {path}: {fault}")
    if len(faults) > _MOST_FAULTS:
        faults[_MOST_FAULTS:] = [f"{len(faults) - _MOST_FAULTS} more lines have faults."]
    if not faults and not people:
        faults = [f"{path} holds no row."]
    if faults:
        raise FollowUpFaults(faults)
    for person in people.values():
        person.visits.sort(key=lambda visit: visit.day)
        person.given.sort(key=lambda given: given.day)
    return list(people.values())


def _take(
    people: dict[str, FollowUp], table: CsvTable, row: dict[str, str], endpoints: Sequence[str]
) -> None:
    name = row["patient"]
    if not 0 < len(name) <= 80:
        raise ValueError("patient is empty or too long; allowed are 1 to 80 characters.")
    day = _number(table, "day", row["day"], -_MOST_DAY, _MOST_DAY)
    visit = given = None
    if row.get("dose_u", "") or row.get("product", ""):
        given = _given(table, row, day)
    if row["value"] or row["endpoint"]:
        visit = _visit(table, row, day, endpoints)
    if visit is None and given is None:
        raise ValueError("the row has neither a value nor a dose_u.")
    person = people.setdefault(name, FollowUp(name))
    if visit is not None:
        person.visits.append(visit)
    if given is not None:
        if any(other.day == day for other in person.given):
            raise ValueError(f"day {day:g} has two injections of this person; add their doses.")
        if len(person.given) == _MOST_INJECTIONS:
            raise ValueError(f"more than {_MOST_INJECTIONS} injections of one person.")
        person.given.append(given)


def _given(table: CsvTable, row: dict[str, str], day: float) -> Given:
    text = row.get("product", "")
    word = find_word("product", text)
    product = PLACEBO if text.casefold() == PLACEBO else word.preferred if word else None
    if product is None:
        known = ", ".join((*preferred_words("product"), PLACEBO))
        raise ValueError(f"product is {text[:60]!r}; allowed are {known}.")
    dose_u = _number(table, "dose_u", row.get("dose_u", ""), 0.0, 50_000.0)
    if (product == PLACEBO) != (dose_u == 0.0):
        raise ValueError("dose_u is 0 for placebo alone, and above 0 for every product.")
    return Given(day, product, dose_u)


def _visit(table: CsvTable, row: dict[str, str], day: float, endpoints: Sequence[str]) -> Visit:
    if row["endpoint"] not in endpoints:
        allowed = ", ".join(endpoints)
        raise ValueError(
            f"endpoint is {row['endpoint'][:60]!r}; allowed for this plan are {allowed}."
        )
    return Visit(day, row["endpoint"], _number(table, "value", row["value"], -1e5, 1e5))


def _number(table: CsvTable, name: str, text: str, low: float, high: float) -> float:
    try:
        value = table.number(text)
    except ValueError:
        value = math.nan
    if not low <= value <= high:
        raise ValueError(f"{name} is {text[:40]!r}; allowed is a number from {low:g} to {high:g}.")
    return value
