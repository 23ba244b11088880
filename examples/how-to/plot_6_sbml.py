"""
Hand one person to another simulator
====================================

The chain of one virtual person as SBML, run by libRoadRunner, which shares no code with endplate.
On the command line: ``endplate export plan.toml --sbml person.xml``. It needs
``pip install '.[sbml]'``, and libRoadRunner for the check.
"""

import matplotlib.pyplot as plt
import numpy as np
import roadrunner

import endplate
from endplate.export.sbml import exported_person, sbml_text
from endplate.export.sbml.write import courses

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
subject = exported_person(plan, person=4, seed=3, days=180)
text = sbml_text(subject)
names, ours = courses(subject, 180)
print(f"{len(text) / 1000:.0f} kB, {len(names) - 1} courses over {len(ours)} days")
print(", ".join(names[1:6]), "...")

# %%
# Run it elsewhere
# ----------------

other = roadrunner.RoadRunner(text)
other.timeCourseSelections = names
other.integrator.relative_tolerance = 1e-10
other.integrator.absolute_tolerance = 1e-12
other.integrator.maximum_num_steps = 100_000
last_day = int(ours[-1, 0])
theirs = np.array(other.simulate(0, last_day, last_day + 1))
theirs = theirs[np.rint(ours[:, 0]).astype(int)]

apart = np.abs(theirs - ours).max()
print(f"largest difference in any course on any day: {apart:.1e}")

# %%

figure, axes = plt.subplots(figsize=(7, 3.6), layout="constrained")
working = [column for column, name in enumerate(names) if name.startswith("working")][:3]
for column in working:
    (drawn,) = axes.plot(ours[:, 0], ours[:, column], label=names[column])
    axes.plot(theirs[::6, 0], theirs[::6, column], "o", markersize=3, color=drawn.get_color())
axes.set(xlabel="day", ylabel="working fraction", ylim=(0, 1.02))
axes.set_title("lines: endplate, dots: libRoadRunner", fontsize="medium")
axes.legend(frameon=False, fontsize="small")
plt.show()
