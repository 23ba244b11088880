"""What matters to a reader of one use, and three questions on what the page has just told."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice, zip_longest

from endplate.facts.guide import ValueScale, value_scales
from endplate.views.benefit import Benefit
from endplate.views.language import gettext as _
from endplate.views.sheet_notes import LAST_MARK
from endplate.views.sheet_safety import signs, urgent
from endplate.views.sheet_words import sheet_words
from endplate.views.source import References

MARKS = LAST_MARK + 1
"""Places between "matters little" and "matters a lot"."""
MOST_TOWARD, MOST_AWAY = 2, 1  # of the uses; those of any use come after them
TOWARD, AWAY = "toward", "away"


@dataclass(frozen=True)
class Value:
    """One thing that may matter little or a lot; `toward` whether a lot leans to the shots."""

    code: str
    text: str
    toward: bool


@dataclass(frozen=True)
class Question:
    """One question of the check: its choices, the place of the right one, and the answer."""

    text: str
    choices: tuple[str, ...]
    right: int
    answer: str
    sources: tuple[int, ...] = ()


@dataclass(frozen=True)
class Matters:
    """The scales of a page, those that lean to the shots first, and its three questions."""

    values: tuple[Value, ...]
    check: tuple[Question, ...]

    @property
    def words(self) -> Mapping[str, str]:
        """What is said around the scales and the questions."""
        return {**sheet_words()["check"], **sheet_words()["matters"]}

    @property
    def marks(self) -> range:
        """Places of a scale, from little to a lot."""
        return range(MARKS)

    @property
    def sides(self) -> tuple[tuple[str, tuple[Value, ...]], ...]:
        """The scales by where a lot leans, each side with its words."""
        say = sheet_words()["matters"]
        return tuple(
            (say[side], tuple(value for value in self.values if value.toward is (side == TOWARD)))
            for side in (TOWARD, AWAY)
        )


def matters(
    areas: Sequence[str],
    benefits: Sequence[Benefit],
    lasts: str,
    region: str | None,
    references: References,
) -> Matters:
    """The scales of some uses, and a check on the figures that the page shows.

    Parameters
    ----------
    areas : sequence of str
        Uses.
    benefits : sequence of Benefit
        Benefits in the order of the page; the first one is asked about.
    lasts : str
        How long the effect lasts, empty where that is not known.
    region : str, optional
        Region whose call for help is the answer.
    references : References
        Numbers the sources.
    """
    rows = [
        *islice(_in_turn(areas, TOWARD), MOST_TOWARD),
        *islice(_in_turn(areas, AWAY), MOST_AWAY),
        *value_scales("any"),
    ]
    return Matters(
        values=tuple(Value(row.id, _(row.text), row.leans == TOWARD) for row in rows),
        check=(
            _on_benefit(benefits, references),
            _on_time(lasts),
            _on_danger(areas, region),
        ),
    )


def _in_turn(areas: Sequence[str], leans: str) -> Iterator[ValueScale]:
    """Scales that lean one way, the first of each use before the second of any."""
    of_uses = ([row for row in value_scales(area) if row.leans == leans] for area in areas)
    rows = (row for row in chain.from_iterable(zip_longest(*of_uses)) if row)
    yield from dict.fromkeys(rows)


def _on_benefit(benefits: Sequence[Benefit], references: References) -> Question:
    """How many people are better; where no number is known, whether one is."""
    say = sheet_words()["check"]
    if not benefits:
        return Question(say["known"], (say["yes"], say["no"]), 1, say["not_known"])
    first = benefits[0]
    sources = (references.number(first.source),)
    if not first.value:
        return Question(say["each"], (say["yes"], say["no_one"]), 1, say["no_one"] + ".", sources)
    choices = _choices(first)
    answer = say["gain_answer" if first.placebo else "gain_alone"]
    return Question(
        text=say["gain"].format(words=first.words, when=first.when),
        choices=choices,
        right=choices.index(first.value),
        answer=answer.format(value=first.value, placebo=first.placebo),
        sources=sources,
    )


def _choices(benefit: Benefit) -> tuple[str, ...]:
    """The number itself among others that a reader may think of, the smallest first."""
    value = benefit.value
    others = [benefit.placebo, "100", "50", "10"]
    numbers = {value, *[n for n in others if n.isdigit() and n != value][:2]}
    return tuple(sorted(numbers, key=lambda text: int(text) if text.isdigit() else 0))


def _on_time(lasts: str) -> Question:
    say = sheet_words()["check"]
    if not lasts:
        return Question(say["ever"], (say["yes"], say["no"]), 1, say["ever_answer"])
    choices = (say["for_ever"], say["about"].format(when=lasts), say["one_day"])
    return Question(say["lasts"], choices, 1, say["lasts_answer"].format(when=lasts))


def _on_danger(areas: Sequence[str], region: str | None) -> Question:
    """What to do about the danger sign that comes first on the page."""
    say, shown = sheet_words()["check"], urgent(region, signs(areas))
    sign = shown["signs"][0]
    return Question(
        text=say["danger"].format(sign=sign[:1].upper() + sign[1:]),
        choices=(say["help"], say["wait"]),
        right=0,
        answer=f"{shown['title']}.",
    )
