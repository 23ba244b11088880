r"""A surrogate of the body model's predictions near the posterior.

One prediction of all figures takes most of a second and its gradient several; a sampler asks for
a hundred thousand of them. On the link scale the predictions are smooth, so

.. math:: \eta(x) \approx \eta_0 + J x + \sum_i w_i \exp\Bigl(-\frac{|x - x_i|^2}{2 \ell^2}\Bigr)

*x* are the parameters in posterior standard deviations along the axes of a `Frame`, *J* the body
model's own derivatives, and the rest a Gaussian process through runs of the body model at the
*x_i*. What the surrogate still misses is corrected by importance weights from the body model
itself (`posterior`).
"""

from dataclasses import dataclass
from types import ModuleType
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from endplate.facts.parameters import fit_rows

Numbers = NDArray[np.float64]
_LENGTHS = (5.0, 8.0, 12.0, 20.0)  # tried for l, in posterior standard deviations
_NUGGET = 1e-5  # variance of a misfit that is taken as it is, over that of the process
_PARTS = 5


@dataclass(frozen=True)
class Frame:
    """Where a surrogate lives: some parameters, shares as they are and others on working scale.

    `centre` (parameters,) of the coordinates, `into` (axes, parameters) and `axes` (parameters,
    axes) lead to standard deviations along the axes and back.
    """

    centre: Numbers
    axes: Numbers
    into: Numbers

    def local(self, vector: Any) -> Any:
        """Coordinates of whole vectors, shape (..., axes)."""
        numbers = jnp if isinstance(vector, Array) else np
        return (coordinates(vector, numbers) - self.centre) @ self.into.T


def coordinates(vector: Any, numbers: ModuleType = np) -> Any:
    """Whole vectors with shares on their natural scale, on which predictions bend less."""
    share = np.array([row.transform == "logit" for row in fit_rows()])
    return numbers.where(share, 1.0 / (1.0 + numbers.exp(-vector)), vector)


def coordinate_slopes(vector: Numbers) -> Numbers:
    """Derivative of each coordinate by its parameter, shape (parameters,)."""
    share = np.array([row.transform == "logit" for row in fit_rows()])
    natural = coordinates(vector)
    return np.where(share, natural * (1.0 - natural), 1.0)


def frame_of(centre: Numbers, covariance: Numbers, relevant: NDArray[np.bool_]) -> Frame:
    """Frame about a vector whose axes are principal directions among relevant parameters.

    `covariance` is that of the parameters on their working scale.
    """
    place, slopes = np.flatnonzero(relevant), coordinate_slopes(centre)
    moved = covariance * np.outer(slopes, slopes)
    size, directions = np.linalg.eigh(moved[np.ix_(place, place)])
    sd = np.sqrt(np.maximum(size, 1e-12))
    axes = np.zeros((len(centre), len(place)))
    axes[place] = directions * sd
    into = np.zeros((len(place), len(centre)))
    into[:, place] = (directions / sd).T
    return Frame(coordinates(centre), axes, into)


@dataclass(frozen=True)
class Surrogate:
    """Surrogate of one block's figures in a frame.

    `at_centre` (figures,), `slope` (axes, figures), `points` (runs, axes) and `weight` (runs,
    figures) with the length they were fitted with; `misfit` (figures,) is the root mean square by
    which runs are missed that are left out in turn.
    """

    frame: Frame
    at_centre: Numbers
    slope: Numbers
    points: Numbers
    weight: Numbers
    length: float
    misfit: Numbers

    def __call__(self, vector: Array) -> Array:
        """Predictions on the link scale, shape (..., figures)."""
        local = self.frame.local(jnp.asarray(vector))
        near = _kernel(local, self.points, self.length, jnp)
        return self.at_centre + local @ self.slope + near @ self.weight


def fit_surrogate(
    frame: Frame, vectors: Numbers, seen: Numbers, at_centre: Numbers, jacobian: Numbers
) -> Surrogate:
    """Gaussian process through what the tangent leaves.

    Parameters
    ----------
    frame : Frame
        Where.
    vectors, seen : [1]
        Runs of the body model: parameters (runs, parameters), link scale (runs, figures).
    at_centre, jacobian : [1]
        Predictions and derivatives by the parameters at the centre of the frame, shapes (figures,)
        and (figures, parameters).

    Returns
    -------
    Surrogate
        With the length that misses runs left out in turn (five parts) by least.
    """
    points = np.asarray(frame.local(np.asarray(vectors)))
    share = np.array([row.transform == "logit" for row in fit_rows()])
    by_coordinate = np.where(share, frame.centre * (1.0 - frame.centre), 1.0)
    slope = (jacobian / by_coordinate @ frame.axes).T
    left = seen - at_centre - points @ slope
    misfit = {length: _missed(points, left, length) for length in _LENGTHS}
    length = min(_LENGTHS, key=lambda one: float(np.sum(np.square(misfit[one]))))
    weight = _weights(points, left, length)
    return Surrogate(frame, at_centre, slope, points, weight, length, misfit[length])


def _missed(points: Numbers, left: Numbers, length: float) -> Numbers:
    """Root mean square by which each figure is missed in runs left out, a fifth at a time."""
    part = np.arange(len(points)) % _PARTS
    missed = []
    for i in range(_PARTS):
        own, other = points[part == i], points[part != i]
        near = _kernel(own, other, length, np)
        missed.append(near @ _weights(other, left[part != i], length) - left[part == i])
    return np.sqrt(np.mean(np.square(np.concatenate(missed)), axis=0))


def _weights(points: Numbers, left: Numbers, length: float) -> Numbers:
    near = _kernel(points, points, length, np)
    return np.linalg.solve(near + _NUGGET * np.eye(len(points)), left)


def _kernel(local: Any, points: Numbers, length: float, numbers: ModuleType) -> Any:
    """Nearness of coordinates (..., axes) to points (runs, axes), shape (..., runs)."""
    square = (local**2).sum(-1)[..., None] + (points**2).sum(-1) - 2.0 * local @ points.T
    return numbers.exp(-0.5 * numbers.maximum(square, 0.0) / length**2)
