"""What happens in one body after the needle: spread, uptake, cleavage, transmission, tissue.

One file per step, in that order; a step with rival hypotheses is a folder with `base.py` and one
file per hypothesis. `Model` names the hypothesis of each step, `Parameters` the numbers. All rates
are per day, lengths in mm, volumes in mL, doses in units of the product. Importing the package
turns on float64 (`jax_enable_x64`), once.
"""

import jax

jax.config.update("jax_enable_x64", True)

from endplate.model.hypotheses import HYPOTHESES as HYPOTHESES  # noqa: E402
from endplate.model.hypotheses import Model as Model  # noqa: E402
from endplate.model.kinetics import Kinetics as Kinetics  # noqa: E402
from endplate.model.kinetics import kinetics as kinetics  # noqa: E402
from endplate.model.parameters import Parameters as Parameters  # noqa: E402
from endplate.model.spread import AbstractSpread as AbstractSpread  # noqa: E402
from endplate.model.tissue import AbstractTissue as AbstractTissue  # noqa: E402
from endplate.model.transmission import AbstractTransmission as AbstractTransmission  # noqa: E402
from endplate.model.uptake import AbstractUptake as AbstractUptake  # noqa: E402
