"""One benefit in both frames: how many will, how many will not, how many owe it to the shots."""

from dataclasses import dataclass

from endplate.views.glyphs import icon_array
from endplate.views.quantity import icons, people, people_range
from endplate.views.sheet_words import sheet_words
from endplate.views.source import NO_SOURCE, Link

CLOSE, WIDE = 10, 25  # widths of a range, in people out of 100, that words tell apart


@dataclass(frozen=True)
class Benefit:
    """One benefit with the shot and with a placebo shot: out of 100 people, or told in words.

    `frame` says how many will and how many will not, `owed` the difference from a placebo shot,
    `sure` the range and, in words, how sure it is; the two labels describe the pictures.
    """

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
    frame: str = ""
    owed: str = ""
    sure: str = ""
    label: str = ""
    placebo_label: str = ""
    source: Link = NO_SOURCE


def share_benefit(
    lines: str,
    words: str,
    when: str,
    percent: float,
    placebo: float | None,
    band: tuple[float, float] | None,
    later: str = "",
    origin: str = "model",
    verified: bool = True,
    source: Link = NO_SOURCE,
) -> Benefit:
    """A benefit that people have or have not.

    Parameters
    ----------
    lines, words, when : str
        What is treated, what people have, and when that is.
    percent, placebo : [1]
        People out of 100 with the shot and with a placebo shot; None where that is not known.
    band : tuple of [1]
        Range of `percent`; None where it is not known.
    later, origin, verified, source
        What becomes of it, and where the figure comes from.
    """
    say, filled = sheet_words()["frame"], icons(percent)
    background = None if placebo is None else icons(placebo)
    return Benefit(
        lines=lines,
        words=words,
        when=when,
        value=people(percent),
        range=people_range(*band) if band else "",
        placebo="" if placebo is None else people(placebo),
        later=later,
        picture=icon_array(percent, placebo, None),
        placebo_picture="" if placebo is None else icon_array(placebo, placebo, None),
        origin=origin,
        verified=verified,
        frame=say["both"].format(value=people(percent), without=people(100 - percent)),
        owed="" if background is None else owed(filled, background),
        sure=f"{say['range'].format(range=people_range(*band))} {sureness(*band)}"
        if band
        else say["unsure"],
        label=say["picture"].format(value=filled, background=min(filled, background or 0)),
        placebo_label=say["dummy_picture"].format(value=background),
        source=source,
    )


def owed(filled: int, background: int) -> str:
    """How many people have a benefit only because of the shots.

    Examples
    --------
    >>> owed(62, 27)
    '35 of the 62 owe it to the shots.'
    >>> owed(23, 64)
    'That is 41 fewer than with a placebo shot.'
    """
    say = sheet_words()["frame"]
    if filled > background:
        return say["owed"].format(owed=filled - background, value=filled)
    if filled < background:
        return say["fewer"].format(owed=background - filled)
    return say["none"]


def sureness(low: float, high: float) -> str:
    """How sure a figure with this range is, in words.

    Examples
    --------
    >>> sureness(57, 66), sureness(20, 60)
    ('We are fairly sure.', 'We are not sure at all.')
    """
    say, width = sheet_words()["sure"], icons(high) - icons(low)
    return say["close"] if width <= CLOSE else say["wide"] if width <= WIDE else say["open"]
