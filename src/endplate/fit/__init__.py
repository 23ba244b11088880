"""Fits the shared parameters to published trials and says how well they predict them."""

import endplate.model as _computes_in_float64  # noqa: F401
