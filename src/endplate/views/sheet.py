"""The patient's sheet in plain words, benefits and side effects out of 100."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from endplate.case import population_of
from endplate.facts.label import is_labelled
from endplate.files.output import write_whole
from endplate.results.result import Outcome, Result, TimeQuantiles
from endplate.views.benefit import Benefit, share_benefit
from endplate.views.chart import Drawing, has_chart, spots
from endplate.views.counts import differing_benefits, differing_harms, named_only
from endplate.views.finding import set_aside, stops
from endplate.views.harm import HarmCard, harm_groups, warnings
from endplate.views.html import page_field, render
from endplate.views.language import ENGLISH, alphabetical, joined, speaking
from endplate.views.language import gettext as _
from endplate.views.language import language as spoken
from endplate.views.outcome import digits
from endplate.views.provenance import made_with
from endplate.views.provider import in_spots
from endplate.views.quantity import (
    date_text,
    number,
    people,
    plain_range,
    plain_time,
    read_date,
)
from endplate.views.sheet_decision import (
    Decision,
    Figures,
    Planned,
    checked_first,
    decision,
)
from endplate.views.sheet_notes import SheetNotes
from endplate.views.sheet_safety import FACE, families, once, signs, stop_words, urgent
from endplate.views.sheet_words import sheet_words
from endplate.views.source import link
from endplate.views.words import word

MAX_HARMS, MAX_HARMS_MANY_AREAS = 8, 8
PICTURES = ("picture", "placebo_picture", "drawings")
FAMILIAR = ("inv_none_mild", "subj_none_mild", "both_ge2", "inv_ge1")
BEST_DAY, LATER_DAY = 30, 120


@dataclass(frozen=True)
class SheetPage:
    """Everything the patient's sheet shows."""

    decision: Decision = field(metadata={"help": "the choice, its options and who takes part"})
    title: str = page_field("what is treated")
    purpose: str = page_field("what the sheet is for")
    date: str = page_field("date of the treatment")
    what: str = page_field("what the treatment is")
    dose: str = page_field("product, dose and number of spots")
    stops: tuple[str, ...] = page_field("findings that must be settled before anyone signs")
    expect: tuple[tuple[str, str], ...] = page_field("when, and what to expect then")
    set_aside: tuple[tuple[str, str], ...] = page_field("stops set aside, with the written reason")
    expect_note: str = page_field("how many people the times fit")
    benefits: tuple[Benefit, ...] = page_field(
        "one benefit per area, or those that trials measured"
    )
    harms: tuple[HarmCard, ...] = page_field("side effects, the frequent ones first")
    harms_left_out: int = page_field("side effects that only the full report lists")
    warnings: tuple[tuple[str, str], ...] = page_field(
        "side effects of which labels warn, with how long or how bad they can be"
    )
    urgent: Mapping[str, Any] = page_field("danger signs and when they may start")
    dummy: str = page_field("what a placebo shot is")
    alternatives: tuple[str, ...] = page_field("other choices in alphabetical order")
    aftercare: tuple[str, ...] = page_field("what to do afterwards")
    drawings: tuple[Drawing, ...] = page_field("the spots on charts; none where there is no chart")
    numbers: str = page_field("where the numbers come from")
    unverified: str = page_field("what the star means; empty where no figure has one")
    unknown: tuple[str, ...] = page_field("what is not known of this use")
    many: bool = page_field("whether benefits name their area")
    no_benefit: str = page_field("what is said where no benefit is known")
    computed: bool = page_field("whether the figures come from a simulation of this plan")
    made: str = page_field("version, facts and seed behind the figures")
    large_print: bool = page_field("letters of 16 points")
    dense: bool = page_field("whether lines stand close on paper; letters stay as they are")
    paper: str = field(
        default="A4", metadata={"help": "paper of its PDF: Letter for a US label, A4 for others"}
    )
    language: str = field(
        default=ENGLISH, metadata={"help": "code of the language that it is written in"}
    )
    notes: SheetNotes | None = field(
        default=None, metadata={"help": "what was written down with the patient"}
    )

    def as_dict(self) -> dict[str, Any]:
        """The words and figures of the sheet without its pictures; notes where there are any."""
        document = without_pictures(asdict(self))
        return {k: v for k, v in document.items() if k != "notes" or v is not None}


