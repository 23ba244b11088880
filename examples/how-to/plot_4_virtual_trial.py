"""
Run a trial that nobody has run
===============================

A design file names arms, visits, endpoints and dropout; its replicates tell the power. On the
command line: ``endplate trial design.toml --out run/`` (:doc:`/trials`). It needs
``pip install '.[trial]'``.
"""

import tempfile
from pathlib import Path

import matplotlib.pyplot as plt

import endplate

DESIGN = """
[trial]
indication = "glabellar_lines"
title = "Twenty units against placebo"
people = {people}
replicates = {replicates}
seed = 3

[[arm]]
name = "20 U"
product = "onabotulinumtoxinA"
dose_u = 20

[[arm]]
name = "placebo"
placebo = true

[visits]
days = [7, 30, 90]

[[endpoint]]
code = "inv_none_mild"
day = 30

[[endpoint]]
code = "median_duration_ge1"

[[dropout]]
share = 0.1
"""

with tempfile.TemporaryDirectory() as folder:
    trial = endplate.Trial.loads(DESIGN.format(people=12, replicates=60))
    result = trial.run(Path(folder) / "run", workers=1)
    summary, visits, means = result.summary, result.frame("adqs"), result.xarray()

# %%
# What it shows
# -------------
# Twelve people are enough to see that the drug works. Power comes with its Monte-Carlo error.

for endpoint in summary["endpoints"]:
    print(
        f"{endpoint['endpoint']}: power {endpoint['power']:.0f} % (SE {endpoint['power_se']:.1f})"
    )
for arm in summary["arms"]:
    print(f"{arm['name']}: {arm['left_percent']:.0f} of 100 people left before the end")

# %%
# The people are ADaM datasets, as frames of polars, pandas or xarray.

print(visits.head(4))

# %%
# Mean grade by arm, with the band of nine in ten replicates.

figure, axes = plt.subplots(figsize=(7, 3.6), layout="constrained")
for arm in means["arm"].values:
    own = means.sel(arm=arm)
    axes.plot(means["day"], own["INVGRADE_mean"], "o-", label=arm)
    axes.fill_between(means["day"], own["INVGRADE_p05"], own["INVGRADE_p95"], alpha=0.15)
axes.set(xlabel="day of the visit", ylabel="grade, investigator", ylim=(-0.05, 3.2))
axes.legend(frameon=False)
plt.show()

# %%
# ``endplate size design.toml --power 0.9`` says how many people a power asks for.
