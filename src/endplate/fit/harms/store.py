"""Writes the fit of unwanted effects as the tables that forecasts read."""

import csv
from collections.abc import Iterable
from dataclasses import asdict, fields
from pathlib import Path

from endplate.facts.harms import HarmEstimate, HarmFit

_FROM = ("derived", "endplate_model")
_MEANINGS = {
    "trial_sd": "spread of a trial's own way of asking",
    "term_sd": "spread of one effect in one trial",
    "count_sd": "spread of one count",
    "related_shift": "shift of counts of what was laid to the treatment only",
}


def write_harms(fit: HarmFit, folder: Path) -> tuple[Path, Path, Path]:
    """Write `harm_fit.csv`, `harm_doses.csv` and `harm_scatter.csv` into a folder."""
    header = [field.name for field in fields(HarmEstimate)]
    estimates = _write(
        folder / "harm_fit.csv",
        [*header, "kind", "source"],
        ([*map(_cell, asdict(row).values()), *_FROM] for row in fit.estimates.values()),
    )
    doses = _write(
        folder / "harm_doses.csv",
        ["indication", "product", "usual_dose", "unit", "kind", "source"],
        ([*key, f"{dose_u:.4g}", "U", *_FROM] for key, dose_u in fit.usual_dose_u.items()),
    )
    scatter = _write(
        folder / "harm_scatter.csv",
        ["id", "value", "unit", "kind", "source", "note"],
        (
            [name, _cell(number), "1", *_FROM, _MEANINGS[name]]
            for name, number in asdict(fit.scatter).items()
        ),
    )
    return estimates, doses, scatter


def _cell(cell: str | float | bool) -> str:
    """Text of a cell: yes or no, four digits of a number."""
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    return f"{cell:.4g}" if isinstance(cell, float) else str(cell)


def _write(path: Path, header: list[str], rows: Iterable[list[str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as lines:
        out = csv.writer(lines, lineterminator="\n")
        out.writerow(header)
        out.writerows(rows)
    return path
