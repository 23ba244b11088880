"""What a fit and a validation read is what the hashes of their stored results are made of."""

import subprocess
import sys

from endplate.facts.parameters import INPUTS
from endplate.facts.validation import INPUTS as VALIDATED_INPUTS

READS = """
import pathlib
from endplate.facts.table import TABLES

opened, read = pathlib.Path.open, set()


def spying(path, *args, **options):
    if path.parent == TABLES:
        read.add(path.stem)
    return opened(path, *args, **options)


pathlib.Path.open = spying
import jax
import numpy as np
from endplate.engine.compile_cache import use_compile_cache
from endplate.facts.parameters import fit_rows
from endplate.facts.trials import trial_figures
from endplate.fit.block import blocks_of
from endplate.fit.likelihood import figure_arrays

use_compile_cache()
at = np.array([row.prior_mean for row in fit_rows()])
for block in blocks_of(trial_figures()):
    figure_arrays(block.figures)
    jax.eval_shape(block.linked, at)
print(*sorted(read))
from endplate.fit.harms import is_harm
from endplate.validation.harms import predict_harms
from endplate.validation.validate import stored_scatter
from endplate.model import Parameters

predict_harms(tuple(figure for figure in trial_figures() if is_harm(figure)))
stored_scatter()
Parameters.draws(2)
print(*sorted(read))
"""


AFTER_A_FIT = {"fitted_reach"}  # read with the gates of a chart, which no trial's figures run


def test_a_fit_and_a_validation_read_these_tables_and_no_others():
    done = subprocess.run([sys.executable, "-c", READS], capture_output=True, text=True, check=True)
    of_fit, of_validation = (set(line.split()) for line in done.stdout.splitlines())
    assert of_fit - AFTER_A_FIT == set(INPUTS)
    assert of_validation - AFTER_A_FIT == set(VALIDATED_INPUTS)
