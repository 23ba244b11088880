"""Neighbours of plans that once passed: other products, regions, uses, spellings."""

from datetime import date, timedelta

import pytest

from endplate.case import Plan
from endplate.errors import PlanFaults
from endplate.safety import LEVELS, check

DAY = date(2026, 11, 22)
VIALS = {
    "onabotulinumtoxinA": 100,
    "abobotulinumtoxinA": 500,
    "incobotulinumtoxinA": 100,
    "daxibotulinumtoxinA": 100,
    "relabotulinumtoxinA": 150,
    "prabotulinumtoxinA": 100,
    "letibotulinumtoxinA": 50,
    "rimabotulinumtoxinB": 5000,
}
OAB, NDO = "overactive_bladder", "neurogenic_detrusor_overactivity"
GL, LCL, FHL = "glabellar_lines", "lateral_canthal_lines", "forehead_lines"
CD, ULS, LLS = "cervical_dystonia", "upper_limb_spasticity", "lower_limb_spasticity"
BLADDERS = [
    ("onabotulinumtoxinA", "EU", OAB),
    ("onabotulinumtoxinA", "US", NDO),
    ("onabotulinumtoxinA", "UK", NDO),
    ("abobotulinumtoxinA", "UK", NDO),
    ("abobotulinumtoxinA", "US", OAB),
    ("incobotulinumtoxinA", "US", NDO),
    ("rimabotulinumtoxinB", "EU", OAB),
    ("prabotulinumtoxinA", "US", OAB),
]


def site(muscle, dose_u, side="left", **more):
    return {"muscle": muscle, "side": side, "dose_u": dose_u, **more}


def findings(use, product="onabotulinumtoxinA", sites=(), region="US", dose_u=None, **person):
    patient = {key: [] for key in ("conditions", "medications", "allergies", "previous")}
    patient = {"age_y": 46, "weight_kg": 64, **patient, **person}
    treatment = {
        "date": DAY.isoformat(),
        "product": product,
        "indication": use,
        "region": region,
        "vial_u": VIALS[product],
        "diluent_ml": 2.5,
    }
    treatment |= {"site": list(sites)} if sites else {"protocol": "label"}
    treatment |= {} if dose_u is None else {"dose_u": dose_u}
    return check(Plan.from_tables({"patient": patient, "treatment": treatment})).findings


def worst(found, *rules):
    levels = [f.level for f in found if f.rule in rules]
    return max(levels, key=LEVELS.index, default="none")


def given(days, product, use, dose_u, **more):
    day = (DAY - timedelta(days=days)).isoformat()
    return {"date": day, "product": product, "indication": use, "dose_u": dose_u, **more}


@pytest.mark.parametrize(
    ("use", "muscle", "side", "level"),
    [
        (GL, "zygomaticus_major", "left", "stop"),
        (GL, "lateral_rectus", "right", "stop"),
        (LCL, "levator_palpebrae_superioris", "left", "stop"),
        ("blepharospasm", "levator_palpebrae_superioris", "right", "stop"),
        (CD, "pharyngeal_constrictors", "midline", "stop"),
        (FHL, "masseter", "left", "caution"),
        (GL, "orbicularis_oculi", "left", "caution"),
        (LCL, "procerus", "midline", "caution"),
        ([GL, LCL], "orbicularis_oculi", "left", "none"),
    ],
)
def test_a_muscle_that_the_use_does_not_treat(use, muscle, side, level):
    assert worst(findings(use, sites=[site(muscle, 4, side)]), "untargeted_muscle") == level


@pytest.mark.parametrize(
    ("use", "muscle", "side"),
    [
        ("chronic_migraine", "biceps_brachii", "left"),
        (GL, "detrusor", "midline"),
        (GL, "trapezius", "left"),
        (ULS, "gastrocnemius_medial", "left"),
        (CD, "frontalis", "left"),
    ],
)
def test_a_muscle_of_another_chart_is_a_fault(use, muscle, side):
    with pytest.raises(PlanFaults):
        findings(use, sites=[site(muscle, 10, side)])


