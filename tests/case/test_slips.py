"""A plan file that is not TOML gets a remedy for each usual slip."""

import pytest

from endplate.case import Plan
from endplate.errors import PlanFaults

PLAN = """[patient]
age_y = 46
{patient}
[treatment]
date = {date}
product = "Botox"
indication = "glabellar_lines"
vial_u = 100
diluent_ml = 2.5
{treatment}
"""


def sentences(patient="", treatment='protocol = "label"', date="2026-11-22"):
    with pytest.raises(PlanFaults) as caught:
        Plan.loads(PLAN.format(patient=patient, treatment=treatment, date=date))
    return caught.value.sentences


@pytest.mark.parametrize(
    ("line", "remedy"),
    [
        ("dose_u = 2,5", "line 10: 2,5 has a decimal comma; write dose_u = 2.5."),
        ("dose_u = 20 U", "line 10: 20 U has a unit behind the number; write dose_u = 20."),
        ("dose_u = 2,5U # all", "write dose_u = 2.5."),
        ("protocol = label", 'label needs quotes; write protocol = "label".'),
        ('protocol = "label', 'write protocol = "label".'),
        ("protocol = “label”", 'write protocol = "label".'),
        ("dose_u: 20", "write dose_u = 20."),
        ("dose_u = 1,500", "1,500 is written 1.500 or 1500, whichever is meant."),
        ("dose_u = 1,500 U", "1.500 or 1500, whichever is meant."),
        ('protocol = "label"\ndose_u = "1,500 U"', "write 1.500 or 1500, whichever is meant"),
        ("dose_u = 1'500", "write dose_u = 1500."),
        ("dose_u = 1.500,5", "write dose_u = 1500.5."),
        ("dose_u = 1,500.5", "write dose_u = 1500.5."),
        ("dose_u = 20 ng", "line 10: 20 ng is not in U, which dose_u is in; convert it."),
        ('protocol = "label"\ndose_u = "20 ng"', "convert it to U"),
        ("dose_u = .5", "write dose_u = 0.5."),
        ("dose_u = 20.", "write dose_u = 20."),
        ("dose_u = 020", "write dose_u = 20."),
        ("dose_u = 20;", "write dose_u = 20."),
        ("dose_u = 20 // in all", "write dose_u = 20."),
        ("confirmed = none", "[] says that you asked and there are none"),
        ("[treatment.more", "line 10: [treatment.more lacks a bracket; write [treatment.more]."),
        ("dose_u =", "line 10: nothing stands after =."),
        ("confirmed = [a, b]", 'write confirmed = ["a", "b"].'),
        ("dose_u = 20\ndose_u = 10", "line 11: dose_u stands twice; keep one of them."),
    ],
)
def test_a_slip_has_a_remedy(line, remedy):
    (told,) = sentences(treatment=line)
    assert remedy in told


@pytest.mark.parametrize(
    ("written", "remedy"),
    [
        ("22.11.2026", "write date = 2026-11-22."),
        ("22/11/2026", "write date = 2026-11-22."),
        ("11/22/2026", "write date = 2026-11-22."),
        ("2026/11/22", "write date = 2026-11-22."),
        ("3/4/2026", "write 2026-04-03 or 2026-03-04, whichever is meant."),
        ("31.02.2026", "31.02.2026 is no day of the calendar."),
        ("22. November 2026", "as 2026-11-22"),
        ("'22.11.2026'", "write 2026-11-22."),
    ],
)
def test_a_date_in_another_order_has_a_remedy(written, remedy):
    (told,) = sentences(date=written)
    assert remedy in told


def test_no_earlier_treatment_beside_a_list_of_them():
    earlier = (
        "previous = []\n[[patient.previous]]\ndate = 2026-06-01\nproduct = 'Botox'\n"
        "indication = 'glabellar_lines'\ndose_u = 20"
    )
    (told,) = sentences(patient=earlier)
    assert "line 3: previous = [] stands beside [[patient.previous]]; take out line 3" in told


def test_every_slip_of_a_file_is_told_and_nothing_that_is_right():
    told = sentences(patient="weight_kg = 64 kg\nsex = female", date="22.11.2026")
    assert len(told) == 3


