"""Reads a user's table of published figures, with one sentence per fault."""

import math
from pathlib import Path

from endplate.errors import CannotRead, TrialTableFaults
from endplate.facts.trials import TrialFigure
from endplate.files.csv_table import CsvTable, csv_table, csv_text, read_csv

NEEDED = (
    "trial_id", "indication", "product", "arm", "dose_u", "n", "day", "endpoint", "statistic",
    "value",
)  # fmt: skip
_MOST_FAULTS = 20
# Notes that say a dose is that of one side, where a protocol treats both.
_ONE_SIDE = ("dose per eye", "dose per palm", "dose is per palm", "per axilla, within patient")
_FLOORS = ("censored", "lower bound", "floor")
_BOUNDS = ("at_least", "at_most")


def read_trials(path: Path) -> tuple[TrialFigure, ...]:
    """Every figure of a CSV table, as spreadsheets save them.

    Parameters
    ----------
    path : Path
        Table with at least the columns of `NEEDED`; `area_dose_u` (dose in the muscles of the
        indication), `sd`, `baseline_mean`, `bound` or `note`, `checked` or `verified`, and
        `source` are read where present, other columns are left alone.

    Raises
    ------
    TrialTableFaults
        The file or some rows cannot be read: one sentence per fault, nothing is taken.
    """
    try:
        table = read_csv(path)
    except CannotRead as fault:
        raise TrialTableFaults([str(fault)]) from None
    return _figures(table, str(path), path.name)


def figures_in(content: str | bytes, name: str) -> tuple[TrialFigure, ...]:
    """Every figure of a CSV text or of the content of a CSV file; `name` is what faults call it.

    Raises
    ------
    TrialTableFaults
        The text or some rows cannot be read: one sentence per fault, nothing is taken.
    """
    try:
        text = content if isinstance(content, str) else csv_text(content, name)
        table = csv_table(text, name)
    except CannotRead as fault:
        raise TrialTableFaults([str(fault)]) from None
    return _figures(table, name, name)


def _figures(table: CsvTable, path: str, name: str) -> tuple[TrialFigure, ...]:
    missing = [column for column in NEEDED if column not in table.columns]
    if missing:
        raise TrialTableFaults(
            [f"{path} lacks the columns {', '.join(missing)}; needed are {', '.join(NEEDED)}."]
        )
    faults: list[str] = []
    figures = []
    for line, row in table.rows:
        figure = _figure(row, f"line {line} of {name}", faults, table)
        if figure is not None:
            figures.append(figure)
    if faults:
        more = len(faults) - _MOST_FAULTS
        rest = [f"And {more} more faults."] if more > 0 else []
        raise TrialTableFaults(faults[:_MOST_FAULTS] + rest)
    return tuple(figures)


def _figure(
    cells: dict[str, str], where: str, faults: list[str], table: CsvTable
) -> TrialFigure | None:
    before = len(faults)
    for name in ("trial_id", "indication", "product", "endpoint"):
        if not cells[name]:
            faults.append(f"{where}: {name} is empty; a name is needed.")
    value = _number(cells, "value", where, faults, table, -1e6, 1e6)
    if value is None and not cells["value"]:
        faults.append(f"{where}: value is empty; a number is needed.")
    n = _number(cells, "n", where, faults, table, 1, 1e6)
    dose_u = _number(cells, "dose_u", where, faults, table, 0, 1e5)
    area_dose_u = _number(cells, "area_dose_u", where, faults, table, 0, 1e5)
    day = _number(cells, "day", where, faults, table, 0, 1e4)
    sd = _number(cells, "sd", where, faults, table, 0, 1e6)
    baseline_mean = _number(cells, "baseline_mean", where, faults, table, -1e6, 1e6)
    if cells["statistic"] == "percent" and value is not None and not 0 <= value <= 100:
        faults.append(f"{where}: value is {cells['value']}; a percent lies from 0 to 100.")
    bound = cells.get("bound", "")
    if bound not in ("", *_BOUNDS):
        allowed = ", ".join(_BOUNDS)
        faults.append(f"{where}: bound is {bound[:40]!r}; allowed are {allowed} or none.")
    if len(faults) > before or value is None:
        return None
    note = cells.get("note", "")
    area_dose_u = dose_u if area_dose_u is None else area_dose_u
    if area_dose_u is not None and any(words in note.lower() for words in _ONE_SIDE):
        area_dose_u *= 2.0
    floor = bound == "at_least" or any(word in note.lower() for word in _FLOORS)
    return TrialFigure(
        trial_id=cells["trial_id"],
        indication=cells["indication"],
        product=cells["product"],
        arm=cells["arm"],
        dose_u=dose_u,
        area_dose_u=area_dose_u,
        n=None if n is None else int(n),
        day=day,
        endpoint=cells["endpoint"],
        statistic=cells["statistic"],
        value=value,
        bound="at_least" if floor else bound,
        source=cells.get("source", ""),
        verified=cells.get("checked") == "read" or cells.get("verified") == "yes",
        note=note,
        sd=sd,
        baseline_mean=baseline_mean,
    )


def _number(
    cells: dict[str, str],
    name: str,
    where: str,
    faults: list[str],
    table: CsvTable,
    low: float,
    high: float,
) -> float | None:
    text = cells.get(name, "")
    if not text:
        return None
    try:
        number = table.number(text)
    except ValueError:
        number = math.nan
    if not low <= number <= high:
        faults.append(
            f"{where}: {name} is {text[:40]!r}; a number from {low:g} to {high:g} is allowed."
        )
        return None
    return number
