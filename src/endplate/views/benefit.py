"""Benefits of a simulated plan as the patient's sheet shows them."""

from dataclasses import dataclass

from endplate.views import reading
from endplate.views.icons import icon_array
from endplate.views.measure import digits, is_change
from endplate.views.quantity import number, people, people_range, plain_time
from endplate.views.words import word

SHOWN_FIRST = ("inv_none_mild", "subj_none_mild", "both_ge2", "inv_ge1")
BEST_DAY, LATER_DAY = 30, 120


@dataclass(frozen=True)
class Benefit:
    """One benefit with the shot and with a dummy shot: out of 100 people, or told in words."""

    lines: str
    words: str
    when: str
    value: str
    range: str
    placebo: str
    later: str
    picture: str
    placebo_picture: str
    told: str = ""
    origin: str = "model"
    verified: bool = True


def benefits(result: reading.Result, indication: str) -> tuple[Benefit, ...]:
    """One benefit of an area out of 100 people, and one that is a mean, where there are such."""
    found = _share(result, indication), _mean(result, indication)
    return tuple(benefit for benefit in found if benefit)


def _share(result: reading.Result, indication: str) -> Benefit | None:
    """A familiar endpoint near its best day."""
    rows = reading.outcomes_of(result, indication)
    if not rows:
        return None
    present = [row["endpoint"] for row in rows]
    endpoint = next((e for e in SHOWN_FIRST if e in present), present[0])
    rows = [row for row in rows if row["endpoint"] == endpoint]
    best = min(rows, key=lambda row: abs(row["day"] - BEST_DAY))
    last = min(rows, key=lambda row: abs(row["day"] - LATER_DAY))
    later = ""
    if last["day"] > best["day"]:
        later = f"After {plain_time(last['day'])}: {people(last['value'])} out of 100."
    placebo = best.get("placebo")
    return Benefit(
        lines=word("indication", indication, "plain"),
        words=word("endpoint", endpoint, "plain"),
        when=plain_time(best["day"]),
        value=people(best["value"]),
        range=people_range(best["low"], best["high"]),
        placebo="" if placebo is None else people(placebo),
        later=later,
        picture=icon_array(best["value"], 0.0, None),
        placebo_picture="" if placebo is None else icon_array(placebo, placebo, None),
    )


def _mean(result: reading.Result, indication: str) -> Benefit | None:
    """The first mean or change near the best day, in one sentence."""
    rows = reading.measures_of(result, indication)
    if not rows:
        return None
    rows = [row for row in rows if row["endpoint"] == rows[0]["endpoint"]]
    best = min(rows, key=lambda row: abs(row["day"] - BEST_DAY))
    return Benefit(
        lines=word("indication", indication, "plain"),
        words=word("endpoint", best["endpoint"], "plain"),
        when=plain_time(best["day"]),
        value="",
        range="",
        placebo="",
        later="",
        picture="",
        placebo_picture="",
        told=_sentence(best),
        origin="a computer model",
    )


def _sentence(row: reading.Result) -> str:
    name, placebo = word("endpoint", row["endpoint"], "plain"), row.get("placebo")
    dummy = "" if placebo is None else f" and {_moved(placebo, row)} with a dummy shot"
    return (
        f"{name}: {_moved(row['value'], row)} with the shots{dummy}, "
        f"{plain_time(row['day'])} after."
    )


def _moved(value: float, row: reading.Result) -> str:
    told = number(abs(value), digits(row))
    if not is_change(row):
        return number(value, digits(row))
    return f"{'down' if value < 0 else 'up'} by {told}" if told != "0" else "no change"
