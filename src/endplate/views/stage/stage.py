"""A plan on the stage: pictures, bars and words, and what moves them from week to week."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from endplate.results.result import Result
from endplate.views.chart.drawing import shade
from endplate.views.chart.pictures import by_chart, has_chart
from endplate.views.harm import harm_card
from endplate.views.stage import gauge, pose
from endplate.views.stage.actor import NECK
from endplate.views.stage.channel import ByMuscle, Channel, always, last_week, working_by_week
from endplate.views.stage.picture import StagePicture, counted_picture, drop_channels, pictures
from endplate.views.stage.pose import Acting, drawable_harms, face_acting, neck_acting
from endplate.views.timeline import WEEK
from endplate.views.words import silenced, word


@dataclass(frozen=True)
class StageExtra:
    """A drawing beside the chart and its caption."""

    svg: str
    words: str


@dataclass(frozen=True)
class StageBar:
    """One scale as a bar: its heading, picture and the name of its words."""

    heading: str
    svg: str
    part: str


@dataclass(frozen=True)
class StageGroup:
    """What is told of one area: its bars, the name of its words on people, and other drawings."""

    name: str
    bars: tuple[StageBar, ...]
    share: str
    extras: tuple[StageExtra, ...]


@dataclass(frozen=True)
class Stage:
    """What a stage shows: still parts first, then what moves in them and by what it is steered.

    `weeks` is the last week, `first` the week shown first; `asks` are the movements that the drawn
    person can be asked for and `cases` the side effects that can be drawn, code and words.
    """

    pictures: tuple[StagePicture, ...]
    groups: tuple[StageGroup, ...]
    silenced: str
    channels: tuple[Channel, ...]
    weeks: int
    first: int
    asks: Mapping[str, str]
    cases: tuple[tuple[str, str], ...]
    spoken: tuple[str, ...]

    def moves(self) -> dict[str, Any]:
        """What the page's script needs for the weeks, as JSON holds it."""
        return {
            "channels": [channel.as_dict() for channel in self.channels],
            "weeks": self.weeks,
            "first": self.first,
            "asks": list(self.asks.items()),
            "cases": [list(case) for case in self.cases],
            "spoken": list(self.spoken),
        }


def stage(result: Result, name: str = "stage", beside: Sequence[Result] = ()) -> Stage:
    """The stage of one result; with others beside it, all have the same axes and weeks.

    Parameters
    ----------
    result : mapping
        Result of a simulation.
    name : str
        Sets the parts of this stage apart from those of others on the same page.
    beside : sequence
        The other results that are shown on the same page.
    """
    every = (result, *beside)
    weeks, axes = last_week(every), gauge.limits(every)
    working = working_by_week(result, weeks)
    areas = result.indications
    bars = gauge.gauges(result, axes, weeks)
    acting = _acting(result, working, weeks)
    counted = {area: made for area in areas if (made := counted_picture(result, area, weeks))}
    channels = [
        *_shading(working),
        *acting.channels,
        *(channel for bar in bars for channel in bar.channels),
        *(channel for _, _, moving in counted.values() for channel in moving),
        *(channel for area in areas for channel in drop_channels(result, area, weeks)),
        *(
            always(f"share:{area}", "text", gauge.share_words(result, area, weeks))
            for area in areas
        ),
    ]
    return Stage(
        pictures=pictures(result, working, name) if has_chart(result) else (),
        groups=tuple(
            StageGroup(
                word("indication", area),
                tuple(
                    StageBar(b.heading, b.svg, f"gauge:{b.code}:words")
                    for b in bars
                    if b.area == area
                ),
                f"share:{area}",
                tuple(StageExtra(svg, words) for svg, words, _ in (counted[area],))
                if area in counted
                else (),
            )
            for area in areas
        ),
        silenced=silenced(areas),
        channels=pose.merged(channels),
        weeks=weeks,
        first=_first(result, weeks),
        asks=acting.asks,
        cases=_cases(result) if acting.asks else (),
        spoken=gauge.spoken(result, working, weeks),
    )


def _shading(working: ByMuscle) -> list[Channel]:
    """Opacity of every muscle, gland field and piece of wall by its silenced share."""
    return [
        always(f"{muscle}:{side}", "fill-opacity", [round(shade(1.0 - left), 3) for left in values])
        for (_, muscle, side), values in working.items()
    ]


def _acting(result: Result, working: ByMuscle, weeks: int) -> Acting:
    if "upper_face" in by_chart(result):
        return face_acting(result, working, weeks)
    if result.series(f"severity_contraction:{NECK}"):
        return neck_acting(result, weeks)
    return Acting({}, ())


def _cases(result: Result) -> tuple[tuple[str, str], ...]:
    """Side effects that can be drawn, each with how many of 100 people have it and when."""
    cases = []
    for harm in drawable_harms(result):
        card = harm_card(harm)
        cases.append(
            (
                harm.term,
                f"{word('harm', harm.term)}: {card.value} of 100 (range {card.range}), "
                f"{card.course}",
            )
        )
    return tuple(cases)


def _first(result: Result, weeks: int) -> int:
    """The week of the strongest effect in the middle person."""
    for area in result.indications:
        peak = result.timing_of(area).get("peak_d")
        if peak and peak.median is not None:
            return min(weeks, max(1, round(peak.median / WEEK)))
    return min(weeks, 4)
