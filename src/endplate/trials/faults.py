"""What is wrong with a design beyond single fields: one sentence each, before anything is run."""

from collections.abc import Iterator
from itertools import combinations, pairwise

from endplate.arguments import printable
from endplate.errors import NotCovered
from endplate.facts.indications import is_charted
from endplate.facts.vocabulary import nearest
from endplate.trials.design import MOST_PEOPLE, TIME, Design
from endplate.trials.regimen import (
    arm_dose_u,
    arm_sites,
    durations,
    endpoint_kinds,
    has_protocol,
    is_line,
    plan_of,
    scale_words,
    site_faults,
)

MOST_ARMS, MOST_VISITS, MOST_ENDPOINTS, MOST_STRATA = 8, 40, 12, 6
MOST_PLACES = 200_000_000  # people of all replicates together
LONGEST_NAME = 40
_POLICY = ("interval_d", "again_at", "again_when_lost")


def design_faults(design: Design) -> list[str]:
    """Sentences about a design whose fields have been read."""
    if not is_charted(design.trial.indication):
        return [
            f"trial.indication is {design.trial.indication!r}, which the simulator does not cover."
        ]
    several = list(_several(design))
    if several:
        return several
    faults = [*_arms(design), *_sizes(design), *_visits(design)]
    faults += [*_endpoints(design), *_analysis(design)]
    faults += [*_severity(design), *_dropout(design), *_retreatment(design)]
    return faults


def _several(design: Design) -> Iterator[str]:
    """Whether there are arms to compare: without, nothing else can be said."""
    if not 2 <= len(design.arms) <= MOST_ARMS:
        yield f"there are {len(design.arms)} arms; a trial has 2 to {MOST_ARMS}."
    elif all(arm.placebo for arm in design.arms):
        yield "no arm is given a product; at least one must be."


def _arms(design: Design) -> Iterator[str]:
    arms = design.arms
    for (i, one), (j, other) in combinations(enumerate(arms, 1), 2):
        if one.name.strip().casefold() == other.name.strip().casefold():
            yield (
                f"arm[{j}].name is {printable(other.name)}, as arm[{i}] is called; "
                "give each arm a name of its own."
            )
    for index, arm in enumerate(arms):
        yield from _arm(design, index, arm)


def _arm(design: Design, index: int, arm) -> Iterator[str]:
    path = f"arm[{index + 1}]"
    if not arm.name.strip() or len(arm.name) > LONGEST_NAME or not arm.name.isprintable():
        yield (
            f"{path}.name is {printable(arm.name)}; it must be 1 to {LONGEST_NAME} printable "
            "characters."
        )
    if arm.placebo:
        given = [name for name in ("product", "dose_u") if getattr(arm, name) is not None]
        if given or arm.sites:
            named = " and ".join([*given, *(["site"] if arm.sites else [])])
            yield f"{path} is placebo and states {named}; a placebo arm states none of them."
        return
    if arm.product is None:
        yield f"{path}.product is missing; name a product, or write placebo = true."
        return
    from endplate.results.limits import covered_areas  # loads the simulator

    try:
        covered_areas(plan_of(design, index))
    except NotCovered as error:
        yield f"{path}.product is {arm.product!r}: {error}."
        return
    if arm.sites:
        if arm.dose_u is not None:
            total_u = sum(site.dose_u for site in arm.sites)
            if abs(total_u - arm.dose_u) > 0.01 * arm.dose_u:
                yield (
                    f"{path}.dose_u is {arm.dose_u:g}; it must be the sum of its sites, "
                    f"{total_u:g} U, or be left out."
                )
        if arm.vial_u is None or arm.diluent_ml is None:
            yield f"{path} lists sites; it must also state vial_u and diluent_ml."
        else:
            yield from site_faults(design, index)
        return
    if not has_protocol(design, index):
        yield f"{path} has no sites and no protocol of {arm.product} is known; list the sites."
    elif arm_dose_u(design, index) is None:
        yield f"{path}.dose_u is missing; no protocol gives {arm.product} a dose in this use."
    else:
        yield from _plausible(design, index, path)


