"""The patient's sheet from facts alone, for a use that the model does not cover."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from math import log
from typing import Any

from endplate._version import __version__
from endplate.case import Plan
from endplate.errors import NotCovered
from endplate.facts.atlas import line_muscles
from endplate.facts.harms import (
    AdverseReaction,
    NamedReaction,
    adverse_reactions,
    named_reactions,
    warning_of,
)
from endplate.facts.label import LabelRule, coverage
from endplate.facts.table import facts_hash
from endplate.facts.trials import (
    PHASES,
    BenefitFigure,
    TrialFigure,
    benefit_figures,
    expected_courses,
    trial_figures,
)
from endplate.results.result import Result
from endplate.safety import CheckResult, check
from endplate.safety.view import View
from endplate.views.benefit import Benefit, share_benefit
from endplate.views.counts import SAME_DOSE, class_of
from endplate.views.finding import set_aside, stops
from endplate.views.harm import HarmCard, warnings
from endplate.views.language import ENGLISH, joined, known_language, speaking
from endplate.views.language import gettext as _
from endplate.views.language import language as spoken
from endplate.views.provenance import made_with
from endplate.views.quantity import (
    date_text,
    is_one_time,
    number,
    people,
    plain_range,
    plain_time,
    sampled_range,
)
from endplate.views.sheet import (
    BEST_DAY,
    FAMILIAR,
    SheetPage,
    after,
    aftercare,
    alternatives,
    capital,
    dose_words,
    down_by,
    first_hours,
    mean_sentence,
    paper,
    sheet_page,
    star_legend,
)
from endplate.views.sheet_decision import Figures, Planned, checked_first, decision
from endplate.views.sheet_safety import families, once, signs, stop_words, urgent
from endplate.views.sheet_words import sheet_words
from endplate.views.source import link
from endplate.views.words import word

MAX_HARMS = 8
MAX_BENEFITS = 3


@dataclass(frozen=True)
class Discussion:
    """A sheet, the forecast or check behind it, and why the model does not cover the use, if so."""

    page: SheetPage
    result: Result | CheckResult
    not_covered: str = ""


def discussion(
    plan: Plan,
    forecast: Callable[[], Result],
    large_print: bool = False,
    language: str = ENGLISH,
) -> Discussion:
    """Sheet of a plan; a use that the model does not cover gets figures of labels and trials.

    `forecast` simulates the plan; its NotCovered is what says that the model does not cover it.

    Raises
    ------
    ArgumentFault
        There is no such language.
    NotCovered
        There is no such use.
    NotTranslated
        Something that the sheet says has no words in the language.
    """
    language = known_language(language)
    try:
        result = forecast()
        return Discussion(sheet_page(result, large_print, language), result)
    except NotCovered as reason:
        if not set(plan.treatment.indications) <= set(sheet_words()["use"]):
            raise  # a use that nobody knows has no figures either
        checked = check(plan)
        page = fact_sheet_page(plan, checked, large_print, language)
        return Discussion(page, checked, str(reason))


def fact_sheet_page(
    plan: Plan, checked: CheckResult, large_print: bool = False, language: str = ENGLISH
) -> SheetPage:
    """The context of the sheet, each figure from a label or a trial; nothing is computed.

    Raises
    ------
    NotTranslated
        Something that the sheet says has no words in the language.
    """
    with speaking(language):
        return _fact_sheet_page(plan, checked, large_print)


def _fact_sheet_page(plan: Plan, checked: CheckResult, large_print: bool) -> SheetPage:
    view, say = View.of(plan), sheet_words()
    uses = [say["use"][area] for area in view.areas]
    benefits = tuple(benefit for area in view.areas for benefit in fact_benefits(view, area))
    harms = fact_harms(view)
    listed = checked_first(harms[:MAX_HARMS])
    figures, made = (
        Figures(benefits, listed, _lasts(view)),
        made_with(__version__, facts_hash()),
    )
    form = "plain" if len(view.areas) == 1 else "short"
    return SheetPage(
        title=_("Shots for {lines}").format(
            lines=joined(once(word("indication", code, form) for code in view.areas))
        ),
        purpose=say["purpose"],
        date=date_text(plan.treatment.date),
        what=_what(view, [use["how"] for use in uses]),
        dose=_dose(view),
        stops=stops(checked.findings, stop_words),
        set_aside=set_aside(checked.findings, stop_words),
        expect=(
            (_("First hours"), first_hours(families(view.areas))),
            *(r for area in view.areas for r in _expect(view, area)),
        ),
        expect_note="",
        benefits=benefits,
        harms=listed,
        harms_left_out=len(harms) - len(listed),
        warnings=warnings(harms),
        urgent=urgent(plan.treatment.region, signs(view.areas)),
        dummy=say["dummy"],
        alternatives=alternatives(view.areas),
        aftercare=aftercare(view.areas),
        drawings=(),
        numbers=say["facts"]["numbers"],
        unverified=star_legend((*benefits, *listed, *_starred(view))),
        unknown=_unknown(view, benefits, harms),
        many=len(view.areas) > 1,
        no_benefit=say["facts"]["none"],
        computed=False,
        made=made,
        large_print=large_print,
        dense=False,
        paper=paper(plan.treatment.region),
        language=spoken(),
        decision=decision(_planned(view), checked.findings, figures, made),
    )


def _planned(view: View) -> Planned:
    treatment = view.plan.treatment
    return Planned(
        product=treatment.product,
        areas=view.areas,
        region=treatment.region,
        dose_u=view.dose_u,
        spots=len(view.shots),
        age_y=view.plan.patient.age_y,
        off_label=not all(view.is_labelled(area) for area in view.areas),
    )


def _lasts(view: View) -> str:
    """How long the effect lasts in any of the areas; empty where that is not known."""
    product = view.plan.treatment.product
    by_phase = [expected_courses(product, area, view.population) for area in view.areas]
    rows = [courses["duration"] for courses in by_phase if "duration" in courses]
    if not rows:
        return ""
    return plain_range(min(row.low_d for row in rows), max(row.high_d for row in rows))


def _what(view: View, how: list[str]) -> str:
    say = sheet_words()
    parts = [
        say["shots"].format(product=view.plan.treatment.product),
        *once(how),
        say["lasts"],
    ]
    if not all(view.is_labelled(area) for area in view.areas):
        label = coverage(view.plan.treatment.product, view.plan.treatment.region)
        parts.append(say["facts"]["off_label" if label and label.complete else "unclear_label"])
    return " ".join(parts)


def _dose(view: View) -> str:
    if view.dose_u is None:
        return _("your provider has not set the dose yet")
    return dose_words(view.dose_u, len(view.shots))


def _expect(view: View, area: str) -> list[tuple[str, str]]:
    """The phases that are known, and when the label lets more shots follow."""
    say = sheet_words()
    family = say["family"][say["use"][area]["family"]]
    prefix = f"{word('indication', area, 'short').capitalize()}: " if len(view.areas) > 1 else ""
    courses = expected_courses(view.plan.treatment.product, area, view.population)
    texts = {
        "onset": family["start"],
        "peak": say["expect"]["peak"],
        "duration": say["facts"]["fade"],
    }
    rows = []
    for phase in PHASES:
        course = courses.get(phase)
        if course:
            star = "" if course.verified else "*"
            rows.append((when_words(course.low_d, course.high_d) + star, prefix + texts[phase]))
    wait = _wait(view, area)
    if wait is not None:
        star = "" if wait.verified else "*"
        rows.append((f"{capital(after(wait.value or 0.0))}{star}", prefix + say["facts"]["again"]))
    return rows


def _wait(view: View, area: str) -> LabelRule | None:
    """The label's own wait before the next shots, None where its text names no time."""
    wait = view.fact("interval_min", area)
    if wait is None or not wait.value:
        return None
    return wait if (wait.kind, wait.indication) == ("label", area) else None


