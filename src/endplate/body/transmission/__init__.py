"""From intact SNAP-25 to the share of junctions that still work: rival hypotheses."""

from endplate.body.transmission.base import AbstractTransmission as AbstractTransmission
from endplate.body.transmission.none import NoBlock as NoBlock
from endplate.body.transmission.original_terminal import OriginalTerminal as OriginalTerminal
from endplate.body.transmission.sprouts import Sprouts as Sprouts
from endplate.body.transmission.weary import Weary as Weary
from endplate.body.transmission.weary import memory_after as memory_after
