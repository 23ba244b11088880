"""
Follow a policy over years
==========================

When to treat again: after a fixed time, or once most of the benefit is lost? ``[repeat]`` in the
plan runs treatment after treatment, never before the label's interval.
"""

import matplotlib.pyplot as plt

import endplate

PLAN = """
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

[repeat]
cycles = 4
"""
POLICIES = {
    "every 12 weeks": "interval_d = 84",
    "when 80 % is lost": "again_when_lost = 0.8",
}
forecasts = {
    name: endplate.simulate(endplate.Plan.loads(PLAN + rule), people=256, seed=1, days=180)
    for name, rule in POLICIES.items()
}

# %%
# Each treatment in turn: when it is given, what it does, how much is left when the next is due.

for name, forecast in forecasts.items():
    print(name)
    for row in forecast.cycles.rows:
        print(
            f"  treatment {row.cycle}: day {row.day.median:4.0f}, "
            f"benefit {row.peak_benefit.median:.2f} grades, "
            f"left before the next {row.benefit_before_next.median:.2f}"
        )

# %%
# Four treatments every twelve weeks are given in the time of fewer by the other rule. Which is
# worth more to the person is not for a model to say.

last_day = {name: forecast.cycles.rows[-1].day.median for name, forecast in forecasts.items()}
for name, day in last_day.items():
    print(f"{name}: the fourth treatment on day {day:.0f}")

figure, axes = plt.subplots(figsize=(7, 3.6), layout="constrained")
for name, forecast in forecasts.items():
    course = forecast.cycles.course
    axes.plot(course.day, course.named("severity_contraction:glabellar_lines").median, label=name)
axes.set(
    xlabel="days after the first treatment", ylabel="grade at maximum frown", ylim=(-0.05, 3.2)
)
axes.legend(frameon=False, loc="lower right")
plt.show()
