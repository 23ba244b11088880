"""Numbers of the article: what its sentences say of the middle person of a plan."""

import numpy as np
from numpy.typing import NDArray

from endplate.facts.parameters import value
from endplate.forecast.journey import HOURS, Journey
from endplate.views.article.scene import of_100
from endplate.views.article.words import for_tissue, place_words
from endplate.views.language import gettext as _
from endplate.views.language import ngettext
from endplate.views.quantity import number, plain_time

Numbers = NDArray[np.float64]
_MINUTES_PER_DAY = 1440.0
_CHANGED = 0.03  # a share that differs less from the whole is told as unchanged


def numbers(journey: Journey) -> dict[str, str]:
    """Every number that the texts of the steps name, as words."""
    shot, rates, stages = journey.shot, journey.kinetics, journey.stages
    cutters = stages["light_chain"]
    length, thick, _ = shot.pool_mm[-1]
    sites = journey.sites
    return {
        "dose": number(journey.dose_u, 2),
        "sites": ngettext("{count} shot", "{count} shots", sites).format(count=sites),
        "place": place_words(journey.block.muscle),
        "shot_dose": number(shot.dose_u, 2),
        "volume": number(shot.volume_ml, 2),
        "pool_length": number(length, 0),
        "pool_thick": number(thick, 0),
        "thick": number(journey.block.thickness_mm, 1),
        "binding": number(value("binding_length_mm"), 0),
        "own": of_100(dict(journey.spread)[journey.block.muscle]),
        "elsewhere": of_100(dict(journey.spread)["elsewhere"]),
        "pool_half": number(half_time(HOURS, stages["bulk"]), 0),
        "cleared": of_100(float(stages["cleared"][-1])),
        "bind_min": number(_MINUTES_PER_DAY / float(rates.binding_per_d), 0),
        "inside_min": number(_MINUTES_PER_DAY / float(rates.translocation_per_d), 0),
        "lytic_min": number(_MINUTES_PER_DAY / float(rates.lytic_per_d), 0),
        "inside": of_100(float(cutters.max())),
        "by_h": number(float(HOURS[cutters >= 0.9 * cutters.max()][0]), 0),
        "renewal": number(value("snap25_half_life_d"), 0),
        "margin_low": number(value("safety_factor_low"), 0),
        "margin_high": number(value("safety_factor_high"), 0),
        "half_life": number(float(rates.persistence_d), 0),
        "lost": of_100(float(journey.course.lost.max())),
        "lost_day": number(day_of(journey, journey.course.lost, np.argmax), 0),
        "hooks_low": hooks_story(journey),
        "works_story": works_story(journey),
        "force_story": force_story(journey),
        "fade_story": fade_story(journey),
        **for_tissue("tissue", journey.tissue),
    }


def half_time(time: Numbers, left: Numbers) -> float:
    """Time at which half of what was there is left, straight between the times."""
    return float(np.interp(-0.5, -np.asarray(left), time))


def day_of(journey: Journey, course: Numbers, pick=np.argmin) -> float:
    """Day of the least value of a course; of the largest with `np.argmax`."""
    return float(journey.day[pick(course)])


def first_below(journey: Journey, course: Numbers, level: float) -> float | None:
    """First day on which a course is at or below a level."""
    days = np.flatnonzero(course <= level)
    return float(journey.day[days[0]]) if len(days) else None


def back_above(journey: Journey, course: Numbers, level: float) -> float | None:
    """Day on which a course comes back over a level after its lowest day; None if it does not."""
    low = int(np.argmin(course))
    if course[low] >= level:
        return None
    after = np.flatnonzero(course[low:] >= level)
    if not len(after):
        return None
    i = low + int(after[0])
    return float(np.interp(level, course[i - 1 : i + 1], journey.day[i - 1 : i + 1]))


def hooks_story(journey: Journey) -> str:
    """How many hooks are whole before, and when the fewest are."""
    intact = journey.course.intact
    before = ""
    if intact[0] < 1.0 - _CHANGED:
        told = _("From the last shots, {count} of 100 are whole on the first day.")
        before = told.format(count=of_100(intact[0])) + " "
    told = _("In this plan the fewest are whole near day {day}: {count} of 100.")
    day = number(day_of(journey, intact), 0)
    return before + told.format(day=day, count=of_100(intact.min()))


def works_story(journey: Journey) -> str:
    """How the contact points fall silent."""
    working, say = journey.course.working, for_tissue("tissue", journey.tissue)
    if working.min() > 1.0 - _CHANGED:
        told = _("In this plan nearly all {contacts} keep working.")
        return told.format(contacts=say["contacts"])
    first = float(np.interp(1.0, journey.day, working))
    told_first = _("One day after the shots, {count} of 100 {contacts} still work.").format(
        count=of_100(first), contacts=say["contacts"]
    )
    half = first_below(journey, working, 0.5)
    told_half = ""
    if half and half > 1.0:
        told_half = " " + _("By day {day} half are silent.").format(day=f"{np.ceil(half):.0f}")
    low, day = of_100(working.min()), number(day_of(journey, working), 0)
    told_low = _("At the lowest, near day {day}, {count} of 100 work.")
    return f"{told_first}{told_half} {told_low.format(day=day, count=low)}"


def force_story(journey: Journey) -> str:
    """What the tissue can still do at its weakest."""
    course, say = journey.course, for_tissue("tissue", journey.tissue)
    force = course.force
    if force.min() > 1.0 - _CHANGED:
        return _("In this plan it loses almost nothing.")
    low, day = of_100(force.min()), number(day_of(journey, force), 0)
    if journey.tissue == "muscle":
        told = _("Near day {day} it can give {count} of 100 parts of its force.")
        return told.format(day=day, count=low)
    told = _("Near day {day}, {count} of 100 {contacts} still send their signal.")
    return told.format(day=day, count=low, contacts=say["contacts"])


def fade_story(journey: Journey) -> str:
    """When the contact points work again."""
    working, say = journey.course.working, for_tissue("tissue", journey.tissue)
    if working.min() > 1.0 - _CHANGED:
        return _("In this plan there is little to wear off.")
    half, most = (back_above(journey, working, level) for level in (0.5, 0.9))
    parts = []
    if half:
        told = _("After {time} half of the {contacts} work again.")
        parts.append(told.format(time=plain_time(half), contacts=say["contacts"]))
    if most:
        parts.append(_("After {time} 9 of 10 work.").format(time=plain_time(most)))
    elif not half or working[-1] < 0.9:
        parts.append(_("After a year {count} of 100 work.").format(count=of_100(working[-1])))
    return " ".join(parts)
