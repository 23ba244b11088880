"""People of a user's own: a row for each, with the random effects and parameters they have."""

from collections.abc import Mapping
from dataclasses import dataclass
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.arguments import path, printable, wrong
from endplate.errors import EndplateError, TableFaults
from endplate.facts.parameters import fit_rows
from endplate.files.csv_table import CsvTable, read_csv
from endplate.model.parameters import working_value
from endplate.population.random_effects import EFFECT_ROW

MOST_PEOPLE = 1_000_000
_MOST_EFFECT = 8.0  # standard deviations from the middle
_MOST_FAULTS = 20
_ALLOWED = "frames, dictionaries of columns, and paths of CSV tables, a row for each person"
Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class OwnPopulation:
    """What is stated of each person; the rest is drawn.

    `effects` [1] are standard normals by row of the random effects, `values` parameters on their
    working scale by place in the vector, each of shape (people,).
    """

    people: int
    columns: tuple[str, ...]
    effects: Mapping[int, Numbers]
    values: Mapping[int, Numbers]

    def stated(self, effects: Any, vectors: Numbers, first: int) -> tuple[Numbers, Numbers]:
        """Random effects and parameters of a chunk with what is stated in place of what is drawn.

        Parameters
        ----------
        effects : [1]
            As drawn, (effects, subjects).
        vectors : [1]
            Parameters on the working scale, (parameters, subjects).
        first : int
            Number of the first subject.
        """
        drawn, vectors = np.array(effects), vectors.copy()
        for into, stated in ((drawn, self.effects), (vectors, self.values)):
            for row, column in stated.items():
                own = column[first : first + into.shape[1]]
                into[row, : len(own)] = own
        return drawn, vectors


def read_population(given: Any, name: str = "population") -> OwnPopulation:
    """A population from a frame, a dictionary of columns or the path of a CSV.

    Parameters
    ----------
    given : DataFrame, dict, str or Path
        A column for each random effect or parameter that is stated.
    name : str
        Name of the argument.

    Raises
    ------
    TableFaults
        Some of it cannot be: one sentence per fault.
    EndplateError
        It is none of these.

    Examples
    --------
    >>> read_population({"load": [0.0, 1.5], "persistence_d": [30, 40]}).people
    2
    >>> read_population({"height": [1.8]})  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    endplate.errors.TableFaults: population has the column 'height'; allowed are load, ...
    """
    columns = _columns(given, name)
    parameters = {row.id: (place, row) for place, row in enumerate(fit_rows())}
    faults, effects, values = [], {}, {}
    counts = {len(column) for column in columns.values()}
    if len(counts) != 1 or not 1 <= max(counts) <= MOST_PEOPLE:
        raise wrong(name, given, f"tables of 1 to {MOST_PEOPLE} people, all columns as long")
    for label, column in columns.items():
        if label in EFFECT_ROW:
            effects[EFFECT_ROW[label]] = _column(name, label, column, _effect, faults)
        elif label in parameters:
            place, row = parameters[label]
            read = _column(name, label, column, lambda v, r=row: working_value(r, v), faults)
            values[place] = read
        else:
            known = ", ".join((*EFFECT_ROW, *parameters))
            faults.append(f"{name} has the column {printable(label)}; allowed are {known}.")
    if faults:
        raise TableFaults(faults[:_MOST_FAULTS])
    return OwnPopulation(max(counts), tuple(columns), effects, values)


def _columns(given: Any, name: str) -> dict[str, list[Any]]:
    """Columns by name."""
    if isinstance(given, str | PathLike):
        table = read_csv(path(name, given, _ALLOWED))
        rows = [cells for _, cells in table.rows]
        return {label: [_cell(table, row[label]) for row in rows] for label in table.columns}
    named = given if isinstance(given, Mapping) else getattr(given, "columns", None)
    try:
        columns = {label: list(given[label]) for label in (() if named is None else named)}
    except Exception:  # whatever an object that is no frame does when it is asked for a column
        columns = {}
    if not columns or not all(isinstance(label, str) for label in columns):
        raise wrong(name, given, _ALLOWED)
    return columns


def _cell(table: CsvTable, text: str) -> float | str:
    try:
        return table.number(text)
    except ValueError:  # told with its place, later
        return text


def _column(name: str, label: str, column: list[Any], read: Any, faults: list[str]) -> Numbers:
    """One column, a sentence for each value that cannot be."""
    found = np.zeros(len(column))
    for place, value in enumerate(column):
        try:
            found[place] = read(_number(value))
        except (EndplateError, ValueError):
            allowed = (
                f"a number from {-_MOST_EFFECT:g} to {_MOST_EFFECT:g}, standard normal"
                if label in EFFECT_ROW
                else "a value of the parameter on its natural scale"
            )
            faults.append(
                f"{name}, person {place + 1}: {label} is {printable(value)}; allowed is {allowed}."
            )
            if len(faults) >= _MOST_FAULTS:
                break
    return found


def _number(value: Any) -> float:
    if isinstance(value, bool | bytes):
        raise ValueError
    try:
        return float(value)
    except (TypeError, OverflowError):
        raise ValueError from None


def _effect(value: float) -> float:
    if not -_MOST_EFFECT <= value <= _MOST_EFFECT:
        raise ValueError
    return value
