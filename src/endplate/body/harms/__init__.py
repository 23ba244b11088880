"""Unwanted effects: of the needle, and of toxin that reaches a neighbour."""

from endplate.body.harms.needle import per_session as per_session
from endplate.body.harms.neighbours import Weakness as Weakness
from endplate.body.harms.neighbours import weak_times as weak_times
from endplate.body.harms.neighbours import weakness as weakness
