"""The stored fit is of the tables that are shipped, and its checks came out well."""

import csv
import math

import pytest

from endplate.errors import FactMissing
from endplate.facts import parameters, table
from endplate.facts.parameters import (
    INPUTS,
    calibration_record,
    fit_rows,
    fitted_estimates,
    posterior_draws,
)

OUTPUTS = {"fitted", "posterior", "left_out", "fitted_reach", "harm_fit"}


def test_the_stored_fit_is_of_these_facts():
    assert calibration_record().is_of_these_facts, "a table has changed: run endplate calibrate"


def test_its_checks_came_out_well():
    record = calibration_record()
    assert record.r_hat <= 1.02
    assert record.effective_sample_size >= 200
    assert record.divergent <= 0.005 * record.draws
    assert record.pareto_k_hat <= 0.7


def test_draws_lie_about_the_estimates():
    draws = posterior_draws()
    assert len(draws) == 200
    for i, (row, centre) in enumerate(zip(fit_rows(), fitted_estimates(), strict=True)):
        column = [draw[i] for draw in draws]
        mean = math.fsum(column) / len(column)
        sd = math.sqrt(math.fsum((x - mean) ** 2 for x in column) / len(column))
        assert 0 < sd < 1.5 * prior_sd(row), row.id
        assert abs(mean - centre) < 0.4 * sd, row.id


def prior_sd(row):
    """Prior standard deviation of a parameter, with that of the one it is pooled with."""
    other = next((one for one in fit_rows() if one.id == row.pooled_with), None)
    return math.hypot(row.prior_sd, prior_sd(other) if other else 0.0)


def test_draws_of_other_parameters_are_refused(monkeypatch):
    posterior_draws.cache_clear()
    monkeypatch.setattr(parameters, "text_rows", lambda _: ({"draw": "0", "x": "1"},))
    with pytest.raises(FactMissing, match="run: endplate calibrate"):
        posterior_draws()
    posterior_draws.cache_clear()


def test_inputs_are_tables_and_no_result_is_among_them():
    assert all((table.TABLES / f"{name}.csv").is_file() for name in INPUTS)
    assert not OUTPUTS & set(INPUTS)


def test_another_line_in_an_input_changes_the_hash(tmp_path, monkeypatch):
    for name in ("trials", "burdens"):
        (tmp_path / f"{name}.csv").write_bytes((table.TABLES / f"{name}.csv").read_bytes())
    monkeypatch.setattr(table, "TABLES", tmp_path)
    table.hash_of.cache_clear()
    before = table.hash_of(("trials", "burdens"))
    rows = list(csv.reader((tmp_path / "burdens.csv").read_text(encoding="utf-8").splitlines()))
    with (tmp_path / "burdens.csv").open("a", newline="") as more:
        csv.writer(more).writerow(rows[1])
    table.hash_of.cache_clear()
    assert table.hash_of(("trials", "burdens")) != before
    table.hash_of.cache_clear()
