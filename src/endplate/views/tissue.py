"""Words for what the toxin silences in the tissue that an area treats."""

from functools import cache

from endplate.facts.indications import indications
from endplate.views.words import word


def tissue(areas: tuple[str, ...]) -> str:
    """Tissue of the areas; `mixed` where they differ, muscle where nothing is known."""
    found = {_tissues().get(area, "muscle") for area in areas}
    return found.pop() if len(found) == 1 else "mixed" if found else "muscle"


def silenced(areas: tuple[str, ...]) -> str:
    """What is silenced in these areas, such as `junctions`."""
    return word("tissue", tissue(areas))


def working(areas: tuple[str, ...]) -> str:
    """Heading of the panel that shows what still works."""
    kind = tissue(areas)
    return f"Working {word('tissue', kind)} of {word('tissue', kind, 'where')}"


def part(areas: tuple[str, ...]) -> str:
    """What one row of the table of places is."""
    return word("tissue", tissue(areas), "part")


def drawn_as(areas: tuple[str, ...]) -> str:
    """How the chart shows what the model uses, one sentence."""
    return word("tissue", tissue(areas), "drawn")


@cache
def _tissues() -> dict[str, str]:
    return {one.name: one.tissue for one in indications()}