def sheet_page(result: Result, large_print: bool = False, language: str = ENGLISH) -> SheetPage:
    """The context of the patient's sheet, in one language.

    Raises
    ------
    NotTranslated
        Something that the sheet says has no words in the language.
    """
    with speaking(language):
        return _sheet_page(result, large_print)


def _sheet_page(result: Result, large_print: bool) -> SheetPage:
    result.require_finite()
    plan, say = result.plan, sheet_words()
    areas = result.indications
    form = "plain" if len(areas) == 1 else "short"
    lines = joined([word("indication", code, form) for code in areas])
    harms = _harms(result)
    gains = tuple(b for code in areas for b in benefits(result, code))
    pictures = spots(result) if has_chart(result) else ()
    most = MAX_HARMS if len(areas) == 1 else MAX_HARMS_MANY_AREAS
    shown, made = checked_first(harms[:most]), _made(result)
    return SheetPage(
        title=_("Shots for {lines}").format(lines=lines),
        purpose=say["purpose"],
        date=_date(plan.date),
        what=what(plan.product, areas, lines),
        dose=dose_words(plan.dose_u, len(plan.sites)),
        stops=stops(result.findings, stop_words),
        set_aside=set_aside(result.findings, stop_words),
        expect_note=say["fits"],
        expect=_expect(
            [result.timing_of(code) for code in areas],
            phases(areas),
            result.horizon_d,
        ),
        benefits=gains,
        harms=shown,
        harms_left_out=max(0, len(harms) - most),
        warnings=warnings(harms),
        urgent=urgent(plan.region, signs(areas)),
        dummy=say["dummy"],
        alternatives=alternatives(areas[:1]),
        aftercare=aftercare(areas),
        drawings=pictures,
        numbers=say["numbers"],
        unverified=star_legend(harms[:most]),
        unknown=(),
        many=len(areas) > 1,
        no_benefit=say["facts"]["none"],
        computed=True,
        made=made,
        large_print=large_print,
        dense=False,
        paper=paper(plan.region),
        language=spoken(),
        decision=decision(_planned(result), result.findings, _figures(result, gains, shown), made),
    )


def _planned(result: Result) -> Planned:
    plan = result.plan
    labelled = all(is_labelled(plan.product, plan.region or "", a) for a in plan.indications)
    return Planned(
        product=plan.product,
        areas=plan.indications,
        region=plan.region,
        dose_u=plan.dose_u,
        spots=len(plan.sites),
        age_y=plan.patient.age_y,
        off_label=not labelled,
    )


def _figures(result: Result, gains: tuple[Benefit, ...], shown: tuple[HarmCard, ...]) -> Figures:
    """The figures of a forecast, and the counts that its ranges leave out."""
    population = population_of(result.plan.patient.age_y)
    best = [row for area in result.indications if (row := best_share(result, area))]
    times = [
        t["duration_d"] for a in result.indications if "duration_d" in (t := result.timing_of(a))
    ]
    lasts = ""
    if times:
        low, high = min(t.p05 or 0.0 for t in times), max(t.p95 or 0.0 for t in times)
        open_end = high >= result.horizon_d
        lasts = plain_range(low, high)
        if open_end:
            lasts = _("{time} or more").format(time=plain_time(low))
    return Figures(
        benefits=gains,
        harms=shown,
        lasts=lasts,
        counted=(*differing_benefits(result, best), *differing_harms(result, population)),
        named=named_only(result, population),
    )


def write_sheet(result: Result, path: str | Path, large_print: bool = False) -> Path:
    """Write the patient's sheet as one HTML file and return its path."""
    return write_page(sheet_page(result, large_print), path)


def write_page(page: SheetPage, path: str | Path) -> Path:
    """Write a sheet as HTML, or as PDF where the name ends in .pdf, and return its path."""
    if Path(path).suffix.lower() == ".pdf":
        from endplate.views.pdf import write_pdf

        return write_pdf(page, path)
    return write_whole(page_text(page), path)


def page_text(page: SheetPage) -> str:
    """A sheet as one HTML page."""
    return render("sheet.html.j2", page)


