"""Forecasts: a plan in virtual people like its patient, from the engine's courses to a result."""
