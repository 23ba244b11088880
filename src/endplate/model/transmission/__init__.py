"""From intact SNAP-25 to the share of junctions that still work: rival hypotheses."""

from endplate.model.transmission.base import AbstractTransmission as AbstractTransmission
from endplate.model.transmission.none import NoBlock as NoBlock
from endplate.model.transmission.original_terminal import OriginalTerminal as OriginalTerminal
from endplate.model.transmission.sprouts import Sprouts as Sprouts
from endplate.model.transmission.weary import Weary as Weary
from endplate.model.transmission.weary import memory_after as memory_after