def star_legend(figures: Iterable[Any]) -> str:
    """What the star means, where one of the figures has it."""
    return (
        "" if all(figure.verified for figure in figures) else sheet_words()["facts"]["unverified"]
    )


def paper(region: str | None) -> str:
    """The paper that lies in the printers of a label's region, by its name in CSS."""
    return "Letter" if region in (None, "US") else "A4"


def _expect(
    timings: list[dict[str, TimeQuantiles]], say: Mapping[str, str], horizon_d: float
) -> tuple[tuple[str, str], ...]:
    """What happens when, from the ranges of nine people out of ten in any of the areas."""
    rows = [(_("First hours"), say["first"])]
    for key, name in (("onset_d", "start"), ("peak_d", "peak"), ("duration_d", "fade")):
        ranges = [timing[key] for timing in timings if key in timing]
        if not ranges:
            continue
        low, high = min(r.p05 or 0.0 for r in ranges), max(r.p95 or 0.0 for r in ranges)
        open_end = high >= horizon_d
        when = after(low) if open_end else plain_range(low, high)
        rows.append((capital(when), say[name] + _never(ranges) * (key == "onset_d")))
        if key == "duration_d":
            rows.append((_("Later") if open_end else capital(after(high)), say["after"]))
    return tuple(rows)


def _never(ranges: list[TimeQuantiles]) -> str:
    """How many people notice nothing, whom the ranges of times leave out."""
    least = min(100.0 if r.percent_with_event is None else r.percent_with_event for r in ranges)
    none = round(100.0 - least)
    if not none:
        return ""
    told = _(
        "About {none} of 100 people notice no change themselves, even where a doctor sees one; "
        "these times are not for them."
    )
    return " " + told.format(none=none)


def after(time_d: float) -> str:
    """After a time in the unit that a person would use."""
    return _("after {time}").format(time=plain_time(time_d))


def _date(text: str | None) -> str:
    day = read_date(text)
    return date_text(day) if day else ""


def _harms(result: Result) -> tuple[HarmCard, ...]:
    cards = [card for group in harm_groups(result) for card in group.cards]
    return tuple(sorted(cards, key=lambda card: -card.percent))


def _made(result: Result) -> str:
    made = result.provenance
    told = _("{maker}, seed {seed}, {people} virtual people")
    maker = made_with(made.version, made.facts_hash)
    return told.format(maker=maker, seed=made.seed, people=made.people)


def without_pictures(value: Any) -> Any:
    """A page as plain values, the pictures left out."""
    if isinstance(value, dict):
        return {k: without_pictures(v) for k, v in value.items() if k not in PICTURES}
    if isinstance(value, list | tuple):
        return [without_pictures(item) for item in value]
    return value


def benefits(result: Result, indication: str) -> tuple[Benefit, ...]:
    """One benefit of an area out of 100 people, and one that is a mean, where there are such."""
    both = _share(result, indication), _mean(result, indication)
    return tuple(benefit for benefit in both if benefit)


def _share(result: Result, indication: str) -> Benefit | None:
    """A familiar endpoint on its best day."""
    best = best_share(result, indication)
    if best is None:
        return None
    rows = [row for row in result.shares_of(indication) if row.endpoint == best.endpoint]
    last = min(rows, key=lambda row: abs(row.day - LATER_DAY))
    later = ""
    if last.day > best.day:
        later = _later(last)
    return share_benefit(
        word("indication", indication, "plain"),
        word("endpoint", best.endpoint, "plain"),
        plain_time(best.day),
        best.value,
        best.placebo,
        (best.low, best.high),
        later,
        source=link("endplate_model"),
    )


def _later(row: Outcome) -> str:
    """What is left of a benefit on a later day, with a placebo shot beside it."""
    told = _("After {time}: {value} out of 100 with the shots, {placebo} with a placebo shot.")
    placebo = _("not known") if row.placebo is None else people(row.placebo)
    return told.format(time=plain_time(row.day), value=people(row.value), placebo=placebo)


