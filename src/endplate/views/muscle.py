"""Where the dose goes and what it blocks: one row per muscle, both sides beside each other."""

from dataclasses import dataclass

from endplate.facts.atlas import muscle_blocks
from endplate.results.result import MuscleShare, PeakBlock, Result
from endplate.views.quantity import number
from endplate.views.words import muscle_name, spaced

LETTERS = "abcdefghijklmnopqrstuvwxyz"
SIDES = ("right", "left")
BySide = dict[tuple[str, str], float]  # muscle and side


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


def letters(result: Result) -> dict[str, str]:
    """The letter by which each muscle of the result is named on the chart."""
    drawn = {block.muscle for block in muscle_blocks()}
    named = [m for m in _ranked(result) if m in drawn]
    return dict(zip(named, LETTERS, strict=False))


def muscle_rows(result: Result) -> tuple[MuscleRow, ...]:
    """Muscles by share of the dose; what reaches no muscle of the chart comes last."""
    shares, blocks = shares_of(result), blocks_of(result)
    injected = {site.muscle for site in result.plan.sites}
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


def shares_of(result: Result) -> BySide:
    """Share of the dose per muscle and side; parts of one muscle are added."""
    shares: BySide = {}
    for row in result.spread:
        key = row.muscle, _side(row)
        shares[key] = shares.get(key, 0.0) + float(row.fraction)
    return shares


def blocks_of(result: Result, chart: str = "") -> BySide:
    """Largest loss of working junctions per muscle and side; of parts of one muscle the largest.

    Of one chart where it is named: a muscle may cross from one to the next.
    """
    blocks: BySide = {}
    for row in result.reach:
        if chart and row.chart not in (None, chart):
            continue
        key = row.muscle, _side(row)
        blocks[key] = max(blocks.get(key, 0.0), float(row.peak_block))
    return blocks


def _side(row: MuscleShare | PeakBlock) -> str:
    return row.side if row.side in SIDES else "midline"


def _ranked(result: Result) -> list[str]:
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
