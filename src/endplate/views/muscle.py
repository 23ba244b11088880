"""Where the dose goes and what it blocks: one row per muscle, both sides beside each other."""

from collections.abc import Mapping
from dataclasses import dataclass

from endplate.facts.atlas import muscle_blocks
from endplate.views import reading
from endplate.views.quantity import number
from endplate.views.words import muscle_name, spaced

LETTERS = "abcdefghijklmnopqrstuvwxyz"
SIDES = ("right", "left")
Places = dict[tuple[str, str], float]


@dataclass(frozen=True)
class Amount:
    """A percentage, as a number for the bar and as text; `bar` is None where nothing is known."""

    bar: float | None
    text: str


@dataclass(frozen=True)
class MuscleRow:
    """One muscle: share of the dose it takes up and junctions silenced when strongest, per side."""

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
    shares, blocks = shares_of(result), blocks_of(result)
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


def shares_of(result: reading.Result) -> Places:
    """Share of the dose per muscle and side; parts of one muscle are added."""
    shares: Places = {}
    for row in result.get("spread") or ():
        place = row["muscle"], _side(row)
        shares[place] = shares.get(place, 0.0) + float(row["fraction"])
    return shares


def blocks_of(result: reading.Result, chart: str = "") -> Places:
    """Largest loss of working junctions per muscle and side; of parts of one muscle the largest.

    Of one chart where it is named: a muscle may cross from one to the next.
    """
    blocks: Places = {}
    for row in result.get("reach") or ():
        if chart and row.get("chart", chart) != chart:
            continue
        place = row["muscle"], _side(row)
        blocks[place] = max(blocks.get(place, 0.0), float(row["peak_block"]))
    return blocks


def _side(row: Mapping[str, str]) -> str:
    return row["side"] if row.get("side") in SIDES else "midline"


def _ranked(result: reading.Result) -> list[str]:
    """Muscles by the largest block of either side, then by share; `elsewhere` last."""
    shares, blocks = shares_of(result), blocks_of(result)
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
