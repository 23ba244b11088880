"""Forecasts: a plan in virtual people like its patient, from the engine's courses to a result."""

from endplate.forecast.preview import preview as preview
from endplate.forecast.preview import warm as warm
from endplate.forecast.simulate import chosen_options as chosen_options
from endplate.forecast.simulate import command_of as command_of
from endplate.forecast.simulate import simulate as simulate
