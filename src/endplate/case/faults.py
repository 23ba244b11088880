"""Faults of a plan beyond single fields: dates, volumes, positions and doses that disagree."""

from collections.abc import Iterator, Sequence
from math import dist
from typing import Any

from endplate.arguments import printable
from endplate.case.dose import Preparation
from endplate.case.placement import NO_CHART, charts_of, label_sites, signed_point, site_limits
from endplate.case.plan_file import unknown_word
from endplate.case.protocol import label_interval_d, population_of
from endplate.errors import NotCovered
from endplate.facts.atlas import chart_blocks, muscle_blocks
from endplate.facts.endpoints import baseline_scales
from endplate.facts.indications import chart_of, is_charted
from endplate.facts.products import product
from endplate.facts.protocols import protocol_sites
from endplate.facts.targets import harm_muscles, is_near, is_target
from endplate.facts.vocabulary import find_word

VOLUME_TOLERANCE = 0.02
DOSE_TOLERANCE = 0.01
CLOSEST_MM = 1.0
REASON_WORDS = 3
REPEAT_CHOICES = ("interval_d", "again_at", "again_when_lost")


def plan_faults(plan: Any, known: Sequence[str]) -> list[str]:
    """Sentences about a plan; `known` are those about its fields, which are None if unreadable."""
    if plan is None or plan.treatment is None:
        return []
    faults = [
        *_previous(plan),
        *_doses(plan.treatment),
        *_overrides(plan),
        *_repeat(plan, known),
    ]
    for n, site in enumerate(plan.treatment.sites or (), 1):
        path = f"treatment.site[{n}]"
        if site.muscle is site.at_mm is None and not any(s.startswith(path) for s in known):
            faults.append(f"{path} has no position; it must hold muscle, at_mm or both.")
        faults += _site(site, plan.treatment, path)
        faults += _other_product(site, plan.treatment, path)
    return [*faults, *_too_close(plan.treatment)]


def _previous(plan: Any) -> Iterator[str]:
    today = plan.treatment.date
    earlier = plan.patient.previous if plan.patient is not None else None
    for n, treatment in enumerate(earlier or (), 1):
        path = f"patient.previous[{n}]"
        if treatment.date is not None and today is not None and treatment.date >= today:
            yield (
                f"{path}.date is {treatment.date}; it must be before the date of this treatment, "
                f"{today}."
            )
        yield from _plausible(treatment.dose_u, treatment.product, f"{path}.dose_u")
    yield from _one_product_per_day(earlier or ())


def _one_product_per_day(earlier: Sequence[Any]) -> Iterator[str]:
    """Earlier rows that give two products for one use on one day: their units cannot be summed."""
    first: dict[tuple[Any, Any], tuple[str, str]] = {}
    for n, treatment in enumerate(earlier, 1):
        key, name = (treatment.date, treatment.indication), treatment.product
        if None in key or name is None:
            continue
        path, other = first.setdefault(key, (f"patient.previous[{n}]", name))
        if other != name:
            yield (
                f"patient.previous[{n}].product is {name!r}; {path} names {other!r} for the same "
                "use on the same day, and one treatment has one product, whose units are its own."
            )


def _other_product(site: Any, treatment: Any, path: str) -> Iterator[str]:
    if site.product is not None and treatment.product not in (None, site.product):
        yield (
            f"{path}.product is {site.product!r}; the treatment's is {treatment.product!r}, and "
            "units of two products cannot be mixed: write a second plan for the other one."
        )


def _overrides(plan: Any) -> Iterator[str]:
    for n, override in enumerate(plan.overrides or (), 1):
        reason = override.reason
        if reason is not None and len(reason.split()) < REASON_WORDS:
            yield (
                f"override[{n}].reason is {printable(reason)}; it must say in at least "
                f"{REASON_WORDS} words why the stop does not hold here."
            )


