"""A syringe drawn with its marks, filled to a volume."""

from endplate.views.quantity import number
from endplate.views.svg import tag, text, title

LENGTH, HIGH = 300.0, 26.0
LEFT, TOP = 14.0, 8.0


def syringe(size_ml: float, mark_ml: float, volume_ml: float) -> str:
    """A syringe lying on its side, the needle at the left, as SVG.

    Parameters
    ----------
    size_ml : [mL]
        What it holds.
    mark_ml : [mL]
        Distance of its marks.
    volume_ml : [mL]
        What is in it; more than it holds is drawn as full.
    """
    full = LENGTH * min(volume_ml, size_ml) / size_ml
    marks = round(size_ml / mark_ml)
    every = next(step for step in (10, 5, 2, 1) if marks % step == 0 and marks / step >= 4)
    ticks = [_tick(n, marks, every, n * mark_ml) for n in range(marks + 1)]
    words = f"Syringe of {number(size_ml, 3)} mL filled to {number(volume_ml, 3)} mL"
    return tag(
        "svg",
        title(words),
        tag("path", d=f"M{LEFT},{TOP + HIGH / 2}h-13", class_="sy-needle"),
        tag("rect", x=LEFT, y=TOP, width=full, height=HIGH, class_="sy-fluid"),
        tag("rect", x=LEFT, y=TOP, width=LENGTH, height=HIGH, rx=3, class_="sy-barrel"),
        tag("rect", x=LEFT + full, y=TOP + 2, width=5, height=HIGH - 4, class_="sy-plunger"),
        tag("path", d=f"M{LEFT + full + 5},{TOP + HIGH / 2}H{LEFT + LENGTH + 14}", class_="sy-rod"),
        *ticks,
        viewBox=f"0 0 {LEFT + LENGTH + 18:g} {TOP + HIGH + 22:g}",
        class_="syringe",
        role="img",
    )


def _tick(n: int, marks: int, every: int, at_ml: float) -> str:
    x = LEFT + LENGTH * n / marks
    long = n % every == 0
    line = tag("path", d=f"M{x:.1f},{TOP + HIGH}v{-11 if long else -6}", class_="sy-mark")
    if not long:
        return line
    return line + text(
        number(at_ml, 2), x=x, y=TOP + HIGH + 14, class_="tick", text_anchor="middle"
    )
