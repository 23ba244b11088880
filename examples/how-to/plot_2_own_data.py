"""
Calibrate on your own data
==========================

You followed sixty people treated for frown lines. How far do your figures move what the model
believes? The stored draws of the posterior are weighed by how likely your figures are under each:
a small calibration that takes seconds. ``endplate calibrate --trials FILE`` makes the whole fit
anew, which takes most of an hour.
"""

import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

import endplate
from endplate.fit.block import blocks_of
from endplate.fit.likelihood import figure_arrays, natural
from endplate.fit.trial_table import read_trials
from endplate.validation.left_out import group_log_likelihood

# %%
# Your figures as a table
# -----------------------
# One row a figure, with the columns that a spreadsheet saves. These are made up: people keep less
# of the effect at day 90 and 120 than in published trials.

TABLE = """\
trial_id,indication,product,arm,dose_u,area_dose_u,n,day,endpoint,statistic,value
OWN,glabellar_lines,onabotulinumtoxinA,20 U,20,20,60,30,inv_none_mild,percent,77
OWN,glabellar_lines,onabotulinumtoxinA,20 U,20,20,60,60,inv_none_mild,percent,55
OWN,glabellar_lines,onabotulinumtoxinA,20 U,20,20,60,90,inv_none_mild,percent,30
OWN,glabellar_lines,onabotulinumtoxinA,20 U,20,20,60,120,inv_none_mild,percent,12
"""
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "own.csv"
    path.write_text(TABLE, encoding="utf-8")
    table = read_trials(path)

# %%
# Predict them under each draw
# ----------------------------
# Each draw is one set of parameters that fits the published trials. 128 people stand for an arm.

(block,) = blocks_of(table, subjects=128)
draws = endplate.Parameters.draws(100)
linked = block.many(draws.vectors)
figures = figure_arrays(block.figures)
predicted = np.array([natural(row, figures) for row in linked])
published = np.array([figure.value for figure in block.figures])
for figure, mean, sd in zip(block.figures, predicted.mean(0), predicted.std(0), strict=True):
    print(f"day {figure.day:.0f}: yours {figure.value:g}, model {mean:.0f} (SD {sd:.0f})")

# %%
# Weigh them
# ----------
# The likelihood of the fit: people are sampled, and your clinic differs from others as trials of
# one dose differ. That difference is why sixty people move the model less than one might think.

log_likelihood = group_log_likelihood(draws.vectors, linked, figures).sum(axis=1)
weights = np.exp(log_likelihood - log_likelihood.max())
weights /= weights.sum()
effective = 1 / np.sum(weights**2)
print(f"as good as {effective:.0f} of {len(weights)} draws")

persistence_d = np.asarray(draws.values()["persistence_d"])
before, after = persistence_d.mean(), float(weights @ persistence_d)
print(f"half-life of the light chain: {before:.1f} d before your figures, {after:.1f} d after")
weighed = weights @ predicted

# %%
# Where few draws carry the weight, the stored ones are too few to say: run the whole fit.

figure, axes = plt.subplots(figsize=(7, 3.6), layout="constrained")
days = [one.day for one in block.figures]
axes.fill_between(days, *np.percentile(predicted, [5, 95], axis=0), alpha=0.2, label="draws, 90 %")
axes.plot(days, predicted.mean(0), label="before")
axes.plot(days, weighed, label="after")
axes.plot(days, published, "ko", label="your figures")
axes.set(xlabel="day", ylabel="none or mild, of 100 people", ylim=(0, 100))
axes.legend(frameon=False)
plt.show()