def _plausible(dose_u: float | None, name: str | None, path: str) -> Iterator[str]:
    if dose_u is None or name is None:
        return
    limit_u = product(name).plausible_max_u
    if dose_u > limit_u:
        yield f"{path} is {printable(dose_u)}; it must be at most {limit_u:g} U of {name}."


def _doses(treatment: Any) -> Iterator[str]:
    yield from _plausible(treatment.dose_u, treatment.product, "treatment.dose_u")
    if treatment.sites is None:
        return
    if treatment.protocol is None and not treatment.sites:
        yield (
            'treatment has no sites; it must hold protocol = "label" or a list of '
            "[[treatment.site]]."
        )
    doses_u = [site.dose_u for site in treatment.sites]
    stated_u = treatment.dose_u
    if treatment.protocol is not None or stated_u is None or not doses_u or None in doses_u:
        return
    if abs(sum(doses_u) - stated_u) > DOSE_TOLERANCE * stated_u:
        yield (
            f"treatment.dose_u is {stated_u:g}; it must be the sum of the listed sites, "
            f"{sum(doses_u):g} U, or be left out."
        )


def _site(site: Any, treatment: Any, path: str) -> Iterator[str]:
    yield from _plausible(site.dose_u, treatment.product, f"{path}.dose_u")
    yield from _volume(site, treatment, path)
    elsewhere = list(_muscle(site, treatment, path))
    yield from elsewhere
    if elsewhere:
        return
    if site.at_mm is not None:
        yield from _off_chart(site, treatment, path)
    elif site.side is not None and site.muscle is not None:
        yield from _side(site, path)


def _volume(site: Any, treatment: Any, path: str) -> Iterator[str]:
    needed = (site.volume_ml, site.dose_u, treatment.vial_u, treatment.diluent_ml)
    if None in needed:
        return
    vial_u, diluent_ml = treatment.vial_u, treatment.diluent_ml
    volume_ml = Preparation(vial_u, diluent_ml).volume_ml(site.dose_u)
    if abs(site.volume_ml - volume_ml) > VOLUME_TOLERANCE * volume_ml:
        yield (
            f"{path}.volume_ml is {site.volume_ml:g}; a vial of {vial_u:g} U in {diluent_ml:g} mL "
            f"gives {volume_ml:.4g} mL for {site.dose_u:g} U."
        )


def _muscle(site: Any, treatment: Any, path: str) -> Iterator[str]:
    """A muscle that no chart of its use shows; uses without a chart are left to the check."""
    uses = (site.indication,) if site.indication else treatment.indications or ()
    if site.muscle is None or not uses or not all(is_charted(use) for use in uses):
        return
    if find_word("muscle", site.muscle) is None:
        yield unknown_word(f"{path}.muscle", "muscle", site.muscle)
    elif not any(_belongs(site.muscle, use) for use in uses):
        names = " or ".join(use.replace("_", " ") for use in uses)
        yield (
            f"{path}.muscle is {site.muscle!r}, which is on no chart of {names}; name the use that "
            "treats it under treatment.indication as well, or leave the site out."
        )


def _belongs(muscle: str, use: str) -> bool:
    chart = chart_of(use)
    harm = harm_muscles().get(muscle)
    return (
        any(block.muscle == muscle for block in chart_blocks(chart))
        or is_target(muscle, use)
        or is_near(muscle, use)
        or (harm is not None and chart in harm.charts)
    )


def _off_chart(site: Any, treatment: Any, path: str) -> Iterator[str]:
    charts = charts_of(treatment, site.indication) if treatment.indications else (NO_CHART,)
    limits = site_limits(site.muscle, site.at_mm, charts)
    if limits is None:
        yield f"{path}.at_mm cannot be used: there is no chart of {site.muscle}; leave it out."
        return
    bounds = (limits.x_mm, limits.y_mm, limits.z_mm)
    for axis, value, (low, high) in zip("xyz", site.at_mm, bounds, strict=True):
        if not low <= value <= high:
            yield (
                f"{path}.at_mm has {axis} = {value:g}; it must be from {low:g} to {high:g} mm, "
                "inside the chart."
            )
    if site.side == "midline" and limits.x_mm[0] >= 0 and site.at_mm[0] != 0:
        yield f"{path}.at_mm has x = {site.at_mm[0]:g}; on the midline it must be 0."