def when_words(low_d: float, high_d: float) -> str:
    """A range of times as words, `about` where it is one time."""
    text = plain_range(low_d, high_d)
    if is_one_time(low_d, high_d):
        text = _("about {time}").format(time=text)
    return capital(text)


def _starred(view: View) -> list[Any]:
    """Facts behind the times of the sheet."""
    product = view.plan.treatment.product
    waits = [_wait(view, area) for area in view.areas]
    courses = (expected_courses(product, area, view.population) for area in view.areas)
    return [
        *(wait for wait in waits if wait),
        *(c for by_phase in courses for c in by_phase.values()),
    ]


def _unknown(
    view: View, benefits: tuple[Benefit, ...], harms: tuple[HarmCard, ...]
) -> tuple[str, ...]:
    """What no row of the tables tells of this use, in plain words."""
    say, product = sheet_words()["facts"]["unknown"], view.plan.treatment.product
    courses = [expected_courses(product, area, view.population) for area in view.areas]
    gaps = [say[phase] for phase in PHASES if any(phase not in by_phase for by_phase in courses)]
    if not benefits:
        gaps.append(say["benefit"])
    if not all(is_studied(view, area) for area in view.areas):
        gaps.append(say["dose"])
    if any(not card.background for card in harms):
        gaps.append(say["placebo"])
    if any(not card.value for card in harms):
        gaps.append(say["frequency"])
    return tuple(gaps)


