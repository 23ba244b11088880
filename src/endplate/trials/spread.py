"""How much the replicates of an arm differ, by the fit's own scatter; worked out once a design."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from endplate.facts.endpoints import readings, symptom_scores
from endplate.facts.trials import TrialFigure
from endplate.fit.likelihood import figure_arrays, mean_sd, mean_size
from endplate.trials.between import NOTICE, ArmSpread, Z, finder_of, finders
from endplate.trials.design import CHANGE, RESPONDER, Design
from endplate.trials.regimen import endpoint_kinds, is_line
from endplate.validation.validate import stored_scatter

# Shifts at which an endpoint is read, in the scatter of a visit.
STEPS = (-8.0, -4.0, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 4.0, 8.0)
_CHANGES = ("change", "percent_fall")  # readings that a scale's shift is found from, by preference
_LEAST = 0.001  # share whose log odds stand for those of none
_MANY = 10**9  # people, of whom the sample scatters no more
Numbers = NDArray[np.float64]


class Reference(NamedTuple):
    """The endpoint that a finder's shift is found from, and its mean from what a chunk found.

    `code` is one of the use, `mean` takes the observations of a chunk to (visits,).
    """

    code: str
    mean: Callable[[Any], Numbers]


def references(
    design: Design, codes: Sequence[str], main_scale: int
) -> tuple[Reference | None, ...]:
    """What each finder's shift is found from: its first endpoint in the design.

    A rater of whom the design tests nothing alone has the grades of the definition that both
    share, or none or mild; a scale that nothing reads has its change, and goes as the main one
    does where the fit knows none.
    """
    code = design.trial.indication
    kinds = endpoint_kinds(code)
    found: list[Reference | None] = []
    for finder in range(finders(code)):
        own = next(
            (
                one
                for one in codes
                if kinds.get(one) in (RESPONDER, CHANGE)
                and finder_of(code, one, main_scale) == finder
            ),
            None,
        )
        if own is not None:
            found.append(Reference(own, _of_code(codes.index(own))))
        elif is_line(code):
            found.append(None if finder == NOTICE else _of_grades(codes, finder))
        else:
            found.append(_of_change(code, finder, main_scale))
    return tuple(found)


def _of_code(index: int) -> Callable[[Any], Numbers]:
    return lambda chunk: np.asarray(chunk.values[index], float).mean(axis=-1)


def _of_change(indication: str, scale: int, main_scale: int) -> Reference | None:
    """The change of a scale that the design does not test, or its fall in percent."""
    names = [symptom_scores(indication)[scale].scale]
    names += ["primary"] if scale == main_scale else []
    own = [one for one in readings(indication) if one.scale in names]
    row = next((one for how in _CHANGES for one in own if one.how == how), None)
    if row is None:
        return None

    def mean(chunk: Any) -> Numbers:
        level, base = np.asarray(chunk.measures[scale]), np.asarray(chunk.base[scale])
        if row.how == "percent_fall":
            fall = 100.0 * (1.0 - level / np.maximum(base, 1e-9))
            return row.gain * fall.mean(axis=-1)
        return row.gain * (level - base).mean(axis=-1)

    return Reference(row.endpoint, mean)


def _of_grades(codes: Sequence[str], rater: int) -> Reference:
    """A rater's share of the definition that both raters share, by the grades."""
    fall = next((2.0 for one in codes if one in ("both_ge2", "both_none_mild_ge2")), None)

    def mean(chunk: Any) -> Numbers:
        grade, base = np.asarray(chunk.measures[rater]), np.asarray(chunk.base[rater])
        met = grade <= 1.0 if fall is None else grade <= base - fall
        return met.mean(axis=-1)

    return Reference("inv_none_mild", mean)


def arm_spread(
    indication: str,
    placebo: bool,
    known: Sequence[Reference | None],
    means: Sequence[Numbers | None],
    main_scale: int,
    tested: Sequence[int | None],
) -> ArmSpread:
    """How an arm differs between trials.

    Parameters
    ----------
    indication : str
        What is treated.
    placebo : bool
        Whether the arm is given vehicle.
    known : sequence of Reference
        What each finder's shift is found from.
    means : sequence of [1]
        Its means at every one of `STEPS`, (steps, visits).
    main_scale : int
        Index of the scale that goes for those without a reference.
    tested : sequence of int
        Of each reference the visit at which it is tested, None where at none.
    """
    visits = next(one.shape[1] for one in means if one is not None)
    shared = np.zeros(len(known))
    shifts = np.zeros((len(known), visits, len(Z)))
    for finder, (reference, own) in enumerate(zip(known, means, strict=True)):
        if reference is None or own is None:
            continue
        curve, trial_sd, definition_sd = _on_link(indication, reference.code, placebo, own)
        sd = np.hypot(trial_sd, definition_sd)
        shared[finder] = float(np.mean(trial_sd / sd))
        for visit in range(visits):
            shifts[finder, visit] = shifts_for(curve[:, visit], float(sd[visit]))
        if is_line(indication) and finder == NOTICE:
            # who has noticed a change does not forget it: one shift for all visits
            middle = own[STEPS.index(0.0)]
            at = tested[finder]
            best = int(np.argmin(np.abs(middle - 0.5))) if at is None else at
            shifts[finder] = shifts[finder, best]
    for finder, reference in enumerate(known):
        if reference is None and not is_line(indication):
            first = next(i for i, one in enumerate(known) if one is not None)
            like = main_scale if known[main_scale] is not None else first
            shared[finder], shifts[finder] = shared[like], shifts[like]
    return ArmSpread(shared, shifts)


def _on_link(
    indication: str, code: str, placebo: bool, means: Numbers
) -> tuple[Numbers, Numbers, Numbers]:
    """Means on the fit's link scale, and its scatter there: of trials, and of definitions.

    Shapes (steps, visits), (visits,) and (visits,).
    """
    middle = means[STEPS.index(0.0)]
    product = "placebo" if placebo else "drug"
    figure = TrialFigure(
        "", indication, product, "", None, None, _MANY, 30.0, code, "", 0.0, "", "", True, ""
    )
    figures, scatter = figure_arrays((figure,) * len(middle)), stored_scatter()
    if endpoint_kinds(indication)[code] == RESPONDER:
        kept = np.clip(means, _LEAST, 1 - _LEAST)
        definition = np.full(len(middle), float(scatter.definition_logit))
        return np.log(kept / (1 - kept)), np.asarray(scatter.between_logit(figures)), definition
    between = scatter.between_mean(figures) * mean_size(middle, figures)
    return means, np.asarray(between), np.asarray(mean_sd(jnp.asarray(middle), scatter, figures))


def shifts_for(means: Numbers, spread: float) -> Numbers:
    """Shifts at which an endpoint lies 3 spreads below to 3 above its value without a shift.

    `means` are its values at `STEPS`, on the scale of `spread`; who is found worse has them lower
    or higher, by the endpoint.
    """
    worse = np.sign(means[-1] - means[0]) or 1.0
    rising, steps = np.maximum.accumulate(worse * means), np.array(STEPS)
    middle = rising[STEPS.index(0.0)]
    wanted = middle + spread * np.array(Z)
    # where a further step moves nothing, as of an arm in which nobody responds, none is taken
    rises = np.diff(rising) > 0
    moves = np.append(False, rises) | np.append(rises, False) | (steps == 0)
    return np.interp(wanted, rising[moves], steps[moves])
