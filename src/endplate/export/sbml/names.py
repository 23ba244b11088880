"""Readable ids of the blocks in an exported model, each used once."""

from endplate.model.spread import Block
from endplate.people.layout import NOCICEPTOR
from endplate.people.one import OnePerson, Part


def block_names(subject: OnePerson) -> list[list[str]]:
    """Ids of the blocks of every part; the chart stands behind a name that two charts share."""
    used: set[str] = set()
    by_part = []
    for part in subject.parts:
        names = [_name(part, block) for block in part.blocks]
        names = [f"{name}_{part.chart}" if name in used else name for name in names]
        used |= set(names)
        by_part.append(names)
    return by_part


def _name(part: Part, block: Block) -> str:
    middle = "" if block.part == "belly" else f"_{block.part}"
    fibres = "pain_fibres_" if part.tissue == NOCICEPTOR else ""
    return f"{fibres}{block.muscle}{middle}_{block.side}"
