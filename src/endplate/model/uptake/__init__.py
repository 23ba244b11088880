"""From injected toxin to active light chain in the nerve ending: rival first-order schemes."""

from endplate.model.uptake.base import AbstractUptake as AbstractUptake
from endplate.model.uptake.clearing import Clearing as Clearing
from endplate.model.uptake.clearing import Stages as Stages
from endplate.model.uptake.lebeda3 import Lebeda3 as Lebeda3
from endplate.model.uptake.lebeda4 import Lebeda4 as Lebeda4
from endplate.model.uptake.none import NoUptake as NoUptake
