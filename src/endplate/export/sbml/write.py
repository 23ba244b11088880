"""Writes one person's model and, beside it, our own courses to compare with."""

import csv
import io
from pathlib import Path

import numpy as np

from endplate.case import Plan
from endplate.errors import EndplateError
from endplate.export.sbml.chain import add_person, block_names
from endplate.export.sbml.draft import SbmlDraft
from endplate.export.sbml.words import model_notes
from endplate.files.output import write_whole
from endplate.forecast.individual import Individual, individual
from endplate.forecast.simulate import MOST_DAYS


def exported_person(plan: Plan, person: int, seed: int, days: int) -> Individual:
    """The person to export, followed for three years whatever the `days` [d] of their courses.

    By then hardly anything of the toxin is left, so that the cells that the model keeps stand for
    the others at any later time too.

    Raises
    ------
    EndplateError
        `person`, `seed` or `days` is out of bounds.
    """
    if not 1 <= days <= MOST_DAYS:
        raise EndplateError(f"days is {days}; allowed are 1 to {MOST_DAYS}.")
    return individual(plan, person, seed, MOST_DAYS, fatigue=False)


def sbml_text(subject: Individual, plan_name: str = "plan") -> str:
    """One person's chain as SBML Level 3 Version 2 core.

    Raises
    ------
    CannotWrite
        python-libsbml is not installed.
    """
    draft = SbmlDraft(
        f"endplate_person_{subject.person}_of_seed_{subject.seed}",
        f"endplate: person {subject.person} of seed {subject.seed}",
        model_notes(subject, plan_name),
    )
    add_person(draft, subject)
    return draft.text()


def write_sbml(subject: Individual, path: str | Path, plan_name: str = "plan") -> Path:
    """Write one person's chain as an SBML file and return its path.

    Raises
    ------
    CannotWrite
        python-libsbml is not installed, or the file cannot be written.
    """
    return write_whole(sbml_text(subject, plan_name), path)


def daily_rows(subject: Individual, days: int | None = None) -> np.ndarray:
    """Rows of the time grid that are whole days of the model's own time.

    To the last day, or to `days` [d] after the planned treatment.
    """
    model_d = subject.time_d - subject.time_d[0]
    last_d = model_d[-1] if days is None else days - subject.time_d[0]
    whole_d = np.arange(0.0, np.floor(last_d) + 1.0)
    rows = np.searchsorted(model_d, whole_d - 1e-9)
    return rows[np.abs(model_d[rows] - whole_d) < 1e-9]


def courses(subject: Individual, days: int | None = None) -> tuple[list[str], np.ndarray]:
    """Names of the model's daily courses, as in the SBML, and their values by row."""
    rows = daily_rows(subject, days)
    names, columns = ["time"], [(subject.time_d - subject.time_d[0])[rows]]
    for part in {part.tissue: part for part in reversed(subject.parts)}.values():
        for number, light_chain in enumerate(part.light_chain, 1):
            names.append(f"light_chain_{part.tissue}_{number}")
            columns.append(light_chain[rows])
    for part, blocks in zip(subject.parts, block_names(subject), strict=True):
        shown = {"working": part.working}
        if part.wastes:
            shown |= {"lost": part.lost, "force": part.force}
        for kind, values in shown.items():
            names += [f"{kind}_{name}" for name in blocks]
            columns += list(values[rows].T)
    return names, np.stack(columns, axis=1)


def write_courses(subject: Individual, path: str | Path, days: int | None = None) -> Path:
    """Write our own daily courses as CSV, names as in the SBML and units; return its path.

    Raises
    ------
    CannotWrite
        The file cannot be written.
    """
    return write_whole(courses_text(subject, days), path)


def courses_text(subject: Individual, days: int | None = None) -> str:
    """Our own daily courses as CSV, the names as in the SBML, each with its unit."""
    names, values = courses(subject, days)
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow([f"{name} [{'d' if name == 'time' else '1'}]" for name in names])
    lines.writerows([f"{number:.9g}" for number in row] for row in values)
    return text.getvalue()
