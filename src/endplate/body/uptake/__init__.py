"""From injected toxin to active light chain in the nerve ending: rival first-order schemes."""

from endplate.body.uptake.base import AbstractUptake as AbstractUptake
from endplate.body.uptake.clearing import Clearing as Clearing
from endplate.body.uptake.clearing import Stages as Stages
from endplate.body.uptake.lebeda3 import Lebeda3 as Lebeda3
from endplate.body.uptake.lebeda4 import Lebeda4 as Lebeda4
from endplate.body.uptake.none import NoUptake as NoUptake
