"""Drawing of the last step: of one hundred people, who gets which weakness, and when."""

from textwrap import wrap

import numpy as np

from endplate.results.result import Harm, Result
from endplate.views.article.scene import Scene, label, moved, rule, stage, table
from endplate.views.article.words import words
from endplate.views.glyphs import CELL, PERSON
from endplate.views.language import gettext as _
from endplate.views.quantity import icons, people, people_range, plain_time
from endplate.views.sheet import capital
from endplate.views.svg import tag
from endplate.views.words import word

MOST_SHOWN = 3
_STOPS = np.arange(0.0, 120.01, 1.0)
_WANTED_D = (0, 7, 14, 30, 60, 90, 120)
_SOFT_D = 1.5
_LETTERS = 16  # of a name in one line


def neighbours_of(result: Result) -> tuple[Harm, ...]:
    """Weaknesses of neighbours that the model forecasts, the frequent ones first."""
    weak = [harm for harm in result.harms if harm.kind == "neighbour" and harm.origin == "model"]
    return tuple(sorted(weak, key=lambda harm: -harm.percent)[:MOST_SHOWN])


def neighbour_stories(harms: tuple[Harm, ...]) -> tuple[str, ...]:
    """What may get weak beside the treated place, and how often."""
    say = words()["neighbour"]
    return (say["other"], *(f"{say.get(h.term, '')} {_how_often(h)}".strip() for h in harms))


def _how_often(harm: Harm) -> str:
    if icons(harm.high) == 0:
        return _("Fewer than 1 of 100 people like you get it.")
    span = people_range(harm.low, harm.high)
    told = _("{count} of 100 people like you get it (range {span}).")
    return told.format(count=capital(people(harm.percent)), span=span)


def others_scene(harms: tuple[Harm, ...]) -> Scene:
    """Scene of the neighbours over four months: people who have each weakness on a day."""
    starts = [harm.start_d for harm in harms]
    ends = [
        None if harm.length_d is None or s is None else s + harm.length_d
        for harm, s in zip(harms, starts, strict=True)
    ]
    spans = list(zip(starts, ends, strict=True))
    width = 600 / max(1, len(harms))
    parts = []
    for i, (harm, span) in enumerate(zip(harms, spans, strict=True)):
        parts += _people(harm, span, width * (i + 0.5))

    def now(i: int, day: float) -> int:
        start, end = spans[i]
        has = start is None or end is None or start <= day <= end
        return icons(harms[i].percent) if has else 0

    names = [word("harm", harm.term, "plain") for harm in harms]
    return Scene(
        name="others",
        label=_(
            "Drawing: one hundred people for each weakness; those who have it on a day are filled."
        ),
        picture=stage(*parts, height=316.0),
        at=tuple(_STOPS),
        unit=_("days"),
        tracks={},
        says=tuple(
            _("Day {day}: {counts}.").format(
                day=f"{d:.0f}",
                counts="; ".join(
                    f"{name.lower()}, {_of_100(now(i, d))}" for i, name in enumerate(names)
                ),
            )
            for d in _STOPS
        ),
        curves=(),
        heads=(_("Day"), *names),
        rows=table(
            _STOPS,
            _WANTED_D,
            lambda k: (
                f"{_STOPS[k]:.0f}",
                *(_of_100(now(i, float(_STOPS[k]))) for i in range(len(harms))),
            ),
        ),
        start=14,
    )


def _of_100(count: int) -> str:
    return _("{value} of 100").format(value=count)


def _people(harm: Harm, span: tuple[float | None, float | None], middle: float) -> list[str]:
    """One hundred people; those who get it are filled between its start and its end."""
    filled, size = icons(harm.percent), 1.5
    left = middle - 5 * CELL * size
    start, end = span
    rules = None
    if start is not None and end is not None:
        start = max(start, 2 * _SOFT_D)
        rules = moved(
            rule(
                "opacity",
                "at",
                (start - _SOFT_D, 0.0),
                (start, 1.0),
                (max(end, start + 0.1), 1.0),
                (max(end, start + 0.1) + _SOFT_D, 0.0),
            )
        )
    parts = []
    for k in range(100):
        x, y = left + (k % 10) * CELL * size, 116 + (k // 10) * CELL * size
        where = f"translate({x:.1f} {y:.1f}) scale({size})"
        parts.append(tag("path", d=PERSON, class_="i-no", transform=where))
        if k < filled:
            parts.append(tag("path", d=PERSON, class_="i-add", transform=where, data_b=rules))
    lines = wrap(word("harm", harm.term, "plain"), _LETTERS)[:3]
    when = _("time not known")
    if start is not None and end is not None:
        told = _("from {start} on, for {time}")
        when = told.format(start=plain_time(start), time=plain_time(end - start))
    return [
        *(label(line, middle, 26 + 25 * i, "strong", "middle") for i, line in enumerate(lines)),
        label(when, middle, 102, "small", "middle"),
        *parts,
    ]
