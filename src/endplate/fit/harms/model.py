r"""The model of counted unwanted effects, for all rows at once.

Two hazards add: that of people under placebo, and what the drug brings. For an effect *t* in use
*u* with product *p*, :math:`d` doublings from the usual dose,

.. math:: -\log(1 - q) = h(B_{tu}) + h(A_{tup} + s_{tu} d), \qquad h(x) = \log(1 + e^x)

so that :math:`q = b + (1 - b)\,\mathrm{expit}(A + s d)` with *b* the share under placebo. On the
log odds of *q* lie the random effects of the trial, of the effect in the trial and of the count,
and the shift of counts that hold only what was laid to the treatment.

Backgrounds and excesses are pooled: an effect in a use toward the effect and toward the use,
effects toward their group (needle, local, systemic, neighbour, any), products toward none. Slopes
are positive and pooled by group; those of a modelled weakness toward the slope of its gate.
"""

import math

import jax.numpy as jnp
import numpy as np
import numpyro
import numpyro.distributions as dist
from jax import Array
from jax.nn import softplus
from numpy.typing import NDArray

from endplate.fit.harms.counts import CountArrays

_LEAST_HAZARD = 1e-6
# Share proportional to the dose: the expected slope where nothing else is known.
_USUAL_SLOPE = math.log(2.0)


def _sample(name: str, prior: dist.Distribution) -> Array:
    return jnp.asarray(numpyro.sample(name, prior))


def _record(name: str, values: Array) -> Array:
    return jnp.asarray(numpyro.deterministic(name, values))


def hazard_logit(hazard: Array) -> Array:
    """Log odds of a share from its hazard."""
    hazard = jnp.maximum(hazard, _LEAST_HAZARD)
    return hazard + jnp.log(-jnp.expm1(-hazard))


def harm_model(arrays: CountArrays, gate_slope: NDArray[np.float64]) -> None:
    """Sample the pooled model; `gate_slope` is that of each effect in each use, nan for none."""
    levels = arrays.levels
    group = arrays.group_of_term
    background_mean = _sample(
        "background_mean", dist.Normal(-3.5, 1.5).expand([len(levels.groups)])
    )
    excess_mean = _sample("excess_mean", dist.Normal(-3.0, 1.5).expand([len(levels.groups)]))
    background_term = background_mean[group] + _spread("background_term", len(levels.terms), 1.0)
    excess_term = excess_mean[group] + _spread("excess_term", len(levels.terms), 1.0)
    background = _record(
        "background",
        background_term[arrays.term_of_use]
        + _indications("background", arrays)
        + _spread("background_use", len(levels.uses), 0.5),
    )
    excess_use = _record(
        "excess_any",
        excess_term[arrays.term_of_use]
        + _indications("excess", arrays)
        + _spread("excess_use", len(levels.uses), 0.5),
    )
    _record("background_anywhere", background_term)
    _record("excess_anywhere", excess_term)
    use_index = {use: i for i, use in enumerate(levels.uses)}
    use_of_product = np.array([use_index[(term, use)] for term, use, _ in levels.products])
    excess = _record(
        "excess", excess_use[use_of_product] + _spread("excess_product", len(levels.products), 0.5)
    )
    slope = _slopes(arrays, gate_slope)
    drug = excess[arrays.product] + slope[arrays.use] * arrays.doublings
    hazard = softplus(background[arrays.use]) + jnp.where(arrays.drug, softplus(drug), 0.0)
    logit = hazard_logit(hazard) + _shifts(arrays)
    numpyro.sample("events", dist.Binomial(arrays.people, logits=logit), obs=arrays.events)


def _spread(name: str, count: int, scale: float) -> Array:
    """Random effects with a fitted spread, non-centred."""
    sd = _sample(f"{name}_sd", dist.HalfNormal(scale))
    return sd * _sample(f"{name}_z", dist.Normal(0.0, 1.0).expand([count]))


def _indications(level: str, arrays: CountArrays) -> Array:
    """What all effects of an indication have in common: its dose, its patients, how trials ask."""
    effects = _spread(f"{level}_indication", len(arrays.levels.indications), 0.5)
    _record(f"{level}_indication", effects)
    return effects[arrays.indication_of_use]


def _slopes(arrays: CountArrays, gate_slope: NDArray[np.float64]) -> Array:
    """Slope per doubling of each effect in each use."""
    levels = arrays.levels
    group = arrays.group_of_term[arrays.term_of_use]
    usual = _sample(
        "slope_mean", dist.Normal(math.log(_USUAL_SLOPE), 0.5).expand([len(levels.groups)])
    )
    gate_factor = _sample("gate_factor", dist.Normal(0.0, 0.5))
    gated = np.isfinite(gate_slope)
    known = np.log(np.where(gated, gate_slope, 1.0))
    centre = jnp.where(gated, known + gate_factor, usual[group])
    log_slope = centre + _spread("slope_use", len(levels.uses), 0.3)
    _record("log_slope_anywhere", usual)
    return jnp.exp(_record("log_slope", log_slope))


def _shifts(arrays: CountArrays) -> Array:
    """Shift of every count on the log odds."""
    related = _sample("related_shift", dist.Normal(-0.5, 0.5))
    trial = _spread("trial", len(arrays.levels.trials), 0.5)
    term = _spread("trial_term", len(arrays.levels.trial_terms), 0.5)
    count = _spread("count", len(arrays.people), 0.5) * arrays.scatter
    return related * arrays.related + trial[arrays.trial] + term[arrays.trial_term] + count
