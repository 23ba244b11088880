"""Where the injected dose goes: rival kernels, and what each muscle receives."""

from endplate.model.spread.base import AbstractSpread as AbstractSpread
from endplate.model.spread.field import dose_density as dose_density
from endplate.model.spread.field import muscle_fractions as muscle_fractions
from endplate.model.spread.field import passed_fascia as passed_fascia
from endplate.model.spread.grid import Block as Block
from endplate.model.spread.grid import EndplateField as EndplateField
from endplate.model.spread.grid import Grid as Grid
from endplate.model.spread.grid import grids as grids
from endplate.model.spread.grid import stacked as stacked
from endplate.model.spread.isotropic import Isotropic as Isotropic
from endplate.model.spread.none import NoSpread as NoSpread
from endplate.model.spread.sheet import Sheet as Sheet
from endplate.model.spread.wheal import Wheal as Wheal
