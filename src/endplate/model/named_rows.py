"""An array whose rows go by name, as one leaf of a run's inputs, cut up only where it is used."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import jax
from jax import Array
from jax.typing import DTypeLike


@partial(jax.tree_util.register_dataclass, data_fields=("rows",), meta_fields=("names",))
@dataclass(frozen=True, eq=False)
class NamedRows(Mapping[str, Array]):
    """Rows of an array by name; `rows` is (names, ...)."""

    rows: Array
    names: tuple[str, ...]

    def __getitem__(self, name: str) -> Array:
        """One row."""
        try:
            return self.rows[self.names.index(name)]
        except ValueError:
            raise KeyError(name) from None

    def __iter__(self) -> Iterator[str]:
        """Names in their order."""
        return iter(self.names)

    def __len__(self) -> int:
        """How many rows there are."""
        return len(self.names)

    def astype(self, dtype: DTypeLike) -> "NamedRows":
        """The same in another precision."""
        return NamedRows(self.rows.astype(dtype), self.names)
