"""The numbers a model runs with: stored estimates, draws of their posterior, or a user's own."""

from dataclasses import dataclass
from math import exp, isfinite, log
from numbers import Real
from os import PathLike
from typing import Any

import jax.numpy as jnp
import numpy as np
from jax import Array
from jax.nn import sigmoid
from numpy.typing import NDArray

from endplate.arguments import path, printable, whole, wrong
from endplate.errors import EndplateError
from endplate.extras import required
from endplate.facts.parameters import FitRow, fit_rows, fitted_estimates, posterior_draws
from endplate.files.csv_table import read_csv
from endplate.model.named_rows import NamedRows

_MOST_DRAWS = 100_000
_TO_WORKING = {"identity": lambda x: x, "log": log, "logit": lambda x: log(x / (1.0 - x))}


@dataclass(frozen=True, eq=False)
class Parameters:
    """Parameters on the working scale: one vector, or several to run side by side.

    `Parameters.stored()` are those of the fit; `replace` sets some of them.

    Parameters
    ----------
    vectors : array
        Shape (vectors, parameters), in the order and on the transformed scale of
        `facts.parameters.fit_rows`.

    Raises
    ------
    EndplateError
        It has another shape.

    Examples
    --------
    >>> Parameters.stored().value("persistence_d") > 0
    True
    """

    vectors: NDArray[np.float64]

    def __post_init__(self) -> None:
        """Refuse what is no vector of the parameters."""
        count = len(fit_rows())
        shape = getattr(self.vectors, "shape", None)
        if not isinstance(shape, tuple) or len(shape) != 2 or shape[1] != count:
            raise wrong("vectors", self.vectors, f"arrays of the shape (vectors, {count})")

    @classmethod
    def stored(cls) -> "Parameters":
        """The stored estimates.

        Examples
        --------
        >>> Parameters.stored().vectors.shape[0]
        1
        """
        return cls(np.array(fitted_estimates())[None])

    @classmethod
    def draws(cls, count: int) -> "Parameters":
        """The first so many stored draws of the posterior.

        Parameters
        ----------
        count : int
            How many.

        Raises
        ------
        EndplateError
            It is no number of draws that are stored.

        Examples
        --------
        >>> Parameters.draws(3).vectors.shape[0]
        3
        """
        draws = posterior_draws()
        return cls(np.array(draws[: whole("count", count, 1, len(draws))]))

    @classmethod
    def load(cls, folder: str | PathLike[str], draws: int | None = None) -> "Parameters":
        """Those of a fit of one's own, from the folder that `calibrate` wrote its tables into.

        Parameters
        ----------
        folder : str or Path
            The folder.
        draws : int
            So many of its draws of the posterior; its estimates unless given.

        Raises
        ------
        EndplateError
            There is no such table, it is not of these parameters, or it has fewer draws.

        Examples
        --------
        >>> Parameters.load("no_such_folder")
        Traceback (most recent call last):
        endplate.errors.CannotRead: There is no file no_such_folder/fitted.csv.
        """
        count = None if draws is None else whole("draws", draws, 1, _MOST_DRAWS)
        file = path("folder", folder) / ("fitted.csv" if count is None else "posterior.csv")
        table, ids = read_csv(file), _ids()
        rows = [cells for _, cells in table.rows]
        if count is None:
            estimates = {cells.get("id", ""): cells.get("estimate", "") for cells in rows}
            rows = [estimates] if {*estimates} == {*ids} else []
        elif not {*ids} <= {*table.columns}:
            rows = []
        if not rows:
            raise EndplateError(
                f"{file} is not of the parameters of this version; endplate calibrate writes one."
            )
        if count is not None and count > len(rows):
            raise EndplateError(f"{file} holds {len(rows)} draws; {count} are asked for.")
        try:
            numbers = [[table.number(row[name]) for name in ids] for row in rows[:count]]
        except ValueError:
            raise EndplateError(f"{file} holds what is no number.") from None
        if not np.isfinite(numbers).all():
            raise EndplateError(f"{file} holds what is no finite number.")
        return cls(np.array(numbers))

    def replace(self, /, **values: float) -> "Parameters":
        """The same with some parameters set to values on their natural scale.

        Ids that hold a colon are given as `Parameters.replace(**{"potency:forehead_lines": 9.0})`.

        Parameters
        ----------
        **values : float
            Value of each parameter by its id.

        Raises
        ------
        EndplateError
            There is no parameter of that id, or the value is outside its range.

        Examples
        --------
        >>> round(Parameters.stored().replace(persistence_d=40).value("persistence_d"))
        40
        """
        rows = {row.id: (index, row) for index, row in enumerate(fit_rows())}
        vectors = self.vectors.copy()
        for name, value in values.items():
            if name not in rows:
                raise EndplateError(
                    f"{name} is no parameter; allowed are {', '.join(rows)} (docs/parameters.md)."
                )
            index, row = rows[name]
            vectors[:, index] = working_value(row, value)
        return Parameters(vectors)

    def values(self) -> NamedRows:
        """Values on their natural scale by id, each of shape (vectors,).

        Examples
        --------
        >>> Parameters.draws(3).values()["persistence_d"].shape
        (3,)
        """
        return natural_values(jnp.asarray(self.vectors).T)

    def to_xarray(self) -> Any:
        """The vectors as an xarray dataset in the layout of ArviZ: dimensions `chain` and `draw`.

        `arviz.summary(Parameters.draws(64).to_xarray())` reads it as a posterior. Values are on
        their natural scale, each variable has its `units`; the draws are one chain, thinned.

        Raises
        ------
        EndplateError
            xarray is not installed.

        Examples
        --------
        >>> Parameters.draws(3).to_xarray()["persistence_d"].shape
        (1, 3)
        """
        xarray = required("xarray", "frames", "A dataset")
        values, dims = self.values(), ("chain", "draw")
        return xarray.Dataset(
            {
                row.id: (dims, np.asarray(values[row.id], float)[None], {"units": row.unit})
                for row in fit_rows()
            },
            coords={"chain": [0], "draw": np.arange(len(self.vectors))},
        )

    def value(self, name: str) -> float:
        """One value of the first vector on its natural scale.

        Parameters
        ----------
        name : str
            Id of the parameter.

        Raises
        ------
        EndplateError
            There is no parameter of that id.

        Examples
        --------
        >>> round(Parameters.stored().replace(force_exponent=1.5).value("force_exponent"), 3)
        1.5
        """
        if name not in _ids():
            raise EndplateError(
                f"{printable(name)} is no parameter; allowed are {', '.join(_ids())} "
                "(docs/parameters.md)."
            )
        return float(self.values()[name][0])


