"""Checks that a hypothesis of one's own keeps what every one must keep, for its author's tests.

::

    from endplate.testing import check_hypothesis

    def test_my_uptake():
        check_hypothesis(MyUptake)

The hypotheses that endplate ships pass them.
"""

from collections.abc import Callable, Iterator
from typing import Any

import jax.numpy as jnp
import numpy as np

from endplate.arguments import one_of
from endplate.errors import EndplateError, HypothesisFaults
from endplate.model import HYPOTHESES, Kinetics, Model, Parameters, kinetics
from endplate.model.endings import injected, run_window, time_nodes, untreated
from endplate.model.hypotheses import BASES, hypothesis_class

_TIME_D = np.concatenate([np.linspace(0.0, 6.0, 49), np.arange(7.0, 366.0)])
_VOLUMES_ML = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0)
_LOADS = (0.0, 0.1, 1.0, 3.0, 10.0, 30.0, 100.0, 1000.0)  # from nothing to all silenced
_WORKING = (0.0, 0.3, 0.7, 1.0)  # shares of the junctions of muscles
_DAYS = 180.0
_RELEASE_SD, _PERSISTENCE_SD = (-1.0, 0.0, 1.0), (1.0, 0.0, -1.0)  # of the subjects checked
_TOLERANCE = 1e-6  # the checks run in double precision
_MORE_AFTER_LARGER = 0.01  # a larger dose silences sooner, so that sprouts are ahead by half of it
_LEAST_UNTOUCHED = 0.9  # of the junctions, where nothing is cleaved
_TERMS_TOLERANCE = 1e-5  # rates that nearly meet are set apart
_AREA_TOLERANCE = 0.01  # of the trapezium rule over an eighth of a day and a day


def check_hypothesis(hypothesis: Any, step: str | None = None) -> None:
    """Check a hypothesis; say nothing where it keeps all.

    Of uptake: nothing below zero, no more than the dose, what is outside the ending only falls, the
    area and the exponentials agree with the light chain. Of transmission: shares from 0 to 1, most
    of an untouched ending works, and no less with more intact SNAP-25. Of spread: a cloud of
    finite size that does not shrink with the volume. Of tissue: shares from 0 to 1, a muscle that
    works stays whole, one that works less has no more force, what cannot thin loses nothing, and
    a second treatment goes on from what the first one left. Of uptake and transmission in the
    ending they make: no more works after a larger dose, and without toxin all of it does.

    Parameters
    ----------
    hypothesis : type or str
        The class, or the name of a shipped one or of an entry point.
    step : str
        `spread`, `uptake`, `transmission` or `tissue`; found from the class unless given.

    Raises
    ------
    HypothesisFaults
        It breaks some of them: one sentence each, in `sentences`.
    EndplateError
        It is no hypothesis of a step.

    Examples
    --------
    >>> check_hypothesis("lebeda4", "uptake")
    >>> from endplate.model import AbstractTransmission
    >>> class Backward(AbstractTransmission):
    ...     '''More works the more is cleaved.'''
    ...     def working_fraction(self, intact, time_d, fatigue=0.0):
    ...         return 1.0 - intact
    >>> check_hypothesis(Backward)
    Traceback (most recent call last):
    endplate.errors.HypothesisFaults: Backward: of untouched endings 0 % work; at least 90 % must.
    Backward: less works with more intact SNAP-25.
    Backward: more works after a larger dose.
    """
    found = faults_of(hypothesis, step)
    if found:
        raise HypothesisFaults(found)


def faults_of(hypothesis: Any, step: str | None = None) -> tuple[str, ...]:
    """What a hypothesis breaks, one sentence each; none where it keeps all.

    Parameters
    ----------
    hypothesis : type or str
        The class, or the name of a shipped one or of an entry point.
    step : str
        `spread`, `uptake`, `transmission` or `tissue`; found from the class unless given.

    Raises
    ------
    EndplateError
        It is no hypothesis of a step.

    Examples
    --------
    >>> faults_of("sheet", "spread")
    ()
    """
    step = _step_of(hypothesis) if step is None else one_of("step", step, BASES)
    found = hypothesis_class(step, hypothesis)
    checks: dict[str, Callable[[Any], Iterator[str]]] = {
        "spread": _spread_faults,
        "uptake": _uptake_faults,
        "transmission": _transmission_faults,
        "tissue": _tissue_faults,
    }
    try:
        faults = [*checks[step](found)]
        if step in ("uptake", "transmission"):
            faults += _ending_faults(Model(**{step: hypothesis}))
    except EndplateError:
        raise
    except Exception as fault:  # whatever its author's code does
        faults = [f"it fails with {type(fault).__name__}: {fault}."]
    return tuple(f"{found.__name__}: {fault}" for fault in dict.fromkeys(faults))


