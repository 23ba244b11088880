"""Plans that once passed, kept beside the repository, are answered as their list says."""

import pytest

from endplate.case import Plan
from endplate.errors import PlanFaults
from endplate.safety import LEVELS, check

ANSWERS = [
    ("a12_epiphora", "labelled", "caution", "off label"),
    ("a12_epiphora", "conditions", "caution", "Myasthenia gravis"),
    ("a4_msa", "conditions", "caution", "multiple system atrophy"),
    ("b2_uk_uti", "conditions", "stop", "Urinary tract infection"),
    ("b2_uk_stones", "conditions", "stop", "Stones in the bladder"),
    ("c1_prev_offlabel", "cumulative_dose", "stop", "all uses together"),
    ("c6_fq", "medications", "note", "Fluoroquinolone"),
    ("d1_masseter", "dose_studied", "note", "Trials of masseter prominence"),
    ("infection_other_product", "conditions", "stop", "Urinary tract infection"),
    ("min_antibody", "previous_reaction", "caution", "did not work"),
    ("other_use_ten_days_ago", "recent_dose", "caution", "The same toxin not long ago"),
    ("site_in_lid_lifter", "untargeted_muscle", "stop", "Levator palpebrae"),
    ("spock", "outer_brow", "caution", "middle alone"),
]


@pytest.fixture(scope="module")
def cases(root):
    """The folder of plans that failed once."""
    folder = root.parent / "shared" / "cases"
    if not folder.is_dir():
        pytest.skip("no shared cases beside the repository")
    return folder


@pytest.mark.parametrize(("name", "rule", "level", "words"), ANSWERS)
def test_a_plan_that_once_passed_is_answered(cases, name, rule, level, words):
    found = check(Plan.load(cases / f"{name}.toml")).findings
    told = [f for f in found if f.rule == rule and words in f.title]
    assert told, [f.title for f in found]
    assert max((f.level for f in told), key=LEVELS.index) == level


def test_the_dilution_of_a_region_whose_table_is_incomplete_is_no_caution(cases):
    for name in ("b2_uk_uti", "b2_uk_stones"):
        found = check(Plan.load(cases / f"{name}.toml")).findings
        assert {f.level for f in found if f.rule == "reconstitution"} <= {"unknown"}


def test_a_site_of_another_region_is_a_fault(cases):
    with pytest.raises(PlanFaults, match=r"biceps_brachii.* is on no chart of glabellar lines"):
        Plan.load(cases / "site_of_another_region.toml")


def test_every_plan_of_the_folder_is_tried(cases):
    """One that is added there is answered here, or named as a matter of the forecast."""
    tried = {name for name, *_ in ANSWERS}
    forecast_alone = {"ndo7"}
    there = {path.stem for path in cases.glob("*.toml")}
    assert there - tried - forecast_alone == {"site_of_another_region"}
