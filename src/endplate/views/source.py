"""Where a figure comes from: a key of the sources table as words, with a link if there is one."""

from dataclasses import dataclass

from endplate.errors import FactMissing
from endplate.facts.guide import ADVICE, Statement
from endplate.facts.table import document
from endplate.views.language import gettext as _

MOST_TYPED = 40
"""Letters of an address that somebody types in."""


@dataclass(frozen=True)
class Link:
    """A source in words, with its address if it has one."""

    words: str
    url: str = ""

    @property
    def short(self) -> str:
        """The address as it is typed in; of a long one the site alone.

        Examples
        --------
        >>> Link("A trial", "https://doi.org/10.1016/j.juro.2012.01.125").short
        'doi.org/10.1016/j.juro.2012.01.125'
        >>> Link("A label", f"https://www.site.example/drugs?id={40 * '0'}").short
        'site.example'
        """
        address = self.url.removeprefix("https://").removeprefix("http://").removeprefix("www.")
        return address if len(address) <= MOST_TYPED else address.partition("/")[0]


NO_SOURCE = Link("")
"""Where nothing is named."""


def link(key: str | None) -> Link:
    """The source of a key; a key that the table does not hold is shown as it is."""
    if not key:
        return Link(_("source not stated"))
    entry = _sources().get(key)
    if entry is None:
        return Link(str(key))
    known = str(entry.get("year") or "")
    year = f" ({known})" if known and known not in str(entry.get("title")) else ""
    return Link(f"{entry.get('title', key)}{year}", _address(entry))


class References:
    """Numbers sources in the order in which a page names them."""

    def __init__(self) -> None:
        self._numbers: dict[Link, int] = {}

    def number(self, source: Link) -> int:
        """Number of one source; the first time it gets the next one."""
        return self._numbers.setdefault(source, len(self._numbers) + 1)

    def numbers(self, keys: str) -> tuple[int, ...]:
        """Numbers of the sources of a cell; advice has none."""
        return tuple(self.number(link(key)) for key in _split(keys) if key != ADVICE)

    def said(self, row: Statement) -> "Said":
        """A statement with the numbers of its sources."""
        return Said(
            _(row.text), _(row.title), self.numbers(row.source), row.is_advice, row.verified
        )

    @property
    def named(self) -> tuple[Link, ...]:
        """Every source named so far, by its number."""
        return tuple(self._numbers)


@dataclass(frozen=True)
class Said:
    """A sentence or two with the numbers of their sources; advice is marked as such."""

    text: str
    title: str = ""
    sources: tuple[int, ...] = ()
    advice: bool = False
    verified: bool = True


def _split(keys: str) -> list[str]:
    return [key.strip() for key in keys.split(";") if key.strip()]


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
