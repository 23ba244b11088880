"""What all tasks of a design share and the simulator works out once, before anything is written."""

from typing import Any

import numpy as np

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
from endplate.trials.tasks import LEAST_SHARE, Setup, run_chunk, screening_of

_STEP = 0.5  # of a visit's scatter: how far the slope is looked at on either side
_CHUNKS = 8
_LEAST = 0.02  # share from which on a slope of log odds can be read


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
        "shift_sd": _shift_sd(design, screening.strata, shares),
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


def _shift_sd(
    design: Design, strata: tuple[float, ...], harm_shares: list[list[float]]
) -> list[float]:
    """Spread between trials by arm, in the scatter of a visit.

    Set so that the first endpoint differs between trials as fitted trials do: on the log odds of a
    share, or as a share of a mean.
    """
    kinds = endpoint_kinds(design.trial.indication)
    tested = next((e for e in design.endpoints if kinds[e.code] in (RESPONDER, CHANGE)), None)
    if not design.trial.between_trials or tested is None:
        return [0.0] * len(design.arms)
    values = Parameters.stored()
    ids = {row.id for row in fit_rows()}
    share = kinds[tested.code] == RESPONDER
    name = "trial_logit_sd" if share else "trial_mean_sd"
    spread = values.value(name) if name in ids else 0.0
    zeros = (0.0,) * len(design.arms)
    setup = Setup.of(design, strata, tuple(map(tuple, harm_shares)), zeros)
    visit = design.visits.days.index(tested.day or design.visits.days[-1])
    code = setup.assessments.codes.index(tested.code)
    found = []
    for arm in range(len(design.arms)):
        low, middle, high = (_mean(setup, arm, code, visit, step) for step in (-_STEP, 0.0, _STEP))
        if share:
            low, high = (np.log(p / (1 - p)) for p in np.clip((low, high), _LEAST, 1 - _LEAST))
            wanted = spread
        else:
            wanted = spread * abs(middle)
        slope = abs(high - low) / (2 * _STEP)
        found.append(float(wanted / slope) if slope > 1e-6 else 0.0)
    return found


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
