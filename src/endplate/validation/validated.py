"""The validation of the shipped trials as it is kept: written, and read back without the model."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from endplate._version import __version__
from endplate.facts.trials import TrialFigure, trial_figures
from endplate.facts.validation import (
    REMAKE,
    ValidatedFigure,
    left_out_figures,
    validated_figures,
    validated_inputs_hash,
)
from endplate.fit.table_file import write_table
from endplate.validation.results import LeftOutTrials, Validation
from endplate.validation.row import Row
from endplate.validation.summary import summary

_HEADER = "figure,trial_id,kind,unit,predicted,low,high,rank,inside,reason".split(",")


def write_validated(found: Validation, folder: Path) -> tuple[Path, ...]:
    """Write `validated.csv` and its record `validated.toml` into a folder.

    Parameters
    ----------
    found : Validation
        The validation of the shipped trials.
    folder
        Where to write.
    """
    lines: dict[int, list[object]] = {
        one["figure"]: [one["figure"], one["trial_id"], *[""] * 7, one["reason"]]
        for one in found.skipped
    }
    for row in found.rows:
        rank = "" if row.rank is None else f"{row.rank:.4f}"
        numbers = [f"{value:.5g}" for value in (row.predicted, row.low, row.high)]
        inside = "yes" if row.inside else "no"
        told = [row.trial_id, row.kind, row.unit, *numbers, rank, inside, ""]
        lines[row.figure or 0] = [row.figure, *told]
    record = folder / "validated.toml"
    table = write_table(folder / "validated.csv", _HEADER, [lines[i] for i in sorted(lines)])
    record.write_text(
        f"# Made by `{REMAKE}`; read by `facts.validated`.\n"
        f'version = "{__version__}"\ncommand = "{REMAKE}"\n'
        f'facts_hash = "{validated_inputs_hash()}"\n',
        encoding="utf-8",
    )
    return table, record


def stored_validation() -> Validation:
    """The validation of the shipped trials as it is kept."""
    figures, told = trial_figures(), validated_figures()
    # harms come after what the body model predicts, as in a validation
    predicted = sorted((one for one in told if not one.reason), key=lambda one: one.kind == "harm")
    rows = tuple(_row(figures[one.figure], one) for one in predicted)
    skipped = tuple(
        {
            "trial_id": figures[one.figure].trial_id,
            "endpoint": figures[one.figure].endpoint,
            "reason": one.reason,
            "figure": one.figure,
        }
        for one in told
        if one.reason
    )
    return Validation(rows, skipped, summary(rows))


def left_out_in(frames: Mapping[int, Row]) -> LeftOutTrials:
    """The stored predictions of trials left out, in the rows of their figures."""
    told = left_out_figures()
    rows = tuple(
        replace(
            frames[one.figure],
            predicted=one.predicted,
            low=one.low,
            high=one.high,
            rank=one.rank,
            inside=one.inside,
            figure=one.figure,
        )
        for one in told
    )
    return LeftOutTrials(
        rows=rows,
        k_hat={one.trial_id: one.k_hat for one in told},
        refitted=frozenset(one.trial_id for one in told if one.refitted),
    )


def _row(figure: TrialFigure, told: ValidatedFigure) -> Row:
    return Row(
        trial_id=figure.trial_id,
        indication=figure.indication,
        product=figure.product,
        arm=figure.arm,
        day=figure.day,
        endpoint=figure.endpoint,
        kind=told.kind,
        n=figure.n,
        observed=figure.value,
        bound=figure.bound,
        predicted=told.predicted,
        low=told.low,
        high=told.high,
        inside=told.inside,
        unit=told.unit,
        verified=figure.verified,
        rank=told.rank,
        area_dose_u=figure.area_dose_u,
        source=figure.source,
        note=figure.note,
        figure=told.figure,
    )