def _step_of(hypothesis: Any) -> str:
    if isinstance(hypothesis, type):
        for step, base in BASES.items():
            if issubclass(hypothesis, base):
                return step
    named = isinstance(hypothesis, str)
    steps = [step for step in BASES if named and hypothesis in HYPOTHESES[step]]
    if len(steps) == 1:
        return steps[0]
    raise EndplateError(
        "hypothesis must be a class of a step, as a subclass of AbstractUptake, or a name with the "
        f"step that it belongs to ({', '.join(BASES)})."
    )


def _kinetics() -> Kinetics:
    """Rates of muscle at the stored estimates, in subjects that take up sooner and keep longer."""
    effects = {"release": jnp.array(_RELEASE_SD), "persistence": jnp.array(_PERSISTENCE_SD)}
    return kinetics(Parameters.stored().values(), effects)


def _spread_faults(found: Any) -> Iterator[str]:
    for tissue in ("muscle", "gland", "bladder"):
        sizes = np.array([found.of(tissue).sd_mm(volume) for volume in _VOLUMES_ML], float)
        if sizes.shape != (len(_VOLUMES_ML), 2):
            yield f"in {tissue}, sd_mm gives {sizes.shape[1:]} numbers; it must give two."
        elif not (np.isfinite(sizes) & (sizes > 0.0)).all():
            yield f"in {tissue}, a cloud is not of a finite size above 0 mm."
        elif (np.diff(sizes, axis=0) < -_TOLERANCE).any():
            yield f"in {tissue}, the cloud of a larger volume is smaller."


def _uptake_faults(found: Any) -> Iterator[str]:
    uptake, times = found.of(_kinetics()), jnp.asarray(_TIME_D)[:, None]
    light, area, outside = (
        np.broadcast_to(np.asarray(of(times), float), (len(_TIME_D), len(_RELEASE_SD)))
        for of in (uptake.light_chain, uptake.light_chain_area_d, uptake.outside)
    )
    if not all(np.isfinite(values).all() for values in (light, area, outside)):
        yield "a value is not finite."
        return
    if min(light.min(), outside.min()) < -_TOLERANCE:
        yield "an amount is below zero."
    if (light + outside).max() > 1.0 + _TOLERANCE:
        yield f"light chain and what is outside are {(light + outside).max():.3g} of the dose."
    if light[0].max() > _TOLERANCE:
        yield "there is light chain at the moment of the injection."
    if np.diff(outside, axis=0).max() > _TOLERANCE:
        yield "what is outside the ending grows."
    summed = np.cumsum(0.5 * (light[1:] + light[:-1]) * np.diff(_TIME_D)[:, None], axis=0)
    if np.abs(area[1:] - summed).max() > _AREA_TOLERANCE * max(summed.max(), 1.0):
        yield "light_chain_area_d is not the area under light_chain."
    yield from _term_faults(uptake, light)


def _term_faults(uptake: Any, light: Any) -> Iterator[str]:
    parts, rates_per_d = (np.asarray(one, float) for one in uptake.light_chain_terms())
    shape = (len(parts), len(_RELEASE_SD))
    parts, rates_per_d = (
        np.broadcast_to(one.reshape(len(one), *(one.shape[1:] or (1,))), shape)
        for one in (parts, rates_per_d)
    )
    if rates_per_d.min() < 0.0:
        yield "a rate of light_chain_terms is below zero."
        return
    told = (parts[:, None] * np.exp(-rates_per_d[:, None] * _TIME_D[:, None])).sum(axis=0)
    if np.abs(told - light).max() > _TERMS_TOLERANCE:
        yield "the sum of light_chain_terms is not light_chain."
    if (rates_per_d[-1] > rates_per_d.min(axis=0)).any():
        yield "the slowest rate of light_chain_terms is not the last."


def _transmission_faults(found: Any) -> Iterator[str]:
    transmission = found.of(_kinetics())
    intact = jnp.linspace(0.0, 1.0, 41)[None, :, None]  # the same on all days, a share each
    days = jnp.asarray(_TIME_D)
    courses = jnp.broadcast_to(intact, (len(_TIME_D), 41, len(_RELEASE_SD)))
    working = np.asarray(transmission.working_fraction(courses, days), float)
    tired = np.asarray(transmission.working_fraction(courses, days, 0.5), float)
    if working.shape != courses.shape:
        yield f"working_fraction has the shape {working.shape}, intact {courses.shape}."
        return
    yield from _share_faults(working)
    least = working[:, -1].min()
    if least < _LEAST_UNTOUCHED:
        yield (
            f"of untouched endings {100 * least:.0f} % work; at least "
            f"{100 * _LEAST_UNTOUCHED:.0f} % must."
        )
    if np.diff(working, axis=1).min() < -_TOLERANCE:
        yield "less works with more intact SNAP-25."
    if (tired - working).max() > _TOLERANCE:
        yield "fatigue makes more work."


