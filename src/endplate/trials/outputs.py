"""Files of a finished run: datasets as Parquet, XPT and Dataset-JSON, and a NONMEM table."""

import io
import json
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

from endplate._version import __version__
from endplate.errors import CannotWrite
from endplate.files.output import replaced_whole, write_whole
from endplate.trials.adam import DATASETS, TITLES, Datasets, columns, schema_of
from endplate.trials.codes import measures_of
from endplate.trials.design import Design
from endplate.trials.parts import Part, require_trial
from endplate.trials.regimen import arm_sites

MOST_AS_XPT = 50_000  # people of the first replicate, above which only Parquet is written
MOST_IN_NONMEM = 50_000  # people of the first replicate whose records are listed
NONMEM_COLUMNS = (
    "ID", "TIME", "EVID", "AMT", "CMT", "DV", "MDV", "PROD", "SITE", "SIDE", "VOL",
)  # fmt: skip
_AHEAD = 3  # parts whose tables are held at once
_SIDES = {"midline": 0, "left": 1, "right": 2}
# A file that is made again must have the same bytes: no moment of making goes into it.
_NO_MOMENT = "1970-01-01T00:00:00"
_XPT_MOMENT = re.compile(rb"\d\d[A-Z]{3}\d\d:\d\d:\d\d:\d\d")
_JSON_TYPES = {"text": "string", "integer": "integer", "float": "double"}


def write_datasets(
    folder: Path,
    design: Design,
    harms: tuple[dict[str, Any], ...],
    parts: Iterable[Part],
    seen: Callable[[Part], None],
) -> tuple[str, ...]:
    """Write every dataset as Parquet, part by part, and the small files of the first replicate.

    Parameters
    ----------
    folder : Path
        Folder of the run.
    design : Design
        The design.
    harms : tuple of dict
        Unwanted effects, as they were prepared.
    parts : iterable of Part
        Parts in their order; those of the arm of false positives are shown to `seen` alone.
    seen : callable
        Is shown every part.

    Returns
    -------
    tuple of str
        Names of the files.

    Raises
    ------
    CannotWrite
        The folder is full or gone.
    """
    pa = require_trial()
    maker = Datasets(design, harms)
    small = sum(design.arm_sizes) <= MOST_AS_XPT
    first: dict[str, list[Any]] = {name: [] for name in DATASETS}
    listed: list[Part] = []
    try:
        with ExitStack() as stack:
            writers = {}
            for name in DATASETS:
                target = folder / f"{name.lower()}.parquet"
                stream = stack.enter_context(replaced_whole(target))
                writers[name] = stack.enter_context(_parquet_writer(pa, stream, name))
            for part, tables in _made_ahead(maker, parts):
                seen(part)
                for name, table in tables.items():
                    writers[name].write_table(table)
                    if small and (part.replicate == 0).any():
                        replicate = table["REPL"].to_numpy()
                        first[name].append(table.filter(pa.array(replicate == 1)))
                if tables and small and (part.replicate == 0).any():
                    listed.append(part)
    except OSError as fault:
        raise CannotWrite(
            f"{folder} cannot be written: {fault.strerror or fault}. What is whole stays; "
            "--resume goes on."
        ) from None
    names = [f"{name.lower()}.parquet" for name in DATASETS]
    if small:
        for name in DATASETS:
            table = pa.concat_tables(first[name])
            names += [_xpt(folder, name, table), _dataset_json(folder, name, table, maker.study)]
    names.append(_nonmem(folder, design, listed))
    return tuple(names)


def _parquet_writer(pa: Any, stream: Any, dataset: str) -> Any:
    """A writer of a dataset: words as dictionaries, statistics of the replicate alone.

    Both for each column took half of the time of a large trial; readers filter by replicate.
    """
    return pa.parquet.ParquetWriter(
        stream,
        schema_of(dataset),
        compression="zstd",
        compression_level=1,
        use_dictionary=[one.variable for one in columns(dataset) if one.type == "text"],
        write_statistics=["REPL"],
    )


def _made_ahead(maker: Datasets, parts: Iterable[Part]) -> Iterator[tuple[Part, dict[str, Any]]]:
    """Parts in their order with their tables, a few of which are made while others are written.

    The arm of false positives has none.
    """
    arms = len(maker.design.arms)

    def made(part: Part) -> tuple[Part, dict[str, Any]]:
        return part, maker.tables(part) if part.arm < arms else {}

    with ThreadPoolExecutor(_AHEAD) as threads:
        waiting: deque[Future[tuple[Part, dict[str, Any]]]] = deque()
        for part in parts:
            waiting.append(threads.submit(made, part))
            if len(waiting) > _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _xpt(folder: Path, dataset: str, table: Any) -> str:
    """The first replicate of a dataset as SAS transport file, version 5."""
    import pyreadstat

    frame = table.to_pandas()
    for one in columns(dataset):
        if one.type == "text":
            frame[one.variable] = frame[one.variable].astype(object).fillna("")
    name = f"{dataset.lower()}.xpt"
    draft = folder / f"{name}.part"
    try:
        pyreadstat.write_xport(
            frame,
            str(draft),
            file_label=TITLES[dataset][:40],
            column_labels=[one.label for one in columns(dataset)],
            table_name=dataset,
            file_format_version=5,
        )
        raw = draft.read_bytes()
    except (OSError, pyreadstat.PyreadstatError) as fault:
        raise CannotWrite(
            f"{folder / name} cannot be written: {fault}. What is whole stays; --resume goes on."
        ) from None
    finally:
        draft.unlink(missing_ok=True)
    head, body = raw[:4000], raw[4000:]
    write_whole(_XPT_MOMENT.sub(b"01JAN70:00:00:00", head) + body, folder / name)
    return name


