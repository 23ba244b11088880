"""What the silent junctions do to the tissue."""

from endplate.body.tissue.muscle import atrophy as atrophy
from endplate.body.tissue.muscle import force_fraction as force_fraction
