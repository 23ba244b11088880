"""Where facts come from: one entry per source, looked up by its key."""

from dataclasses import dataclass
from functools import cache

from endplate.errors import SourceUnknown
from endplate.facts.store import document


@dataclass(frozen=True)
class Source:
    """One document; `kind` says how near to the original it is."""

    key: str
    title: str
    kind: str
    authors: str
    year: int | None
    doi: str
    pmid: int | None
    url: str
    note: str = ""

    @property
    def link(self) -> str:
        """Address to look it up, "" when none is known."""
        if self.doi:
            return f"https://doi.org/{self.doi}"
        if self.pmid:
            return f"https://pubmed.ncbi.nlm.nih.gov/{self.pmid}/"
        return self.url


@cache
def source(key: str) -> Source:
    """Source of that key.

    Raises
    ------
    SourceUnknown
        `sources.toml` has no such key.
    """
    entry = document("sources").get(key)
    if entry is None:
        raise SourceUnknown(f"sources.toml has no source {key!r}")
    return Source(
        key,
        entry["title"],
        entry["kind"],
        entry.get("authors", ""),
        entry.get("year"),
        entry.get("doi", ""),
        entry.get("pmid"),
        entry.get("url", ""),
        entry.get("note", ""),
    )


def source_keys() -> tuple[str, ...]:
    """Every key, in file order."""
    return tuple(document("sources"))