def _tissue_faults(found: Any) -> Iterator[str]:
    """What a tissue breaks in blocks of muscle, and in the last one, which cannot thin."""
    levels = (*_WORKING, _WORKING[0])
    thins = jnp.asarray([1.0] * len(_WORKING) + [0.0])[:, None]
    rates = _kinetics()
    rates = rates._replace(most_lost=rates.most_lost * thins)
    tissue, days = found.of(rates), jnp.asarray(_TIME_D)
    yield from _precision_faults(found, rates)
    silence = jnp.exp(-(((days - 20.0) / 60.0) ** 2))[:, None, None]  # comes and goes
    held = jnp.asarray(levels)[None, :, None] * jnp.ones((len(_TIME_D), 1, len(_RELEASE_SD)))
    for working in (held, 1.0 - (1.0 - held) * silence):
        lost = tissue.section_lost(working, days)
        force = tissue.force_fraction(working, lost)
        if {np.shape(lost), np.shape(force)} != {working.shape}:
            yield f"section_lost has the shape {np.shape(lost)}, what works {working.shape}."
            return
        lost, force = np.asarray(lost, float), np.asarray(force, float)
        yield from _share_faults(lost, "section lost")
        yield from _share_faults(force, "force")
        whole = len(_WORKING) - 1
        if np.abs(lost[:, whole]).max() + np.abs(1.0 - force[:, whole]).max() > _TOLERANCE:
            yield "a muscle that works does not stay whole."
        if np.diff(force[:, : whole + 1], axis=1).min() < -_TOLERANCE:
            yield "a muscle that works less has more force."
        if np.abs(lost[:, -1]).max() > _TOLERANCE:
            yield "a tissue whose most_lost is 0 loses some of its section."
        half = len(_TIME_D) // 3
        on = tissue.section_lost(working[half:], days[half:] - days[half], jnp.asarray(lost[half]))
        if np.abs(np.asarray(on, float) - lost[half:]).max() > _TOLERANCE:
            yield "what is lost does not go on from start as it would without a second treatment."


def _precision_faults(found: Any, rates: Kinetics) -> Iterator[str]:
    """What a tissue breaks in single precision, in which cohorts run."""
    wasted = ("wasting_per_d", "regrowth_per_d", "most_lost")
    single = {name: getattr(rates, name).astype(jnp.float32) for name in wasted}
    tissue, days = found.of(rates._replace(**single)), jnp.asarray(_TIME_D, jnp.float32)
    working = jnp.ones((len(days), rates.most_lost.shape[0], len(_RELEASE_SD)), jnp.float32)
    try:
        lost = tissue.section_lost(working, days, jnp.zeros_like(working[0]))
        made = {str(one.dtype) for one in (lost, tissue.force_fraction(working, lost))}
    except TypeError as fault:  # as a scan whose carry grows
        made = {str(fault).splitlines()[0]}
    if made != {"float32"}:
        yield f"in single precision it gives {', '.join(sorted(made))}; cast the rates it takes."


def _ending_faults(model: Model) -> Iterator[str]:
    """What an ending of the hypothesis and the other defaults breaks, over rising doses."""
    rates, loads = _kinetics(), jnp.asarray(_LOADS)[None, :, None]
    start = untreated(model, rates, 1, len(_LOADS), loads.dtype)
    after = injected(start, model, rates, 0, 1.0)
    window = run_window(after, loads, model, rates, None, time_nodes(_DAYS, model))
    working = np.asarray(window.working_fraction, float)
    yield from _share_faults(working)
    if np.ptp(working[:, 0], axis=0).max() > _TOLERANCE:
        yield "without toxin the ending changes."
    if np.diff(working, axis=1).max() > _MORE_AFTER_LARGER:
        yield "more works after a larger dose."


def _share_faults(shares: Any, of: str = "working junctions") -> Iterator[str]:
    if not np.isfinite(shares).all():
        yield f"a share of {of} is not finite."
    elif shares.min() < -_TOLERANCE or shares.max() > 1.0 + _TOLERANCE:
        yield f"a share of {of} is {shares.min():.3g} or {shares.max():.3g}."
