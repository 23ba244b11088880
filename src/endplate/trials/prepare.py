"""What all tasks of a design share and the simulator works out once, before anything is written."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from endplate.engine.compile_cache import use_compile_cache
from endplate.errors import DesignFaults
from endplate.results.harms import counted
from endplate.results.limits import extrapolations
from endplate.results.result import Harm
from endplate.trials.codes import codes_of
from endplate.trials.cohort import CHUNK
from endplate.trials.design import Design
from endplate.trials.regimen import arm_dose_u, arm_sites, plan_of, scale_words
from endplate.trials.spread import STEPS, Reference, arm_spread, references
from endplate.trials.tasks import LEAST_SHARE, Setup, run_chunk, screening_of

_CHUNKS = 8


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
        "spreads": _spreads(design, screening.strata, shares),
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


def _spreads(
    design: Design, strata: tuple[float, ...], harm_shares: list[list[float]]
) -> list[dict[str, Any]]:
    """How each arm differs between trials (`between.py`); empty where trials do not differ."""
    codes = codes_of(design)
    if not design.trial.between_trials:
        return [{} for _ in design.arms]
    setup = Setup.of(design, strata, tuple(map(tuple, harm_shares)), ({},) * len(design.arms))
    found = []
    for index, arm in enumerate(design.arms):
        main_scale = setup.scenarios[index].main_scale[0]
        known = references(design, codes, main_scale)
        if not any(known):  # a score of which the fit knows no figure at a visit
            found.append({})
            continue
        means = [_means(setup, index, known, step) for step in STEPS]
        by_finder = [
            None if one is None else np.stack([row[finder] for row in means])
            for finder, one in enumerate(known)
        ]
        tested = [None if one is None else _tested_at(design, one.code) for one in known]
        spread = arm_spread(
            design.trial.indication, arm.placebo, known, by_finder, main_scale, tested
        )
        found.append(spread.stored())
    return found


def _tested_at(design: Design, code: str) -> int | None:
    """Index of the first visit at which an endpoint is tested."""
    days = (one.day for one in design.endpoints if one.code == code and one.day is not None)
    day = next(days, None)
    return None if day is None else design.visits.days.index(day)


def _means(
    setup: Setup, arm: int, known: Sequence[Reference | None], shift: float
) -> list[NDArray[np.float64]]:
    """Mean of each reference at the visits of an arm when all find people worse by a shift."""
    number = np.arange(_CHUNKS * CHUNK)
    visits = len(setup.design.visits.days)
    total = [np.zeros(visits) for _ in known]
    for first in range(0, len(number), CHUNK):
        rows = number[first : first + CHUNK]
        stratum = rows % max(len(setup.layout.share_of), 1)
        chunk = run_chunk(setup, arm, rows, rows, stratum, CHUNK, shift)
        for finder, reference in enumerate(known):
            if reference is not None:
                total[finder] = total[finder] + reference.mean(chunk) / _CHUNKS
    return total
