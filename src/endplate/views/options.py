"""The options of a use side by side: what people ask as rows, each cell sourced or not known."""

from collections.abc import Mapping
from dataclasses import dataclass

from endplate.facts.guide import QUESTIONS, OptionFact, option_facts
from endplate.views.language import alphabetical
from endplate.views.language import gettext as _
from endplate.views.sheet_words import sheet_words
from endplate.views.source import References

SHOTS, NOTHING = "injection", "nothing"
MOST_OTHERS = 2
FIGURE_ROWS = 2


@dataclass(frozen=True)
class Cell:
    """One answer, or that none is `known`.

    `sources` are numbers of sources, none for advice and what is not known.
    """

    text: str
    sources: tuple[int, ...] = ()
    verified: bool = True
    note: str = ""
    known: bool = True


@dataclass(frozen=True)
class OptionGrid:
    """Options as columns in a fixed order that ranks nothing, questions as rows."""

    use: str
    options: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    open_rows: tuple[str, ...]

    @property
    def figure_rows(self) -> tuple[tuple[str, tuple[Cell, ...]], ...]:
        """What the options may do and what may go wrong: what is read side by side."""
        return self.rows[:FIGURE_ROWS]

    @property
    def other_rows(self) -> tuple[tuple[str, tuple[Cell, ...]], ...]:
        """The other questions, whose answers are short: on paper each is one paragraph."""
        return self.rows[FIGURE_ROWS:]


def option_grid(
    indication: str,
    use: str,
    shots: Mapping[str, Cell],
    nothing: Mapping[str, Cell],
    references: References,
    region: str | None = None,
) -> OptionGrid:
    """Shots, nothing for now, and the two usual other options of a use, in order of the alphabet.

    Parameters
    ----------
    indication : str
        The use.
    use : str
        Its name in plain words.
    shots, nothing : mapping of Cell
        Answers by question that come with the figures of a plan or of a use.
    references : References
        Numbers the sources.
    region : str, optional
        Region whose costs are told; without it those of every region, each named.
    """
    facts = option_facts(indication, region)
    names: Mapping[str, str] = sheet_words()["option"]
    others = sorted(
        {row.option for row in facts} - {SHOTS, NOTHING},
        key=lambda option: alphabetical(names[option]),
    )
    columns = (SHOTS, NOTHING, *others[:MOST_OTHERS])
    given = {SHOTS: dict(shots), NOTHING: dict(nothing)}
    for row in facts:
        answers, cell = given.setdefault(row.option, {}), _cell(row, references)
        if region is None and row.region != "any":
            cell = _beside(answers.get(row.question), cell, row.region)
            answers[row.question] = cell
        answers.setdefault(row.question, cell)
    asked = sheet_words()["question"]
    table = {
        question: tuple(given[column].get(question, _unknown(question)) for column in columns)
        for question in QUESTIONS
    }
    open_rows = [
        q
        for place, (q, cells) in enumerate(table.items())
        if place >= FIGURE_ROWS and not any(cell.known for cell in cells)
    ]
    return OptionGrid(
        use=use,
        options=tuple(names[column] for column in columns),
        rows=tuple((asked[q], cells) for q, cells in table.items() if q not in open_rows),
        open_rows=tuple(asked[q] for q in open_rows),
    )


def _unknown(question: str) -> Cell:
    text = _("not known; ask") if question == "cost" else _("not known")
    return Cell(text, known=False)


def _beside(first: Cell | None, other: Cell, region: str) -> Cell:
    """The answer of another region after the first one's, each with the name of its region."""
    named = f"{sheet_words()['provider']['region'][region]}: {other.text}"
    if first is None:
        return Cell(named, other.sources, other.verified, other.note)
    return Cell(
        f"{first.text} {named}",
        (*first.sources, *other.sources),
        first.verified and other.verified,
        f"{first.note} {other.note}".strip(),
    )


def _cell(row: OptionFact, references: References) -> Cell:
    return Cell(_(row.answer), references.numbers(row.source), row.verified, row.note)
