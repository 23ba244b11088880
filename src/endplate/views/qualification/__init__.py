"""The qualification report: predicted against published, the misses first, as one HTML file."""

from endplate.views.qualification.page import QualificationPage as QualificationPage
from endplate.views.qualification.page import qualification_page as qualification_page
from endplate.views.qualification.page import write_qualification as write_qualification

__all__ = ["QualificationPage", "qualification_page", "write_qualification"]