def _plausible(design: Design, index: int, path: str) -> Iterator[str]:
    from endplate.facts.products import product

    arm = design.arms[index]
    limit_u = product(arm.product or "").plausible_max_u
    if arm.dose_u is not None and arm.dose_u > limit_u:
        yield f"{path}.dose_u is {arm.dose_u:g}; it must be at most {limit_u:g} U of {arm.product}."


def _sizes(design: Design) -> Iterator[str]:
    stated = [arm.n is not None for arm in design.arms]
    if design.trial.people is None:
        missing = [f"arm[{i}].n" for i, known in enumerate(stated, 1) if not known]
        if missing:
            yield (
                f"{missing[0]} is missing; state trial.people for all arms together, or n of "
                "every arm."
            )
            return
    elif any(stated):
        yield (
            f"arm[{stated.index(True) + 1}].n is stated beside trial.people; state one or the "
            "other."
        )
        return
    sizes = design.arm_sizes
    for i, size in enumerate(sizes, 1):
        if size < 2:
            yield (
                f"arm[{i}] would have {size} of trial.people = {design.trial.people:g}; every arm "
                "needs at least 2."
            )
    if sum(sizes) > MOST_PEOPLE:
        yield f"the arms have {sum(sizes)} people together; the most is {MOST_PEOPLE}."
    elif sum(sizes) * design.trial.replicates > MOST_PLACES:
        yield (
            f"trial.replicates is {design.trial.replicates:g} with {sum(sizes)} people each; all "
            f"replicates together may have {MOST_PLACES} people."
        )


def _visits(design: Design) -> Iterator[str]:
    days, window_d = design.visits.days, design.visits.window_d
    if len(days) > MOST_VISITS:
        yield f"visits.days has {len(days)} visits; the most is {MOST_VISITS}."
    for n, (before, day) in enumerate(pairwise(days), 2):
        if day <= before:
            yield f"visits.days[{n}] is {day:g}; it must be later than the one before, {before:g}."
            return
    apart_d = min([days[0], *(b - a for a, b in pairwise(days))])
    if 2 * window_d >= apart_d:
        yield (
            f"visits.window_d is {window_d:g}; visits are as little as {apart_d:g} d apart, so it "
            f"must be below {apart_d / 2:g} d."
        )


def _endpoints(design: Design) -> Iterator[str]:
    code = design.trial.indication
    kinds, days = endpoint_kinds(code), design.visits.days
    if not 1 <= len(design.endpoints) <= MOST_ENDPOINTS:
        yield f"there are {len(design.endpoints)} endpoints; a trial tests 1 to {MOST_ENDPOINTS}."
    seen: dict[tuple[str, float | None], int] = {}
    for n, one in enumerate(design.endpoints, 1):
        path = f"endpoint[{n}]"
        kind = kinds.get(one.code)
        if kind is None:
            near = nearest(one.code, list(kinds), 3) or list(kinds)[:6]
            yield (
                f"{path}.code is {one.code!r}, which is not observed in {code}; there are "
                f"{', '.join(near)}."
            )
            continue
        if (first := seen.setdefault((one.code, one.day), n)) != n:
            yield f"{path} is the same as endpoint[{first}]; name each endpoint once."
        if kind == TIME:
            if one.day is not None:
                yield (
                    f"{path}.day is {one.day:g}; {one.code} is a time to an event, so leave it out."
                )
            yield from _timed(design, one.code, path)
        elif one.day is None:
            yield f"{path}.day is missing; it must be one of the visits, {_listed(days)}."
        elif one.day not in days:
            yield f"{path}.day is {one.day:g}; it must be one of the visits, {_listed(days)}."


def _timed(design: Design, code: str, path: str) -> Iterator[str]:
    rule = durations(design.trial.indication).get(code)
    if rule is None:
        return
    first_d = rule.first_visits_d[0] - 1.0
    late = [day for day in design.visits.days if day >= first_d]
    if len(late) < 2:
        yield (
            f"{path}.code is {code!r}, a time that is read from day {rule.first_visits_d[0]:g} on; "
            "at least two visits must be that late."
        )


def _listed(days: tuple[float, ...]) -> str:
    return ", ".join(f"{day:g}" for day in days)


