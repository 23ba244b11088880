r"""A surrogate of the body model's predictions near the posterior, and the runs it is fitted to.

One prediction of all figures takes most of a second and its gradient several; a sampler asks for
a hundred thousand of them. On the link scale the predictions are smooth, so

.. math:: \eta(x) \approx \eta_0 + J x + \sum_i w_i \exp\Bigl(-\frac{|x - x_i|^2}{2 \ell^2}\Bigr)

*x* are the parameters in posterior standard deviations along the axes of a `Frame`, *J* the body
model's own derivatives, and the rest a Gaussian process through runs of the body model at the
*x_i*. What the surrogate still misses is corrected by importance weights from the body model
itself (`sampler`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array
from numpy.typing import NDArray

from endplate.facts.parameters import fit_rows
from endplate.fit.block import FigureBlock
from endplate.fit.checkpoint import Arrays, Checkpoints
from endplate.fit.hierarchy import Predict, Prior
from endplate.fit.likelihood import SCATTER

Numbers = NDArray[np.float64]
Progress = Callable[[str, int, int], None]
"""Called with the name of a step, how much of it is done, and of how much (0: not known)."""
_WIDER = 1.2  # the first design over the Laplace covariance: what lies outside is not guessed
_LENGTHS = (5.0, 8.0, 12.0, 20.0)  # tried for l, in posterior standard deviations
_NUGGET = 1e-5  # variance of a misfit that is taken as it is, over that of the process
_FOLDS = 5


@dataclass(frozen=True)
class Frame:
    """Where a surrogate lives: some parameters, shares as they are and others on working scale.

    `centre` (parameters,) of the coordinates, `to_axes` (axes, parameters) and `axes` (parameters,
    axes) lead to standard deviations along the axes and back.
    """

    centre: Numbers
    axes: Numbers
    to_axes: Numbers

    def local(self, vector: Any) -> Any:
        """Coordinates of whole vectors, shape (..., axes)."""
        numbers = jnp if isinstance(vector, Array) else np
        return (coordinates(vector, numbers) - self.centre) @ self.to_axes.T


def coordinates(vector: Any, numbers: ModuleType = np) -> Any:
    """Whole vectors with shares on their natural scale, on which predictions bend less."""
    share = np.array([row.transform == "logit" for row in fit_rows()])
    return numbers.where(share, 1.0 / (1.0 + numbers.exp(-vector)), vector)


def _coordinate_slopes(vector: Numbers) -> Numbers:
    """Derivative of each coordinate by its parameter, shape (parameters,)."""
    share = np.array([row.transform == "logit" for row in fit_rows()])
    natural = coordinates(vector)
    return np.where(share, natural * (1.0 - natural), 1.0)


def frame_of(centre: Numbers, covariance: Numbers, relevant: NDArray[np.bool_]) -> Frame:
    """Frame about a vector whose axes are principal directions among relevant parameters.

    `covariance` is that of the parameters on their working scale.
    """
    index, slopes = np.flatnonzero(relevant), _coordinate_slopes(centre)
    of_coordinates = covariance * np.outer(slopes, slopes)
    size, directions = np.linalg.eigh(of_coordinates[np.ix_(index, index)])
    sd = np.sqrt(np.maximum(size, 1e-12))
    axes = np.zeros((len(centre), len(index)))
    axes[index] = directions * sd
    to_axes = np.zeros((len(index), len(centre)))
    to_axes[:, index] = (directions / sd).T
    return Frame(coordinates(centre), axes, to_axes)


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
        kernel = _kernel(local, self.points, self.length, jnp)
        return self.at_centre + local @ self.slope + kernel @ self.weight


def fit_surrogate(
    frame: Frame, vectors: Numbers, predicted: Numbers, at_centre: Numbers, jacobian: Numbers
) -> Surrogate:
    """Gaussian process through what the tangent leaves.

    Parameters
    ----------
    frame : Frame
        Where.
    vectors, predicted : [1]
        Runs of the body model: parameters (runs, parameters), link scale (runs, figures).
    at_centre, jacobian : [1]
        Predictions and derivatives by the parameters at the centre of the frame, shapes (figures,)
        and (figures, parameters).

    Returns
    -------
    Surrogate
        With the length that misses runs left out in turn (five folds) by least.
    """
    points = np.asarray(frame.local(np.asarray(vectors)))
    share = np.array([row.transform == "logit" for row in fit_rows()])
    by_coordinate = np.where(share, frame.centre * (1.0 - frame.centre), 1.0)
    slope = (jacobian / by_coordinate @ frame.axes).T
    residual = predicted - at_centre - points @ slope
    misfit = {length: _left_out_misfit(points, residual, length) for length in _LENGTHS}
    length = min(_LENGTHS, key=lambda length: float(np.sum(np.square(misfit[length]))))
    weight = _weights(points, residual, length)
    return Surrogate(frame, at_centre, slope, points, weight, length, misfit[length])


def _left_out_misfit(points: Numbers, residual: Numbers, length: float) -> Numbers:
    """Root mean square by which each figure is missed in runs left out, a fifth at a time."""
    fold = np.arange(len(points)) % _FOLDS
    errors = []
    for i in range(_FOLDS):
        left_out, others = points[fold == i], points[fold != i]
        kernel = _kernel(left_out, others, length, np)
        weights = _weights(others, residual[fold != i], length)
        errors.append(kernel @ weights - residual[fold == i])
    return np.sqrt(np.mean(np.square(np.concatenate(errors)), axis=0))


def _weights(points: Numbers, residual: Numbers, length: float) -> Numbers:
    kernel = _kernel(points, points, length, np)
    return np.linalg.solve(kernel + _NUGGET * np.eye(len(points)), residual)


def _kernel(local: Any, points: Numbers, length: float, numbers: ModuleType) -> Any:
    """Squared exponential kernel of coordinates (..., axes) and points, shape (..., runs)."""
    square = (local**2).sum(-1)[..., None] + (points**2).sum(-1) - 2.0 * local @ points.T
    return numbers.exp(-0.5 * numbers.maximum(square, 0.0) / length**2)


def design_about(
    centre: Numbers, covariance: Numbers, prior: Prior, count: int, seed: int
) -> Numbers:
    """Vectors about the mode to fit the surrogate at; scatter moves no prediction."""
    rng = np.random.default_rng(seed)
    moving = prior.free & np.array([row.id not in SCATTER for row in fit_rows()])
    wide = np.where(np.outer(moving, moving), covariance, 0.0) * _WIDER**2
    return rng.multivariate_normal(centre, wide, count, method="eigh")


def run_design(
    step: str,
    blocks: tuple[FigureBlock, ...],
    vectors: Numbers,
    checkpoints: Checkpoints,
    progress: Progress,
) -> Arrays:
    """Run the body model at many vectors: link-scale predictions by block, and the vectors."""
    runs: Arrays = {"vectors": vectors}
    done, total = 0, len(blocks) * len(vectors)

    def advance(count: int) -> None:
        nonlocal done
        done += count
        progress("runs of the body model", done, total)

    for number, block in enumerate(blocks):
        arrays = checkpoints.step(
            f"{step}-{number}", lambda block=block: {"predicted": block.many(vectors, advance)}
        )
        runs[block.name] = arrays["predicted"]
        done = (number + 1) * len(vectors)
    return runs


def join_runs(first: Arrays, second: Arrays) -> Arrays:
    """Runs of both."""
    return {name: np.concatenate([first[name], second[name]]) for name in first}


def fit_surrogates(blocks: tuple[FigureBlock, ...], runs: Arrays, mode: Arrays) -> list[Surrogate]:
    """Surrogate of each block through its runs, the first of which is the mode."""
    surrogates, start = [], 0
    for block in blocks:
        jacobian = mode["jacobian"][start : start + len(block.figures)]
        start += len(block.figures)
        frame = frame_of(mode["vector"], mode["covariance"], np.any(jacobian != 0, axis=0))
        predicted = runs[block.name]
        surrogates.append(fit_surrogate(frame, runs["vectors"], predicted, predicted[0], jacobian))
    return surrogates


def predict_all(surrogates: Sequence[Surrogate]) -> Predict:
    """Predictions of all blocks by their surrogates."""

    def predict(vector: Array) -> Array:
        return jnp.concatenate([surrogate(vector) for surrogate in surrogates], axis=-1)

    return predict
