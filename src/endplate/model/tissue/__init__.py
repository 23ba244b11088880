"""What the silent junctions do to the tissue."""

from endplate.model.tissue.muscle import atrophy as atrophy
from endplate.model.tissue.muscle import force_fraction as force_fraction
