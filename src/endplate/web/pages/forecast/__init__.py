"""The page Forecast: what a plan does week by week, in how many people, and how sure that is."""

from endplate.web.pages.forecast.page import build as build

__all__ = ["build"]
