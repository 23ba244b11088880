"""The charts of the body as pictures."""

from endplate.views.chart.pictures import Drawing as Drawing
from endplate.views.chart.pictures import drawings as drawings
from endplate.views.chart.pictures import has_chart as has_chart
from endplate.views.chart.pictures import spots as spots

__all__ = ["Drawing", "drawings", "has_chart", "spots"]
