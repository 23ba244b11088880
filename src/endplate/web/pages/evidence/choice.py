"""Which figures a visitor wants to see, and the address that says so."""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlencode, urlsplit

from nicegui import ui

from endplate.validation.results import Row
from endplate.views.qualification import words
from endplate.views.qualification.evidence import Evidence
from endplate.views.source import link
from endplate.views.words import word

PATH = "/evidence"
_FLAG = "yes"


def predicted_rows(evidence: Evidence) -> tuple[Row, ...]:
    """Every predicted figure of a table."""
    return tuple(evidence.found.rows)


@dataclass(frozen=True)
class Choice:
    """Filters of the figures; an empty one selects everything.

    `trial` is the trial that is open, `figure` the index of its figure in the table.
    """

    use: str = ""
    product: str = ""
    kind: str = ""
    misses: bool = False
    verified: bool = False
    text: str = ""
    trial: str = ""
    figure: int | None = None

    def matches(self, row: Row) -> bool:
        """Whether a row passes the filters."""
        return (
            self.use in ("", row.indication)
            and self.product in ("", row.product)
            and self.kind in ("", row.kind)
            and not (self.misses and row.inside)
            and not (self.verified and not row.verified)
            and all(part in _searchable(row) for part in self.text.lower().split())
        )

    def select(self, rows: Iterable[Row]) -> tuple[Row, ...]:
        """Rows that pass the filters."""
        return tuple(row for row in rows if self.matches(row))

    @property
    def address(self) -> str:
        """Address that opens the page like this."""
        query = {
            "use": self.use or "all",
            "product": self.product,
            "kind": self.kind,
            "misses": _FLAG if self.misses else "",
            "verified": _FLAG if self.verified else "",
            "text": self.text,
            "trial": self.trial,
            "figure": "" if self.figure is None else str(self.figure),
        }
        return f"{PATH}?{urlencode({name: text for name, text in query.items() if text})}"


@dataclass(frozen=True)
class Options:
    """Options of the filters by code, each with its number of figures."""

    uses: Mapping[str, str]
    products: Mapping[str, str]
    kinds: Mapping[str, str]


def options(rows: Iterable[Row], use: str) -> Options:
    """Options of the filters; products and kinds are those of the use."""
    all_rows = tuple(rows)
    of_use = [row for row in all_rows if use in ("", row.indication)]
    return Options(
        uses=_counted(
            "All uses", (row.indication for row in all_rows), lambda c: word("indication", c)
        ),
        products=_counted("All products", (row.product for row in of_use), _product),
        kinds=_counted("All kinds", (row.kind for row in of_use), words.kind_name),
    )


def choice_at(address: str, rows: Iterable[Row], use: str = "") -> Choice:
    """Filters of an address; values that no row has are ignored.

    Parameters
    ----------
    address
        Path and query, as in the browser.
    rows
        The rows of the table.
    use
        The use to show where the address names none.
    """
    query = {name: values[-1] for name, values in parse_qs(urlsplit(address).query).items()}
    all_rows = tuple(rows)
    trial = query.get("trial", "")
    of_trial = [row for row in all_rows if row.trial_id == trial]
    if of_trial:
        # a trial that the address names is shown, whatever the plan treats
        use = use if any(row.indication == use for row in of_trial) else of_trial[0].indication
    use = query.get("use", use)
    use = use if any(row.indication == use for row in all_rows) else ""
    of_use = [row for row in all_rows if use in ("", row.indication)]
    index = query.get("figure", "")
    figure = int(index) if index.isdecimal() and len(index) < 9 else None
    return Choice(
        use=use,
        product=_known(query.get("product", ""), (row.product for row in of_use)),
        kind=_known(query.get("kind", ""), (row.kind for row in of_use)),
        misses=query.get("misses") == _FLAG,
        verified=query.get("verified") == _FLAG,
        text=query.get("text", "")[:80],
        trial=trial if of_trial else "",
        figure=figure if any(row.figure == figure for row in of_trial) else None,
    )


def _known(value: str, values: Iterable[str]) -> str:
    return value if value in set(values) else ""


def _product(code: str) -> str:
    return "Placebo" if code == "placebo" else code


def _counted(first: str, codes: Iterable[str], name: Callable[[str], str]) -> dict[str, str]:
    counts = Counter(codes)
    return {"": f"{first} ({counts.total()})"} | {
        code: f"{name(code)} ({count})" for code, count in counts.items()
    }


def _searchable(row: Row) -> str:
    """Text of a row that the search reads."""
    words_of_row = (
        row.trial_id,
        row.arm,
        row.endpoint,
        words.endpoint_name(row.endpoint),
        row.note,
    )
    return " ".join((*words_of_row, link(row.source).words)).lower()


def go_to(address: str) -> None:
    """Put an address of this page into the address bar, without loading anything."""
    url = f"(window.path_prefix || '') + {json.dumps(address)}"
    ui.run_javascript(
        f"if (location.pathname.endsWith('{PATH}')) history.replaceState(history.state, '', {url})"
    )