@pytest.mark.parametrize(("value", "remedy"), [("'2,5'", "write 2.5"), ("'20 U'", "write 20")])
def test_a_number_in_quotes_has_a_remedy(value, remedy):
    (told,) = sentences(treatment=f'protocol = "label"\ndose_u = {value}')
    assert f"{remedy}, without quotes" in told


@pytest.mark.parametrize(
    ("written", "both"),
    [("1.000", "1 or 1000"), ("2.500", "2.5 or 2500"), ("50.000", "50 or 50000")],
)
def test_units_whose_point_may_part_thousands_are_no_dose(written, both):
    (told,) = sentences(treatment=f'protocol = "label"\ndose_u = {written}')
    assert told == f"treatment.dose_u is {written}; it must be written {both}, whichever is meant."
    earlier = f"previous = [ {{ date = 2026-06-01, product = 'Botox', dose_u = {written} }} ]"
    (told,) = sentences(patient=earlier)
    assert both in told


@pytest.mark.parametrize("written", ["1.0", "1.125", "0.500", "1.50", "1e3"])
def test_units_with_decimals_are_read(written):
    plan = Plan.loads(
        PLAN.format(
            patient="", treatment=f'protocol = "label"\ndose_u = {written}', date="2026-11-22"
        )
    )
    assert plan.treatment.dose_u == float(written)
    assert type(plan.treatment.dose_u) is float


@pytest.mark.parametrize("path", ["patient.previous", "treatment.site"])
def test_one_table_where_a_list_of_them_belongs_is_told_its_heading(path):
    rows = {
        "patient.previous": "[patient.previous]\ndate = 2026-06-01\nproduct = 'Botox'",
        "treatment.site": "[treatment.site]\nmuscle = 'procerus'\nside = 'midline'\ndose_u = 4",
    }
    where = {path.partition(".")[0]: rows[path]}
    told = sentences(**{"treatment": 'protocol = "label"', **where})
    assert any(f"each headed [[{path}]]" in sentence for sentence in told)


def test_a_fault_without_a_remedy_is_told_as_the_parser_does():
    (told,) = sentences(treatment="{{{")
    assert "is not valid TOML" in told


@pytest.mark.parametrize(
    ("line", "remedy"),
    [
        ('site = [ {muscle="procerus", side="midline", dose_u=4,5} ]', "write dose_u = 4.5"),
        ('site = [ {muscle="procerus", side="midline", dose_u=4 U} ]', "write dose_u = 4"),
        ('site = [ {muscle=procerus, side="midline", dose_u=4} ]', 'write muscle = "procerus"'),
        (
            'site = [ {muscle="procerus", side="midline" dose_u=4} ]',
            "comma is missing before dose_",
        ),
        ('site = [ {muscle: "procerus", side="midline", dose_u=4} ]', "a colon stands where ="),
        ('previous = [ {date=01.05.2025, product="Botox"} ]', "write date = 2025-05-01"),
        ("baseline = { glabellar_lines = 3, }", "without a comma at its end"),
        ('conditions = ["MG" "COPD"]', 'write conditions = ["MG", "COPD"]'),
        ("conditions = asthma", 'write conditions = ["asthma"]'),
        ('sex = "female",', 'write sex = "female"'),
        ("age_y 46", "write age_y = 46"),
        ("age_y == 46", "write age_y = 46"),
        ("age_y = 46 ; years", "write age_y = 46"),
        ("baseline = { glabellar_lines = severe }", "severe is no number, which glabellar_lines"),
        ("age_y = forty", "forty is no number, which age_y takes"),
        ("date = today", "today is no date such as 2026-11-22"),
        ("date = 22.11.26", "needs the year in four digits"),
        ("date = Nov 22, 2026", "as 2026-11-22"),
    ],
)
def test_slips_inside_tables_and_lists_get_a_remedy(line, remedy):
    with pytest.raises(PlanFaults) as faults:
        Plan.loads(f"[patient]\n{line}\n")
    (sentence,) = faults.value.sentences
    assert sentence.startswith("the plan, line 2:") or "line 2:" in sentence
    assert remedy in sentence


def test_a_plan_copied_with_the_mark_of_its_encoding_is_read():
    plan = PLAN.format(patient="", treatment='protocol = "label"', date="2026-11-22")
    assert Plan.loads("\ufeff" + plan) == Plan.loads(plan)
