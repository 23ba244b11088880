"""
Run a rival hypothesis
======================

Where science disagrees, a step of the model is a choice (:doc:`/hypotheses`). Here the uptake of
the toxin follows the four-step scheme of Lebeda 2008 in place of the default one. It was made for
the onset of paralysis and knows no recovery: what does a forecast look like under it?

On the command line: ``endplate simulate plan.toml --model uptake=lebeda4``.
"""

import matplotlib.pyplot as plt

import endplate
from endplate.model import HYPOTHESES

for step, known in HYPOTHESES.items():
    print(f"{step}:")
    for name, claim in known.items():
        print(f"  {name}: {claim}")

# %%

plan = endplate.Plan.loads("""
[patient]
age_y = 46
baseline = { glabellar_lines = 3 }

[treatment]
date = 2026-11-22
product = "onabotulinumtoxinA"
indication = "glabellar_lines"
vial_u = 100
diluent_ml = 2.5
protocol = "label"
""")
MODELS = {
    "clearing (default)": endplate.Model(),
    "lebeda4": endplate.Model.parse(["uptake=lebeda4"]),
}
forecasts = {
    name: endplate.simulate(plan, people=256, seed=1, days=240, model=model)
    for name, model in MODELS.items()
}

# %%
# The parameters stay as they were fitted with the default model, so the rival is not shown at its
# best; what it claims shows all the same: nothing comes back.

PROCERUS = "working_fraction:procerus:midline"
for name, forecast in forecasts.items():
    working = forecast.series(PROCERUS).median
    print(f"{name}: least {min(working):.3f} of junctions work, on day 240 {working[-1]:.3f}")

# %%

figure, axes = plt.subplots(figsize=(7, 3.6), layout="constrained")
for name, forecast in forecasts.items():
    axes.plot(forecast.course.day, forecast.series(PROCERUS).median, label=name)
axes.set(
    xlabel="days after the treatment", ylabel="junctions of procerus that work", ylim=(0, 1.02)
)
axes.legend(frameon=False)
plt.show()
