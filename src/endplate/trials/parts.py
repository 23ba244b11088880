"""Parts of a run on disk: one Parquet file a task, written whole, known by its digest."""

import hashlib
import json
import os
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from endplate.errors import CannotWrite

_META = b"endplate"
Array = NDArray[Any]


class Part(NamedTuple):
    """People of one task; arrays have people first.

    `replicate`, `person`, `stratum` and `left_d` [d] are (people,); `base` (people, measures);
    `days` [d] and `seen` (people, visits); `values` (people, codes, visits), `measures` (people,
    measures, visits), `retained` (people, rules, visits); `lack` (people,); `given_d` [d] (people,
    cycles); `harms` (people, harms); `age_y` [y] and `female` (people,). `expected` is
    the sum over the people, (codes, visits).
    """

    arm: int
    replicate: Array
    person: Array
    stratum: Array
    base: Array
    days: Array
    seen: Array
    values: Array
    measures: Array
    retained: Array
    left_d: Array
    lack: Array
    given_d: Array
    harms: Array
    age_y: Array
    female: Array
    expected: Array


_STORED = {
    "replicate": np.int32,
    "person": np.int32,
    "stratum": np.int8,
    "base": np.float32,
    "days": np.int16,
    "seen": np.int8,
    "values": np.float32,
    "measures": np.float32,
    "retained": np.int8,
    "left_d": np.float32,
    "lack": np.int8,
    "given_d": np.int16,
    "harms": np.int8,
    "age_y": np.int8,
    "female": np.int8,
}


def require_trial() -> Any:
    """Arrow, which the files of a trial are written with.

    Raises
    ------
    CannotWrite
        It is not installed.
    """
    try:
        import pyarrow
        import pyarrow.parquet
    except ImportError:
        raise CannotWrite(
            "Trials are written as Parquet, which needs pyarrow: pip install 'endplate[trial]'."
        ) from None
    return pyarrow


def part_name(number: int) -> str:
    """File of a task's part."""
    return f"{number:06d}.parquet"


def write_part(part: Part, folder: Path, number: int) -> str:
    """Write a part beside its place and move it there; return its SHA-256.

    Raises
    ------
    OSError
        The folder is missing, not writable or full; what is there is left as it was.
    """
    pa = require_trial()
    columns, shapes = {}, {}
    for name, dtype in _STORED.items():
        array = np.asarray(getattr(part, name))
        flat = np.ascontiguousarray(array.reshape(len(array), -1).astype(dtype))
        shapes[name] = array.shape[1:]
        if array.ndim == 1:
            columns[name] = pa.array(flat[:, 0])
        elif flat.shape[1]:
            columns[name] = pa.FixedSizeListArray.from_arrays(pa.array(flat.ravel()), flat.shape[1])
    meta = {"arm": part.arm, "shapes": shapes, "expected": part.expected.tolist()}
    table = pa.table(columns).replace_schema_metadata({_META: json.dumps(meta).encode()})
    sink = pa.BufferOutputStream()
    pa.parquet.write_table(
        table,
        sink,
        compression="zstd",
        compression_level=1,
        use_dictionary=False,
        write_statistics=False,
    )
    raw = sink.getvalue().to_pybytes()
    target = folder / part_name(number)
    draft = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        with draft.open("wb") as stream:
            stream.write(raw)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(draft, target)
    finally:
        draft.unlink(missing_ok=True)
    return hashlib.sha256(raw).hexdigest()


def read_part(path: Path) -> Part:
    """Read a part."""
    pa = require_trial()
    table = pa.parquet.read_table(path, use_threads=False)
    meta = json.loads(table.schema.metadata[_META])
    arrays: dict[str, Any] = {}
    for name, dtype in _STORED.items():
        shape = tuple(meta["shapes"][name])
        if name not in table.column_names:
            arrays[name] = np.zeros((len(table), *shape), dtype)
            continue
        column = table[name].combine_chunks()
        if not shape:
            arrays[name] = column.to_numpy()
        else:
            arrays[name] = column.flatten().to_numpy().reshape(len(table), *shape)
    expected = np.array(meta["expected"]).reshape(meta["shapes"]["values"])
    return Part(arm=meta["arm"], expected=expected, **arrays)


def digest_of(path: Path) -> str:
    """SHA-256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
