"""From intact SNAP-25 to the share of junctions that still work: rival hypotheses."""

from endplate.model.transmission.base import AbstractTransmission as AbstractTransmission
from endplate.model.transmission.none import NoBlock as NoBlock
from endplate.model.transmission.original_terminal import OriginalTerminal as OriginalTerminal
from endplate.model.transmission.release_fatigue import ReleaseFatigue as ReleaseFatigue
from endplate.model.transmission.sprouts import Sprouts as Sprouts
