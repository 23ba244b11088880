"""The part Limits: what is not known, and what lies outside the trials."""

from nicegui import ui

from endplate.views.qualification.evidence import Evidence, limits_page


def build(evidence: Evidence) -> None:
    """Build the part where the caller stands."""
    ui.html(limits_page(evidence).markup, sanitize=False)
