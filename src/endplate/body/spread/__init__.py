"""Where the injected dose goes: rival kernels, and what each muscle receives."""

from endplate.body.spread.base import AbstractSpread as AbstractSpread
from endplate.body.spread.field import dose_density as dose_density
from endplate.body.spread.field import muscle_fractions as muscle_fractions
from endplate.body.spread.field import passed_fascia as passed_fascia
from endplate.body.spread.grid import Block as Block
from endplate.body.spread.grid import EndplateField as EndplateField
from endplate.body.spread.grid import Grid as Grid
from endplate.body.spread.grid import grids as grids
from endplate.body.spread.grid import stacked as stacked
from endplate.body.spread.isotropic import Isotropic as Isotropic
from endplate.body.spread.none import NoSpread as NoSpread
from endplate.body.spread.sheet import Sheet as Sheet
from endplate.body.spread.wheal import Wheal as Wheal
