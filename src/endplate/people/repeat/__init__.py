"""Repeated treatment: the same people through one window of days after another."""

from endplate.people.repeat.collect import run_repeated as run_repeated
from endplate.people.repeat.fields import cycle_fields as cycle_fields
from endplate.people.repeat.fields import cycle_limits as cycle_limits
