"""A validation in the layout of ArviZ: posterior, predictions and published figures as one tree."""

from typing import Any

import jax.numpy as jnp
import numpy as np
from numpy.typing import NDArray

from endplate.errors import EndplateError
from endplate.extras import required
from endplate.fit.endpoint_types import KIND_PERCENT
from endplate.fit.likelihood import figure_arrays
from endplate.results.frames import EXTRA
from endplate.validation.predictive import predictive_draws
from endplate.validation.results import DrawnFigures, Validation
from endplate.validation.validate import stored_scatter

_ABOUT = ("trial_id", "indication", "product", "arm", "endpoint", "kind", "unit")


def tree_of(validation: Validation) -> Any:
    """A validation as an xarray tree with the groups that ArviZ looks for.

    Parameters
    ----------
    validation : Validation
        What `validate` made.

    Raises
    ------
    EndplateError
        It keeps no draws, as that which is stored, or xarray is not installed.
    """
    xarray = required("xarray", EXTRA, "A tree")
    drawn = validation.drawn
    if drawn is None or not drawn.figures:
        raise EndplateError(
            "This validation keeps no draws; `validate` makes one that does, of figures that the "
            "body model predicts."
        )
    draws = np.arange(len(drawn.linked))
    arrays = figure_arrays(drawn.figures)
    about = _figures(validation, drawn)
    of_share = np.where(arrays.of_kind(KIND_PERCENT), 100.0, 1.0)

    def of_figures(values: Any, *dims: str) -> Any:
        variable = ((*dims, "figure"), values, {"units": "see unit"})
        coords = {"chain": [0], "draw": draws} if dims else {}
        return xarray.Dataset({"value": variable}, coords=coords | about)

    groups = {
        "posterior": drawn.parameters.to_xarray(),
        "posterior_predictive": of_figures(
            predictive_draws(drawn.linked, arrays, stored_scatter())[None], "chain", "draw"
        ),
        "observed_data": of_figures(arrays.value * of_share),
        "log_likelihood": _log_likelihood(xarray, drawn, arrays, draws),
    }
    return xarray.DataTree.from_dict(groups)


def _figures(validation: Validation, drawn: DrawnFigures) -> dict[str, Any]:
    """Coordinates along the figures."""
    rows = {row.figure: row for row in validation.rows}
    own = [rows[place] for place in drawn.places]
    days = [np.nan if row.day is None else row.day for row in own]
    return {
        "figure": list(drawn.places),
        "day": ("figure", days, {"units": "d"}),
        **{name: ("figure", [getattr(row, name) for row in own]) for name in _ABOUT},
    }


def _log_likelihood(xarray: Any, drawn: DrawnFigures, arrays: Any, draws: NDArray[np.int64]) -> Any:
    """Of the treated and of the placebo arms of each trial, its random effect integrated out."""
    from endplate.validation.left_out import group_log_likelihood

    values = group_log_likelihood(
        jnp.asarray(drawn.parameters.vectors), jnp.asarray(drawn.linked), arrays
    )
    fitted = np.unique(arrays.group[arrays.used])  # of the others every draw says the same
    names = [", ".join(arrays.groups[place]) for place in fitted]
    return xarray.Dataset(
        {"value": (("chain", "draw", "arms"), values[None][..., fitted])},
        coords={"chain": [0], "draw": draws, "arms": names},
    )
