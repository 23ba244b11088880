"""What a week says in words: to a screen reader at the slider, and under the bars."""

from endplate.results.result import Outcome, Result
from endplate.views.quantity import number, people, people_range
from endplate.views.stage.gauge import nearest, scales
from endplate.views.stage.weekly import Places, weekly
from endplate.views.timeline import WEEK
from endplate.views.words import silenced, spaced, word

NEAR_D = 15  # a counted day further from the week than this is not told with it


def spoken(result: Result, places: Places, weeks: int) -> tuple[str, ...]:
    """One sentence for each week: what is silenced most, and the level of every main scale."""
    muscle, left = _most_treated(result, places, weeks)
    what = silenced(result.indications)
    levels = []
    for area in result.indications:
        own = [scale for scale in scales(result) if scale.area == area][:1]
        for scale in own:
            item = result.series(scale.name)
            values = weekly(item.median, weeks) if item else []
            if scale.grades:
                name = word("indication", area, "short")
                levels.append([f"{name} {nearest(scale, value)}" for value in values])
            else:
                levels.append([f"{scale.heading}: {number(value)}" for value in values])
    told = []
    for week in range(weeks + 1):
        parts = [", ".join(level[week] for level in levels)]
        if muscle:
            parts.insert(0, f"{100 * (1 - left[week]):.0f} % of {what} silenced in {muscle}")
        told.append(
            f"Week {week}: {'; '.join(part for part in parts if part)} in the middle person"
        )
    return tuple(told)


def _most_treated(result: Result, places: Places, weeks: int) -> tuple[str, list[float]]:
    """The muscle that gets most of the dose of the first area, and what of it works each week."""
    dose_u: dict[tuple[str, str], float] = {}
    first = result.indications[0]
    for site in result.plan.sites:
        if site.indication not in (None, first):
            continue
        key = site.muscle, site.side or "midline"
        dose_u[key] = dose_u.get(key, 0.0) + float(site.dose_u)
    for muscle, side in sorted(dose_u, key=lambda key: -dose_u[key]):
        for (_, name, own), values in places.items():
            if name == muscle and side in (own, "midline"):
                return spaced(muscle).lower(), values
    return "", [1.0] * (weeks + 1)


def share_words(result: Result, area: str, weeks: int) -> list[str]:
    """How many of 100 people have the first counted benefit, on the counted day near each week."""
    rows = result.shares_of(area)
    rows = [row for row in rows if row.endpoint == rows[0].endpoint]
    told = [""] * (weeks + 1)
    words = [_share(row) for row in rows]
    for week in range(1, weeks + 1):
        away_d = [abs(row.day - week * WEEK) for row in rows]
        if away_d and min(away_d) <= NEAR_D:
            told[week] = words[away_d.index(min(away_d))]
    return told


def _share(row: Outcome) -> str:
    name = word("endpoint", row.endpoint)
    dummy = "" if row.placebo is None else f", with placebo {people(row.placebo)}"
    return (
        f"Day {number(row.day)}: {people(row.value)} of 100 people "
        f"(range {people_range(row.low, row.high)}{dummy}): {_inside(name)}, "
        f"{word('endpoint', row.endpoint, 'by')}."
    )


def _inside(name: str) -> str:
    """A name inside a sentence; one that begins with an abbreviation stays as it is."""
    return name if name[1:2].isupper() else name[:1].lower() + name[1:]
