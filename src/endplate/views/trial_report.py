"""The report of a virtual trial: one file with nothing to fetch, from its summary alone."""

from dataclasses import dataclass
from math import ceil
from typing import Any

from endplate.facts.endpoints import endpoints
from endplate.views.html import PURPOSE, page_field, render
from endplate.views.trial_pictures import (
    NARROW,
    WIDE,
    arm_class,
    courses,
    forest,
    power_curve,
)
from endplate.views.words import word

_MEASURES = {
    "INVGRADE": ("Grade at contraction, investigator", "grade"),
    "SUBGRADE": ("Grade at contraction, subject", "grade"),
}


@dataclass(frozen=True)
class Picture:
    """One picture for a wide screen and for a phone."""

    name: str = page_field("what it shows")
    wide: str = page_field("SVG for a wide screen and for print")
    narrow: str = page_field("SVG for a phone")


@dataclass(frozen=True)
class Answer:
    """One main figure."""

    name: str = page_field("what it is")
    value: str = page_field("the figure with its unit")
    more: str = page_field("its error or interval")


@dataclass(frozen=True)
class ArmBox:
    """One arm in the flow of people."""

    name: str = page_field("name of the arm")
    given: str = page_field("what it is given")
    people: str = page_field("randomised in each replicate")
    left: str = page_field("who left, by cause")
    completed: str = page_field("who stayed")
    style: str = page_field("class of its colour")


@dataclass(frozen=True)
class EndpointRow:
    """One endpoint of one arm in the table."""

    name: str = page_field("endpoint and day")
    arm: str = page_field("arm against control")
    values: str = page_field("value in both arms")
    estimate: str = page_field("estimate and interval")
    truth: str = page_field("what the model expects if everybody is seen, and the bias")
    power: str = page_field("power with its error, or the p value of one trial")
    type_one: str = page_field("false positives with their error")
    method: str = page_field("test and interval")
    estimand: tuple[tuple[str, str], ...] = page_field("the attributes of the estimand")


@dataclass(frozen=True)
class TrialPage:
    """Everything the report of a trial shows."""

    title: str = page_field("name of the trial")
    purpose: str = page_field("what the report is for")
    lead: str = page_field("use, people and replicates")
    answers: tuple[Answer, ...] = page_field("power, estimate, false positives")
    screened: str = page_field("people screened and let in")
    arms: tuple[ArmBox, ...] = page_field("the flow of people by arm")
    curves: tuple[Picture, ...] = page_field("courses of measures and endpoints")
    forests: tuple[Picture, ...] = page_field("effects against the control")
    power: tuple[Picture, ...] = page_field("power by size, none for one replicate")
    rows: tuple[EndpointRow, ...] = page_field("every endpoint of every arm")
    harms: tuple[tuple[str, tuple[str, ...]], ...] = page_field("side effects by arm, percent")
    limits: tuple[str, ...] = page_field("what the trial leaves out")
    facts: tuple[tuple[str, str], ...] = page_field("what made the result")
    design: str = page_field("the design as it was run")


def trial_page(summary: dict[str, Any]) -> TrialPage:
    """The context of the report, from a run's summary."""
    use = summary["indication"].replace("_", " ")
    control = next((row["control"] for row in summary["endpoints"]), summary["arms"][-1]["name"])
    names = [arm["name"] for arm in summary["arms"]]
    others = [name for name in names if name != control]
    styles = {
        name: arm_class(others.index(name) if name != control else 0, name == control)
        for name in names
    }
    several = summary["replicates"] > 1
    runs = f"{summary['replicates']} replicates" if several else "one trial"
    return TrialPage(
        title=summary["title"],
        purpose=PURPOSE,
        lead=f"A virtual trial of {use}: {summary['people']} people in {len(names)} arms, {runs}.",
        answers=_answers(summary, several),
        screened=_screened(summary),
        arms=tuple(_arm(arm, styles[arm["name"]]) for arm in summary["arms"]),
        curves=_curves(summary, styles),
        forests=_forests(summary),
        power=_power(summary),
        rows=tuple(_row(row, several) for row in summary["endpoints"]),
        harms=tuple(
            (
                row["term"].replace("_", " "),
                tuple(f"{row['percent'][name]:.1f}" for name in names),
            )
            for row in summary["harms"]
        ),
        limits=tuple(summary["limits"]),
        facts=_facts(summary),
        design=summary["provenance"]["design"],
    )


def trial_report(summary: dict[str, Any]) -> str:
    """The report of a run as one HTML page."""
    return render("virtual_trial.html.j2", trial_page(summary))


def _answers(summary: dict[str, Any], several: bool) -> tuple[Answer, ...]:
    first = summary["endpoints"][0]
    found = []
    if several:
        error = f"± {summary['power_se']:.1f} by chance of the replicates"
        found.append(Answer("Power, first endpoint", f"{summary['power']:.1f} %", error))
    else:
        found.append(Answer("P value, first endpoint", f"{first['first_p']:.2g}", first["method"]))
    if first["estimate"] is not None:
        between = ""
        if first["low"] is not None:
            between = f"interval of a trial {first['low']:.3g} to {first['high']:.3g}"
        unit = "points" if first["unit"] == "percentage points" else first["unit"]
        found.append(Answer("Estimate", f"{first['estimate']:.3g} {unit}", between))
    if summary["type_one_error"] is not None:
        found.append(
            Answer(
                "False positives",
                f"{summary['type_one_error']:.1f} %",
                f"± {summary['type_one_error_se']:.1f}, two arms given the same",
            )
        )
    return tuple(found)


