"""Which unknown matters most for an outcome of a plan: Sobol indices of science and of person."""

from endplate.sensitivity.sensitivity import Sensitivity as Sensitivity
from endplate.sensitivity.sensitivity import sensitivity as sensitivity

__all__ = ["Sensitivity", "sensitivity"]
