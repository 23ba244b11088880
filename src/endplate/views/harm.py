"""Side effects out of 100 people, beside what happens without the toxin."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import groupby

from endplate.results.result import Harm, Result
from endplate.views.glyphs import icon_array, strip_of_people
from endplate.views.language import gettext as _
from endplate.views.quantity import (
    day_range,
    days,
    people,
    people_range,
    plain_range,
    plain_time,
)
from endplate.views.source import Link, link
from endplate.views.words import order, word


@dataclass(frozen=True)
class HarmCard:
    """One side effect."""

    name: str
    plain: str
    value: str
    range: str
    background: str
    course: str
    short_course: str
    plain_start: str
    plain_length: str
    origin: str
    verified: bool
    note: str
    warning: str
    source: Link
    picture: str
    percent: float
    background_percent: float | None

    @property
    def strip(self) -> str:
        """Icon array of the people who get it, "" where no one number is known."""
        known = self.value.isdigit() or self.value == people(0.1)
        return strip_of_people(self.percent, "i-add") if known else ""

    @property
    def background_strip(self) -> str:
        """Icon array of the people who get it without the toxin, "" where that is not known."""
        known = self.background and self.background_percent is not None
        return strip_of_people(self.background_percent or 0.0, "i-bg") if known else ""


@dataclass(frozen=True)
class HarmGroup:
    """Side effects of one mechanism."""

    name: str
    cards: tuple[HarmCard, ...]


def harm_groups(result: Result) -> tuple[HarmGroup, ...]:
    """Side effects by mechanism, the frequent ones first."""
    items = sorted(
        result.harms,
        key=lambda harm: (order("harm_kind", harm.kind), harm.kind, -harm.percent),
    )
    return tuple(
        HarmGroup(word("harm_kind", kind), tuple(harm_card(item) for item in group))
        for kind, group in groupby(items, key=lambda harm: harm.kind)
    )


def harm_card(harm: Harm) -> HarmCard:
    """One side effect as a card."""
    background = harm.background_percent
    return HarmCard(
        name=word("harm", harm.term),
        plain=word("harm", harm.term, "plain"),
        value=people(harm.percent),
        range=people_range(harm.low, harm.high),
        background="" if background is None else people(background),
        course=_course(harm),
        short_course=_short_course(harm),
        plain_start=_plain_start(harm.start_d),
        plain_length=_plain_length(harm),
        origin=harm.origin,
        verified=harm.verified,
        note=_sentence(harm.note),
        warning=harm.warning,
        source=link(harm.source),
        picture=icon_array(harm.percent, background, harm.high),
        percent=float(harm.percent),
        background_percent=background,
    )


def _course(harm: Harm) -> str:
    if harm.start_d is None or harm.length_d is None:
        return "time course not known"
    first = "the same day" if harm.start_d < 0.5 else f"about day {harm.start_d:.0f}"
    return f"starts {first}, lasts about {days(harm.length_d)}{_nine_in_ten(harm, _day_range)}"


def _short_course(harm: Harm) -> str:
    if harm.start_d is None or harm.length_d is None:
        return "?"
    longest = harm.length_high_d
    most = "" if longest is None else f", 9 in 10 up to {days(longest)}"
    return f"day {harm.start_d:.0f}, {days(harm.length_d)}{most}"


def _plain_start(start_d: float | None) -> str:
    if start_d is None:
        return _("not known")
    if start_d < 0.75:
        return _("the same day")
    return _("after {time}").format(time=plain_time(start_d))


def _plain_length(harm: Harm) -> str:
    if harm.length_d is None:
        return _("not known")
    about = _("about {time}").format(time=plain_time(harm.length_d))
    return f"{about}{_nine_in_ten(harm, plain_range)}"


def _nine_in_ten(harm: Harm, told: Callable[[float, float], str]) -> str:
    """How long it lasts in nine of ten who have it, where people were followed."""
    if harm.length_low_d is None or harm.length_high_d is None:
        return ""
    span = told(harm.length_low_d, harm.length_high_d)
    return " " + _("(9 in 10: {span})").format(span=span)


def warnings(cards: Iterable[HarmCard]) -> tuple[tuple[str, str], ...]:
    """Side effects of which labels warn, with what they say in plain words, each once."""
    return tuple(dict.fromkeys((card.plain, _(card.warning)) for card in cards if card.warning))


def _day_range(low_d: float, high_d: float) -> str:
    return day_range(low_d, high_d, math.inf)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]
