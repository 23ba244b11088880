"""Sentences of the patient's sheet, and those that belong to what is treated."""

import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent / "sheet.toml"
ALWAYS = ("Do not drive", "Tell each doctor")
FACE = "face"


@cache
def words() -> Mapping[str, Any]:
    """Sentences of the sheet."""
    return tomllib.loads(_FILE.read_text(encoding="utf-8"))


def families(areas: Sequence[str]) -> list[str]:
    """Families of uses, such as `limb`, that the areas belong to; face where nothing is known."""
    known = words()["use"]
    return once(known[area]["family"] if area in known else FACE for area in areas)


def what(product: str, areas: Sequence[str], lines: str) -> str:
    """What the treatment is: one sentence on the shots, one on how they work in each area."""
    say = words()
    if families(areas) == [FACE]:
        return say["what"].format(product=product, lines=lines)
    how = once(say["use"][area]["how"] for area in areas if area in say["use"])
    return " ".join([say["shots"].format(product=product), *how, say["lasts"]])


def phases(areas: Sequence[str]) -> Mapping[str, str]:
    """What happens first, at the start, at the peak and when the effect fades."""
    say, found = words(), families(areas)
    if found == [FACE]:
        return say["expect"]
    start = " ".join(once(say["family"][name]["start"] for name in found))
    return {**say["expect"], **say["expect_elsewhere"], "start": start, "first": first_hours(found)}


def first_hours(found: Iterable[str]) -> str:
    """What the first hours bring for these families."""
    own = [f["first"] for f in (words()["family"][name] for name in found) if "first" in f]
    return own[0] if own else words()["expect"]["first"]


def signs(areas: Sequence[str]) -> list[str]:
    """Danger signs that belong to the areas."""
    return once(s for name in families(areas) for s in words()["family"][name]["signs"])


def aftercare(areas: Sequence[str]) -> tuple[str, ...]:
    """What to do afterwards: the lines of the areas, then those that hold for every shot."""
    say, found = words(), families(areas)
    own = once(line for name in found for line in say["family"][name]["aftercare"])
    return (*own, *(line for line in say["aftercare"]["lines"] if line.startswith(ALWAYS)))


def once(parts: Iterable[str]) -> list[str]:
    """The parts in their order, none twice."""
    return list(dict.fromkeys(parts))


def joined(parts: list[str]) -> str:
    """Parts as a list to read: `a, b and c`."""
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + " and " + parts[-1]


def capital(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]
