"""Where the dose goes and what it blocks: one row per muscle, both sides beside each other."""

from dataclasses import dataclass

from endplate.facts.anatomy import muscle_blocks
from endplate.report import reading
from endplate.report.quantity import number
from endplate.report.words import muscle_name, spaced

LETTERS = "abcdefghijklmnopqrstuvwxyz"
SIDES = ("right", "left")


@dataclass(frozen=True)
class Amount:
    """A percentage, as a number for the bar and as text; `bar` is None where nothing is known."""

    bar: float | None
    text: str


@dataclass(frozen=True)
class MuscleRow:
    """One muscle: share of the dose it takes up and strength lost when strongest, per side."""

    letter: str
    name: str
    injected: bool
    shares: tuple[Amount, ...]
    blocks: tuple[Amount, ...]


def letters(result: reading.Result) -> dict[str, str]:
    """The letter by which each muscle of the result is named on the chart."""
    drawn = {block.muscle for block in muscle_blocks()}
    named = [m for m in _ranked(result) if m in drawn]
    return dict(zip(named, LETTERS, strict=False))


def muscle_rows(result: reading.Result) -> tuple[MuscleRow, ...]:
    """Muscles by share of the dose; what reaches no muscle of the chart comes last."""
    shares, blocks = (
        _by_place(result, "spread", "fraction"),
        _by_place(result, "reach", "peak_block"),
    )
    injected = {site["muscle"] for site in result["plan"].get("sites") or ()}
    letter = letters(result)
    rows = []
    for muscle in _ranked(result):
        sides = SIDES if any((muscle, side) in shares | blocks for side in SIDES) else ("midline",)
        rows.append(
            MuscleRow(
                letter=letter.get(muscle, ""),
                name=muscle_name(muscle) if muscle == "elsewhere" else spaced(muscle),
                injected=muscle in injected,
                shares=tuple(_amount(shares.get((muscle, side))) for side in sides),
                blocks=tuple(_amount(blocks.get((muscle, side))) for side in sides),
            )
        )
    return tuple(rows)


def _by_place(result: reading.Result, part: str, field: str) -> dict[tuple[str, str], float]:
    return {(row["muscle"], row["side"]): float(row[field]) for row in result.get(part) or ()}


def _ranked(result: reading.Result) -> list[str]:
    """Muscles by the largest block of either side, then by share; `elsewhere` last."""
    shares, blocks = (
        _by_place(result, "spread", "fraction"),
        _by_place(result, "reach", "peak_block"),
    )
    muscles = dict.fromkeys(muscle for muscle, _ in [*blocks, *shares])

    def rank(muscle: str) -> tuple[bool, float, float]:
        block = max((v for (m, _), v in blocks.items() if m == muscle), default=0.0)
        share = sum(v for (m, _), v in shares.items() if m == muscle)
        return muscle == "elsewhere", -round(block, 2), -share

    return sorted(muscles, key=rank)


def _amount(fraction: float | None) -> Amount:
    if fraction is None:
        return Amount(None, "")
    percent = 100 * fraction
    if 0 < percent < 0.1:
        return Amount(percent, "<0.1 %")
    return Amount(percent, f"{number(percent, 1 if percent < 10 else 0)} %")
