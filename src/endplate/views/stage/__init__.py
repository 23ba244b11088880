"""A plan on a stage: what the weeks do to the drawn body, for a page that lets them go by."""

from endplate.views.stage.stage import Stage as Stage
from endplate.views.stage.stage import stage as stage

__all__ = ["Stage", "stage"]
