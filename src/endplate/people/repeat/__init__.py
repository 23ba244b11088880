"""Repeated treatment: the same people through one window of days after another."""

from endplate.people.repeat.collect import run_repeated as run_repeated
from endplate.people.repeat.fields import cycle_limits as cycle_limits
from endplate.people.repeat.fields import cycles_of as cycles_of
