"""What stands on every sheet, whatever its figures come from: the choice and who takes part."""

from collections.abc import Sequence
from dataclasses import dataclass

from endplate.safety import Finding
from endplate.views.benefit import Benefit
from endplate.views.counts import ANY_HARM, Count
from endplate.views.harm import HarmCard
from endplate.views.language import joined
from endplate.views.matters import Matters, matters
from endplate.views.options import Cell, OptionGrid, option_grid
from endplate.views.provenance import Provenance, provenance
from endplate.views.provider import ProviderCard, plan_questions, provider_card
from endplate.views.sheet_safety import (
    before_shots,
    boxed_warning,
    cautions,
    for_children,
    not_noted,
    once,
)
from endplate.views.sheet_words import sheet_words
from endplate.views.source import References, Said
from endplate.views.words import word


@dataclass(frozen=True)
class Planned:
    """What a sheet has to know of a plan; `spots` is 0 where they are not known."""

    product: str
    areas: tuple[str, ...]
    region: str | None
    dose_u: float | None
    spots: int
    age_y: float | None
    off_label: bool


@dataclass(frozen=True)
class Figures:
    """The figures of a sheet: benefits and harms shown, how long it lasts, and other counts."""

    benefits: tuple[Benefit, ...]
    harms: tuple[HarmCard, ...]
    lasts: str
    counted: tuple[Count, ...] = ()
    named: tuple[Count, ...] = ()


@dataclass(frozen=True)
class Decision:
    """The choice, its options, what to settle before, who treats, and where the sheet comes from.

    `summary` is the sheet in a few sentences, `steps` what to do, `open` what no table can tell;
    `counted` are read counts outside the ranges shown, `named` reactions that only the label names,
    the number of the source of each in `counted_sources` and `named_sources`.
    """

    region: str | None
    choice: str
    summary: tuple[str, ...]
    no: str
    what_to_do: str
    steps: tuple[str, ...]
    why: str
    open: tuple[str, ...]
    brown: str
    conditions: tuple[str, ...]
    children: tuple[str, ...]
    cautions: tuple[str, ...]
    not_noted: tuple[str, ...]
    boxed: tuple[Said, ...]
    before: tuple[Said, ...]
    provider: ProviderCard
    questions: tuple[str, ...]
    grids: tuple[OptionGrid, ...]
    matters: Matters
    counted: tuple[str, ...]
    named: tuple[str, ...]
    provenance: Provenance
    counted_sources: tuple[int, ...] = ()
    named_sources: tuple[int, ...] = ()


def decision(
    planned: Planned, findings: Sequence[Finding], figures: Figures, made: str
) -> Decision:
    """What stands on the sheet of a plan beside its figures."""
    say, references = sheet_words(), References()
    for shown in (*figures.benefits, *figures.harms):
        references.number(shown.source)
    for _, source in (*figures.counted, *figures.named):
        references.number(source)
    lines = joined(once(word("indication", a, "plain") for a in planned.areas))
    worries = [card.plain for card in figures.harms]
    return Decision(
        region=planned.region,
        choice=say["choice"]["one"].format(use=lines),
        summary=_summary(figures),
        no=say["choice"]["no"],
        what_to_do=say["choice"]["what_to_do"],
        steps=tuple(say["choice"]["steps"]),
        why=say["choice"]["why"],
        open=tuple(say["choice"]["open"]),
        brown=say["brown"],
        conditions=tuple(
            dict.fromkeys(say["use"][a]["condition"] for a in planned.areas if a in say["use"])
        ),
        children=for_children(planned.age_y),
        cautions=cautions(findings),
        not_noted=not_noted(findings),
        boxed=boxed_warning(planned.age_y, references),
        before=before_shots(references),
        provider=provider_card(planned.region, references),
        questions=plan_questions(
            planned.product, planned.dose_u, planned.spots, planned.off_label, worries
        ),
        grids=_grids(planned, figures, references),
        matters=matters(planned.areas, figures.benefits, figures.lasts, planned.region, references),
        counted=tuple(text for text, _ in figures.counted),
        named=tuple(text for text, _ in figures.named),
        provenance=provenance(references, made),
        counted_sources=tuple(references.number(source) for _, source in figures.counted),
        named_sources=tuple(references.number(source) for _, source in figures.named),
    )


def _summary(figures: Figures) -> tuple[str, ...]:
    """The main benefit, how long it lasts, the most common harm and the gravest, in sentences."""
    say = sheet_words()["choice"]
    gain = next((b for b in figures.benefits if b.value), None)
    told = next((b.told for b in figures.benefits if b.told), say["no_gain"])
    total = word("harm", ANY_HARM)  # a sum over all reactions is no one harm
    counted = [c for c in figures.harms if c.value not in ("", "0") and c.name != total]
    harm = max(counted, key=lambda card: card.percent, default=None)
    checked = max((c for c in counted if c.verified), key=lambda card: card.percent, default=None)
    told_harm = say["harm"]
    if harm and checked and not harm.verified:
        harm, told_harm = checked, say["harm_checked"]
    return tuple(
        sentence
        for sentence in (
            say["gain"].format(value=gain.value, words=gain.words, when=gain.when)
            if gain
            else told,
            say["dummy"].format(placebo=gain.placebo) if gain and gain.placebo else "",
            say["lasts"].format(when=figures.lasts) if figures.lasts else say["wears_off"],
            _starred(told_harm.format(harm=_lower(harm.plain), value=harm.value), harm)
            if harm
            else "",
            say["grave"],
        )
        if sentence
    )


def _starred(sentence: str, card: HarmCard) -> str:
    """A sentence that ends in a figure, with a star where that was not read in its source."""
    return sentence if card.verified else f"{sentence.removesuffix('.')}*."


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _grids(planned: Planned, figures: Figures, references: References) -> tuple[OptionGrid, ...]:
    """A grid per use; one for all uses that have the same options."""
    grids: dict[tuple[str, ...], OptionGrid] = {}
    for area in planned.areas:
        grid = _grid(area, planned, figures, references)
        grids.setdefault(grid.options, grid)
    return tuple(grids.values())


def _grid(area: str, planned: Planned, figures: Figures, references: References) -> OptionGrid:
    """The grid of one use; figures of shots and placebo shots are those that the sheet shows."""
    say, shots, nothing = sheet_words()["grid"], {}, {}
    alone = len(planned.areas) == 1
    name = word("indication", area, "plain")
    short = word("indication", area, "short")
    own = [b for b in figures.benefits if b.value and (alone or b.lines in (name, short))]
    if own:
        gain, number = own[0], (references.number(own[0].source),)
        text = say["help"].format(value=gain.value, words=gain.words)
        shots["help"] = Cell(text, number, gain.verified)
        if gain.placebo:
            text = say["dummy"].format(placebo=gain.placebo)
            nothing["help"] = Cell(text, number, gain.verified)
    cards = [card for card in figures.harms if card.value]
    if cards:
        text = say["harm"].format(harm=cards[0].plain, value=cards[0].value)
        numbers = (references.number(cards[0].source),)
        shots["harm"] = Cell(f"{text} {say['grave']}", numbers, cards[0].verified)
    if figures.lasts:
        shots["how_long"] = Cell(say["lasts"].format(when=figures.lasts))
    shots["trouble"] = Cell(say["trouble"])
    title = name[:1].upper() + name[1:]
    return option_grid(area, title, shots, nothing, references, planned.region)


def checked_first(cards: Sequence[HarmCard]) -> tuple[HarmCard, ...]:
    """Side effects whose figure was read first, each group in its order."""
    return tuple(sorted(cards, key=lambda card: not card.verified))
