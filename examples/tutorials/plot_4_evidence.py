"""
What the evidence says of a product
===================================

How near does the model come to what trials of one product published, and which figures does it
miss? Every published figure is a row of a table with its source.
"""

import matplotlib.pyplot as plt

from endplate.facts.trials import trial_figures
from endplate.validation.results import error_ratio
from endplate.validation.stored import stored_validation

PRODUCT = "abobotulinumtoxinA"

# %%
# What was published
# ------------------

figures = [figure for figure in trial_figures() if figure.product == PRODUCT]
uses = {}
for figure in figures:
    uses.setdefault(figure.indication, set()).add(figure.trial_id)
for use, trials in uses.items():
    print(f"{use}: {len(trials)} trials")

# %%
# What the model predicts of it
# -----------------------------
# Each figure with the 90 % interval of a published figure of that size. The table is the one the
# model was fitted to: these are errors of a description, not of a forecast.

rows = [row for row in stored_validation().rows if row.product == PRODUCT and not row.bound]
percents = [row for row in rows if row.kind == "percent"]
mean_error = sum(abs(row.predicted - row.observed) for row in percents) / len(percents)
inside = sum(row.inside for row in rows) / len(rows)
print(f"{len(rows)} figures, {100 * inside:.0f} % inside their 90 % interval")
print(f"{len(percents)} percents, mean absolute error {mean_error:.1f} points")

# %%
# The largest misses come first, as in ``endplate validate``.

misses = sorted((row for row in rows if not row.inside), key=error_ratio, reverse=True)
for row in misses[:5]:
    print(
        f"{row.trial_id}, {row.endpoint}, day {row.day:.0f}: published {row.observed:g} "
        f"{row.unit}, predicted {row.predicted:.3g} ({row.low:.3g} to {row.high:.3g})"
    )

# %%
# Predicted against published.

figure, axes = plt.subplots(figsize=(4.6, 4.4), layout="constrained")
axes.plot([0, 100], [0, 100], color="0.7", linewidth=1)
for inside_it, colour in ((True, "C0"), (False, "C3")):
    own = [row for row in percents if row.inside == inside_it]
    error = [[row.predicted - row.low for row in own], [row.high - row.predicted for row in own]]
    axes.errorbar(
        [row.observed for row in own],
        [row.predicted for row in own],
        error,
        fmt="o",
        markersize=3,
        linewidth=0.5,
        color=colour,
        label="inside its interval" if inside_it else "outside",
    )
axes.set(xlabel="published, people out of 100", ylabel="predicted", aspect="equal")
axes.legend(frameon=False, loc="upper left")
plt.show()
