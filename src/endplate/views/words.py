"""Words shown for the codes of a result; a code without words is shown as it is, spaced out.

Words for patients are said in the language spoken, those for the provider in English.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from endplate.facts.indications import indications
from endplate.views.language import gettext

_FILE = Path(__file__).parent / "words.toml"
FORMS_FOR_PATIENTS = ("plain", "short")
NOT_LATIN = (
    "axillary_eccrine_field",
    "palmar_eccrine_field",
    "cervical_paraspinals",
    "lumbricals",
)
"""Names of muscles and fields that are English; the others are Latin in every language."""


@cache
def _tables() -> Mapping[str, Mapping[str, Mapping[str, Any]]]:
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def spaced(code: str) -> str:
    """A code as words in sentence case.

    Examples
    --------
    >>> spaced("eyelid_ptosis"), spaced("copd")
    ('Eyelid ptosis', 'COPD')
    """
    short = _tables()["abbreviation"]
    parts = [str(short[p]["name"]) if p in short else p for p in code.replace("_", " ").split()]
    text = " ".join(parts)
    return text[:1].upper() + text[1:]


def word(table: str, code: str, form: str = "name") -> str:
    """One form of the words for a code of one table.

    Examples
    --------
    >>> word("harm", "eyelid_ptosis", "plain")
    'A droopy eyelid'
    >>> word("harm", "itchy_nose")
    'Itchy nose'
    """
    entry = _tables().get(table, {}).get(code, {})
    text = str(entry.get(form) or entry.get("name") or spaced(code))
    return gettext(text) if form in FORMS_FOR_PATIENTS else text


def order(table: str, code: str) -> int:
    """Place of a code in its table's order; unknown codes come last."""
    return int(_tables().get(table, {}).get(code, {}).get("order", 99))


def known(table: str) -> tuple[str, ...]:
    """Codes that have words in one table."""
    return tuple(_tables().get(table, {}))


def muscle_name(muscle: str, side: str = "midline") -> str:
    """A muscle in words, with its side where it has one; muscles keep their Latin names.

    Examples
    --------
    >>> muscle_name("corrugator_supercilii", "left")
    'Corrugator supercilii, left'
    """
    if muscle == "elsewhere":
        return gettext("Outside the muscles of the chart")
    name = gettext(spaced(muscle)) if muscle in NOT_LATIN else spaced(muscle)
    if side in ("", "midline"):
        return name
    told = gettext("{part}, left") if side == "left" else gettext("{part}, right")
    return told.format(part=name)


def tissue_of(areas: tuple[str, ...]) -> str:
    """Tissue of the areas; `mixed` where they differ, muscle where nothing is known."""
    kinds = {_tissues().get(area, "muscle") for area in areas}
    return kinds.pop() if len(kinds) == 1 else "mixed" if kinds else "muscle"


def silenced(areas: tuple[str, ...]) -> str:
    """What is silenced in these areas, such as `junctions`."""
    return word("tissue", tissue_of(areas))


def working_heading(areas: tuple[str, ...]) -> str:
    """Heading of the panel that shows what still works."""
    kind = tissue_of(areas)
    return f"Working {word('tissue', kind)} of {word('tissue', kind, 'where')}"


def part_name(areas: tuple[str, ...]) -> str:
    """What one row of the table of places is."""
    return word("tissue", tissue_of(areas), "part")


def drawn_as(areas: tuple[str, ...]) -> str:
    """How the chart shows what the model uses, one sentence."""
    return word("tissue", tissue_of(areas), "drawn")


@cache
def _tissues() -> dict[str, str]:
    return {use.name: use.tissue for use in indications()}
