"""The look of the sheet inside the app: the sheet's own style, kept to the paper it lies on."""

import re
from functools import cache

from endplate.views.html import TEMPLATES
from endplate.views.sheet import SheetPage

PAPER = ".ds-paper"


@cache
def paper_look() -> str:
    """Style of the sheet file, with the paper in the place of the file's body.

    Rules of the printed page itself cannot stand inside another rule and are put beside it.
    """
    style = (TEMPLATES / "sheet.css").read_text(encoding="utf-8")
    pages = re.findall(r"@page\{[^}]*\}", style)
    inside = re.sub(r"@page\{[^}]*\}", "", style)
    inside = re.sub(r"\bbody(?=[.{:])", "&", inside)
    return f"{PAPER}{{{inside}}}\n" + "\n".join(pages)


def paper_names(page: SheetPage) -> str:
    """Classes of the body of the sheet file, for the paper."""
    names = {
        "sheet": True,
        "facts": not page.computed,
        "large": page.large_print,
        "dense": page.dense,
    }
    return " ".join(name for name, holds in names.items() if holds)
