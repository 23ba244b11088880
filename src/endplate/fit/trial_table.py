"""Reads a user's table of published figures, with one sentence per fault."""

import math
import re
from pathlib import Path
from typing import Any

from endplate.errors import CannotRead, TrialTableFaults
from endplate.facts.endpoints import symptom_scores
from endplate.facts.indications import is_charted
from endplate.facts.trials import TrialFigure, grades_of
from endplate.files.csv_table import CsvTable, csv_table, csv_text, read_csv
from endplate.observe.responders import ENDPOINTS

NEEDED = (
    "trial_id", "indication", "product", "arm", "dose_u", "n", "day", "endpoint", "statistic",
    "value",
)  # fmt: skip
_MOST_FAULTS = 20
# Notes that say a dose is that of one side, where a protocol treats both.
_ONE_SIDE = ("dose per eye", "dose per palm", "dose is per palm", "per axilla, within patient")
_FLOORS = ("censored", "lower bound", "floor")
_BOUNDS = ("at_least", "at_most")
_SCALE_NOTED = re.compile(r"\b(?:Merz|scale) (0-4|1-5)\b", re.IGNORECASE)


def read_trials(path: Path) -> tuple[TrialFigure, ...]:
    """Every figure of a CSV table, as spreadsheets save them.

    Parameters
    ----------
    path : Path
        Table with at least the columns of `NEEDED`; `area_dose_u` (dose in the muscles of the
        indication), `sd`, `baseline_mean`, `bound` or `note`, `checked` or `verified`, `source`
        and the definitions of `TrialFigure` (`programme` to `population`) are read where present,
        other columns are left alone.

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
    definition = _definition(cells, where, faults, table)
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
        **definition,
    )


def _definition(
    cells: dict[str, str], where: str, faults: list[str], table: CsvTable
) -> dict[str, Any]:
    """What the row says of its programme, its people and how it read a duration."""
    allowed = {
        "response": tuple(ENDPOINTS),
        "among": tuple(ENDPOINTS),
        "fall_of": ("best", "start"),
        "told": ("visit", "line"),
        "population": ("adults", "children"),
    }
    found: dict[str, Any] = {"programme": cells.get("programme", "")}
    for column, words in allowed.items():
        word = cells.get(column, "")
        if word and word not in words:
            faults.append(f"{where}: {column} is {word[:40]!r}; allowed are {', '.join(words)}.")
        found[column] = "" if (column, word) == ("population", "adults") else word
    for column, low, high in (
        ("kept_share", 0, 1),
        ("least_fall", 0, 1),
        ("every_d", 1, 400),
        ("follow_up_d", 1, 5000),
    ):
        found[column] = _number(cells, column, where, faults, table, low, high)
    found["scale"] = scale = cells.get("scale", "") or _scale_noted(cells.get("note", ""))
    use = cells["indication"]
    if scale and is_charted(use) and not symptom_scores(use):
        try:
            grades_of(scale)
        except ValueError:
            faults.append(
                f"{where}: scale is {scale[:40]!r}; of a line its first and last grade are "
                "allowed, such as 0-4."
            )
    found["visits_d"] = visits = cells.get("visits_d", "")
    try:
        days = [table.number(day) for day in visits.split()]
    except ValueError:
        days = [math.nan]
    if any(not earlier < later for earlier, later in zip([0.0, *days], days, strict=False)):
        faults.append(
            f"{where}: visits_d is {visits[:40]!r}; rising days with a space between are allowed, "
            "such as 28 56."
        )
    return found


def _scale_noted(note: str) -> str:
    """Grades of a scale that a note names, as `Merz 0-4`; none where it names no such scale."""
    found = _SCALE_NOTED.search(note)
    return found[1] if found else ""


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
