"""What a result looks like: the report, the patient's sheet, the comparison, the terminal text."""

from endplate.views.comparison import Comparison as Comparison
from endplate.views.comparison import compare as compare
from endplate.views.comparison import write_comparison as write_comparison
from endplate.views.fact_sheet import fact_sheet_page as fact_sheet_page
from endplate.views.report import ReportPage as ReportPage
from endplate.views.report import report_page as report_page
from endplate.views.report import report_text as report_text
from endplate.views.report import write_report as write_report
from endplate.views.sheet import SheetPage as SheetPage
from endplate.views.sheet import page_text as page_text
from endplate.views.sheet import sheet_page as sheet_page
from endplate.views.sheet import write_page as write_page
from endplate.views.sheet import write_sheet as write_sheet
from endplate.views.text import summary as summary

__all__ = [
    "Comparison",
    "ReportPage",
    "SheetPage",
    "compare",
    "fact_sheet_page",
    "page_text",
    "report_page",
    "report_text",
    "sheet_page",
    "summary",
    "write_comparison",
    "write_page",
    "write_report",
    "write_sheet",
]
