"""What happens after the needle: spread, uptake, cleavage, transmission, tissue, scales, harms.

One file per step, in that order; a step with rival hypotheses is a folder with `base.py` and one
file per hypothesis. All rates are per day, lengths in mm, volumes in mL, doses in units of the
product. The room computes in float64: `jax_enable_x64` is set here, once.
"""

import jax

jax.config.update("jax_enable_x64", True)
