"""The charts of the body as pictures."""

from endplate.report.chart.pictures import Drawing as Drawing
from endplate.report.chart.pictures import drawings as drawings
from endplate.report.chart.pictures import has_chart as has_chart
from endplate.report.chart.pictures import spots as spots

__all__ = ["Drawing", "drawings", "has_chart", "spots"]