def fact_benefits(view: View, area: str) -> tuple[Benefit, ...]:
    """Benefits of one use at the studied dose nearest to the plan's, main measure first."""
    product = view.plan.treatment.product
    if line_muscles(area):
        named = len(view.areas) > 1
        return line_benefits(product, area, named) if view.population == "adult" else ()
    rows = benefit_figures(product, area, view.population)
    nearest: dict[str, BenefitFigure] = {}
    for row in sorted(rows, key=lambda row: distance(row.dose_u, view.dose_in_u(area))):
        nearest.setdefault(row.endpoint, row)
    chosen = sorted(nearest.values(), key=lambda row: row.preference)
    most = 1 if len(view.areas) > 1 else MAX_BENEFITS
    return tuple(studied_benefit(row, len(view.areas) > 1) for row in chosen[:most])


def distance(studied_u: float | None, planned_u: float | None) -> float:
    """How far a studied dose lies from the planned one, as the log of their ratio.

    Examples
    --------
    >>> distance(120, 240) == distance(240, 120)
    True
    >>> distance(None, 100)
    0.0
    """
    return abs(log(studied_u / planned_u)) if studied_u and planned_u else 0.0


def is_studied(view: View, area: str) -> bool:
    """Whether a benefit was studied near the planned dose; true where either is not known."""
    planned_u = view.dose_in_u(area)
    rows = benefit_figures(view.plan.treatment.product, area, view.population)
    return not rows or min(distance(row.dose_u, planned_u) for row in rows) <= log(SAME_DOSE)


def studied_benefit(row: BenefitFigure, named: bool) -> Benefit:
    """A published benefit; `named` where another use stands beside it."""
    lines = word("indication", row.indication, "short" if named else "plain")
    words, when = word("endpoint", row.endpoint, "plain"), plain_time(row.day)
    if row.statistic == "percent":
        return share_benefit(
            lines,
            words,
            when,
            row.drug_value,
            row.placebo_value,
            sampled_range(row.drug_value, row.drug_n) if row.drug_n else None,
            origin=origin(row.kind, row.dose_u),
            verified=row.verified,
            source=link(row.source),
        )
    return Benefit(
        lines=lines,
        words=words,
        when=when,
        value="",
        range="",
        placebo="",
        later="",
        picture="",
        placebo_picture="",
        told=_mean_sentence(row),
        origin=origin(row.kind, row.dose_u),
        verified=row.verified,
        source=link(row.source),
    )


def origin(kind: str, dose_u: float | None) -> str:
    """Label or trial, and the dose behind the figure."""
    where = _("label") if kind == "label" else _("trial")
    return (
        where if dose_u is None else f"{where}, {_('{dose} units').format(dose=number(dose_u, 1))}"
    )


def _mean_sentence(row: BenefitFigure) -> str:
    """A mean change, or a mean at the visit, in one sentence."""
    name = word("endpoint", row.endpoint, "plain")
    drug, placebo = (number(abs(v), 2) for v in (row.drug_value, row.placebo_value))
    start = ""
    if row.start_value is not None:
        told = _("It was {value} at the start.")
        start = " " + told.format(value=number(row.start_value, 1))
    if row.statistic == "mean_change":
        drug, placebo = down_by(drug), down_by(placebo)
    told = mean_sentence(name, drug, placebo, row.day)
    return f"{told}{'' if row.verified else '*'}{start}"


