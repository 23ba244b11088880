"""The summary of a run: power, false positives, estimates and their bias, people, curves."""

from collections.abc import Iterable
from math import isfinite, sqrt
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate._version import __version__
from endplate.facts.endpoints import endpoints
from endplate.facts.table import facts_hash
from endplate.trials.analysis import Hypothesis, Tally, Tested, hypotheses, wins
from endplate.trials.codes import codes_of, measures_of
from endplate.trials.design import COMPOSITE, RESPONDER, TIME, Design
from endplate.trials.regimen import arm_dose_u

Numbers = NDArray[np.float64]
STRATEGIES = {
    COMPOSITE: "composite variable strategy",
    "observed": "hypothetical strategy, from observed cases",
}
_MISSING = {
    (RESPONDER, COMPOSITE): "who is not seen at the visit counts as no responder",
    (RESPONDER, "observed"): "only people seen at the visit count, as if the others would have "
    "answered alike",
    ("change", COMPOSITE): "who is not seen at the visit counts as unchanged",
    ("change", "observed"): "only people seen at the visit count, as if the others would have "
    "changed alike",
}
_METHODS = {
    RESPONDER: "risk difference with Newcombe's interval; Cochran-Mantel-Haenszel test",
    "change": "difference of means by ANCOVA with baseline",
    TIME: "hazard ratio (Peto); log-rank test; medians by Kaplan and Meier",
}
NOT_DONE = (
    "No mixed model for repeated measures (MMRM) is fitted: changes are tested by ANCOVA at one "
    "visit.",
)


def summary_of(
    tally: Tally,
    prepared: dict[str, Any],
    fingerprint: dict[str, str],
    command: str,
) -> dict[str, Any]:
    """What a run shows, as `summary.json` holds it."""
    design, layout = tally.design, tally.layout
    control = design.control
    active = [i for i in range(len(design.arms)) if i != control]
    found = hypotheses(tally, active, control)
    won = wins(tally, found)
    rows = [_row(tally, one, won[:, i]) for i, one in enumerate(found)]
    for row, false in zip(rows, _false_positives(tally, active, control), strict=True):
        row["type_one_error"], row["type_one_error_se"] = false
    together = (
        np.all(won, axis=1) if design.analysis.multiplicity == "co_primary" else np.any(won, axis=1)
    )
    primary = rows[0]
    return {
        "title": design.trial.title,
        "indication": design.trial.indication,
        "endpoint": primary["endpoint"],
        "estimate": primary["estimate"],
        "power": primary["power"],
        "power_se": primary["power_se"],
        "type_one_error": primary["type_one_error"],
        "type_one_error_se": primary["type_one_error_se"],
        "success": share(together),
        "success_means": "all" if design.analysis.multiplicity == "co_primary" else "at least one",
        "replicates": layout.replicates,
        "people": int(sum(design.arm_sizes)),
        "arms": [_arm(tally, i) for i in range(len(design.arms))],
        "endpoints": rows,
        "family": {
            "alpha": design.analysis.alpha,
            "multiplicity": design.analysis.multiplicity,
            "any_false_positive": _family_error(tally, control),
        },
        "screening": {
            "screened_out_percent": 100 * prepared["screened_out"],
            "strata_percent": [100 * one for one in prepared["strata"]],
        },
        "curves": _curves(tally),
        "harms": _harms(tally, prepared["harms"]),
        "limits": [*prepared["limits"], *NOT_DONE],
        "provenance": {
            "version": __version__,
            "facts_hash": facts_hash(),
            "seed": layout.seed,
            "people": int(sum(design.arm_sizes)),
            "command": command,
            "design": design.dumps(),
            "workers": dict(sorted(fingerprint.items())),
        },
    }


def share(won: Any) -> dict[str, float]:
    """Percent of replicates with its Monte-Carlo error.

    The error is that of the middle of what the replicates leave open (Jeffreys): none or all of
    twenty is not known without error.
    """
    n = len(won)
    middle = (float(won.sum()) + 0.5) / (n + 1.0)
    return {"percent": 100 * float(won.mean()), "se": 100 * sqrt(middle * (1 - middle) / n)}


