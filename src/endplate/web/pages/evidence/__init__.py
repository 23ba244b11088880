"""The page Evidence: what was published beside what the model predicts, and what that rests on."""

from endplate.web.pages.evidence.page import build as build

__all__ = ["build"]