def _screened(summary: dict[str, Any]) -> str:
    out = summary["screening"]["screened_out_percent"]
    people = summary["people"]
    if not out:
        return f"{people} randomised in each replicate; nobody screened out by severity"
    screened = ceil(people / (1 - out / 100))
    return f"{screened} screened, {out:.1f} % of them out by severity, {people} randomised"


def _arm(arm: dict[str, Any], style: str) -> ArmBox:
    given = "vehicle" if arm["placebo"] else f"{arm['product']}, {arm['dose_u']:g} U"
    if arm["treatments_mean"] > 1.0005:
        given += f", {arm['treatments_mean']:.2f} treatments in the mean"
    lack = arm["left_for_lack_of_effect_percent"]
    return ArmBox(
        name=arm["name"],
        given=given,
        people=f"{arm['n']} randomised",
        left=f"{arm['left_percent']:.1f} % left, {lack:.1f} % for lack of effect",
        completed=f"{arm['completed_percent']:.1f} % stayed; "
        f"{arm['visits_seen_percent']:.1f} % of visits seen",
        style=style,
    )


def _curves(summary: dict[str, Any], styles: dict[str, str]) -> tuple[Picture, ...]:
    curves = summary["curves"]
    found = []
    kinds = {row["endpoint"]: row["kind"] for row in summary["endpoints"]}
    for name in dict.fromkeys(row["name"] for row in curves["series"]):
        rows = [row for row in curves["series"] if row["name"] == name]
        label, unit = _MEASURES.get(name, ("", ""))
        if not label:
            known = endpoints().get(name)
            share = rows[0]["kind"] == "endpoint" and kinds.get(name, "responder") == "responder"
            label = known.words if known else name.replace("_", " ")
            unit = "%" if share else (known.unit if known else "")
        found.append(
            Picture(
                label[:1].upper() + label[1:],
                courses(curves["day"], rows, styles, unit, WIDE),
                courses(curves["day"], rows, styles, unit, NARROW),
            )
        )
    return tuple(found)


def _label(row: dict[str, Any]) -> str:
    day = f", day {row['day']:g}" if row["day"] is not None else ""
    return f"{row['arm']}: {row['endpoint']}{day}"


def _forests(summary: dict[str, Any]) -> tuple[Picture, ...]:
    by_unit: dict[str, list[dict[str, Any]]] = {}
    for row in summary["endpoints"]:
        if row["low"] is not None and row["high"] is not None:
            by_unit.setdefault(row["unit"], []).append(row | {"label": _label(row)})
    return tuple(
        Picture(f"Difference, {unit}", forest(rows, unit, WIDE), forest(rows, unit, NARROW))
        for unit, rows in by_unit.items()
    )


def _power(summary: dict[str, Any]) -> tuple[Picture, ...]:
    rows = summary["power_curve"]
    if len(rows) < 2:
        return ()
    return (Picture("Power by size", power_curve(rows, WIDE), power_curve(rows, NARROW)),)


def _row(row: dict[str, Any], several: bool) -> EndpointRow:
    unit = "points" if row["unit"] == "percentage points" else row["unit"]
    estimate, truth, values, false = "none", "", "", ""
    if row["estimate"] is not None:
        estimate = f"{row['estimate']:.3g} {unit}"
        if row["low"] is not None:
            estimate += f" ({row['low']:.3g} to {row['high']:.3g})"
    if row["truth"] is not None:
        truth = f"{row['truth']:.3g} {unit}"
        if several and row["bias_se"] is not None:
            truth += f"; bias {row['bias']:+.2g} ± {row['bias_se']:.1g}"
    pair = (row["arm_value"], row["control_value"])
    tail = {"responder": " %", "time_to_event": " d"}.get(row["kind"], f" {unit}")
    values = " / ".join("never" if one is None else f"{one:.3g}{tail}" for one in pair)
    power = (
        f"{row['power']:.1f} % ± {row['power_se']:.1f}" if several else f"p {row['first_p']:.2g}"
    )
    if row["type_one_error"] is not None:
        false = f"{row['type_one_error']:.1f} % ± {row['type_one_error_se']:.1f}"
    day = f", day {row['day']:g}" if row["day"] is not None else ""
    return EndpointRow(
        name=f"{row['endpoint']}{day}",
        arm=f"{row['arm']} against {row['control']}",
        values=values,
        estimate=estimate,
        truth=truth,
        power=power,
        type_one=false,
        method=row["method"][:1].upper() + row["method"][1:],
        estimand=tuple((name.replace("_", " "), words) for name, words in row["estimand"].items()),
    )


def _facts(summary: dict[str, Any]) -> tuple[tuple[str, str], ...]:
    made = summary["provenance"]
    use = word("indication", summary["indication"])
    return (
        ("use", use),
        ("version", made["version"]),
        ("facts", made["facts_hash"]),
        ("seed", str(made["seed"])),
        ("command", f"endplate {made['command']}"),
        *(
            (name, value)
            for name, value in made["workers"].items()
            if name.startswith(("jax", "i"))
        ),
    )
