"""
Read a trial's NONMEM table with pharmpy
========================================

A virtual trial also comes out as a table that NONMEM and its companions read: doses and
observations of every person of the first replicate. Here pharmpy reads it.
"""

import tempfile
import warnings
from pathlib import Path

import endplate

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # what pharmpy's own packages warn of when they are loaded
    from pharmpy.model import ColumnInfo, DataInfo, DataVariable
    from pharmpy.modeling import read_dataset_from_datainfo

# the first published trial of the use, smaller
design = endplate.Trial.example("glabellar_lines").as_dict()
design["trial"] |= {"people": 24, "replicates": 1, "seed": 3}
trial = endplate.Trial.from_dict(design)

# %%
# What each column is, in pharmpy's words.

KINDS = {
    "ID": "id", "TIME": "idv", "EVID": "event", "AMT": "dose", "CMT": "compartment",
    "DV": "dv", "MDV": "mdv",
}  # fmt: skip

with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
    warnings.simplefilter("ignore")
    result = trial.run(Path(folder) / "run", workers=1)
    table = result.folder / "nonmem.csv"
    columns = table.read_text(encoding="utf-8").splitlines()[0].split(",")
    information = DataInfo.create(
        [
            ColumnInfo.create(name, DataVariable.create(name, type=KINDS.get(name, "unknown")))
            for name in columns
        ],
        path=table,
        separator=",",
    )
    data = read_dataset_from_datainfo(information, datatype="nonmem")

print(data.head(8).to_string())

# %%
# The doses of a person add up to those of the arm, and observations are marked as such.

doses = data[data["EVID"] == 1].groupby("ID")["AMT"].sum()
observed = data[data["EVID"] == 0]
print(f"{len(doses)} people were injected with {doses.iloc[0]:g} U each")
print(f"{len(observed)} observations, grades {observed['DV'].min():g} to {observed['DV'].max():g}")
