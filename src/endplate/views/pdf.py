"""Writes the patient's sheet as PDF, one page where the letters are of normal size."""

import logging
import re
from functools import cache
from pathlib import Path

from endplate.errors import CannotWrite
from endplate.files.output import maker, write_whole
from endplate.views.html import TEMPLATES, render
from endplate.views.sheet import SheetPage

# Letters grow to fill the page and shrink in these steps until a full sheet fits on it.
SCALES = (1.15, 1.07, 1.0, 0.95, 0.9, 0.86, 0.82, 0.78)
LEAST_WITH_NOTES = 0.9  # smaller letters are for a sheet nobody wrote on; else it takes two pages
MISSING = "PDF needs WeasyPrint and the library Pango: pip install 'endplate[pdf]', or write HTML."


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
    return _document(page).write_pdf(pdf_identifier=maker().encode()) or b""


def _document(page: SheetPage):
    """The sheet laid out: as large as one page allows, two pages for large print."""
    require_pdf()
    from weasyprint import CSS, HTML

    # Rules for screens alone are told as warnings, which nobody can act on.
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    sheet = HTML(string=_coloured(render("sheet.html.j2", page)))

    def laid_out(scale: float):
        return sheet.render(
            stylesheets=[CSS(string=f"@page{{size:Letter}}.page{{font-size:{scale}em}}")]
        )

    if page.large_print:
        return laid_out(1.0)
    written = bool(page.notes and page.notes.as_dict())
    least = LEAST_WITH_NOTES if written else 0.0
    for scale in SCALES:
        document = laid_out(scale) if scale >= least else None
        if document is not None and len(document.pages) == 1:
            return document
    return laid_out(1.0 if written else SCALES[-1])


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
