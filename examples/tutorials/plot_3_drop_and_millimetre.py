"""
One drop more, one millimetre lower
===================================

Why does it matter where the needle goes and how much water is in the syringe? Three plans with
the same units in the frown muscles: as the label has it, with the outer sites lower, and with the
same dose in a larger volume. What changes is how much toxin lies at the neighbours.
"""

from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np

import endplate
from endplate.case import Site, placed_sites
from endplate.facts.parameters import value
from endplate.model.spread.sheet import Sheet

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


# %%
# One drop
# --------
# A bolus flows along the fibres as an ellipsoid and is bound within a short length. The cloud it
# leaves, by its standard deviation along and across the fibres:

sheet = Sheet(
    length_1ml_mm=value("sheet_length_1ml_mm"),
    length_exponent_above=value("sheet_length_exponent"),
    thickness_1ml_mm=value("sheet_thickness_1ml_mm"),
    thickness_exponent_above=value("sheet_thickness_exponent"),
    binding_length_mm=value("binding_length_mm"),
)
volumes_ml = np.array([0.025, 0.05, 0.1, 0.2, 0.4])
along_mm, across_mm = np.array([sheet.sd_mm(volume_ml) for volume_ml in volumes_ml]).T
for volume_ml, along, across in zip(volumes_ml, along_mm, across_mm, strict=True):
    print(f"{volume_ml:5.3f} mL: {along:.1f} mm along, {across:.1f} mm across")

# %%
# One millimetre
# --------------
# The plan's sites as the label places them: to the side, up and into the depth.


def with_sites(lower_mm=0.0, diluent_ml=2.5):
    """The plan with its outer sites lower, or its vial in more water: every drop is larger then."""
    sites = []
    for site in placed_sites(plan):
        down_mm = lower_mm if abs(site.x_mm) > 20 else 0.0
        sites.append(
            Site(
                dose_u=site.dose_u,
                side=site.side,
                muscle=site.muscle,
                at_mm=(abs(site.x_mm), site.y_mm - down_mm, site.z_mm),
            )
        )
    treatment = replace(plan.treatment, protocol=None, sites=tuple(sites), diluent_ml=diluent_ml)
    return replace(plan, treatment=treatment)


plans = {
    "label": with_sites(),
    "2 mm lower": with_sites(lower_mm=2),
    "5 mm lower": with_sites(lower_mm=5),
    "4 times the volume": with_sites(diluent_ml=10),
}
forecasts = {
    name: endplate.simulate(one, people=400, seed=1, days=180) for name, one in plans.items()
}

# %%
# The same people, the same units. A drooping lid comes from what reaches the muscle that lifts it;
# where the dose has left the frown muscles, less of the effect is had for it.


def percent(forecast, term):
    """People out of 100 with an unwanted effect."""
    return next(harm.percent for harm in forecast.harms if harm.term == term)


ptosis = {name: percent(forecast, "eyelid_ptosis") for name, forecast in forecasts.items()}
least = {
    name: min(forecast.series("severity_contraction:glabellar_lines").median)
    for name, forecast in forecasts.items()
}
for name in plans:
    print(f"{name:20} drooping lid {ptosis[name]:5.2f} of 100, grade at best {least[name]:.2f}")

# %%

figure, (left, right) = plt.subplots(1, 2, figsize=(8, 3.4), layout="constrained")
left.plot(volumes_ml, along_mm, "o-", label="along the fibres")
left.plot(volumes_ml, across_mm, "o-", label="across")
left.set(xlabel="volume of the drop, mL", ylabel="spread (SD), mm", ylim=(0, None))
left.legend(frameon=False)
right.barh(list(ptosis), list(ptosis.values()), color="C3")
right.invert_yaxis()
right.set(xlabel="people out of 100 with a drooping lid")
plt.show()

# %%
# The position of the gate to the lid is assumed, and its height is set to what trials counted
# (see :doc:`the model </model>`): read the direction from this, not the decimal.
