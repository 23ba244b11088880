"""What is known of one use over all products: times, benefit, harms and other options."""

from collections.abc import Iterator
from dataclasses import dataclass

from endplate.facts.guide import statements
from endplate.facts.harms import AdverseReaction, adverse_reactions
from endplate.facts.label import label_rules
from endplate.facts.table import typed_rows
from endplate.facts.trials import (
    PHASES,
    BenefitFigure,
    ExpectedCourse,
    every_expected_course,
    trial_figures,
)
from endplate.views.benefit import Benefit
from endplate.views.counts import ANY_HARM
from endplate.views.fact_sheet import counted_card, line_benefits, studied_benefit, when_words
from endplate.views.harm import HarmCard
from endplate.views.matters import Matters, matters
from endplate.views.options import Cell, OptionGrid, option_grid
from endplate.views.quantity import plain_range
from endplate.views.sheet import capital
from endplate.views.sheet_words import sheet_words
from endplate.views.source import References, Said, link
from endplate.views.words import known, word

MOST_HARMS = 3
ADULT = ("adult", "any")


@dataclass(frozen=True)
class Phase:
    """When one phase comes, over all products; `verified` where every figure was read.

    `span` is the same time within a sentence.
    """

    when: str
    verified: bool
    sources: tuple[int, ...]
    span: str


@dataclass(frozen=True)
class Use:
    """One use; `labels` are product and regions, `place` its place in treatment."""

    code: str
    name: str
    condition: str
    how: str
    labels: tuple[str, ...]
    place: tuple[Said, ...]
    phases: dict[str, Phase]
    product: str
    benefit: Benefit | None
    benefit_source: int | None
    harm_product: str
    harms: tuple[tuple[HarmCard, int], ...]
    more_harms: int
    grid: OptionGrid
    matters: Matters


def every_use(references: References, region: str | None = None) -> tuple[Use, ...]:
    """Every use that has words, in their order; `region` is the one whose call for help it is."""
    return tuple(_use(code, references, region) for code in known("indication"))


def _use(code: str, references: References, region: str | None) -> Use:
    say = sheet_words()["use"][code]
    product, benefit = next(_benefits(code), ("", None))
    harm_product, cards, more = _harms(code)
    numbered = tuple((card, references.number(card.source)) for card in cards)
    source = references.number(benefit.source) if benefit else None
    phases = {phase: found for phase in PHASES if (found := _phase(code, phase, references))}
    name = word("indication", code, "plain")
    return Use(
        code=code,
        name=capital(name),
        condition=say["condition"],
        how=say["how"],
        labels=tuple(_labels(code)),
        place=tuple(references.said(row) for row in statements("place", code)),
        phases=phases,
        product=product,
        benefit=benefit,
        benefit_source=source,
        harm_product=harm_product,
        harms=numbered,
        more_harms=more,
        grid=option_grid(
            code,
            capital(name),
            _shots(benefit, source, numbered, phases.get("duration")),
            _nothing(benefit, source),
            references,
        ),
        matters=matters(
            (code,),
            (benefit,) if benefit else (),
            _lasts(phases.get("duration")),
            region,
            references,
        ),
    )


def _lasts(phase: Phase | None) -> str:
    """How long an effect lasts, as it stands after the word `about`."""
    return "" if phase is None else phase.span


def _labels(code: str) -> Iterator[str]:
    """Products whose label names the use, each with its regions."""
    regions: dict[str, set[str]] = {}
    for row in label_rules(None, None, code):
        if row.indication == code and "any" not in (row.product, row.region):
            regions.setdefault(row.product, set()).add(row.region)
    for product in sorted(regions):
        yield f"{product} ({', '.join(sorted(regions[product]))})"


def _phase(code: str, phase: str, references: References) -> Phase | None:
    rows: list[ExpectedCourse] = [
        row
        for row in every_expected_course("adult")
        if (row.indication, row.phase) == (code, phase)
    ]
    if not rows:
        return None
    low_d, high_d = min(row.low_d for row in rows), max(row.high_d for row in rows)
    return Phase(
        when=when_words(low_d, high_d),
        span=plain_range(low_d, high_d),
        verified=all(row.verified for row in rows),
        sources=tuple(sorted({references.number(link(row.source)) for row in rows})),
    )


def _benefits(code: str) -> Iterator[tuple[str, Benefit]]:
    """Main benefit of each product, those read in their source and those of people first."""
    found = [
        (row.product, studied_benefit(row, named=False))
        for row in sorted(_figures(code), key=lambda row: row.preference)
    ]
    products = {row.product for row in trial_figures() if row.indication == code}
    found += [(name, one) for name in sorted(products) for one in line_benefits(name, code, False)]
    yield from sorted(found, key=lambda pair: (not pair[1].verified, not pair[1].value))


def _figures(code: str) -> tuple[BenefitFigure, ...]:
    return typed_rows(BenefitFigure, "benefits", indication=code, population=ADULT)


def _harms(code: str) -> tuple[str, tuple[HarmCard, ...], int]:
    """The most frequent reactions of the arm in which most of them were counted and read."""
    arms: dict[tuple[str, float], dict[str, AdverseReaction]] = {}
    for row in adverse_reactions(None, code):
        if row.population in ADULT and row.verified and row.term != ANY_HARM and row.drug_percent:
            arms.setdefault((row.product, row.dose or 0.0), {}).setdefault(row.term, row)
    if not arms:
        return "", (), 0
    arm = max(sorted(arms), key=lambda key: len(arms[key]))
    ranked = sorted(arms[arm].values(), key=lambda row: -row.drug_percent)
    cards = tuple(counted_card(row, "") for row in ranked[:MOST_HARMS])
    return arm[0], cards, len(ranked) - len(cards)


def _shots(
    benefit: Benefit | None,
    source: int | None,
    harms: tuple[tuple[HarmCard, int], ...],
    lasts: Phase | None,
) -> dict[str, Cell]:
    say, answers = sheet_words()["grid"], {}
    if benefit and benefit.value:
        text = say["help"].format(value=benefit.value, words=benefit.words)
        answers["help"] = Cell(text, (source,) if source else (), benefit.verified)
    if harms:
        card, number = harms[0]
        text = say["harm"].format(harm=card.plain, value=card.value)
        answers["harm"] = Cell(f"{text} {say['grave']}", (number,), card.verified)
    if lasts:
        answers["how_long"] = Cell(
            say["lasts"].format(when=_lasts(lasts)),
            lasts.sources,
            lasts.verified,
        )
    answers["trouble"] = Cell(say["trouble"])
    return answers


def _nothing(benefit: Benefit | None, source: int | None) -> dict[str, Cell]:
    if benefit is None or not benefit.placebo:
        return {}
    text = sheet_words()["grid"]["dummy"].format(placebo=benefit.placebo)
    return {"help": Cell(text, (source,) if source else (), benefit.verified)}
