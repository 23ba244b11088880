"""How far each part of the drawn body still goes, week by week, from what its muscles can do.

Strengths are shares, 1 being the full movement of the drawing; lines have the grade of the middle
person at contraction where the person is asked for it, and the grade at rest else.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from endplate.facts.atlas import drivers
from endplate.facts.endpoints import baseline_scale
from endplate.results.result import Harm, Result
from endplate.views.stage.actor import AFFECTED, CORDS, NECK, SIDES, line_count
from endplate.views.stage.channel import ALWAYS, ByMuscle, Channel, spell, weekly

REST = "rest"
FACE_ASKS = {
    REST: "at rest",
    "frown": "frowning",
    "raise": "raising the brows",
    "smile": "smiling",
}
ASK_OF = {
    "glabellar_lines": "frown",
    "forehead_lines": "raise",
    "lateral_canthal_lines": "smile",
    "blepharospasm": "spasm",
    NECK: "tense",
}
MORE_ASKS = {"spasm": "in a spasm", "tense": "tensing the neck"}
SMILING = "zygomaticus_major"
LOW_LID_UP_MM, BROW_FALLS_MM, LID_FALLS, LID_LIFTS, SMILE_LOST = 2.2, 3.6, 0.38, 0.12, 0.6
FIRST_LINE, NEXT_LINE = 0.6, 0.3  # of a grade: where a line begins to show, and each further one
THIN_MM, PER_GRADE_MM = 0.6, 0.4
FACE_CASES = ("eyelid_ptosis", "brow_ptosis", "smile_asymmetry")


@dataclass(frozen=True)
class Acting:
    """What is asked of the drawn person, first the one shown first, and how each part answers."""

    asks: Mapping[str, str]
    channels: tuple[Channel, ...]


def strength(area: str, side: str, working: ByMuscle, weeks: int) -> list[float]:
    """Share of an area's movement that one side still makes, by the shares of its muscles.

    A muscle that the run does not follow counts as untouched.
    """
    rows = [row for row in drivers(area) if row.side in (side, "midline")]
    total = sum(_pull(row.side, row.share) for row in rows)
    if not total:
        return [1.0] * (weeks + 1)
    left_by_week = [0.0] * (weeks + 1)
    for row in rows:
        share = _pull(row.side, row.share) / total
        for week, left in enumerate(muscle(row.muscle, row.side, working, weeks)):
            left_by_week[week] += share * left
    return [round(min(1.0, max(0.0, value)), 3) for value in left_by_week]


def _pull(side: str, share: float) -> float:
    """A muscle of the midline gives half of itself to each side."""
    return share if side != "midline" else share / 2


def muscle(name: str, side: str, working: ByMuscle, weeks: int) -> list[float]:
    """Working fraction of one muscle, 1 where the run does not follow it."""
    matches = [values for (_, m, s), values in working.items() if (m, s) == (name, side)]
    return matches[0] if matches else [1.0] * (weeks + 1)


def face_acting(result: Result, working: ByMuscle, weeks: int) -> Acting:
    """The acting of a face whose upper half is treated."""
    areas = result.indications
    channels = [*_cases(result, weeks)]
    for side in SIDES:
        channels += _side(side, working, weeks)
    for area in areas:
        channels += lines(result, area, line_count(area), weeks)
    spasm = result.series("level:jrs_total:blepharospasm")
    if spasm:
        most = baseline_scale("jrs_total").high
        shut = [[round(level / most, 3)] for level in weekly(spasm.median, weeks)]
        channels += [Channel(f"lid:{side}", "form", {"spasm/": shut}) for side in SIDES]
        return Acting({REST: "eyes open", "spasm": MORE_ASKS["spasm"]}, tuple(channels))
    first = next((ASK_OF[a] for a in areas if a in ASK_OF), REST)
    return Acting({first: FACE_ASKS[first]} | FACE_ASKS, tuple(channels))


def neck_acting(result: Result, weeks: int) -> Acting:
    """The acting of a neck whose bands are treated."""
    asks = {"tense": MORE_ASKS["tense"], REST: "at rest"}
    return Acting(asks, tuple(lines(result, NECK, len(CORDS), weeks)))


def _side(side: str, working: ByMuscle, weeks: int) -> list[Channel]:
    frown = strength("glabellar_lines", side, working, weeks)
    lift = strength("forehead_lines", side, working, weeks)
    squint = strength("lateral_canthal_lines", side, working, weeks)
    smile = muscle(SMILING, side, working, weeks)
    still = [[0.0, 0.0]]
    brow = {"frown/": [[x, 0.0] for x in frown], "raise/": [[0.0, x] for x in lift], ALWAYS: still}
    up = {"smile/": [round(-LOW_LID_UP_MM * x, 3) for x in squint], ALWAYS: [0.0]}
    wide = {"raise/": [[round(-LID_LIFTS * x, 3)] for x in lift], ALWAYS: [[0.0]]}
    grin = {"smile/": [[round(x, 3)] for x in smile], ALWAYS: [[0.0]]}
    return [
        Channel(f"brow:{side}", "form", brow),
        Channel(f"low-lid:{side}", "shift", up),
        Channel(f"lid:{side}", "form", wide),
        Channel(f"mouth:{side}", "form", grin),
    ]


def lines(result: Result, area: str, count: int, weeks: int) -> list[Channel]:
    """The drawn lines of an area: how many show, and how deep, by the grade on the scale."""
    deep = result.series(f"severity_contraction:{area}")
    if not deep or not count:
        return []
    still = result.series(f"severity_rest:{area}") or deep
    lowest = baseline_scale(area).low
    by_key = {
        key: [max(0.0, grade - lowest) for grade in weekly(item.median, weeks)]
        for key, item in ((f"{ASK_OF.get(area, REST)}/", deep), (ALWAYS, still))
    }
    channels = [
        Channel(
            f"line:{area}:{i}",
            "opacity",
            {key: [line_opacity(grade, i) for grade in grades] for key, grades in by_key.items()},
        )
        for i in range(count)
    ]
    width = {key: [round(THIN_MM + PER_GRADE_MM * g, 3) for g in v] for key, v in by_key.items()}
    return [*channels, Channel(f"lines:{area}", "stroke-width", width)]


def line_opacity(grade: float, index: int) -> float:
    """How clearly the line of this index is drawn for a grade counted from the lowest.

    Examples
    --------
    >>> [line_opacity(g, 0) for g in (0, 1, 3)], [line_opacity(g, 2) for g in (0, 1, 3)]
    ([0.0, 0.6, 1.0], [0.0, 0.0, 1.0])
    """
    return round(min(1.0, max(0.0, FIRST_LINE * grade - NEXT_LINE * index)), 3)


def _cases(result: Result, weeks: int) -> list[Channel]:
    """What the drawn side effects do, on one side, in the weeks in which people have them."""
    channels = []
    for harm in drawable_harms(result):
        in_spell = spell(harm.start_d or 0.0, harm.length_d or 0.0, weeks)
        term = harm.term
        if term == "eyelid_ptosis":
            on = {f"/{term}": [[round(LID_FALLS * x, 3)] for x in in_spell]}
            channels.append(Channel(f"lid:{AFFECTED}", "form", on))
        elif term == "brow_ptosis":
            on = {f"/{term}": [round(BROW_FALLS_MM * x, 3) for x in in_spell], ALWAYS: [0.0]}
            channels.append(Channel("brow-drop", "shift", on))
        else:
            on = {f"smile/{term}": [[round(1 - SMILE_LOST * x, 3)] for x in in_spell]}
            channels.append(Channel(f"mouth:{AFFECTED}", "form", on))
    return channels


def drawable_harms(result: Result) -> Sequence[Harm]:
    """Side effects that the drawn face can show and whose days the run tells."""
    return [
        harm
        for harm in result.harms
        if harm.term in FACE_CASES and harm.start_d is not None and harm.length_d is not None
    ]


def merged(channels: Sequence[Channel]) -> tuple[Channel, ...]:
    """One channel for each part and attribute, with the keys of all of them."""
    by_part: dict[tuple[str, str], dict[str, object]] = {}
    for channel in channels:
        by_part.setdefault((channel.part, channel.sets), {}).update(channel.on)
    return tuple(Channel(part, sets, on) for (part, sets), on in by_part.items())  # type: ignore[arg-type]