def line_benefits(product: str, area: str, named: bool) -> tuple[Benefit, ...]:
    """The familiar measure of facial lines near its best day, from the table of trials."""
    rows = [
        row
        for row in trial_figures()
        if row.indication == area and row.statistic == "percent" and row.day is not None
    ]
    for endpoint in FAMILIAR:
        for row in sorted(_of(rows, product, endpoint), key=_days_from_best):
            dummy = [
                other
                for other in _of(rows, "placebo", endpoint)
                if (other.trial_id, other.day) == (row.trial_id, row.day)
            ]
            if dummy:
                return (_line_benefit(row, dummy[0], named),)
    return ()


def _of(rows: Sequence[TrialFigure], product: str, endpoint: str) -> list[TrialFigure]:
    return [row for row in rows if (row.product, row.endpoint) == (product, endpoint)]


def _days_from_best(row: TrialFigure) -> tuple[float, bool]:
    return abs((row.day or 0.0) - BEST_DAY), not row.verified


def _line_benefit(row: TrialFigure, dummy: TrialFigure, named: bool) -> Benefit:
    return share_benefit(
        word("indication", row.indication, "short" if named else "plain"),
        word("endpoint", row.endpoint, "plain"),
        plain_time(row.day or 0.0),
        row.value,
        dummy.value,
        sampled_range(row.value, row.n) if row.n else None,
        origin=origin("measured", row.area_dose_u),
        verified=row.verified and dummy.verified,
        source=link(row.source),
    )


def fact_harms(view: View) -> tuple[HarmCard, ...]:
    """Side effects of all uses of a plan, the frequent ones first, those without a figure last."""
    cards = [card for area in view.areas for card in _of_area(view, area)]
    return tuple(sorted(cards, key=lambda card: (not card.value, -card.percent)))


def _of_area(view: View, area: str) -> Iterator[HarmCard]:
    product = view.plan.treatment.product
    rows = [
        row
        for row in adverse_reactions(product, area)
        if row.population in ("any", view.population)
    ]
    planned_u = view.dose_in_u(area)
    rows.sort(
        key=lambda row: (
            distance(row.dose_u, planned_u),
            row.drug_percent == row.placebo_percent == 0,  # a count of none hides no other count
            not row.verified,
            row.preference,
        )
    )
    by_term: dict[str, AdverseReaction | NamedReaction] = {}
    for row in (*rows, *named_reactions(product, area, view.population)):
        by_term.setdefault(row.term, row)
    name = word("indication", area, "short") if len(view.areas) > 1 else ""
    for row in by_term.values():
        if isinstance(row, AdverseReaction) and row.drug_percent == row.placebo_percent == 0:
            continue  # counted at other doses only
        yield (
            counted_card(row, name) if isinstance(row, AdverseReaction) else _named_card(row, name)
        )


def counted_card(row: AdverseReaction, area: str) -> HarmCard:
    """A counted reaction with its placebo; `area` in short where a plan has several."""
    dummy = row.placebo_percent
    return _card(
        row,
        area,
        value=people(row.drug_percent),
        background="" if dummy is None else people(dummy),
        percent=row.drug_percent,
        origin_=origin(row.kind, row.dose_u),
    )


def _named_card(row: NamedReaction, area: str) -> HarmCard:
    low, high = row.low_percent, row.high_percent
    value = ""
    if low is not None:
        value = class_of(low, high)
    return _card(row, area, value=value, background="", percent=low or 0.0, origin_=_("label"))


def _card(
    row: AdverseReaction | NamedReaction,
    area: str,
    value: str,
    background: str,
    percent: float,
    origin_: str,
) -> HarmCard:
    plain = word("harm", row.term, "plain")
    return HarmCard(
        name=word("harm", row.term),
        plain=f"{plain} ({area})" if area else plain,
        value=value,
        range="",
        background=background,
        course="",
        short_course="",
        plain_start="",
        plain_length="",
        origin=origin_,
        verified=row.verified,
        note=row.note,
        warning=warning_of(row.term),
        source=link(row.source),
        picture="",
        percent=percent,
        background_percent=row.placebo_percent if isinstance(row, AdverseReaction) else None,
    )
