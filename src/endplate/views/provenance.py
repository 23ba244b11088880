"""Who made a page, who paid, how old its evidence is, and what it names as sources."""

from dataclasses import dataclass

from endplate._version import __version__
from endplate.facts.table import facts_hash
from endplate.views.language import gettext as _
from endplate.views.quantity import date_text
from endplate.views.sheet_words import sheet_words
from endplate.views.source import Link, References


@dataclass(frozen=True)
class Provenance:
    """Where a page for patients comes from; `sources` in the order of their numbers."""

    made_by: str
    paid_by: str
    conflicts: str
    evidence: str
    review_by: str
    kept: str
    made: str
    sources: tuple[Link, ...]


def made_with(version: str | None, facts: str | None) -> str:
    """Version and facts behind a page."""
    return _("endplate {version}, facts {facts}").format(version=version, facts=facts)


def provenance(references: References, made: str = "") -> Provenance:
    """Provenance of a page, with every source that it has named."""
    say = sheet_words()["provenance"]
    return Provenance(
        made_by=say["made_by"],
        paid_by=say["paid_by"],
        conflicts=say["conflicts"],
        evidence=date_text(say["evidence"]),
        review_by=date_text(say["review_by"]),
        kept=say["kept"],
        made=made or made_with(__version__, facts_hash()),
        sources=references.named,
    )