@pytest.mark.parametrize(
    ("use", "muscle", "level"),
    [
        (LCL, "orbicularis_oculi", "caution"),
        (FHL, "frontalis", "caution"),
        ("platysma_bands", "platysma", "caution"),
        ("blepharospasm", "orbicularis_oculi", "caution"),
        ("chronic_migraine", "temporalis", "caution"),
        ("axillary_hyperhidrosis", "axillary_eccrine_field", "none"),
        (CD, "splenius_capitis", "none"),
    ],
)
def test_one_side_alone(use, muscle, level):
    assert worst(findings(use, sites=[site(muscle, 12)]), "side_difference") == level


@pytest.mark.parametrize(
    ("product", "before_u", "today_u", "before", "today"),
    [
        ("incobotulinumtoxinA", 400, 400, ULS, ULS),
        ("daxibotulinumtoxinA", 40, 125, GL, CD),
        ("relabotulinumtoxinA", 50, 60, GL, LCL),
        ("rimabotulinumtoxinB", 2500, 2500, CD, "sialorrhea"),
        ("prabotulinumtoxinA", 20, 20, GL, GL),
        ("letibotulinumtoxinA", 20, 20, GL, GL),
        ("abobotulinumtoxinA", 1000, 1000, CD, LLS),
        ("onabotulinumtoxinA", 20, 20, "anal fissure", GL),
    ],
)
def test_the_same_toxin_ten_days_ago(product, before_u, today_u, before, today):
    previous = [given(10, product, before, before_u)]
    found = findings(today, product, dose_u=today_u, previous=previous)
    assert worst(found, "recent_dose", "cumulative_dose") in ("caution", "stop")


@pytest.mark.parametrize(
    ("brand", "product"), [("Bocouture", "incobotulinumtoxinA"), ("Azzalure", "abobotulinumtoxinA")]
)
def test_another_brand_of_the_same_toxin_counts(brand, product):
    found = findings(GL, product, previous=[given(20, brand, GL, 50)])
    assert worst(found, "recent_dose") == "caution"


@pytest.mark.parametrize(
    ("product", "use", "muscle", "side", "dose_u"),
    [
        ("onabotulinumtoxinA", CD, "splenius_capitis", "left", 1),
        ("onabotulinumtoxinA", OAB, "detrusor", "midline", 1),
        ("abobotulinumtoxinA", LLS, "gastrocnemius_medial", "left", 5),
    ],
)
def test_far_too_little(product, use, muscle, side, dose_u):
    found = findings(use, product, [site(muscle, dose_u, side)])
    assert worst(found, "dose_least") == "caution"


@pytest.mark.parametrize(
    ("reaction", "level"),
    [
        ("anaphylactic shock", "stop"),
        ("angioedema", "stop"),
        ("urticaria", "stop"),
        ("hives all over", "stop"),
        ("severe allergic reaction with wheeze", "stop"),
        ("did not work", "caution"),
        ("secondary non-response", "caution"),
        ("stopped working", "caution"),
        ("antibody positive", "caution"),
        ("nonresponder", "caution"),
    ],
)
def test_what_came_after_an_earlier_treatment(reaction, level):
    previous = [given(300, "abobotulinumtoxinA", GL, 50, reaction=reaction)]
    assert worst(findings(GL, previous=previous), "previous_reaction") == level


@pytest.mark.parametrize(
    "allergy", ["Botox", "Dysport", "botulinum neurotoxin", "botulinumtoxin A", "human albumin"]
)
def test_an_allergy_to_the_toxin(allergy):
    assert worst(findings(GL, allergies=[allergy]), "allergies") == "stop"


@pytest.mark.parametrize(("product", "region", "use"), BLADDERS)
@pytest.mark.parametrize(
    "words", ["UTI", "acute urinary tract infection", "pyelonephritis", "recurrent UTI"]
)
def test_an_infected_bladder_stops_for_every_product_and_region(product, region, use, words):
    sites = [site("detrusor", 100, "midline")]
    found = findings(use, product, sites, region, conditions=[words])
    assert worst(found, "conditions") == "stop"


