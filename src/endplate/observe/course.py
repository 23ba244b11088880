"""What endpoints are read from: the courses of one indication, and one way to read between times.

Subjects are the last axis of every array.
"""

from typing import NamedTuple

import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from endplate.model.named_rows import NamedRows

Times = Array | NDArray[np.float64]


class IndicationCourse(NamedTuple):
    """Courses of one indication in every subject.

    Attributes
    ----------
    time_d : [d]
        Rising times since the treatment, shape (times,).
    level : [scale's unit]
        Latent level of each scale, shape (scales, times, subjects); of lines the scales are
        severity at contraction and at rest, in grades from 0.
    untreated : [scale's unit]
        The same under placebo.
    before : [scale's unit]
        Latent level before any treatment, shape (scales, subjects).
    grade : [grade]
        What the investigator graded before treatment, shape (subjects,); of symptom scores the
        first scale's level.
    silenced : [1]
        Share of the drive of each scale that is silenced, shape (scales, times, subjects).
    fall : [1]
        Share that the drug takes off the main scale, shape (times, subjects).
    """

    time_d: Times
    level: Array
    untreated: Array
    before: Array
    grade: Array
    silenced: Array
    fall: Array


class Subjects(NamedTuple):
    """Parameters and random effects of the subjects of a course, by name.

    `values` are on their natural scale, numbers or one per subject; `effects` standard normals,
    one per subject.
    """

    values: NamedRows
    effects: NamedRows


def at_days(curve: Array, time_d: Times, day_d: Times) -> Array:
    """Curves on days, straight between their times and held at both ends.

    Parameters
    ----------
    curve : any
        Shape (..., times, subjects).
    time_d : [d]
        Rising times, shape (times,).
    day_d : [d]
        Days, shape (days,), or each subject's own, shape (days, subjects).

    Returns
    -------
    any
        Shape (..., days, subjects).
    """
    # known beforehand, in a fit, the compiler is spared the search
    known = isinstance(time_d, np.ndarray) and isinstance(day_d, np.ndarray)
    library = np if known else jnp
    time_d, day_d = library.asarray(time_d), library.asarray(day_d)
    after = library.clip(library.searchsorted(time_d, day_d), 1, len(time_d) - 1)
    part = (day_d - time_d[after - 1]) / (time_d[after] - time_d[after - 1])
    part = library.clip(part, 0.0, 1.0).astype(curve.dtype)
    if day_d.ndim == 1:
        part = part[:, None]
        low, high = (jnp.take(curve, index, axis=-2) for index in (after - 1, after))
    else:
        spread = (1,) * (curve.ndim - 2) + after.shape
        low, high = (
            jnp.take_along_axis(curve, index.reshape(spread), axis=-2)
            for index in (after - 1, after)
        )
    return low + part * (high - low)


def mean_over_window(curve: Array, time_d: Times, day_d: Times, window_d: float) -> Array:
    """Mean of curves over the days up to each day, not reaching back before day 0.

    Parameters
    ----------
    curve : any
        Shape (times, subjects).
    time_d : [d]
        Rising times, shape (times,).
    day_d : [d]
        Days, shape (days,) or (days, subjects).
    window_d : [d]
        Length of the window; up to a day it is the day itself.

    Returns
    -------
    any
        Shape (days, subjects).
    """
    if window_d <= 1.0:
        return at_days(curve, time_d, day_d)
    library = np if isinstance(time_d, np.ndarray) and isinstance(day_d, np.ndarray) else jnp
    step_d = library.diff(time_d).astype(curve.dtype)[:, None]
    steps = jnp.cumsum(0.5 * (curve[1:] + curve[:-1]) * step_d, axis=0)
    area = jnp.concatenate([jnp.zeros_like(curve[:1]), steps])
    start_d = library.where(day_d > 0.0, library.maximum(day_d - window_d, 0.0), day_d - window_d)
    start_d = library.maximum(start_d, time_d[0])
    length_d = day_d - start_d
    length_d = (length_d if day_d.ndim == 2 else length_d[:, None]).astype(curve.dtype)
    mean = at_days(area, time_d, day_d) - at_days(area, time_d, start_d)
    mean = mean / library.maximum(length_d, 1e-6)
    return jnp.where(length_d > 1e-6, mean, at_days(curve, time_d, day_d))
