"""The validation of the shipped trials as it is stored: written, and read without the model."""

from collections.abc import Callable, Mapping
from pathlib import Path

from endplate._version import __version__
from endplate.facts.trials import trial_figures
from endplate.facts.validation import (
    REMAKE,
    left_out_figures,
    validated_figures,
    validated_inputs_hash,
)
from endplate.files.output import write_whole
from endplate.fit.table_file import write_table
from endplate.validation.results import LeftOutTrials, Row, Validation, row_of, summary

_HEADER = "figure,trial_id,kind,unit,predicted,low,high,rank,inside,reason".split(",")


def write_validated(validation: Validation, folder: Path) -> tuple[Path, ...]:
    """Write `validated.csv` and its record `validated.toml` into a folder.

    Parameters
    ----------
    validation : Validation
        The validation of the shipped trials.
    folder
        Where to write.
    """
    lines: dict[int, list[object]] = {
        figure["figure"]: [figure["figure"], figure["trial_id"], *[""] * 7, figure["reason"]]
        for figure in validation.skipped
    }
    for row in validation.rows:
        rank = "" if row.rank is None else f"{row.rank:.4f}"
        numbers = [f"{value:.5g}" for value in (row.predicted, row.low, row.high)]
        inside = "yes" if row.inside else "no"
        cells = [row.trial_id, row.kind, row.unit, *numbers, rank, inside, ""]
        lines[row.figure or 0] = [row.figure, *cells]
    table = write_table(folder / "validated.csv", _HEADER, [lines[i] for i in sorted(lines)])
    record = write_whole(
        f"# Made by `{REMAKE}`; read by `facts.validation`.\n"
        f'version = "{__version__}"\ncommand = "{REMAKE}"\n'
        f'facts_hash = "{validated_inputs_hash()}"\n',
        folder / "validated.toml",
    )
    return table, record


def stored_validation() -> Validation:
    """The validation of the shipped trials as it is stored."""
    figures, stored = trial_figures(), validated_figures()
    # harms come after what the body model predicts, as in a validation
    predicted = sorted((s for s in stored if not s.reason), key=lambda s: s.kind == "harm")
    rows = tuple(
        row_of(
            figures[s.figure],
            s.kind,
            s.unit,
            s.predicted,
            (s.low, s.high, s.rank),
            s.inside,
            s.figure,
        )
        for s in predicted
    )
    skipped = tuple(
        {
            "trial_id": figures[s.figure].trial_id,
            "endpoint": figures[s.figure].endpoint,
            "reason": s.reason,
            "figure": s.figure,
        }
        for s in stored
        if s.reason
    )
    return Validation(rows, skipped, summary(rows))


def stored_left_out() -> LeftOutTrials:
    """The shipped trials as predicted by fits that have not seen them."""
    from endplate.validation.validate import kind_and_unit

    figures = trial_figures()
    return _left_out_trials(lambda index: kind_and_unit(figures[index]))


def left_out_in(rows: Mapping[int, Row]) -> LeftOutTrials:
    """The same where rows of a validation are at hand by figure: nothing of the model is read."""
    return _left_out_trials(lambda index: (rows[index].kind, rows[index].unit))


def _left_out_trials(kind_and_unit: Callable[[int], tuple[str, str]]) -> LeftOutTrials:
    figures, stored = trial_figures(), left_out_figures()
    rows = tuple(
        row_of(
            figures[s.figure],
            *kind_and_unit(s.figure),
            s.predicted,
            (s.low, s.high, s.rank),
            s.inside,
            s.figure,
        )
        for s in stored
    )
    return LeftOutTrials(
        rows=rows,
        k_hat={s.trial_id: s.k_hat for s in stored},
        refitted=frozenset(s.trial_id for s in stored if s.refitted),
    )
