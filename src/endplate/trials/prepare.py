"""What all tasks of a design share and the simulator works out once, before anything is written."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.engine.compile_cache import use_compile_cache
from endplate.errors import DesignFaults
from endplate.facts.parameters import fit_rows
from endplate.model import Parameters
from endplate.results.harms import counted
from endplate.results.limits import extrapolations
from endplate.results.result import Harm
from endplate.trials.cohort import CHUNK
from endplate.trials.design import CHANGE, RESPONDER, Design
from endplate.trials.regimen import arm_dose_u, arm_sites, endpoint_kinds, plan_of, scale_words
from endplate.trials.tasks import LEAST_SHARE, TRIAL_Z, Setup, run_chunk, screening_of

# Of a visit's scatter: shifts at which an endpoint is read.
_STEPS = (-8.0, -4.0, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 4.0, 8.0)
_CHUNKS = 8
_LEAST = 0.001  # share whose log odds stand for those of none


def prepare(design_text: str) -> dict[str, Any]:
    """Screening, unwanted effects and spread between trials of a design.

    Raises
    ------
    DesignFaults
        Hardly anybody would be let in, or a stratum would stay empty.
    """
    use_compile_cache()
    design = Design.loads(design_text)
    screening = screening_of(design)
    _refuse_unreachable(design, screening.screened_out, screening.strata)
    harms = arm_harms(design)
    shares = [[row["percent"][arm] / 100 for row in harms] for arm in range(len(design.arms))]
    return {
        "screened_out": screening.screened_out,
        "strata": list(screening.strata),
        "harms": harms,
        "harm_shares": shares,
        "shifts": _shifts(design, screening.strata, shares),
        "limits": _limits(design),
    }


def _refuse_unreachable(design: Design, screened_out: float, strata: tuple[float, ...]) -> None:
    scale = scale_words(design.trial.indication)[0]
    if 1.0 - screened_out < LEAST_SHARE:
        raise DesignFaults(
            [
                f"inclusion lets in {100 * (1 - screened_out):.2g} % of the people that trials of "
                f"{design.trial.indication} enrol, by {scale}; it must let in at least "
                f"{100 * LEAST_SHARE:g} %."
            ]
        )
    for n, share in enumerate(strata, 1):
        if share < LEAST_SHARE:
            raise DesignFaults(
                [
                    f"strata.cut_at leaves {100 * share:.2g} % of the people in stratum {n}; each "
                    f"stratum must have at least {100 * LEAST_SHARE:g} %."
                ]
            )


def arm_harms(design: Design) -> list[dict[str, Any]]:
    """Unwanted effects of all arms: term, group, days, and percent of people in each arm.

    Counts of the product in the use, as a forecast tells them; of what the body model forecasts
    too. Placebo arms have what was counted under placebo.
    """
    code = design.trial.indication
    by_arm: list[dict[str, Harm]] = []
    for index, arm in enumerate(design.arms):
        if arm.placebo:
            by_arm.append({})
            continue
        found = counted(arm.product or "", (code,), arm_sites(design, index), "adult", True)
        by_arm.append({harm.term: harm for harm in found})
    terms = sorted({term for own in by_arm for term in own})
    rows = []
    for term in terms:
        known = [own[term] for own in by_arm if term in own]
        background = next(
            (h.background_percent for h in known if h.background_percent is not None), 0.0
        )
        percent = [own[term].percent if term in own else float(background or 0.0) for own in by_arm]
        rows.append(
            {
                "term": term,
                "kind": known[0].kind,
                "start_d": known[0].start_d,
                "length_d": known[0].length_d,
                "percent": percent,
            }
        )
    return rows


def _limits(design: Design) -> list[str]:
    """Where arms lie outside what trials tried, one sentence each."""
    said = []
    for index, arm in enumerate(design.arms):
        dose_u = arm_dose_u(design, index) if not arm.placebo else None
        if dose_u is None:
            continue
        for one in extrapolations(plan_of(design, index), design.trial.indication, dose_u):
            said.append(f"{arm.name}: {one.sentence}")
    return said


def _shifts(
    design: Design, strata: tuple[float, ...], harm_shares: list[list[float]]
) -> list[list[float]]:
    """What visits are shifted by in each arm of a trial, at `TRIAL_Z` standard deviations.

    Found so that the first endpoint differs between trials as fitted trials do: on the log odds of
    a share, or as a share of a mean. Empty where trials do not differ.
    """
    kinds = endpoint_kinds(design.trial.indication)
    tested = next((e for e in design.endpoints if kinds[e.code] in (RESPONDER, CHANGE)), None)
    arms = range(len(design.arms))
    if not design.trial.between_trials or tested is None:
        return [[] for _ in arms]
    values = Parameters.stored()
    share = kinds[tested.code] == RESPONDER
    name = "trial_logit_sd" if share else "trial_mean_sd"
    sd = values.value(name) if name in {row.id for row in fit_rows()} else 0.0
    setup = Setup.of(design, strata, tuple(map(tuple, harm_shares)), ((),) * len(design.arms))
    visit = design.visits.days.index(tested.day or design.visits.days[-1])
    code = setup.assessments.codes.index(tested.code)
    shifts = []
    for arm in arms:
        means = np.array([_mean(setup, arm, code, visit, step) for step in _STEPS])
        if share:
            kept = np.clip(means, _LEAST, 1 - _LEAST)
            means, spread = np.log(kept / (1 - kept)), sd
        else:
            spread = sd * abs(float(means[_STEPS.index(0.0)]))
        shifts.append(_shifts_for(means, spread))
    return shifts


def _shifts_for(means: NDArray[np.float64], spread: float) -> list[float]:
    """Shifts at which an endpoint lies 3 spreads below to 3 above its value without a shift.

    `means` are its values at `_STEPS`, on the scale of `spread`; who is found worse has them lower
    or higher, by the endpoint.
    """
    worse = np.sign(means[-1] - means[0]) or 1.0
    rising, steps = np.maximum.accumulate(worse * means), np.array(_STEPS)
    middle = rising[_STEPS.index(0.0)]
    wanted = middle + spread * np.array(TRIAL_Z)
    # where a further step moves nothing, as of an arm in which nobody responds, none is taken
    rises = np.diff(rising) > 0
    moves = np.append(False, rises) | np.append(rises, False) | (steps == 0)
    return [float(one) for one in np.interp(wanted, rising[moves], steps[moves])]


def _mean(setup: Setup, arm: int, code: int, visit: int, shift: float) -> float:
    """Mean of an endpoint in an arm when all visits find people worse by a shift."""
    number = np.arange(_CHUNKS * CHUNK)
    total = 0.0
    for first in range(0, len(number), CHUNK):
        rows = number[first : first + CHUNK]
        stratum = rows % max(len(setup.layout.share_of), 1)
        found = run_chunk(setup, arm, rows, rows, stratum, CHUNK, shift)
        total += float(np.asarray(found.values)[code, visit].mean())
    return total / _CHUNKS
