"""How a number is written: days, dates, ranges and people out of 100."""

import math
from datetime import date, timedelta

from endplate.views.language import ENGLISH, language, ngettext
from endplate.views.language import gettext as _

DAYS_PER_WEEK = 7
DAYS_PER_MONTH = 30.4375
_MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()


def number(value: float, digits: int = 1) -> str:
    """A number with at most so many digits after the point, no trailing zeros.

    Examples
    --------
    >>> number(20.0), number(2.84), number(0.04), number(-0.0001)
    ('20', '2.8', '0', '0')
    """
    text = f"{value:.{digits}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    text = "0" if text in ("-0", "") else text
    return text if language() == ENGLISH else _local_number(text)


def _local_number(text: str) -> str:
    from decimal import Decimal

    from babel.numbers import format_decimal

    return format_decimal(Decimal(text), locale=language(), decimal_quantization=False)


def round_grid(low: float, high: float, most: int = 6) -> tuple[float, ...]:
    """Round numbers in equal steps that hold a range, at most so many.

    Examples
    --------
    >>> round_grid(0, 43), round_grid(-11.2, 0), round_grid(0, 3.7)
    ((0, 10, 20, 30, 40, 50), (-15, -10, -5, 0), (0, 1, 2, 3, 4))
    """
    span = (high - low) or max(abs(high), 1.0)
    size = 10.0 ** math.floor(math.log10(span / most))
    for factor in (1, 2, 5, 10, 20, 50, 100):
        step = size * factor
        first = math.floor(low / step + 1e-9)
        last = max(math.ceil(high / step - 1e-9), first + 1)
        if last - first + 1 <= most:
            break
    marks = (round(place * step, 9) for place in range(first, last + 1))
    return tuple(int(mark) if mark == int(mark) else mark for mark in marks)


def people(percent: float) -> str:
    """A percentage as a whole number of people out of 100; a rare event is not called none.

    Examples
    --------
    >>> people(81.2), people(0.3), people(0.0), people(99.7)
    ('81', 'fewer than 1', '0', 'more than 99')
    """
    if 0 < percent < 0.5:
        return _("fewer than 1")
    if 99.5 <= percent < 100:
        return _("more than 99")
    return str(icons(percent))


def icons(percent: float) -> int:
    """How many of 100 icons stand for a percentage, halves up."""
    return max(0, min(100, int(percent + 0.5)))


def people_range(low: float, high: float) -> str:
    """A range of people out of 100.

    Examples
    --------
    >>> people_range(71.5, 89.6), people_range(0.1, 0.2), people_range(0.2, 3.1)
    ('72 to 90', 'fewer than 1', 'fewer than 1 to 3')
    """
    first, last = people(low), people(high)
    return first if first == last else _("{first} to {last}").format(first=first, last=last)


def sampled_range(percent: float, n: float) -> tuple[float, float]:
    """90 % interval of a share that was counted in n people, from sampling alone (Wilson).

    Examples
    --------
    >>> low, high = sampled_range(62.8, 277)
    >>> round(low), round(high)
    (58, 67)
    """
    z2, share = 1.6448536269514722**2, percent / 100
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = math.sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n * n))) / (1 + z2 / n)
    return 100 * max(0.0, centre - half), 100 * min(1.0, centre + half)


def day_range(low_d: float, high_d: float, horizon_d: float) -> str:
    """A range of days; what reaches the horizon of the run is open.

    Examples
    --------
    >>> day_range(1.2, 8.8, 365), day_range(0.3, 8, 365), day_range(62, 365, 365)
    ('1 to 9 days', 'less than 1 to 8 days', '62 to more than 365 days')
    >>> day_range(120, 120, 120)
    'more than 120 days'
    """
    if low_d >= horizon_d:
        return days(low_d, horizon_d)
    first = "less than 1" if 0 < low_d < 0.5 else f"{low_d:.0f}"
    last = f"more than {horizon_d:.0f}" if high_d >= horizon_d else f"{high_d:.0f}"
    return f"{first} {_unit(first)}" if first == last else f"{first} to {last} days"


