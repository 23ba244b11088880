"""
A first forecast
================

From a plan to what it does, for how long, and how sure that is. The plan treats frown lines with
the label's dose at the label's sites.
"""

import matplotlib.pyplot as plt

import endplate

plan = endplate.Plan.loads("""
[patient]
age_y = 46
sex = "female"
conditions = []
medications = ["aspirin"]
allergies = []
baseline = { glabellar_lines = 3 }        # investigator, at maximum frown, 0-3

[treatment]
date = 2026-11-22
product = "onabotulinumtoxinA"
indication = "glabellar_lines"
vial_u = 100
diluent_ml = 2.5
protocol = "label"
""")

# %%
# Check it first
# --------------
# The label's rules need no simulator. What a plan does not state is a finding too.

checked = endplate.check(plan)
print("level:", checked.level)
for finding in checked.findings:
    print(f"- {finding.level}: {finding.title}")

# %%
# Run it in people like the patient
# ---------------------------------
# Person 7 of seed 1 is the same person on any machine. More people make smoother figures; 500 are
# enough to look at.

forecast = endplate.simulate(plan, people=500, seed=1, days=270)
timing = forecast.timing
print(f"works from day {timing.onset_d.median:.0f}, best on day {timing.peak_d.median:.0f}")
worn_off = timing.duration_d
print(
    f"worn off on day {worn_off.median:.0f}; half of people {worn_off.p25:.0f} to "
    f"{worn_off.p75:.0f}; 90 % interval of the median {worn_off.low:.0f} to {worn_off.high:.0f}"
)

# %%
# The course, with a band for half and for nine in ten people, and what placebo does.

day = forecast.course.day
line = forecast.series("severity_contraction:glabellar_lines")
placebo = forecast.series("severity_placebo:glabellar_lines")

figure, axes = plt.subplots(figsize=(7, 3.6), layout="constrained")
axes.fill_between(day, line.p05, line.p95, alpha=0.15, color="C0", label="9 of 10 people")
axes.fill_between(day, line.p25, line.p75, alpha=0.3, color="C0", label="half of people")
axes.plot(day, line.median, color="C0", label="median")
axes.plot(day, placebo.median, "--", color="0.4", label="placebo")
axes.set(xlabel="days after the treatment", ylabel="grade at maximum frown", ylim=(-0.05, 3.2))
axes.legend(loc="lower right", frameon=False)
plt.show()

# %%
# Benefits beside what trials published
# -------------------------------------
# People out of 100 with no or mild lines at maximum frown, as the investigator sees it. The
# interval holds what the fit does not know and how trials of one dose differ.

for outcome in forecast.shares_of("glabellar_lines"):
    if outcome.endpoint == "inv_none_mild":
        published = ", ".join(f"{trial.value:g}" for trial in outcome.trials) or "-"
        print(
            f"day {outcome.day:3.0f}: {outcome.value:3.0f} ({outcome.low:.0f} to "
            f"{outcome.high:.0f}), placebo {outcome.placebo:.0f}, published: {published}"
        )

# %%
# What may go wrong
# -----------------
# Each with what people on placebo report, and where the figure comes from.

for harm in sorted(forecast.harms, key=lambda one: -one.percent)[:6]:
    background = "-" if harm.background_percent is None else f"{harm.background_percent:.1f}"
    print(
        f"{harm.term:28} {harm.percent:5.1f} of 100 ({harm.low:.1f} to {harm.high:.1f}), "
        f"placebo {background}, from {harm.origin}"
    )

# %%
# What is not known is told with it.

for sentence in forecast.limits[:3]:
    print("-", sentence)