def _side(site: Any, path: str) -> Iterator[str]:
    blocks = [block for block in muscle_blocks() if block.muscle == site.muscle]
    if not blocks:
        return
    paired = any(block.paired for block in blocks)
    sides = {"left", "right"} if paired else {"midline"}
    sides |= {spot.side for spot in protocol_sites() if spot.muscle == site.muscle}
    if site.side not in sides:
        allowed = " or ".join(sorted(sides))
        yield f"{path}.side is {site.side!r}; for {site.muscle} it must be {allowed}."


def _too_close(treatment: Any) -> Iterator[str]:
    points = [
        (f"treatment.site[{n}]", signed_point(site.side, site.at_mm))
        for n, site in enumerate(treatment.sites or (), 1)
        if site.at_mm is not None and site.side is not None
    ]
    points += _label_points(treatment)
    for n, (other, b) in enumerate(points):
        near = [(dist(a, b), name) for name, a in points[:n] if dist(a, b) < CLOSEST_MM]
        if near:
            apart_mm, name = near[0]
            yield (
                f"{name} and {other} lie {apart_mm:.2g} mm apart; two sites must be at least "
                f"{CLOSEST_MM:g} mm apart."
            )


def _label_points(treatment: Any) -> list[tuple[str, tuple[float, float, float]]]:
    needed = (treatment.product, treatment.indications, treatment.vial_u, treatment.diluent_ml)
    if treatment.protocol != "label" or not treatment.sites or not all(needed):
        return []
    try:
        placed = label_sites(treatment)
    except NotCovered:
        return []
    return [
        (f"the label's site in {s.muscle} ({s.side})", (s.x_mm, s.y_mm, s.z_mm)) for s in placed
    ]


def _repeat(plan: Any, known: Sequence[str]) -> Iterator[str]:
    repeat = plan.repeat
    if repeat is None or any(sentence.startswith("repeat.") for sentence in known):
        return
    stated = [name for name in REPEAT_CHOICES if getattr(repeat, name) is not None]
    if len(stated) != 1:
        named = " and ".join(stated) or "no time of treatment"
        yield f"repeat holds {named}; it must hold exactly one of {', '.join(REPEAT_CHOICES)}."
    elif stated == ["interval_d"]:
        if repeat.not_before_d is not None:
            yield (
                f"repeat.not_before_d is {repeat.not_before_d:g}; beside interval_d it must be "
                "left out."
            )
    else:
        yield from _least_interval(plan)
        yield from _level(plan)


def _readable(plan: Any) -> bool:
    treatment = plan.treatment
    return all((plan.patient, treatment.product, treatment.indications, treatment.region))


def _least_interval(plan: Any) -> Iterator[str]:
    if plan.repeat.not_before_d is not None or not _readable(plan):
        return
    if label_interval_d(plan.treatment, population_of(plan.patient.age_y)) is None:
        yield (
            "repeat.not_before_d is missing; no label interval of "
            f"{plan.treatment.product} is known for all that is treated, so it must be stated."
        )


def _level(plan: Any) -> Iterator[str]:
    level = plan.repeat.again_at
    if level is None or not _readable(plan):
        return
    area = plan.treatment.indications[0]
    # Other areas are graded on scales that have names of their own.
    scale = baseline_scales().get(area)
    if scale is None:
        return
    if not scale.low <= level <= scale.high:
        yield (
            f"repeat.again_at is {level:g}; it must be from {scale.low:g} to {scale.high:g} "
            f"({scale.name})."
        )
        return
    before = dict(plan.patient.baseline or {}).get(area)
    if before is not None and level > before:
        yield (
            f"repeat.again_at is {level:g}; it must be at most {before:g}, what was there before "
            "treatment."
        )
