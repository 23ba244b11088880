"""Priors of a user's own stand in the place of shipped ones, and faults are told in a sentence."""

import shutil
from types import SimpleNamespace

import jax.numpy as jnp
import numpy as np
import pytest

import endplate
from endplate.errors import EndplateError, TableFaults
from endplate.facts.custom_priors import read_priors
from endplate.facts.parameters import fit_rows
from endplate.facts.table import TABLES
from endplate.fit.calibrate import Effort, calibration_key
from endplate.fit.hierarchy import prior_of
from endplate.model import Model, Parameters
from endplate.validation.calibration import calibrate_into

IDS = [row.id for row in fit_rows()]
POOLED = next(row for row in fit_rows() if row.pooled_with)


def table(tmp_path, *rows, header="id,prior_mean,prior_sd,pooled_with"):
    file = tmp_path / "priors.csv"
    file.write_text("\n".join([header, *rows]), encoding="utf-8")
    return file


def test_the_shipped_table_is_read_as_it_is():
    assert read_priors(TABLES / "fit_priors.csv") == fit_rows()


def test_a_row_replaces_the_shipped_prior_alone(tmp_path):
    rows = read_priors(table(tmp_path, "persistence_d,3.9,0.1,", f"{POOLED.id},1,0.8,none"))
    place, other = IDS.index("persistence_d"), IDS.index(POOLED.id)
    own, shipped = prior_of(rows=rows), prior_of()
    assert own.mean[place] == 3.9
    assert own.sd[place] == pytest.approx(0.1)
    # on its own the whole spread is what its row says; pooled it had that of the other too
    assert own.sd[other] == pytest.approx(0.8)
    assert shipped.sd[other] > POOLED.prior_sd
    # what leans on the pooled row moves with it
    rest = np.flatnonzero((shipped.factor[:, [place, other]] == 0).all(axis=1))
    assert len(rest) > len(IDS) - 6
    assert np.array_equal(own.mean[rest], shipped.mean[rest])
    assert np.array_equal(own.factor[rest], shipped.factor[rest])
    # a standard normal of 1 is one standard deviation of the user's prior, not of the shipped one
    standard = np.zeros(len(IDS))
    standard[place] = 1.0
    assert float(own.vector(jnp.asarray(standard))[place]) == pytest.approx(4.0)


def test_steps_of_other_priors_do_not_count(tmp_path):
    rows = read_priors(table(tmp_path, "persistence_d,3.9,0.1,"))
    keys = [calibration_key((), 0, Effort(), priors) for priors in (None, rows)]
    assert keys[0] != keys[1]


def test_a_rival_is_fitted_and_its_steps_are_its_own(tmp_path, monkeypatch):
    """The model goes to the blocks of the climb and of the fit, and into key and record."""
    from endplate.fit import calibrate as module

    rival, asked = Model(uptake="lebeda4"), []
    keys = [calibration_key((), 0, Effort(), None, model) for model in (None, Model(), rival)]
    assert keys[0] == keys[1] != keys[2]

    def blocks(table, model=None, subjects=0):
        asked.append((model, subjects))
        return (SimpleNamespace(figures=()),)

    monkeypatch.setattr(module, "blocks_of", blocks)
    monkeypatch.setattr(module, "figure_arrays", lambda figures: figures)
    monkeypatch.setattr(module, "fit_blocks", lambda *_: "fitted")
    assert module.calibrate((), model=rival) == "fitted"
    assert asked == [(rival, 0), (rival, module.CLIMB_SUBJECTS)]
    pytest.importorskip("numpyro")
    with pytest.raises(EndplateError, match=r"are of the default model; uptake=lebeda4 goes with"):
        calibrate_into(TABLES, (), 0, False, False, lambda *_: None, model=rival)


def test_a_fit_of_ones_own_is_read_back_and_run(tmp_path):
    """The tables of the shipped fit, in a folder, are the shipped parameters to the last bit."""
    for name in ("fitted.csv", "posterior.csv"):
        shutil.copy(TABLES / name, tmp_path / name)
    stored, own = Parameters.stored(), Parameters.load(tmp_path)
    assert np.array_equal(own.vectors, stored.vectors)
    assert np.array_equal(Parameters.load(tmp_path, 5).vectors, Parameters.draws(5).vectors)
    plan = endplate.DEMO_PLAN
    ran = endplate.simulate(plan, people=64, parameters=tmp_path)
    assert ran.provenance.command.endswith(f" --fit {tmp_path.name}")
    assert ran.timing == endplate.simulate(plan, people=64).timing
    text = (tmp_path / "fitted.csv").read_text().replace("persistence_d,shared,3.5", "x,shared,3.5")
    (tmp_path / "fitted.csv").write_text(text)
    with pytest.raises(EndplateError, match="is not of the parameters of this version"):
        endplate.simulate(plan, parameters=str(tmp_path))
    with pytest.raises(EndplateError, match="holds 200 draws; 201 are asked for"):
        Parameters.load(tmp_path, 201)


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        ("speed,1,1,", "id is 'speed', which the model does not read, so that no figure could set"),
        ("persistence_d,x,1,", "column 'prior_mean': 'x' must be a number."),
        ("persistence_d,60,1,", "prior_mean of persistence_d is 60; allowed is a number from -50"),
        ("persistence_d,3,0,", "prior_sd of persistence_d is 0; allowed is a number from 0.0001"),
        ("persistence_d,3,-1,", "prior_sd of persistence_d is -1; allowed is a number from 0.0001"),
        ("persistence_d,3,,", "prior_sd is empty; it is needed."),
        ("release_per_d,0,1,persistence_d", "pooled_with of release_per_d is 'persistence_d'; a"),
        ("persistence_d,3,1,persistence_d", "pooled_with of persistence_d is 'persistence_d'; a"),
    ],
)
def test_a_fault_is_one_sentence(tmp_path, row, sentence):
    with pytest.raises(TableFaults) as fault:
        endplate.calibrate("no_such_folder", priors=table(tmp_path, row))
    (told,) = fault.value.sentences
    assert told.startswith("line 2 of priors.csv: ")
    assert sentence in told


def test_another_scale_or_a_row_twice_is_refused(tmp_path):
    with pytest.raises(TableFaults, match="transform of persistence_d is 'logit'; the model reads"):
        read_priors(table(tmp_path, "persistence_d,3,1,logit", header=
                          "id,prior_mean,prior_sd,transform"))  # fmt: skip
    with pytest.raises(TableFaults, match=r"line 3 of priors\.csv: persistence_d is there twice"):
        read_priors(table(tmp_path, "persistence_d,3,1,", "persistence_d,3,1,"))


def test_the_installed_tables_keep_to_the_shipped_priors(tmp_path):
    rows = read_priors(table(tmp_path, "persistence_d,3.9,0.1,"))
    pytest.importorskip("numpyro")
    with pytest.raises(EndplateError, match="The installed tables rest on the shipped priors"):
        calibrate_into(TABLES, (), 0, False, False, lambda *_: None, priors=rows)