def _number(value: float) -> float | None:
    return float(value) if isfinite(value) else None


def _row(tally: Tally, one: Hypothesis, won: NDArray[np.bool_]) -> dict[str, Any]:
    design = tally.design
    power = share(won)
    known = one.value[np.isfinite(one.value)]
    mean = float(known.mean()) if len(known) else float("nan")
    error = float(known.std(ddof=1) / sqrt(len(known))) if len(known) > 1 else float("nan")
    scale = 100.0 if one.tested.kind == RESPONDER else 1.0
    truth = _truth(tally, one.tested, one.arm)
    covered = None
    if truth is not None and one.tested.kind != TIME:
        inside = (one.low <= truth) & (truth <= one.high)
        covered = 100 * float(inside.mean())
    return {
        "endpoint": one.tested.table.code,
        "day": one.tested.table.day,
        "kind": one.tested.kind,
        "arm": design.arms[one.arm].name,
        "control": design.arms[design.control].name,
        "unit": _unit(one.tested),
        "method": _METHODS[one.tested.kind],
        "estimand": _estimand(design, one.tested, one.arm),
        "power": power["percent"],
        "power_se": power["se"],
        "estimate": _number(scale * mean),
        "estimate_se": _number(scale * error),
        "estimate_p05": _number(scale * _percentile(known, 5)),
        "estimate_p95": _number(scale * _percentile(known, 95)),
        "low": _number(scale * _mean(one.low)),
        "high": _number(scale * _mean(one.high)),
        "truth": None if truth is None else _number(scale * truth),
        "bias": None if truth is None else _number(scale * (mean - truth)),
        "bias_se": None if truth is None else _number(scale * error),
        "coverage_percent": covered,
        "arm_value": _number(scale * _mean(one.arm_value)),
        "control_value": _number(scale * _mean(one.control_value)),
        "arm_never": int(np.isnan(one.arm_value).sum()),
        "control_never": int(np.isnan(one.control_value).sum()),
        "first_p": _number(float(one.p[0])),
    }


def _mean(values: Numbers) -> float:
    known = values[np.isfinite(values)]
    return float(known.mean()) if len(known) else float("nan")


def _percentile(values: Numbers, q: float) -> float:
    return float(np.percentile(values, q)) if len(values) else float("nan")


def _unit(one: Tested) -> str:
    if one.kind == RESPONDER:
        return "percentage points"
    if one.kind == TIME:
        return "hazard ratio"
    return endpoints()[one.table.code].unit if one.table.code in endpoints() else ""


def _truth(tally: Tally, one: Tested, arm: int) -> float | None:
    """Difference that the model expects if everybody were seen; in shares or the unit."""
    if one.kind == TIME or "expected" not in tally.counts:
        return None
    expected, people = tally.counts["expected"], tally.counts["flow"][:, 0]
    means = [expected[i][one.code, one.visit] / people[i] for i in (arm, tally.design.control)]
    return float(means[0] - means[1])


def _estimand(design: Design, one: Tested, arm: int) -> dict[str, str]:
    """The five attributes of ICH E9(R1), in words."""
    words = endpoints()[one.table.code].words if one.table.code in endpoints() else one.table.code
    people = f"people with {design.trial.indication.replace('_', ' ')} as trials enrol them"
    if one.kind == TIME:
        strategy = "treatment policy strategy; censored when the person leaves"
        missing = "who leaves, or is treated again, is censored at the last visit before"
        summary = "hazard ratio"
    else:
        strategy = STRATEGIES[one.table.missing]
        missing = _MISSING[(one.kind, one.table.missing)]
        summary = "difference of shares" if one.kind == RESPONDER else "difference of means"
    return {
        "treatment": f"{design.arms[arm].name} against {design.arms[design.control].name}",
        "population": people,
        "variable": words if one.table.day is None else f"{words}, day {one.table.day:g}",
        "intercurrent_events": f"leaving the trial: {strategy} ({missing})",
        "summary_measure": summary,
    }


