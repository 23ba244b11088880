r"""How well each virtual person explains what was observed, and what they show together then.

A symptom score is observed with the scatter of a visit. With *r* what the treatment leaves of the
score of virtual person *i* and *b* the person's own level before treatment,

.. math:: y_j \sim N(b\,r_{ij}, \sigma_{ij}^2), \qquad b \sim N(\mu, \tau^2)

so that *b* is integrated out in closed form: a first score that happened to be high is not taken
for the level itself. The weight of a virtual person is the likelihood of all visits. A line is
graded: the probability of a grade is that of the investigator's eye. :math:`\sigma_{ij}` is the
scatter of a visit at what is left, as `observe` has it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp, ndtr

from endplate.facts.endpoints import baseline_scale, symptom_scores
from endplate.facts.parameters import value
from endplate.observe.endpoints import visit_sds
from endplate.personalise.candidates import Candidates, Course
from endplate.personalise.follow_up import Visit

_DRAWS = 4000
_SEED = 20261128
_LEAST = 1e-12
Numbers = NDArray[np.float64]


@dataclass(frozen=True)
class Posterior:
    """Weights of the virtual people, and each one's level before treatment given the visits.

    `before_mean` and `before_sd` (scales, people) are in the unit of the scale; of lines the levels
    are the people's own.
    """

    course: Course
    people: Candidates
    weight: Numbers
    before_mean: Numbers
    before_sd: Numbers

    @property
    def effective(self) -> float:
        """Number of people of equal weight that would be as sure."""
        return float(1.0 / np.sum(self.weight**2))

    def quantiles(self, values: Numbers, at: Sequence[float]) -> list[float]:
        """Weighted quantiles of a value over those people who have one."""
        known = np.isfinite(values)
        order = np.argsort(values[known])
        mass = np.cumsum(self.weight[known][order])
        return [
            float(values[known][order][np.searchsorted(mass, q * mass[-1]).clip(0, len(mass) - 1)])
            for q in at
        ]

    def forecast(self, endpoint: str, day: float, at: Sequence[float]) -> list[float]:
        """Quantiles of what a visit to come on a day observes.

        It lies further from a person's course than visits side by side do: people drift.
        """
        scale = self.course.scales.index(endpoint)
        rng = np.random.default_rng([_SEED, round(abs(day) * 8), scale])
        chosen = rng.choice(len(self.weight), size=_DRAWS, p=self.weight)
        level = self.people.level(scale, day)[chosen]
        if self.course.is_line:
            seen = level + self.people.rater_shift[chosen]
            graded = np.rint(seen + self.people.rater_sd[chosen] * rng.standard_normal(_DRAWS))
            low, high = _grades(self.course)
            values = np.clip(graded, 0.0, high - low) + low
        else:
            before = self.before_mean[scale][chosen] + self.before_sd[scale][
                chosen
            ] * rng.standard_normal(_DRAWS)
            scatter = value("later_visit_scatter_ratio") * visit_scatter(
                self.course, scale, before * level, before
            )
            values = before * level + scatter * rng.standard_normal(_DRAWS)
            entry = symptom_scores(self.course.code)[scale].entry
            values = np.clip(values, entry.low, entry.high)
        return [float(one) for one in np.quantile(values, at)]


def visit_scatter(course: Course, scale: int, level: Numbers, before: Numbers | float) -> Numbers:
    """Scatter of one visit at a level, in the scale's unit."""
    row = symptom_scores(course.code)[scale]
    _, later = visit_sds(row, jnp.asarray(level), jnp.asarray(before))
    return np.asarray(later, float)


def _grades(course: Course) -> tuple[float, float]:
    scale = baseline_scale(course.code)
    return scale.low, scale.high


def posterior(course: Course, people: Candidates, visits: Sequence[Visit]) -> Posterior:
    """Weigh virtual people by visits; without any they all weigh the same."""
    count = people.before.shape[1]
    log_weight = np.zeros(count)
    if course.is_line:
        for visit in visits:
            log_weight += _log_grade(course, people, visit)
        mean, sd = people.before, np.zeros_like(people.before)
    else:
        mean, sd = np.zeros_like(people.before), np.zeros_like(people.before)
        for scale, name in enumerate(course.scales):
            own = [visit for visit in visits if visit.endpoint == name]
            told, mean[scale], sd[scale] = _of_score(course, people, scale, own)
            log_weight += told
    weight = np.exp(log_weight - float(np.asarray(logsumexp(log_weight))))
    return Posterior(course, people, weight / weight.sum(), mean, sd)


def unlearned(course: Course, people: Candidates, before: Sequence[Visit]) -> Posterior:
    """What a forecast of the population says of somebody who starts from the same level.

    As in `simulate`, the level stated is taken as it is, and nobody weighs more than another.
    """
    count = people.before.shape[1]
    mean, sd = people.before, np.zeros_like(people.before)
    if not course.is_line:
        mean = np.zeros_like(people.before)
        for scale, name in enumerate(course.scales):
            entry = symptom_scores(course.code)[scale].entry
            stated = [visit.value for visit in before if visit.endpoint == name]
            mean[scale] = np.mean(stated) if stated else entry.baseline_mean
            sd[scale] = 0.0 if stated else entry.baseline_sd
    return Posterior(course, people, np.full(count, 1.0 / count), mean, sd)


def _of_score(
    course: Course, people: Candidates, scale: int, visits: Sequence[Visit]
) -> tuple[Numbers, Numbers, Numbers]:
    """Log likelihood of each person, and mean and scatter of the level before treatment."""
    entry = symptom_scores(course.code)[scale].entry
    count = people.before.shape[1]
    observed = np.array([visit.value for visit in visits])
    left = np.array([people.level(scale, visit.day) for visit in visits]).reshape(-1, count)
    start = observed[0] if len(observed) else entry.baseline_mean
    variance = np.maximum(visit_scatter(course, scale, start * left, start) ** 2, _LEAST)
    prior = 1.0 / entry.baseline_sd**2
    precision = prior + (left**2 / variance).sum(axis=0)
    told = (observed[:, None] * left / variance).sum(axis=0)
    mean = (prior * entry.baseline_mean + told) / precision
    misfit = ((observed[:, None] - mean * left) ** 2 / variance + np.log(variance)).sum(axis=0)
    misfit += prior * (mean - entry.baseline_mean) ** 2
    return -0.5 * (misfit + np.log(precision / prior)), mean, np.sqrt(1.0 / precision)


def _log_grade(course: Course, people: Candidates, visit: Visit) -> Numbers:
    """Log of the probability that the investigator gives the grade."""
    scale = course.scales.index(visit.endpoint)
    low, high = _grades(course)
    grade = np.clip(np.rint(visit.value - low), 0.0, high - low)
    seen = people.level(scale, visit.day) + people.rater_shift
    up = 1.0 if grade == high - low else ndtr((grade + 0.5 - seen) / people.rater_sd)
    down = 0.0 if grade == 0.0 else ndtr((grade - 0.5 - seen) / people.rater_sd)
    return np.log(np.maximum(up - down, _LEAST))
