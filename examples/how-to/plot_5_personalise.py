"""
Learn from one person's follow-up
=================================

Two people with cervical dystonia got the same dose. One gained much, the other little. What does
each have to expect, and when is it time to come back? On the command line:
``endplate personalise plan.toml --follow-up visits.csv``.
"""

import tempfile
from pathlib import Path

import matplotlib.pyplot as plt

import endplate

plan = endplate.Plan.loads("""
[patient]
age_y = 56

[treatment]
date = 2026-11-22
product = "rimabotulinumtoxinB"
indication = "cervical_dystonia"
vial_u = 5000
diluent_ml = 1.0
protocol = "label"
""")

# %%
# The follow-up: one row for each injection and each visit, with the day and the score.

DAYS = (0, 14, 28, 56, 84)
SCORES = {"gains much": (48, 24, 22, 25, 32), "gains little": (48, 45, 44, 46, 48)}
lines = ["patient,day,endpoint,value,product,dose_u"]
for name, scores in SCORES.items():
    lines.append(f"{name},0,,,rimabotulinumtoxinB,5000")
    lines += [
        f"{name},{day},twstrs_total,{score},," for day, score in zip(DAYS, scores, strict=True)
    ]
print("\n".join(lines[:4]))

with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "visits.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    found = endplate.personalise(plan, path, people=1024)

# %%
# What was learned: each figure in standard deviations between people, 0 for the middle person.

told = {person.told["patient"]: person.told for person in found.people}
for name, one in told.items():
    reach, worn = one["posterior"]["reach"], one["wears_off_d"]
    print(f"{name}: reach {reach['median']:+.2f} ({reach['p05']:+.2f} to {reach['p95']:+.2f})")
    if worn["median"] is not None:
        print(f"  wears off on day {worn['median']:.0f}")
    again = one["next_treatment"]
    print(f"  come back on day {again['come_back_d']:.0f}: {again['reason']}")

# %%
# The score to expect after the next treatment, with the band of nine in ten.

figure, axes = plt.subplots(figsize=(7, 3.6), layout="constrained")
for colour, (name, one) in zip(("C0", "C3"), told.items(), strict=True):
    axes.plot(DAYS, SCORES[name], "o", color=colour, label=name)
    rows = one["forecast"]
    days = [row["day"] for row in rows]
    axes.plot(days, [row["median"] for row in rows], color=colour)
    axes.fill_between(
        days, [row["p05"] for row in rows], [row["p95"] for row in rows], color=colour, alpha=0.15
    )
axes.set(xlabel="day", ylabel="TWSTRS, points", ylim=(0, None))
axes.legend(frameon=False)
plt.show()
