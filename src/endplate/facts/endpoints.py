"""What each endpoint code of the trials means."""

from dataclasses import dataclass
from functools import cache

from endplate.errors import FactMissing
from endplate.facts.store import table


@dataclass(frozen=True)
class Endpoint:
    """One code: whose eyes, which statistics, and what is better.

    `better` is `up` or `down` for the benefit, `harm` for an unwanted effect and empty for what
    only describes the people at entry; `words` finishes the sentence "The figure is the ...".
    """

    code: str
    indications: tuple[str, ...]
    rater: str
    statistics: tuple[str, ...]
    unit: str
    better: str
    words: str


@cache
def endpoints() -> dict[str, Endpoint]:
    """Every endpoint by its code, in file order."""
    return {
        row["code"]: Endpoint(
            code=row["code"],
            indications=tuple(row["indications"].split(";")),
            rater=row["rater"],
            statistics=tuple(row["statistics"].split(";")),
            unit=row["unit"],
            better=row["better"],
            words=row["words"],
        )
        for row in table("endpoints")
    }


def endpoint(code: str) -> Endpoint:
    """Endpoint of that code.

    Raises
    ------
    FactMissing
        The tables hold no such endpoint.
    """
    try:
        return endpoints()[code]
    except KeyError:
        raise FactMissing(f"no endpoint named {code!r}") from None