def _ids() -> list[str]:
    return [row.id for row in fit_rows()]


def natural_values(vector: Array) -> NamedRows:
    """Parameters on their natural scale by id; `vector` [1] is (parameters, ...); may be traced."""
    rows = fit_rows()
    transform = np.array([row.transform for row in rows])
    transform = transform.reshape(-1, *(1 for _ in vector.shape[1:]))
    # all at once: a step for each parameter takes the compiler seconds
    natural = jnp.where(transform == "logit", sigmoid(vector), vector)
    natural = jnp.where(transform == "log", jnp.exp(vector), natural)
    return NamedRows(natural, tuple(row.id for row in rows))


def vector_index(prefix: str, product: str) -> int:
    """Index of a product's own parameter in a vector, -1 for the reference product."""
    ids = [row.id for row in fit_rows()]
    wanted = f"{prefix}:{product}"
    return ids.index(wanted) if wanted in ids else -1


def persistence_index(product: str, muscles: str) -> int:
    """Index of a product's persistence ratio in a vector, -1 for the reference product.

    That of the kind of muscles (`facts.indications`) where the product has one of its own there.
    """
    own = vector_index("persistence_ratio", f"{product}:{muscles}")
    return own if own >= 0 else vector_index("persistence_ratio", product)


def working_value(row: FitRow, value: float) -> float:
    """A value of a parameter on its working scale, from its natural one.

    Raises
    ------
    EndplateError
        It is no number, or outside the range of the parameter.
    """
    if isinstance(value, bool) or not isinstance(value, Real) or not isfinite(value):
        raise wrong(row.id, value, "finite numbers")
    value = float(value)
    outside = {"log": value <= 0.0, "logit": not 0.0 < value < 1.0}.get(row.transform, False)
    if outside:
        allowed = "above 0" if row.transform == "log" else "between 0 and 1"
        raise EndplateError(f"{row.id} is {value:g}; allowed is a number {allowed}.")
    if row.transform == "log" and not exp(-50) < value < exp(50):
        raise EndplateError(f"{row.id} is {value:g}, which no model runs with.")
    return _TO_WORKING[row.transform](value)