def days(time_d: float, horizon_d: float = math.inf) -> str:
    """One time in days; one that reaches the horizon of the run is only known to be longer.

    Examples
    --------
    >>> days(1.2), days(120.6), days(120, 120)
    ('1 day', '121 days', 'more than 120 days')
    """
    if time_d >= horizon_d:
        return f"more than {horizon_d:.0f} days"
    return _counted("day", round(time_d))


def _unit(text: str) -> str:
    return "day" if text == "1" else "days"


def plain_time(time_d: float) -> str:
    """A time in the largest unit that a person would use.

    Examples
    --------
    >>> [plain_time(t) for t in (0.4, 1, 5, 13.2, 26, 121, 400)]
    ['a few hours', '1 day', '5 days', '2 weeks', '4 weeks', '4 months', '13 months']
    """
    if time_d < 0.75:
        return _("a few hours")
    if time_d < 11:
        return days(time_d)
    if time_d < 70:
        return _counted("week", round(time_d / DAYS_PER_WEEK))
    return _counted("month", round(time_d / DAYS_PER_MONTH))


def _counted(unit: str, count: int) -> str:
    """So many days, weeks or months."""
    if unit == "day":
        said = ngettext("{count} day", "{count} days", count)
    elif unit == "week":
        said = ngettext("{count} week", "{count} weeks", count)
    else:
        said = ngettext("{count} month", "{count} months", count)
    return said.format(count=count)


def plain_range(low_d: float, high_d: float) -> str:
    """A range of times in one unit that a person would use, rounded outward to whole units.

    Examples
    --------
    >>> plain_range(1.2, 8.8), plain_range(14, 45), plain_range(62, 214), plain_range(0.1, 8)
    ('1 to 9 days', '2 to 6 weeks', '2 to 7 months', 'within 8 days')
    """
    for unit_d, unit, limit_d in ((1, "day", 11), (7, "week", 70), (DAYS_PER_MONTH, "month", 1e9)):
        if high_d < limit_d:
            first, last = round(low_d / unit_d), round(high_d / unit_d)
            most = _counted(unit, last)
            if first == last:
                return most
            if first < 1:
                return _("within {time}").format(time=most)
            return _("{first} to {last}").format(first=first, last=most)
    return _("{first} to {last}").format(first=f"{low_d:.0f}", last=_counted("day", round(high_d)))


def is_one_time(low_d: float, high_d: float) -> bool:
    """Whether a range of times is told as one time.

    Examples
    --------
    >>> is_one_time(27, 29), is_one_time(1, 9), is_one_time(0.1, 8)
    (True, False, False)
    """
    unit_d = 1 if high_d < 11 else DAYS_PER_WEEK if high_d < 70 else DAYS_PER_MONTH
    return round(low_d / unit_d) == round(high_d / unit_d)


def read_date(text: str | None) -> date | None:
    """An ISO date, or None where there is none."""
    return date.fromisoformat(str(text)) if text else None


def date_text(day: date, year: bool = True) -> str:
    """A date as `22 Nov 2026` in English, in another language as its readers write it."""
    if language() != ENGLISH:
        from babel.dates import format_date

        return format_date(day, "d MMM y" if year else "d MMM", locale=language())
    short = f"{day.day} {_MONTHS[day.month - 1]}"
    return f"{short} {day.year}" if year else short


def date_range(start: date | None, low_d: float, high_d: float, horizon_d: float) -> str:
    """The calendar dates of a range of days after the injection; empty without a date.

    Examples
    --------
    >>> date_range(date(2026, 11, 22), 1.2, 8.8, 365)
    '23 Nov 2026 to 1 Dec 2026'
    """
    if start is None:
        return ""
    first = date_text(start + timedelta(days=round(low_d)))
    if high_d >= horizon_d:
        return f"from {first}"
    return f"{first} to {date_text(start + timedelta(days=round(high_d)))}"
