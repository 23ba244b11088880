"""Writes the patient's sheet from facts alone, for a use that the model does not cover."""

from dataclasses import asdict
from typing import Any

from endplate import __version__
from endplate.case import Plan
from endplate.facts.label import LabelRule, coverage
from endplate.facts.table import facts_hash
from endplate.facts.trials import PHASES, expected_courses
from endplate.safety import CheckResult
from endplate.safety.view import View
from endplate.views.benefit import Benefit
from endplate.views.fact_benefit import fact_benefits, is_studied
from endplate.views.fact_harm import fact_harms
from endplate.views.finding import set_aside, stops
from endplate.views.harm import HarmCard
from endplate.views.quantity import date_text, number, plain_range, plain_time
from endplate.views.sheet import SheetPage, star_legend, urgent
from endplate.views.sheet_words import (
    aftercare,
    capital,
    families,
    first_hours,
    joined,
    once,
    signs,
    words,
)
from endplate.views.words import word

MAX_HARMS = 10
PRINTED_LINES = 13  # side effects, benefits and long lists that fit a page at full size


def fact_sheet_page(plan: Plan, checked: CheckResult, large_print: bool = False) -> SheetPage:
    """The context of the sheet, each figure from a label or a trial; nothing is computed."""
    view, say = View.of(plan), words()
    result = {"findings": [asdict(finding) for finding in checked.findings]}
    uses = [say["use"][area] for area in view.areas]
    benefits = tuple(benefit for area in view.areas for benefit in fact_benefits(view, area))
    harms = fact_harms(view)
    shown = harms[:MAX_HARMS]
    form = "plain" if len(view.areas) == 1 else "short"
    return SheetPage(
        title=f"Shots for {joined(once(word('indication', code, form) for code in view.areas))}",
        purpose=say["purpose"],
        date=date_text(plan.treatment.date),
        what=_what(view, [use["how"] for use in uses]),
        dose=_dose(view),
        stops=stops(result),
        set_aside=set_aside(result),
        expect=(
            ("First hours", first_hours(families(view.areas))),
            *(r for area in view.areas for r in _expect(view, area)),
        ),
        expect_note="",
        benefits=benefits,
        harms=shown,
        harms_left_out=len(harms) - len(shown),
        urgent=urgent(plan.treatment.region, signs(view.areas)),
        dummy=say["dummy"],
        alternatives=_choices(view),
        aftercare=aftercare(view.areas),
        drawings=(),
        numbers=say["facts"]["numbers"],
        unverified=star_legend((*benefits, *shown, *_starred(view))),
        unknown=_unknown(view, benefits, harms),
        many=len(view.areas) > 1,
        no_benefit=say["facts"]["none"],
        computed=False,
        made=f"endplate {__version__}, facts {facts_hash()}",
        large_print=large_print,
        dense=_lines(benefits, shown, view, stops(result)) > PRINTED_LINES,
    )


def _lines(benefits, harms, view: View, stopped) -> int:
    return 2 * len(benefits) + len(harms) + 3 * len(view.areas) + 2 * len(stopped)


def _what(view: View, how: list[str]) -> str:
    parts = [
        f"You may get small shots of a drug called {view.plan.treatment.product}.",
        *once(how),
        "The effect does not last. It fades as the nerves heal.",
    ]
    if not all(view.is_labelled(area) for area in view.areas):
        seen = coverage(view.plan.treatment.product, view.plan.treatment.region)
        parts.append(words()["facts"]["off_label" if seen and seen.complete else "unclear_label"])
    if view.population == "paediatric":
        parts.append(words()["facts"]["child"])
    return " ".join(parts)


def _dose(view: View) -> str:
    dose_u, count = view.dose_u, len(view.shots)
    if dose_u is None:
        return "your provider has not set the dose yet"
    spots = f" in {count} spot{'s' if count > 1 else ''}" if count else ""
    return f"{number(dose_u, 2)} units{spots}"


def _expect(view: View, area: str) -> list[tuple[str, str]]:
    """The phases that are known, and when the label lets more shots follow."""
    say = words()
    family = say["family"][say["use"][area]["family"]]
    prefix = f"{word('indication', area, 'short').capitalize()}: " if len(view.areas) > 1 else ""
    courses = expected_courses(view.plan.treatment.product, area, view.population)
    told = {
        "onset": family["start"],
        "peak": say["expect"]["peak"],
        "duration": say["facts"]["fade"],
    }
    rows = []
    for phase in PHASES:
        course = courses.get(phase)
        if course:
            star = "" if course.verified else "*"
            rows.append((_when(course.low_d, course.high_d) + star, prefix + told[phase]))
    wait = _wait(view, area)
    if wait is not None:
        star = "" if wait.verified else "*"
        rows.append(
            (f"After {plain_time(wait.value or 0.0)}{star}", prefix + say["facts"]["again"])
        )
    return rows


def _wait(view: View, area: str) -> LabelRule | None:
    """The label's own wait before the next shots, None where its text names no time."""
    wait = view.fact("interval_min", area)
    if wait is None or not wait.value:
        return None
    return wait if (wait.kind, wait.indication) == ("label", area) else None


def _when(low_d: float, high_d: float) -> str:
    text = plain_range(low_d, high_d)
    return capital(text if " to " in text else f"about {text}")


def _starred(view: View) -> list[Any]:
    """Facts behind the times of the sheet."""
    product = view.plan.treatment.product
    waits = [_wait(view, area) for area in view.areas]
    courses = (expected_courses(product, area, view.population) for area in view.areas)
    return [*(wait for wait in waits if wait), *(c for found in courses for c in found.values())]


def _choices(view: View) -> tuple[str, ...]:
    known = words()["alternatives"]
    return tuple(
        sorted({choice for area in view.areas for choice in known.get(area, known["default"])})
    )


def _unknown(
    view: View, benefits: tuple[Benefit, ...], harms: tuple[HarmCard, ...]
) -> tuple[str, ...]:
    """What no row of the tables tells of this use, in plain words."""
    say, product = words()["facts"]["unknown"], view.plan.treatment.product
    courses = [expected_courses(product, area, view.population) for area in view.areas]
    gaps = [say[phase] for phase in PHASES if any(phase not in found for found in courses)]
    if not benefits:
        gaps.append(say["benefit"])
    if not all(is_studied(view, area) for area in view.areas):
        gaps.append(say["dose"])
    if any(not card.background for card in harms):
        gaps.append(say["placebo"])
    if any(not card.value for card in harms):
        gaps.append(say["frequency"])
    return tuple(gaps)
