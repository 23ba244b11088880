"""What a result looks like: the report, the patient's sheet, the comparison, the terminal text."""

from endplate.report.compare import Comparison as Comparison
from endplate.report.compare import compare as compare
from endplate.report.compare import write_comparison as write_comparison
from endplate.report.fact_sheet import fact_sheet_page as fact_sheet_page
from endplate.report.html import ReportPage as ReportPage
from endplate.report.html import report_page as report_page
from endplate.report.html import report_text as report_text
from endplate.report.html import write_report as write_report
from endplate.report.sheet import SheetPage as SheetPage
from endplate.report.sheet import page_text as page_text
from endplate.report.sheet import sheet_page as sheet_page
from endplate.report.sheet import write_page as write_page
from endplate.report.sheet import write_sheet as write_sheet
from endplate.report.text import summary as summary

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