def _dataset_json(folder: Path, dataset: str, table: Any, study: str) -> str:
    """The first replicate of a dataset as CDISC Dataset-JSON 1.1."""
    listed = []
    for one in columns(dataset):
        row: dict[str, Any] = {
            "itemOID": f"IT.{dataset}.{one.variable}",
            "name": one.variable,
            "label": one.label,
            "dataType": _JSON_TYPES[one.type],
        }
        if one.type == "text":
            words = table[one.variable].unique().to_pylist()
            row["length"] = max((len(word) for word in words if word), default=1)
        listed.append(row)
    head = {
        "datasetJSONCreationDateTime": _NO_MOMENT,
        "datasetJSONVersion": "1.1.0",
        "originator": f"Made by endplate {__version__}",
        "sourceSystem": {"name": "endplate", "version": __version__},
        "studyOID": f"endplate.{study}",
        "metaDataVersionOID": "MDV.1",
        "itemGroupOID": f"IG.{dataset}",
        "records": len(table),
        "name": dataset,
        "label": TITLES[dataset],
        "columns": listed,
    }
    name = f"{dataset.lower()}.json"
    opening = json.dumps(head, allow_nan=False, separators=(",", ":"))[:-1]
    values = [_as_json(table[one.variable]) for one in columns(dataset)]
    rows = ",".join(f"[{','.join(row)}]" for row in zip(*values, strict=True))
    write_whole(f'{opening},"rows":[{rows}]}}\n', folder / name)
    return name


def _as_json(column: Any) -> Iterator[str]:
    """Each value of a column as JSON text; each that repeats is written once."""
    whole = column.combine_chunks()
    if not hasattr(whole, "dictionary"):
        whole = whole.dictionary_encode()
    texts = [json.dumps(value, allow_nan=False) for value in whole.dictionary.to_pylist()]
    return ("null" if place is None else texts[place] for place in whole.indices.to_pylist())


def _nonmem(folder: Path, design: Design, parts: list[Part]) -> str:
    """Doses and observations of the first replicate as a NONMEM data set, written as it goes.

    A dose is a record a site: CMT 1, PROD the product's number among the arms' (0 vehicle), SITE
    and SIDE where it went; an observation is a record a measure, CMT 2 and on.
    """
    name = "nonmem.csv"
    products = sorted({arm.product for arm in design.arms if arm.product})
    measures = len(measures_of(design))
    identity = 0
    with replaced_whole(folder / name) as stream:
        text = io.TextIOWrapper(stream, encoding="ascii", newline="\n", write_through=True)
        text.write(",".join(NONMEM_COLUMNS) + "\n")
        for part in parts:
            arm = design.arms[part.arm]
            number = 0 if arm.placebo else 1 + products.index(arm.product or "")
            sites = arm_sites(design, part.arm)
            for person in np.flatnonzero(part.replicate == 0):
                identity += 1
                text.write("".join(_records(part, int(person), identity, number, sites, measures)))
        text.flush()
        text.detach()
    return name


def _records(
    part: Part, person: int, identity: int, product: int, sites: Any, measures: int
) -> list[str]:
    last_d = float(part.days[person].max())
    rows: list[tuple[float, int, str]] = []
    for given_d in part.given_d[person]:
        if given_d > last_d:
            continue
        for number, site in enumerate(sites, 1):
            dose = site.dose_u
            # a record of no dose is an event of its own kind: NONMEM takes AMT 0 for no dose
            event, amount = (1, f"{dose:.6g}") if dose > 0 else (2, "0")
            line = (
                f"{identity},{given_d:g},{event},{amount},1,0,1,{product},{number},"
                f"{_SIDES[site.side]},{site.volume_ml:.6g}\n"
            )
            rows.append((float(given_d), 0, line))
    for visit, day in enumerate(part.days[person]):
        if not part.seen[person, visit]:
            continue
        for index in range(measures):
            value = part.measures[person, index, visit]
            line = f"{identity},{day:g},0,0,{2 + index},{value:.6g},0,{product},0,0,0\n"
            rows.append((float(day), 1, line))
    rows.sort(key=lambda row: row[:2])
    return [line for _, _, line in rows]
