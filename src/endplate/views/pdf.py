"""Writes the patient's sheet as tagged PDF in letters of 12 points, 16 in large print."""

import logging
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

from endplate.errors import CannotWrite
from endplate.files.output import maker, write_whole
from endplate.views.html import TEMPLATES, render
from endplate.views.sheet import SheetPage

VARIANT = "pdf/ua-1"  # tagged, so that a screen reader can read it in order
MOST_PAGES = 2
MISSING = (
    "PDF needs WeasyPrint and the library Pango: pip install '.[pdf]' in the checkout of endplate, "
    "or write HTML."
)


def write_pdf(page: SheetPage, path: str | Path) -> Path:
    """Write the sheet as PDF and return its path.

    Raises
    ------
    CannotWrite
        WeasyPrint or a library that it needs is missing, or the file cannot be written.
    """
    return write_whole(pdf_bytes(page), path)


def require_pdf() -> None:
    """Load what writes PDF.

    Raises
    ------
    CannotWrite
        WeasyPrint or a library that it needs is missing.
    """
    try:
        import weasyprint  # noqa: F401
    except (ImportError, OSError):
        raise CannotWrite(MISSING) from None


def pdf_bytes(page: SheetPage) -> bytes:
    """The sheet as the content of a PDF file.

    Raises
    ------
    CannotWrite
        WeasyPrint or a library that it needs is missing.
    """
    # The identifier is what stands in plain letters in a PDF: it carries our mark.
    document = _document(page)
    mark = maker().encode()
    return document.write_pdf(pdf_identifier=mark, pdf_variant=VARIANT, pdf_tags=True) or b""


def _document(page: SheetPage):
    """The sheet laid out; lines stand closer where that saves a page, letters stay as they are."""
    require_pdf()
    from weasyprint import CSS, HTML

    # Rules for screens alone are told as warnings, which nobody can act on.
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    # The sheet leaves its paper to the printer: a rule beside it yields unless it insists.
    paper = CSS(string=f"@page{{size:{page.paper}!important}}")

    def laid_out(page: SheetPage):
        text = _coloured(render("sheet.html.j2", page))
        return HTML(string=text).render(stylesheets=[paper])

    wide = laid_out(page)
    if page.large_print or len(wide.pages) <= MOST_PAGES:
        return wide
    close = laid_out(replace(page, dense=True))
    return close if len(close.pages) < len(wide.pages) else wide


def _coloured(text: str) -> str:
    """The page with the colors of its pictures inside them, where WeasyPrint looks for them."""
    return re.sub(r"(<svg\b[^>]*>)", rf"\1<style>{_picture_style()}</style>", text)


@cache
def _picture_style() -> str:
    """Rules of the pictures, with the light colors in place of their names."""
    look = (TEMPLATES / "look.css").read_text(encoding="utf-8")
    root = re.search(r":root\{(.*?)\}", look, re.DOTALL)
    colours = dict(re.findall(r"(--[\w-]+):([^;}]+)", root.group(1) if root else ""))
    plain = re.sub(r"var\((--[\w-]+)\)", lambda name: colours.get(name.group(1), "none"), look)
    rules = re.findall(r"^(?:\.[^{}@]*\{[^{}]*\})+", plain, re.MULTILINE)
    return "".join(rule for rule in rules if "fill" in rule or "stroke" in rule)
