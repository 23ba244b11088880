"""
Comparing doses
===============

What do more units buy? The same people, treated with half the label's dose, the label's dose and
twice that, at the label's sites. Every doubling buys the same time, about one half-life of the
light chain inside the nerve ending, and ever less depth.
"""

import matplotlib.pyplot as plt

import endplate

PLAN = """
[patient]
age_y = 46
baseline = {{ glabellar_lines = 3 }}

[treatment]
date = 2026-11-22
product = "onabotulinumtoxinA"
indication = "glabellar_lines"
vial_u = 100
diluent_ml = 2.5
protocol = "label"
dose_u = {dose_u}
"""

DOSES_U = (10, 20, 40)
forecasts = {
    dose_u: endplate.simulate(
        endplate.Plan.loads(PLAN.format(dose_u=dose_u)), people=400, seed=1, days=365
    )
    for dose_u in DOSES_U
}

# %%
# Depth and length of the effect
# ------------------------------

least = {}
duration_d = {}
for dose_u, forecast in forecasts.items():
    line = forecast.series("severity_contraction:glabellar_lines")
    least[dose_u] = min(line.median)
    duration_d[dose_u] = forecast.timing.duration_d.median
    print(
        f"{dose_u} U: grade at best {least[dose_u]:.2f}, worn off on day {duration_d[dose_u]:.0f}"
    )

# %%
# Only the label's dose keeps to the label; the others say what they depart from.

for dose_u in DOSES_U:
    found = endplate.check(endplate.Plan.loads(PLAN.format(dose_u=dose_u)))
    about = [one.title for one in found.findings if "dose" in one.rule]
    print(f"{dose_u} U: {found.level}; {'; '.join(about) or 'nothing on the dose'}")

# %%
# The courses, median of people.

figure, axes = plt.subplots(figsize=(7, 3.6), layout="constrained")
for dose_u, forecast in forecasts.items():
    line = forecast.series("severity_contraction:glabellar_lines")
    axes.plot(forecast.course.day, line.median, label=f"{dose_u} U")
axes.set(xlabel="days after the treatment", ylabel="grade at maximum frown", ylim=(-0.05, 3.2))
axes.legend(frameon=False, loc="lower right")
plt.show()

# %%
# Is the longer effect worth the higher chance of a drooping lid? That is for patient and
# professional to say. The model tells what it costs.

ptosis = {
    dose_u: next(one.percent for one in forecast.harms if one.term == "eyelid_ptosis")
    for dose_u, forecast in forecasts.items()
}
for dose_u, percent in ptosis.items():
    print(f"{dose_u} U: {percent:.1f} of 100 people with a drooping lid")
