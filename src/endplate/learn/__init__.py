"""Fits the shared parameters to published trials and says how well they predict them."""
