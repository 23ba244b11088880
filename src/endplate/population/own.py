"""People of a user's own: a row for each, with what they have of their own.

That is random effects, parameters, and covariates: age, sex, size and scores before treatment.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from os import PathLike
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.arguments import path, printable, wrong
from endplate.case import Grades, Patient, Plan, TableReader, areas_treated
from endplate.errors import EndplateError, TableFaults
from endplate.facts.endpoints import usable_scales
from endplate.facts.parameters import fit_rows
from endplate.facts.vocabulary import find_word
from endplate.files.csv_table import CsvTable, read_csv
from endplate.model.parameters import working_value
from endplate.population.random_effects import EFFECT_ROW

MOST_PEOPLE = 1_000_000
_MOST_EFFECT = 8.0  # standard deviations from the middle
_MOST_FAULTS = 20
COVARIATES = ("age_y", "sex", "height_cm", "weight_kg")
_ALLOWED = "frames, dictionaries of columns, and paths of CSV tables, a row for each person"
Numbers = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class OwnPopulation:
    """What is stated of each person; the rest is drawn.

    `effects` [1] are standard normals by row of the random effects, `values` parameters on their
    working scale by place in the vector, each of shape (people,). `covariates` are what a plan
    states of its patient, and `scores` before treatment, by name; None where a cell is empty.
    """

    people: int
    columns: tuple[str, ...]
    effects: Mapping[int, Numbers]
    values: Mapping[int, Numbers]
    covariates: Mapping[str, tuple[Any, ...]]
    scores: Mapping[str, tuple[float | None, ...]]
    like: Patient = field(default_factory=Patient)

    @property
    def of_patients(self) -> tuple[str, ...]:
        """Columns that are of a patient, not random effects or parameters."""
        return (*self.covariates, *self.scores)

    def of_plan(self, plan: Plan) -> "OwnPopulation":
        """The same people, who are like the patient of a plan in all that the table leaves out.

        Raises
        ------
        TableFaults
            A score is of no use that the plan treats.
        """
        usable = {name for code in areas_treated(plan.treatment) for name in usable_scales(code)}
        known = ", ".join(sorted(usable)) or "none"
        faults = [
            f"population has the scores {name}, from which no forecast of this plan starts; "
            f"allowed are {known}."
            for name in self.scores
            if name not in usable
        ]
        if faults:
            raise TableFaults(faults)
        return replace(self, like=plan.patient)

    def patients(self, first: int, count: int) -> tuple[Patient, ...]:
        """Patients of a chunk; after the last person it is filled up with that one."""
        numbers = [min(first + k, self.people - 1) for k in range(count)]
        return tuple(self._patient(number) for number in numbers)

    def _patient(self, number: int) -> Patient:
        scores = {name: column[number] for name, column in self.scores.items()}
        stated = {name: score for name, score in scores.items() if score is not None}
        own = {name: column[number] for name, column in self.covariates.items()}
        return replace(
            self.like,
            baseline=Grades({**self.like.baseline, **stated}),
            **{name: value for name, value in own.items() if value is not None},
        )

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
        A column for each random effect, parameter, covariate or score that is stated.
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
    faults, effects, values, covariates, scores = [], {}, {}, {}, {}
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
        elif label in COVARIATES:
            covariates[label] = _stated(name, label, column, faults)
        elif (word := find_word("endpoint", label)) is not None:
            scores[word.preferred] = _stated(name, word.preferred, column, faults)
        else:
            known = ", ".join((*EFFECT_ROW, *COVARIATES, "scores before treatment", *parameters))
            faults.append(f"{name} has the column {printable(label)}; allowed are {known}.")
    if faults:
        raise TableFaults(faults[:_MOST_FAULTS])
    return OwnPopulation(max(counts), tuple(columns), effects, values, covariates, scores)


def _stated(name: str, label: str, column: list[Any], faults: list[str]) -> tuple[Any, ...]:
    """One column of patients, read as a plan is; None where a cell is empty."""
    read: dict[str, Any] = {}
    found = []
    for place, cell in enumerate(column):
        key = repr(cell)
        if _is_empty(cell):
            read[key] = None
        elif key not in read:
            reader = TableReader()
            of_patient = {label: cell} if label in COVARIATES else {"baseline": {label: cell}}
            patient = reader.record(Patient, of_patient, "")
            read[key] = (vars(patient) if label in COVARIATES else patient.baseline).get(label)
            told = [sentence.removeprefix("baseline.") for sentence in reader.faults]
            faults += [f"{name}, person {place + 1}: {sentence}" for sentence in told]
            if len(faults) >= _MOST_FAULTS:
                break
        found.append(read[key])
    return tuple(found)


def _is_empty(cell: Any) -> bool:
    """Whether a cell says nothing, in any of the ways of frames and files."""
    return cell is None or str(cell).strip() in ("", "nan", "<NA>")


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
