"""Which unwanted effect an endpoint code of the trials counts."""

from dataclasses import dataclass
from functools import cache

from endplate.facts.adverse_reactions import adverse_reactions
from endplate.facts.record import records

PREFIX = "ae_"
# Labels name the same pain at the needle in two ways.
_SAME = {"injection_site_discomfort": "injection_site_pain"}


@dataclass(frozen=True)
class HarmTerm:
    """One endpoint code and the effect it counts, as the side effects name it."""

    endpoint: str
    term: str
    group: str
    note: str


@cache
def harm_terms() -> dict[str, HarmTerm]:
    """Every code that counts an unwanted effect, in file order."""
    return {row.endpoint: row for row in records(HarmTerm, "harm_terms")}


def term_of(endpoint: str) -> str:
    """Effect that a code counts; a code without a row names its effect after `ae_`."""
    row = harm_terms().get(endpoint)
    return row.term if row else endpoint.removeprefix(PREFIX)


def same_term(term: str) -> str:
    """The one name of an effect that labels name in two ways."""
    return _SAME.get(term, term)


@cache
def group_of(term: str) -> str:
    """Group of an effect: needle, local, systemic, neighbour or any."""
    for row in harm_terms().values():
        if row.term == term:
            return row.group
    return next((row.group for row in adverse_reactions(term=term)), "systemic")