def _analysis(design: Design) -> Iterator[str]:
    names = [arm.name for arm in design.arms]
    control = design.analysis.control
    placebos = [arm.name for arm in design.arms if arm.placebo]
    if control is not None and control not in names:
        yield f"analysis.control is {printable(control)}; it must be one of {', '.join(names)}."
    elif control is None and len(placebos) != 1:
        yield (
            f"analysis.control is missing; there are {len(placebos)} placebo arms, so it must name "
            f"one of {', '.join(names)}."
        )


def _severity(design: Design) -> Iterator[str]:
    code, trial = design.trial.indication, design.trial
    scale, low, high = scale_words(code)
    if trial.severe_share is not None and not is_line(code):
        yield f"trial.severe_share is {trial.severe_share:g}; {code} is no line, so leave it out."
    if trial.mean_before is not None:
        if is_line(code):
            yield (
                f"trial.mean_before is {trial.mean_before:g}; {code} is a line, so state "
                "severe_share in its place."
            )
        elif not low < trial.mean_before < high:
            yield (
                f"trial.mean_before is {trial.mean_before:g}; {scale} is from {low:g} to {high:g}."
            )
    if design.inclusion is not None:
        least, most = design.inclusion.least, design.inclusion.most
        for name, bound in (("least", least), ("most", most)):
            if bound is not None and not low <= bound <= high:
                yield (
                    f"inclusion.{name} is {bound:g}; {scale} is from {low:g} to {high:g}, so "
                    "nobody could be let in by it."
                )
                return
        if least is not None and most is not None and least > most:
            yield f"inclusion.least is {least:g}, above inclusion.most, {most:g}: nobody fits."
    if design.strata is not None:
        cuts = design.strata.cut_at
        if len(cuts) >= MOST_STRATA:
            yield f"strata.cut_at has {len(cuts)} cuts; the most is {MOST_STRATA - 1}."
        for n, cut in enumerate(cuts, 1):
            if not low < cut <= high:
                yield (
                    f"strata.cut_at[{n}] is {cut:g}; {scale} is from {low:g} to {high:g}, and a "
                    "cut must be inside."
                )
        if any(b <= a for a, b in pairwise(cuts)):
            yield f"strata.cut_at is {_listed(cuts)}; the cuts must rise."


def _dropout(design: Design) -> Iterator[str]:
    names = [arm.name for arm in design.arms]
    seen: dict[tuple[str, str | None], int] = {}
    for n, row in enumerate(design.dropout, 1):
        if row.arm is not None and row.arm not in names:
            yield f"dropout[{n}].arm is {printable(row.arm)}; it must be one of {', '.join(names)}."
        if (first := seen.setdefault((row.cause, row.arm), n)) != n:
            yield f"dropout[{n}] repeats dropout[{first}]: the same cause in the same arm."


def _retreatment(design: Design) -> Iterator[str]:
    policy = design.retreatment
    if policy is None:
        return
    stated = [name for name in _POLICY if getattr(policy, name) is not None]
    if len(stated) != 1:
        named = " and ".join(stated) or "no time of treatment"
        yield f"retreatment holds {named}; it must hold exactly one of {', '.join(_POLICY)}."
        return
    last_d = design.visits.days[-1]
    if policy.interval_d is not None:
        if policy.not_before_d is not None:
            yield (
                f"retreatment.not_before_d is {policy.not_before_d:g}; beside interval_d it must "
                "be left out."
            )
        if policy.interval_d >= last_d:
            yield (
                f"retreatment.interval_d is {policy.interval_d:g}; the last visit is on day "
                f"{last_d:g}, before any further treatment."
            )
    elif policy.not_before_d is None:
        yield (
            "retreatment.not_before_d is missing; the least days between treatments must be stated."
        )
    if policy.again_at is not None:
        scale, low, high = scale_words(design.trial.indication)
        if not low <= policy.again_at <= high:
            yield (
                f"retreatment.again_at is {policy.again_at:g}; {scale} is from {low:g} to {high:g}."
            )


def site_counts(design: Design) -> int:
    """Most sites of an arm."""
    return max(len(arm_sites(design, index)) for index in range(len(design.arms)))
