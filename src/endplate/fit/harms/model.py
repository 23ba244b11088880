r"""The model of counted unwanted effects, for all rows at once.

Two hazards add: that of people under placebo, and what the drug brings. For an effect *t* in use
*u* with product *p*, :math:`d` doublings from the usual dose,

.. math:: -\log(1 - q) = h(B_{tu}) + h(A_{tup} + s_{tu} d), \qquad h(x) = \log(1 + e^x)

so that :math:`q = b + (1 - b)\,\mathrm{expit}(A + s d)` with *b* the share under placebo. On the
log odds of *q* lie the shifts of the trial, of the effect in the trial and of the count, and that
of counts that hold only what was laid to the treatment.

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

from endplate.fit.harms.design import Design

_LEAST_HAZARD = 1e-6
# Share proportional to the dose: the expected slope where nothing else is known.
_USUAL_SLOPE = math.log(2.0)


def _sample(name: str, prior: dist.Distribution) -> Array:
    return jnp.asarray(numpyro.sample(name, prior))


def _keep(name: str, worked_out: Array) -> Array:
    return jnp.asarray(numpyro.deterministic(name, worked_out))


def hazard_logit(hazard: Array) -> Array:
    """Log odds of a share from its hazard."""
    held = jnp.maximum(hazard, _LEAST_HAZARD)
    return held + jnp.log(-jnp.expm1(-held))


def harm_model(design: Design, gate_slope: NDArray[np.float64]) -> None:
    """Sample the pooled model; `gate_slope` is that of each effect in each use, nan for none."""
    names = design.names
    group = design.group_of_term
    background_mean = _sample("background_mean", dist.Normal(-3.5, 1.5).expand([len(names.groups)]))
    excess_mean = _sample("excess_mean", dist.Normal(-3.0, 1.5).expand([len(names.groups)]))
    background_term = background_mean[group] + _spread("background_term", len(names.terms), 1.0)
    excess_term = excess_mean[group] + _spread("excess_term", len(names.terms), 1.0)
    background = _keep(
        "background",
        background_term[design.term_of_use]
        + _indications("background", design)
        + _spread("background_use", len(names.uses), 0.5),
    )
    excess_use = _keep(
        "excess_any",
        excess_term[design.term_of_use]
        + _indications("excess", design)
        + _spread("excess_use", len(names.uses), 0.5),
    )
    _keep("background_anywhere", background_term)
    _keep("excess_anywhere", excess_term)
    place = {use: i for i, use in enumerate(names.uses)}
    use_of_product = np.array([place[(term, use)] for term, use, _ in names.products])
    excess = _keep(
        "excess", excess_use[use_of_product] + _spread("excess_product", len(names.products), 0.5)
    )
    slope = _slopes(design, gate_slope)
    drawn = excess[design.product] + slope[design.use] * design.doublings
    hazard = softplus(background[design.use]) + jnp.where(design.drug, softplus(drawn), 0.0)
    logit = hazard_logit(hazard) + _shifts(design)
    numpyro.sample("events", dist.Binomial(design.people, logits=logit), obs=design.events)


def _spread(name: str, count: int, scale: float) -> Array:
    """Deviations with a fitted spread, non-centred."""
    sd = _sample(f"{name}_sd", dist.HalfNormal(scale))
    return sd * _sample(f"{name}_z", dist.Normal(0.0, 1.0).expand([count]))


def _indications(level: str, design: Design) -> Array:
    """What all effects of an indication have in common: its dose, its patients, how trials ask."""
    own = _spread(f"{level}_indication", len(design.names.indications), 0.5)
    _keep(f"{level}_indication", own)
    return own[design.indication_of_use]


def _slopes(design: Design, gate_slope: NDArray[np.float64]) -> Array:
    """Slope per doubling of each effect in each use."""
    names = design.names
    group = design.group_of_term[design.term_of_use]
    usual = _sample(
        "slope_mean", dist.Normal(math.log(_USUAL_SLOPE), 0.5).expand([len(names.groups)])
    )
    gate_factor = _sample("gate_factor", dist.Normal(0.0, 0.5))
    gated = np.isfinite(gate_slope)
    known = np.log(np.where(gated, gate_slope, 1.0))
    centre = jnp.where(gated, known + gate_factor, usual[group])
    own = centre + _spread("slope_use", len(names.uses), 0.3)
    _keep("log_slope_anywhere", usual)
    return jnp.exp(_keep("log_slope", own))


def _shifts(design: Design) -> Array:
    """Shift of every count on the log odds."""
    related = _sample("related_shift", dist.Normal(-0.5, 0.5))
    trial = _spread("trial", len(design.names.trials), 0.5)
    term = _spread("trial_term", len(design.names.trial_terms), 0.5)
    count = _spread("count", len(design.people), 0.5) * design.scatter
    return related * design.related + trial[design.trial] + term[design.trial_term] + count