def best_share(result: Result, indication: str) -> Outcome | None:
    """A familiar endpoint that people have or have not, on the day on which most have it."""
    rows = result.shares_of(indication)
    if not rows:
        return None
    present = [row.endpoint for row in rows]
    endpoint = next((e for e in FAMILIAR if e in present), present[0])
    rows = [row for row in rows if row.endpoint == endpoint]
    return max(rows, key=lambda row: (row.value, -row.day))


def _mean(result: Result, indication: str) -> Benefit | None:
    """The first mean or change near the best day, in one sentence."""
    rows = result.means_of(indication)
    if not rows:
        return None
    rows = [row for row in rows if row.endpoint == rows[0].endpoint]
    best = min(rows, key=lambda row: abs(row.day - BEST_DAY))
    return Benefit(
        lines=word("indication", indication, "plain"),
        words=word("endpoint", best.endpoint, "plain"),
        when=plain_time(best.day),
        value="",
        range="",
        placebo="",
        later="",
        picture="",
        placebo_picture="",
        told=_mean_sentence(best),
        origin=_("a computer model"),
        source=link("endplate_model"),
    )


def _mean_sentence(row: Outcome) -> str:
    name = word("endpoint", row.endpoint, "plain")
    dummy = None if row.placebo is None else _moved(row.placebo, row)
    return mean_sentence(name, _moved(row.value, row), dummy, row.day)


def mean_sentence(name: str, moved: str, placebo: str | None, day: float) -> str:
    """A mean with the shots and, where it is known, with a placebo shot."""
    if placebo is None:
        told = _("{name}: {moved} with the shots, {when} after.")
        return told.format(name=name, moved=moved, when=plain_time(day))
    told = _("{name}: {moved} with the shots and {placebo} with a placebo shot, {when} after.")
    return told.format(name=name, moved=moved, placebo=placebo, when=plain_time(day))


def _moved(value: float, row: Outcome) -> str:
    if not row.is_change:
        return number(value, digits(row.unit))
    size = number(abs(value), digits(row.unit))
    if size == "0":
        return _("no change")
    return down_by(size) if value < 0 else _("up by {size}").format(size=size)


def down_by(size: str) -> str:
    """A fall by so much."""
    return _("down by {size}").format(size=size)


def dose_words(dose_u: float, spots: int) -> str:
    """Dose [U] and in how many spots, 0 where they are not known."""
    units = _("{dose} units").format(dose=number(dose_u, 2))
    return f"{units} {in_spots(spots)}" if spots else units


def what(product: str, areas: Sequence[str], lines: str) -> str:
    """What the treatment is: one sentence on the shots, one on how they work in each area."""
    say = sheet_words()
    if families(areas) == [FACE]:
        return say["what"].format(product=product, lines=lines)
    how = once(say["use"][area]["how"] for area in areas if area in say["use"])
    return " ".join([say["shots"].format(product=product), *how, say["lasts"]])


def phases(areas: Sequence[str]) -> Mapping[str, str]:
    """What happens first, at the start, at the peak and when the effect fades."""
    say, names = sheet_words(), families(areas)
    if names == [FACE]:
        return say["expect"]
    start = " ".join(once(say["family"][name]["start"] for name in names))
    return {**say["expect"], **say["expect_elsewhere"], "start": start, "first": first_hours(names)}


def first_hours(names: Iterable[str]) -> str:
    """What the first hours bring for these families."""
    texts = [f["first"] for f in (sheet_words()["family"][n] for n in names) if "first" in f]
    return texts[0] if texts else sheet_words()["expect"]["first"]


def aftercare(areas: Sequence[str]) -> tuple[str, ...]:
    """What to do afterwards: the lines of the areas, then those that hold for every shot."""
    say, names = sheet_words(), families(areas)
    of_areas = once(line for name in names for line in say["family"][name]["aftercare"])
    return (*of_areas, *say["aftercare"]["always"])


def alternatives(areas: Iterable[str]) -> tuple[str, ...]:
    """Other choices for the areas, in alphabetical order."""
    say = sheet_words()["alternatives"]
    every = {choice for area in areas for choice in say.get(area, say["default"])}
    return tuple(sorted(every, key=alphabetical))


def capital(text: str) -> str:
    """The text with a capital first letter."""
    return text[:1].upper() + text[1:]
