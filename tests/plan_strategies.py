"""Random plans that are valid by construction."""

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import strategies as st

from endplate.case import (
    Grades,
    Override,
    Patient,
    Plan,
    PreviousTreatment,
    Repeat,
    Site,
    Treatment,
)
from endplate.case.faults import plan_faults
from endplate.facts.atlas import muscle_blocks
from endplate.facts.vocabulary import preferred_words

PRODUCTS = st.sampled_from(preferred_words("product"))
INDICATIONS = st.sampled_from(preferred_words("indication"))
UPPER_FACE = st.sampled_from(["glabellar_lines", "lateral_canthal_lines", "forehead_lines"])
TODAY = date(2026, 11, 22)


def amounts(low, high):
    return st.floats(low, high, allow_nan=False).map(lambda v: round(v, 3))


def names(kind):
    known = st.sampled_from(preferred_words(kind))
    free = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20).map(str.strip)
    unique = st.lists(st.one_of(known, free.filter(bool)), max_size=4, unique=True)
    return st.none() | unique.map(tuple)


PREVIOUS = st.builds(
    PreviousTreatment,
    date=st.integers(1, 900).map(lambda d: TODAY - timedelta(days=d)),
    product=PRODUCTS,
    indication=st.none() | INDICATIONS,
    dose_u=st.none() | amounts(0.5, 4000),
    reaction=st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
)
PATIENTS = st.builds(
    Patient,
    age_y=st.none() | amounts(0, 120),
    sex=st.none() | st.sampled_from(["female", "male", "other"]),
    weight_kg=st.none() | amounts(1, 300),
    conditions=names("condition"),
    medications=names("medication"),
    allergies=names("allergy"),
    baseline=st.dictionaries(
        st.sampled_from(["glabellar_lines", "forehead_lines", "headache_days_28d"]),
        st.integers(0, 3).map(float),
    )
    .flatmap(lambda low: st.just(low) | st.integers(0, 600).map(lambda v: {**low, "pvr_ml": v}))
    .map(Grades),
    previous=st.none()
    | st.lists(PREVIOUS, max_size=4, unique_by=lambda earlier: earlier.date).map(tuple),
)
CHARTED = {block.muscle for block in muscle_blocks()}
UNCHARTED = [word for word in preferred_words("muscle") if word not in CHARTED]
STEPS = st.lists(st.sampled_from(preferred_words("requirement")), max_size=4, unique=True)
SITES = st.builds(
    Site,
    dose_u=amounts(0.1, 400),
    side=st.sampled_from(["left", "right"]),
    muscle=st.sampled_from(["corrugator_supercilii", "frontalis", "orbicularis_oculi"])
    | st.sampled_from(UNCHARTED),
)


def of_one_product(treatment):
    """The treatment with its product repeated in its first site."""
    first, *others = treatment.sites
    repeated = replace(first, product=treatment.product)
    return replace(treatment, sites=(repeated, *others))


TREATMENTS = st.builds(
    Treatment,
    date=st.just(TODAY),
    product=PRODUCTS,
    indications=st.lists(UPPER_FACE | INDICATIONS, min_size=1, max_size=3, unique=True).map(tuple),
    vial_u=st.sampled_from([50.0, 100.0, 125.0, 200.0, 300.0, 500.0, 5000.0]),
    diluent_ml=amounts(0.1, 20),
    region=st.sampled_from(["US", "EU", "UK"]),
    protocol=st.just("label"),
    dose_u=st.none() | amounts(0.5, 2000),
    sites=st.just(()),
    confirmed=STEPS.map(tuple),
    not_met=STEPS.map(tuple),
) | st.builds(
    Treatment,
    date=st.just(TODAY),
    product=PRODUCTS,
    indications=st.lists(UPPER_FACE | INDICATIONS, min_size=1, max_size=3, unique=True).map(tuple),
    vial_u=st.sampled_from([50.0, 100.0, 125.0, 200.0, 300.0, 500.0, 5000.0]),
    diluent_ml=amounts(0.1, 20),
    region=st.sampled_from(["US", "EU", "UK"]),
    sites=st.lists(SITES, min_size=1, max_size=8).map(tuple),
).flatmap(lambda one: st.sampled_from([one, of_one_product(one)]))
OVERRIDES = st.builds(
    Override,
    rule=st.sampled_from(["conditions", "cumulative_dose", "age", "session_cap", "nothing"]),
    reason=st.just("weighed with the patient"),
    about=st.none() | st.just("infection_at_site"),
)
CYCLES = st.integers(2, 20).map(float)
SCENARIOS = st.sampled_from(["trial_like", "clinic_like", "none"])
REPEATS = st.builds(
    Repeat, cycles=CYCLES, interval_d=amounts(14, 730), antibodies=SCENARIOS
) | st.builds(
    Repeat,
    cycles=CYCLES,
    again_when_lost=amounts(0.01, 1),
    not_before_d=amounts(14, 730),
    antibodies=SCENARIOS,
)
PLANS = st.builds(
    Plan,
    patient=PATIENTS,
    treatment=TREATMENTS,
    repeat=st.none() | REPEATS,
    overrides=st.lists(OVERRIDES, max_size=2).map(tuple),
)


def as_filed(plan):
    """The plan as a file may hold it: without the sites that its uses have no chart for."""
    faults = plan_faults(plan, ())
    kept = tuple(
        site
        for n, site in enumerate(plan.treatment.sites, 1)
        if not any(f.startswith(f"treatment.site[{n}].muscle") for f in faults)
    )
    protocol = plan.treatment.protocol or (None if kept else "label")
    return replace(plan, treatment=replace(plan.treatment, sites=kept, protocol=protocol))
