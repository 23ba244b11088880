"""The guide as a page: its parts in order, as HTML, and the file that needs nothing else."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from endplate.facts.guide import statements
from endplate.facts.table import text_rows
from endplate.files.output import write_whole
from endplate.forecast.journey import Journey
from endplate.views.article import STEPS, lead, step
from endplate.views.article.markup import glossary_html
from endplate.views.guide.drawings import player_script, step_html
from endplate.views.guide.uses import Use, every_use
from endplate.views.html import fragment, page_field, render
from endplate.views.language import ENGLISH, speaking
from endplate.views.language import language as spoken
from endplate.views.provenance import Provenance, provenance
from endplate.views.provider import ProviderCard, provider_card
from endplate.views.sheet import without_pictures
from endplate.views.sheet_safety import urgent
from endplate.views.source import References, Said, link
from endplate.views.words import word

PARTS = "guide_parts.html.j2"
BEFORE = ("short", "uses")
AFTER = (
    "tissues",
    "times", "benefits", "harms", "before", "wrong", "repeat", "antibodies", "provider",
    "options", "living", "decide", "myths", "provenance",
)  # fmt: skip
REGIONS = ("US", "UK", "EU")


@dataclass(frozen=True)
class AntibodyCount:
    """How many people of trials had antibodies in one use with one product."""

    product: str
    use: str
    positive: int
    n: int
    source: int
    verified: bool


@dataclass(frozen=True)
class GuidePage:
    """Everything the guide tells besides the drawings."""

    provenance: Provenance = field(metadata={"help": "who made it, its date and its sources"})
    short: tuple[Said, ...] = page_field("the story in a few sentences")
    uses: tuple[Use, ...] = page_field("every use with what is known of it")
    tissues: tuple[Said, ...] = page_field("the same step in other tissues")
    boxed: tuple[Said, ...] = page_field("the boxed warning of the label")
    before: tuple[Said, ...] = page_field("what to tell the provider before")
    wrong: tuple[Said, ...] = page_field("what to do when something goes wrong")
    urgent: Mapping[str, Any] = page_field("danger signs and whom to call")
    repeat: tuple[Said, ...] = page_field("repeated treatment, and lines that deepen")
    antibodies: tuple[Said, ...] = page_field("how the body learns to block the drug")
    antibody_counts: tuple[AntibodyCount, ...] = page_field("antibodies counted in trials")
    providers: tuple[ProviderCard, ...] = page_field("who treats you, by region")
    living: tuple[Said, ...] = page_field("what it is like to live with")
    decide: tuple[Said, ...] = page_field("what to ask oneself")
    myths: tuple[Said, ...] = page_field("questions that many ask, answered")
    language: str = field(
        default=ENGLISH, metadata={"help": "code of the language that it is written in"}
    )

    def as_dict(self) -> dict[str, Any]:
        """The words and figures of the guide without its pictures."""
        return without_pictures(asdict(self))


def guide_page(region: str | None = None, language: str = ENGLISH) -> GuidePage:
    """The guide in one language; `region` is the one whose call for help is named.

    Raises
    ------
    NotTranslated
        Something that the guide says has no words in the language.
    """
    with speaking(language):
        return _guide_page(region)


def _guide_page(region: str | None) -> GuidePage:
    references = References()

    def said(section: str) -> tuple[Said, ...]:
        return tuple(references.said(row) for row in statements(section))

    return GuidePage(
        short=said("short"),
        uses=every_use(references, region),
        tissues=said("tissues"),
        boxed=said("boxed"),
        before=said("before"),
        wrong=said("wrong"),
        urgent=urgent(region),
        repeat=said("repeat"),
        antibodies=said("antibodies"),
        antibody_counts=_antibody_counts(references),
        providers=tuple(provider_card(name, references) for name in REGIONS),
        living=said("living"),
        decide=said("decide"),
        myths=said("myth"),
        provenance=provenance(references),  # the last, for it lists what was named
        language=spoken(),
    )


def part_html(name: str, page: GuidePage) -> str:
    """One part of the guide as HTML, in the language of the guide."""
    with speaking(page.language):
        return fragment(PARTS, name, page)


def write_guide(
    journey: Journey, path: str | Path, region: str | None = None, language: str = ENGLISH
) -> Path:
    """Write the guide as one HTML file with the drawings of a sample plan; return its path."""
    return write_whole(guide_text(journey, region, language), path)


def guide_text(journey: Journey, region: str | None = None, language: str = ENGLISH) -> str:
    """The guide as one HTML file; the drawings follow the middle person of a sample plan.

    Raises
    ------
    NotTranslated
        Something that the guide says has no words in the language.
    """
    with speaking(language):
        return _guide_text(journey, region)


def _guide_text(journey: Journey, region: str | None) -> str:
    page = _guide_page(region)
    steps = [step(name, journey, None, region or "", whose="sample") for name in STEPS]
    return render(
        "guide.html.j2",
        _File(
            before=tuple(part_html(name, page) for name in BEFORE),
            lead=lead(journey, "sample"),
            steps=tuple(step_html(number, one) for number, one in enumerate(steps, 1)),
            after=tuple(part_html(name, page) for name in AFTER),
            glossary=glossary_html(),
            script=player_script(),
            language=spoken(),
        ),
    )


@dataclass(frozen=True)
class _File:
    before: tuple[str, ...]
    lead: tuple[str, ...]
    steps: tuple[str, ...]
    after: tuple[str, ...]
    glossary: str
    script: str
    language: str


def _antibody_counts(references: References) -> tuple[AntibodyCount, ...]:
    return tuple(
        AntibodyCount(
            product=row["product"],
            use=word("indication", row["indication"], "short"),
            positive=int(row["positive"]),
            n=int(row["n"]),
            source=references.number(link(row["source"])),
            verified=row["verified"] == "yes",
        )
        for row in text_rows("antibodies")
        if row["verified"] == "yes"
    )
