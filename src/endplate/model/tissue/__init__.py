"""From working junctions to force: rival hypotheses."""

from endplate.model.tissue.atrophy import Atrophy as Atrophy
from endplate.model.tissue.base import AbstractTissue as AbstractTissue
from endplate.model.tissue.none import NoAtrophy as NoAtrophy
