"""Where a figure comes from: a key of the sources table as words, with a link if there is one."""

from dataclasses import dataclass

from endplate.errors import FactMissing
from endplate.facts.table import document


@dataclass(frozen=True)
class Link:
    """A source in words, with its address if it has one."""

    words: str
    url: str = ""


def link(key: str | None) -> Link:
    """The source of a key; a key that the table does not hold is shown as it is."""
    if not key:
        return Link("source not stated")
    entry = _sources().get(key)
    if entry is None:
        return Link(str(key))
    known = str(entry.get("year") or "")
    year = f" ({known})" if known and known not in str(entry.get("title")) else ""
    return Link(f"{entry.get('title', key)}{year}", _address(entry))


def _sources():
    try:
        return document("sources")
    except FactMissing:
        return {}


def _address(entry) -> str:
    if entry.get("doi"):
        return f"https://doi.org/{entry['doi']}"
    if entry.get("pmid"):
        return f"https://pubmed.ncbi.nlm.nih.gov/{entry['pmid']}/"
    url = str(entry.get("url") or "")
    return url if url.startswith(("https://", "http://")) else ""
