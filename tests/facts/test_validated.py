"""The kept predictions are of the tables that are shipped, one for each published figure."""

from endplate.facts.table import TABLES
from endplate.facts.trials import trial_figures
from endplate.facts.validation import INPUTS, REMAKE, validated_figures, validated_record

MOST_BYTES = 150_000  # they are part of every install


def test_the_kept_predictions_are_of_these_facts():
    assert validated_record().is_of_these_facts, f"a table has changed: run {REMAKE}"


def test_every_published_figure_is_kept_once():
    stored = validated_figures()
    assert [one.figure for one in stored] == list(range(len(trial_figures()))), f"run {REMAKE}"
    assert all(bool(one.reason) != bool(one.kind) for one in stored)
    assert all(one.low <= one.high for one in stored)


def test_what_they_are_made_from_are_tables_and_not_they_themselves():
    assert all((TABLES / f"{name}.csv").is_file() for name in INPUTS)
    assert "validated" not in INPUTS
    assert (TABLES / "validated.csv").stat().st_size < MOST_BYTES
