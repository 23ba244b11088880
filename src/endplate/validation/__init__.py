"""Predicted against published: every figure of a table, with what was promised of them."""
