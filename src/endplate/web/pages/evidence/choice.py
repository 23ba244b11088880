"""Which figures a visitor wants to see, and the address that says so."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from endplate.validation.results import Row
from endplate.views.qualification import words
from endplate.views.source import link
from endplate.views.words import word

PATH = "/evidence"
_FLAG = "yes"


@dataclass(frozen=True)
class Choice:
    """What is shown; an empty word asks for everything.

    `trial` is the trial that is open, `figure` the place of its figure in the table.
    """

    use: str = ""
    product: str = ""
    kind: str = ""
    misses: bool = False
    verified: bool = False
    text: str = ""
    trial: str = ""
    figure: int | None = None

    def keeps(self, row: Row) -> bool:
        """Whether a row is among what was asked for."""
        return (
            self.use in ("", row.indication)
            and self.product in ("", row.product)
            and self.kind in ("", row.kind)
            and not (self.misses and row.inside)
            and not (self.verified and not row.verified)
            and all(part in _told(row) for part in self.text.lower().split())
        )

    def of(self, rows: Iterable[Row]) -> tuple[Row, ...]:
        """The rows that were asked for."""
        return tuple(row for row in rows if self.keeps(row))

    @property
    def address(self) -> str:
        """Address that opens the page like this."""
        asked = {
            "use": self.use or "all",
            "product": self.product,
            "kind": self.kind,
            "misses": _FLAG if self.misses else "",
            "verified": _FLAG if self.verified else "",
            "text": self.text,
            "trial": self.trial,
            "figure": "" if self.figure is None else str(self.figure),
        }
        return f"{PATH}?{urlencode({name: told for name, told in asked.items() if told})}"


@dataclass(frozen=True)
class Options:
    """What can be asked of a table: words by code, the number of figures in them."""

    uses: Mapping[str, str]
    products: Mapping[str, str]
    kinds: Mapping[str, str]


def options(rows: Iterable[Row], use: str) -> Options:
    """What can be asked; products and kinds are those of the use."""
    every = tuple(rows)
    own = [row for row in every if use in ("", row.indication)]
    return Options(
        uses=_counted(
            "All uses", (row.indication for row in every), lambda c: word("indication", c)
        ),
        products=_counted("All products", (row.product for row in own), _product),
        kinds=_counted("All kinds", (row.kind for row in own), words.kind_name),
    )


def choice_at(address: str, rows: Iterable[Row], use: str = "") -> Choice:
    """What an address asks for; words that no row knows ask for nothing.

    Parameters
    ----------
    address
        Path and query, as in the browser.
    rows
        What can be shown.
    use
        The use to show where the address names none.
    """
    asked = {name: found[-1] for name, found in parse_qs(urlsplit(address).query).items()}
    every = tuple(rows)
    trial = asked.get("trial", "")
    own = [row for row in every if row.trial_id == trial]
    if own:
        # a trial that is asked for is shown, whatever the plan treats
        use = use if any(row.indication == use for row in own) else own[0].indication
    wanted = asked.get("use", use)
    wanted = wanted if any(row.indication == wanted for row in every) else ""
    shown = [row for row in every if wanted in ("", row.indication)]
    place = asked.get("figure", "")
    figure = int(place) if place.isdecimal() and len(place) < 9 else None
    return Choice(
        use=wanted,
        product=_known(asked.get("product", ""), (row.product for row in shown)),
        kind=_known(asked.get("kind", ""), (row.kind for row in shown)),
        misses=asked.get("misses") == _FLAG,
        verified=asked.get("verified") == _FLAG,
        text=asked.get("text", "")[:80],
        trial=trial if own else "",
        figure=figure if any(row.figure == figure for row in own) else None,
    )


def _known(told: str, every: Iterable[str]) -> str:
    return told if told in set(every) else ""


def _product(code: str) -> str:
    return "Placebo" if code == "placebo" else code


def _counted(first: str, codes: Iterable[str], name) -> dict[str, str]:
    found = list(codes)
    told = {"": f"{first} ({len(found)})"}
    return told | {code: f"{name(code)} ({found.count(code)})" for code in dict.fromkeys(found)}


def _told(row: Row) -> str:
    """What the search reads of a row."""
    told = (row.trial_id, row.arm, row.endpoint, words.endpoint_name(row.endpoint), row.note)
    return " ".join((*told, link(row.source).words)).lower()
