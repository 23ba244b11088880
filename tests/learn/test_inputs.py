"""What a calibration reads is what the hash of the stored fit is made of."""

import subprocess
import sys

from endplate.facts.calibration import INPUTS

READS = """
import pathlib
from endplate.facts.store import TABLES

opened, read = pathlib.Path.open, set()


def spying(path, *args, **options):
    if path.parent == TABLES:
        read.add(path.stem)
    return opened(path, *args, **options)


pathlib.Path.open = spying
import jax
import numpy as np
from endplate.facts.parameters import fit_rows
from endplate.facts.trials import trial_figures
from endplate.learn.block import blocks_of
from endplate.learn.scatter import figure_arrays

at = np.array([row.prior_mean for row in fit_rows()])
for block in blocks_of(trial_figures()):
    figure_arrays(block.figures)
    jax.eval_shape(block.linked, at)
print(*sorted(read))
"""


def test_a_fit_reads_these_tables_and_no_others():
    done = subprocess.run([sys.executable, "-c", READS], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == set(INPUTS)
