"""What a reader is told beside the figures: statements, options, scales, rules on who treats."""

from dataclasses import dataclass
from functools import cache

from endplate.facts.table import SourcedRow, typed_rows

ADVICE = "endplate_guide"
"""Source of what is advice of endplate and rests on no document."""
QUESTIONS = ("help", "harm", "how_long", "trouble", "fail", "cost")
"""What people ask of every option, in the order in which a grid answers."""


@dataclass(frozen=True)
class Statement(SourcedRow):
    """One thing said in plain words.

    `section` is where it stands; `about` a use, a group of readers or `any`; `title` a question
    that it answers, where it does.
    """

    id: str
    section: str
    about: str
    title: str
    text: str
    kind: str
    locator: str

    @property
    def is_advice(self) -> bool:
        """Whether it is advice, not a fact with a source."""
        return self.source == ADVICE


@cache
def statements(section: str, about: str | None = None) -> tuple[Statement, ...]:
    """Statements of one section, in file order; those about one thing where it is given."""
    return typed_rows(Statement, "guide", section=section, about=about)


@dataclass(frozen=True)
class OptionFact(SourcedRow):
    """What one option means for one question; a question without a row is not known.

    `indication` holds the uses it is an option for, or `any`; `region` the one whose prices or
    payers it tells of, or `any`; `value` is the figure that the answer tells, in `unit`, None where
    it tells none.
    """

    id: str
    indication: tuple[str, ...]
    region: str
    option: str
    question: str
    answer: str
    value: float | None
    unit: str
    kind: str
    locator: str


@cache
def option_facts(indication: str, region: str | None = None) -> tuple[OptionFact, ...]:
    """What is known of the options of one use, in file order; of every region without one."""
    return tuple(
        row
        for row in typed_rows(OptionFact, "options")
        if {"any", indication} & set(row.indication)
        and (region is None or row.region in ("any", region))
    )


@dataclass(frozen=True)
class ValueScale(SourcedRow):
    """One thing that may matter little or a lot to a reader.

    `indication` holds the uses it belongs to, or `any`; `leans` says where one leans to whom it
    matters a lot: `toward` the shots or `away` from them.
    """

    id: str
    indication: tuple[str, ...]
    text: str
    leans: str
    kind: str
    locator: str


@cache
def value_scales(indication: str) -> tuple[ValueScale, ...]:
    """Scales of one use, or of `any` use, in file order."""
    return tuple(
        row for row in typed_rows(ValueScale, "value_scales") if indication in row.indication
    )


@dataclass(frozen=True)
class ProviderRule(SourcedRow):
    """One thing known of a region: `topic` is law, look_up or product."""

    id: str
    region: str
    topic: str
    text: str
    kind: str
    locator: str


@cache
def provider_rules(region: str) -> tuple[ProviderRule, ...]:
    """Rules known for one region, in file order; none where nothing was read."""
    return typed_rows(ProviderRule, "provider_rules", region=region)