@pytest.mark.parametrize("use", ["interstitial cystitis", "bladder pain syndrome"])
def test_an_infected_bladder_stops_under_whatever_name_of_the_use(use):
    found = findings(use, sites=[site("detrusor", 100, "midline")], conditions=["UTI"])
    assert worst(found, "conditions") == "stop"


@pytest.mark.parametrize(("product", "region", "use"), BLADDERS)
@pytest.mark.parametrize("words", ["bladder stone", "vesical calculi", "urinary retention"])
def test_stones_and_retention_are_never_silent(product, region, use, words):
    sites = [site("detrusor", 100, "midline")]
    found = findings(use, product, sites, region, conditions=[words])
    assert worst(found, "conditions") in ("caution", "stop")
    if product == "onabotulinumtoxinA" and region == "UK":
        assert worst(found, "conditions") == "stop"


@pytest.mark.parametrize(
    ("words", "level"),
    [
        ("multiple system atrophy", "caution"),
        ("MSA-P", "caution"),
        ("progressive supranuclear palsy", "caution"),
        ("Kennedy disease", "caution"),
        ("Guillain-Barré syndrome", "caution"),
        ("Miller Fisher syndrome", "caution"),
        ("tracheostomy", "caution"),
        ("PEG feeding tube", "caution"),
        ("aspiration pneumonia", "caution"),
        ("Myasthenia gravis without (acute) exacerbation", "caution"),
        ("Generalized myasthenia gravis (disorder)", "caution"),
        ("mild dysphagia since a stroke in 2019", "caution"),
        ("stiff person syndrome", "none"),
        ("on dialysis", "none"),
        ("family history of myasthenia gravis", "unknown"),
        ("history of UTI", "unknown"),
        ("no myasthenia", "unknown"),
        ("something nobody knows", "unknown"),
    ],
)
def test_conditions_as_people_write_them(words, level):
    assert worst(findings(CD, conditions=[words]), "conditions") == level


@pytest.mark.parametrize(
    ("words", "level"),
    [
        ("moxifloxacin 400 mg od", "note"),
        ("Cipro", "note"),
        ("quinine sulfate", "note"),
        ("gentamicin 240 mg iv", "caution"),
        ("warfarin 5 mg daily", "note"),
        ("trazodone", "none"),
    ],
)
def test_medicines_as_people_write_them(words, level):
    assert worst(findings(GL, medications=[words]), "medications") == level


def test_what_is_understood_in_part_is_checked_and_said_to_be_in_part():
    found = findings(GL, conditions=["severe COPD, oxygen at night"])
    titles = [f.title for f in found if f.rule == "conditions"]
    assert any(title.startswith("Understood in part") for title in titles)
    assert worst(found, "conditions") == "caution"


def test_a_text_of_the_other_european_region_stands_beside_one_that_is_not_at_hand():
    found = findings(GL, "prabotulinumtoxinA", region="UK", conditions=["myasthenia gravis"])
    (beside,) = [f for f in found if f.rule == "region_text" and "yasthenia" in f.title]
    assert beside.level == "unknown"
    assert "By the EU label: Contraindicated" in beside.reason


@pytest.mark.parametrize(
    ("words", "level", "title"),
    [
        ("throat closed up, needed adrenaline", "stop", "Allergic"),
        ("swollen lips an hour later", "stop", "Allergic"),
        ("no swelling of the lips", "caution", "Reaction"),
        ("did nothing at all", "caution", "did not work"),
        ("it never worked", "caution", "did not work"),
        ("NAb+ in the assay", "caution", "did not work"),
        ("loss of response after the fourth", "caution", "did not work"),
        ("mild headache", "caution", "Reaction"),
    ],
)
def test_what_was_said_of_an_earlier_treatment(words, level, title):
    earlier = given(200, "onabotulinumtoxinA", GL, 20, reaction=words)
    told = [f for f in findings(GL, previous=[earlier]) if f.rule == "previous_reaction"]
    assert [f.level for f in told] == [level]
    assert title in told[0].title
