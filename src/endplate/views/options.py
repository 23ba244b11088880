"""The options of a use side by side: what people ask as rows, each cell sourced or not known."""

from collections.abc import Mapping
from dataclasses import dataclass

from endplate.facts.guide import QUESTIONS, OptionFact, option_facts
from endplate.views.sheet_words import sheet_words
from endplate.views.source import References

SHOTS, NOTHING = "injection", "nothing"
MOST_OTHERS = 2
NOT_KNOWN = "not known"


@dataclass(frozen=True)
class Cell:
    """One answer; `sources` are numbers of sources, none for advice and what is not known."""

    text: str
    sources: tuple[int, ...] = ()
    verified: bool = True
    note: str = ""

    @property
    def known(self) -> bool:
        """Whether there is an answer."""
        return self.text != NOT_KNOWN


@dataclass(frozen=True)
class OptionGrid:
    """Options as columns in a fixed order that ranks nothing, questions as rows."""

    use: str
    options: tuple[str, ...]
    rows: tuple[tuple[str, tuple[Cell, ...]], ...]
    open_rows: tuple[str, ...]


def option_grid(
    indication: str,
    use: str,
    shots: Mapping[str, Cell],
    nothing: Mapping[str, Cell],
    references: References,
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
    """
    facts = option_facts(indication)
    names: Mapping[str, str] = sheet_words()["option"]
    others = sorted({row.option for row in facts} - {SHOTS, NOTHING}, key=names.__getitem__)
    columns = (SHOTS, NOTHING, *others[:MOST_OTHERS])
    given = {SHOTS: dict(shots), NOTHING: dict(nothing)}
    for row in facts:
        given.setdefault(row.option, {}).setdefault(row.question, _cell(row, references))
    asked = sheet_words()["question"]
    table = {
        question: tuple(given[column].get(question, Cell(NOT_KNOWN)) for column in columns)
        for question in QUESTIONS
    }
    open_rows = [q for q, cells in table.items() if not any(cell.known for cell in cells)]
    return OptionGrid(
        use=use,
        options=tuple(names[column] for column in columns),
        rows=tuple((asked[q], cells) for q, cells in table.items() if q not in open_rows),
        open_rows=tuple(asked[q] for q in open_rows),
    )


def _cell(row: OptionFact, references: References) -> Cell:
    return Cell(row.answer, references.numbers(row.source), row.verified, row.note)
