"""Writes the patient's sheet: one page in plain words, benefits and side effects out of 100."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from endplate.views import reading
from endplate.views.benefit import Benefit, benefits
from endplate.views.chart import Drawing, has_chart, spots
from endplate.views.finding import set_aside, stops
from endplate.views.harm import HarmCard, harm_groups
from endplate.views.html import render, save
from endplate.views.quantity import (
    date_text,
    number,
    plain_range,
    plain_time,
    read_date,
)
from endplate.views.sheet_notes import SheetNotes
from endplate.views.sheet_words import aftercare, capital, joined, phases, signs, what, words
from endplate.views.words import word

MAX_HARMS, MAX_HARMS_MANY_AREAS = 10, 8
ROOMY = 13  # side effects, with benefits, stops and pictures weighed in, that fit at full size
PICTURES = ("picture", "placebo_picture", "drawings")


def _told(help_: str) -> Any:
    return field(metadata={"help": help_})


@dataclass(frozen=True)
class SheetPage:
    """Everything the patient's sheet shows."""

    title: str = _told("what is treated")
    purpose: str = _told("what the sheet is for")
    date: str = _told("date of the treatment")
    what: str = _told("what the treatment is")
    dose: str = _told("product, dose and number of spots")
    stops: tuple[str, ...] = _told("findings that must be settled before anyone signs")
    expect: tuple[tuple[str, str], ...] = _told("when, and what to expect then")
    set_aside: tuple[tuple[str, str], ...] = _told("stops set aside, with the written reason")
    expect_note: str = _told("how many people the times fit")
    benefits: tuple[Benefit, ...] = _told("one benefit per area, or those that trials measured")
    harms: tuple[HarmCard, ...] = _told("side effects, the frequent ones first")
    harms_left_out: int = _told("side effects that only the full report lists")
    urgent: Mapping[str, Any] = _told("danger signs and when they may start")
    dummy: str = _told("what a dummy shot is")
    alternatives: tuple[str, ...] = _told("other choices in alphabetical order")
    aftercare: tuple[str, ...] = _told("what to do afterwards")
    drawings: tuple[Drawing, ...] = _told("the spots on charts; none where there is no chart")
    numbers: str = _told("where the numbers come from")
    unverified: str = _told("what the star means; empty where no figure has one")
    unknown: tuple[str, ...] = _told("what is not known of this use")
    many: bool = _told("whether benefits name their area")
    no_benefit: str = _told("what is said where no benefit is known")
    computed: bool = _told("whether the figures come from a simulation of this plan")
    made: str = _told("version, facts and seed behind the figures")
    large_print: bool = _told("letters of 14 points")
    dense: bool = _told("whether letters shrink a little to keep the page")
    notes: SheetNotes | None = field(
        default=None, metadata={"help": "what was written down with the patient"}
    )

    def as_dict(self) -> dict[str, Any]:
        """The words and figures of the sheet without its pictures; notes where there are any."""
        told = _without_pictures(asdict(self))
        return {k: v for k, v in told.items() if k != "notes" or v is not None}


def sheet_page(result: reading.Result, large_print: bool = False) -> SheetPage:
    """The context of the patient's sheet."""
    reading.checked(result)
    plan, say = result["plan"], words()
    areas = reading.indications(result)
    form = "plain" if len(areas) == 1 else "short"
    lines = joined([word("indication", code, form) for code in areas])
    harms = _harms(result)
    told = tuple(b for code in areas for b in benefits(result, code))
    pictures = spots(result) if has_chart(result) else ()
    most = MAX_HARMS if len(areas) == 1 else MAX_HARMS_MANY_AREAS
    return SheetPage(
        title=f"Shots for {lines}",
        purpose=say["purpose"],
        date=_date(plan.get("date")),
        what=what(plan["product"], areas, lines),
        dose=f"{number(plan['dose_u'], 2)} units in {len(plan.get('sites') or ())} spots",
        stops=stops(result),
        set_aside=set_aside(result),
        expect_note=say["fits"],
        expect=_expect(
            [reading.timing_of(result, code) for code in areas],
            phases(areas),
            reading.horizon_d(result),
        ),
        benefits=told,
        harms=harms[:most],
        harms_left_out=max(0, len(harms) - most),
        urgent=urgent(plan.get("region"), signs(areas)),
        dummy=say["dummy"],
        alternatives=tuple(say["alternatives"].get(areas[0], say["alternatives"]["default"])),
        aftercare=aftercare(areas),
        drawings=pictures,
        numbers=say["numbers"],
        unverified=star_legend(harms[:most]),
        unknown=(),
        many=len(areas) > 1,
        no_benefit=say["facts"]["none"],
        computed=True,
        made=_made(result),
        large_print=large_print,
        dense=len(harms) + 3 * len(told) + 2 * len(stops(result)) + 3 * len(pictures) > ROOMY,
    )


def write_sheet(result: reading.Result, path: str | Path, large_print: bool = False) -> Path:
    """Write the patient's sheet as one HTML file and return its path."""
    return write_page(sheet_page(result, large_print), path)


def write_page(page: SheetPage, path: str | Path) -> Path:
    """Write a sheet as HTML, or as PDF where the name ends in .pdf, and return its path."""
    if Path(path).suffix.lower() == ".pdf":
        from endplate.views.pdf import write_pdf

        return write_pdf(page, path)
    return save(page_text(page), path)


def page_text(page: SheetPage) -> str:
    """A sheet as one HTML page."""
    return render("sheet.html.j2", page)


def star_legend(shown: Iterable[Benefit | HarmCard]) -> str:
    """What the star means, where one of the figures shown has it."""
    return "" if all(one.verified for one in shown) else words()["facts"]["unverified"]


def urgent(region: str | None, first: Iterable[str] = ()) -> Mapping[str, Any]:
    """Danger signs, those of the use first, with the call for help of the region."""
    say = words()["urgent"]
    call = say["call"].get(region or "", say["call"]["default"])
    return {
        "title": f"Get help right away: {call}",
        "signs": [*first, *say["signs"]],
        "time": say["time"],
    }


def _expect(
    timings: list[Mapping[str, Any]], say: Mapping[str, str], horizon_d: float
) -> tuple[tuple[str, str], ...]:
    """What happens when, from the ranges of nine people out of ten in any of the areas."""
    rows = [("First hours", say["first"])]
    for key, name in (("onset_d", "start"), ("peak_d", "peak"), ("duration_d", "fade")):
        ranges = [timing[key] for timing in timings if key in timing]
        if not ranges:
            continue
        low, high = min(r["p05"] for r in ranges), max(r["p95"] for r in ranges)
        open_end = high >= horizon_d
        when = f"after {plain_time(low)}" if open_end else plain_range(low, high)
        rows.append((capital(when), say[name]))
        if key == "duration_d":
            rows.append(("Later" if open_end else f"After {plain_time(high)}", say["after"]))
    return tuple(rows)


def _date(text: str | None) -> str:
    day = read_date(text)
    return date_text(day) if day else ""


def _harms(result: reading.Result) -> tuple[HarmCard, ...]:
    cards = [card for group in harm_groups(result) for card in group.cards]
    return tuple(sorted(cards, key=lambda card: -card.percent))


def _made(result: reading.Result) -> str:
    made = result["provenance"]
    return (
        f"endplate {made.get('version', '')}, facts {made.get('facts_hash', '')}, "
        f"seed {made.get('seed', '')}, {made.get('people', '')} virtual people"
    )


def _without_pictures(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _without_pictures(v) for k, v in value.items() if k not in PICTURES}
    if isinstance(value, list | tuple):
        return [_without_pictures(item) for item in value]
    return value