def _false_positives(
    tally: Tally, active: Iterable[int], control: int
) -> list[tuple[float | None, float | None]]:
    """Type-I error of each row: how often an arm given the control's treatment is told apart."""
    found: list[tuple[float | None, float | None]] = []
    equal = len(tally.design.arms)
    for number in range(len(tally.tested)):
        for _ in active:
            if equal >= len(tally.layout.sizes):
                found.append((None, None))
                continue
            one = hypotheses(tally, [equal], control)[number]
            told = share(one.p <= tally.design.analysis.alpha)
            found.append((told["percent"], told["se"]))
    return found


def _family_error(tally: Tally, control: int) -> dict[str, float] | None:
    """How often any endpoint of the equal arm is called a success or a harm."""
    from endplate.trials.statistics import rejected

    equal = len(tally.design.arms)
    if equal >= len(tally.layout.sizes):
        return None
    p = np.stack([one.p for one in hypotheses(tally, [equal], control)], axis=1)
    analysis = tally.design.analysis
    return share(np.any(rejected(p, analysis.alpha, analysis.multiplicity), axis=1))


def _arm(tally: Tally, arm: int) -> dict[str, Any]:
    design, table = tally.design, tally.design.arms[arm]
    people, left, lack, seen, treatments = tally.counts["flow"][arm]
    visits = len(design.visits.days)
    return {
        "name": table.name,
        "product": table.product,
        "placebo": table.placebo,
        "dose_u": None if table.placebo else arm_dose_u(design, arm),
        "n": design.arm_sizes[arm],
        "completed_percent": 100 * (1 - (left + lack) / people),
        "left_percent": 100 * left / people,
        "left_for_lack_of_effect_percent": 100 * lack / people,
        "visits_seen_percent": 100 * seen / (people * visits),
        "treatments_mean": treatments / people,
    }


def _curves(tally: Tally) -> dict[str, Any]:
    """Means of what was observed at each visit, and the band of 9 of 10 trials of this size."""
    design = tally.design
    kinds = ["measure"] * len(measures_of(design)) + ["endpoint"] * len(codes_of(design))
    names = [code for code, _ in measures_of(design)] + list(codes_of(design))
    series = []
    for arm in range(len(design.arms)):
        seen = np.maximum(tally.counts["seen"][arm], 1)
        sums = np.concatenate([tally.counts["level"][arm], tally.counts["sum"][arm]])
        squares = np.concatenate([tally.counts["level2"][arm], tally.counts["square"][arm]])
        mean = sums / seen
        sd = np.sqrt(np.maximum(squares / seen - mean**2, 0.0))
        each = np.maximum(seen / tally.layout.replicates, 1)
        half = 1.6448536269514722 * sd / np.sqrt(each)
        base = tally.counts["base"][arm] / tally.counts["flow"][arm][0]
        for i, name in enumerate(names):
            series.append(
                {
                    "arm": design.arms[arm].name,
                    "name": name,
                    "kind": kinds[i],
                    "before": float(base[i]) if i < len(base) else None,
                    "mean": mean[i].round(5).tolist(),
                    "p05": (mean[i] - half[i]).round(5).tolist(),
                    "p95": (mean[i] + half[i]).round(5).tolist(),
                }
            )
    return {"day": list(design.visits.days), "series": series}


def _harms(tally: Tally, harms: list[dict[str, Any]]) -> list[dict[str, Any]]:
    counts, people = tally.counts["harms"], tally.counts["flow"][:, 0]
    names = [arm.name for arm in tally.design.arms]
    return [
        {
            "term": row["term"],
            "kind": row["kind"],
            "percent": {
                name: float(100 * counts[arm][i] / people[arm]) for arm, name in enumerate(names)
            },
        }
        for i, row in enumerate(harms)
    ]
