"""Every fault of a plan file gets one sentence; all come at once."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from endplate.case import Plan, least_interval_d
from endplate.errors import PlanFaults

GOOD = """[patient]
age_y = 46
weight_kg = 64
baseline = { glabellar_lines = 3 }
[[patient.previous]]
date = 2026-06-01
product = "onabotulinumtoxinA"
dose_u = 20
[treatment]
date = 2026-11-22
product = "onabotulinumtoxinA"
indication = "glabellar_lines"
vial_u = 100
diluent_ml = 2.5
[[treatment.site]]
muscle = "procerus"
side = "midline"
dose_u = 4
[[treatment.site]]
muscle = "corrugator_supercilii"
side = "left"
dose_u = 4
at_mm = [18, 8, 4]
"""

# what is replaced, by what, and what the one sentence must name
CASES = [
    ("age_y = 46", "age_y = true", ["patient.age_y", "True", "number"]),
    ("age_y = 46", "age_y = -1", ["patient.age_y", "-1", "at least 0"]),
    ("age_y = 46", "age_y = nan", ["patient.age_y", "nan"]),
    ("age_y = 46", "age_y = inf", ["patient.age_y", "inf"]),
    ("age_y = 46", f"age_y = {10**400}", ["patient.age_y", "..."]),
    ("age_y = 46", "age_y = 0x" + "f" * 20000, ["patient.age_y", "too long"]),
    ("weight_kg", "wieght_kg", ["wieght_kg", "weight_kg"]),
    ("glabellar_lines = 3", "glabellar_lines = 4", ["baseline", "4", "0 to 3"]),
    ("glabellar_lines = 3", "glabellar_line = 3", ["glabellar_line", "glabellar_lines"]),
    ("2026-06-01", "2026-12-01", ["previous[1].date", "2026-12-01", "before"]),
    ("2026-06-01", "2026-11-22", ["previous[1].date", "before"]),
    ("2026-06-01", '"soon"', ["previous[1].date", "soon"]),
    ("date = 2026-11-22", "date = 2026-11-22T10:00:00", ["treatment.date"]),
    ('"onabotulinumtoxinA"\nindication', '"botoks"\nindication', ["product", "onabotulinumtoxinA"]),
    ('"procerus"', '"detrusor"', ["site[1].muscle", "detrusor", "no chart of glabellar lines"]),
    ('"procerus"', '"soleus"', ["site[1].muscle", "soleus", "treatment.indication"]),
    ('"glabellar_lines"', "[]", ["treatment.indication"]),
    ("vial_u = 100", "vial_u = 0", ["vial_u", "above 0"]),
    ("vial_u = 100", "", ["vial_u is missing"]),
    ("dose_u = 4\nat", "dose_u = 6000\nat", ["site[2].dose_u", "5000"]),
    ("dose_u = 4\nat", "dose_u = -4\nat", ["site[2].dose_u", "-4"]),
    ("dose_u = 4\nat", "dose_u = 4\nvolume_ml = 0.2\nat", ["volume_ml", "0.1 mL"]),
    ("[18, 8, 4]", "[80, 8, 4]", ["at_mm", "x = 80", "0 to 75"]),
    ("[18, 8, 4]", "[18, 8]", ["at_mm", "three numbers"]),
    ('"procerus"', '"procereus"', ["site[1].muscle", "procerus"]),
    ('"midline"', '"left"', ["site[1].side", "midline"]),
    ("at_mm = [18", 'product = "Dysport"\nat_mm = [18', ["site[2].product", "abo", "second plan"]),
    ("diluent_ml = 2.5", "diluent_ml = 2.5\ndose_u = 20", ["treatment.dose_u", "8 U"]),
    ("diluent_ml = 2.5", 'diluent_ml = 2.5\nregion = "Mars"', ["region", "US"]),
    ("diluent_ml = 2.5", 'diluent_ml = 2.5\nprotocol = "x"', ["protocol", "label"]),
]
REPEAT = "[repeat]\ncycles = 4\nagain_at = 2\n"
REPEAT_CASES = [
    ("cycles = 4", "cycles = 21", ["repeat.cycles", "21", "whole number", "at most 20"]),
    ("cycles = 4", "cycles = 1", ["repeat.cycles", "1", "at least 2"]),
    ("cycles = 4", "cycles = 2.5", ["repeat.cycles", "2.5", "whole number"]),
    ("cycles = 4", "", ["repeat.cycles is missing"]),
    ("again_at = 2", "", ["repeat", "no time of treatment", "interval_d, again_at"]),
    ("again_at = 2", "again_at = 2\ninterval_d = 90", ["interval_d and again_at", "exactly one"]),
    ("again_at = 2", "again_at = 4", ["repeat.again_at", "4", "0 to 3", "frown"]),
    ("again_at = 2", "interval_d = 7", ["repeat.interval_d", "7", "at least 14 and at most 730 d"]),
    ("again_at = 2", "again_when_lost = 1.5", ["repeat.again_when_lost", "at most 1"]),
    ("again_at = 2", "interval_d = 90\nnot_before_d = 80", ["not_before_d", "left out"]),
    ("again_at = 2", 'again_at = 2\nantibodies = "many"', ["repeat.antibodies", "clinic_like"]),
    ("again_at = 2", "again_at = 2\nagain = 2", ["'again'", "again_at"]),
]


def sentences(text):
    with pytest.raises(PlanFaults) as caught:
        Plan.loads(text)
    return caught.value.sentences


def outcome(text):
    """Plan of the text, or the sentences about its faults; anything else is an error."""
    try:
        return Plan.loads(text)
    except PlanFaults as faults:
        return faults.sentences


def test_the_unchanged_plan_has_no_fault():
    assert Plan.loads(GOOD).treatment.vial_u == 100


@pytest.mark.parametrize(("old", "new", "named"), CASES)
def test_one_fault_gives_one_sentence_that_names_it(old, new, named):
    assert old in GOOD
    (sentence,) = sentences(GOOD.replace(old, new))
    assert all(word in sentence for word in named), sentence
    assert len(sentence) < 400


@pytest.mark.parametrize(("old", "new", "named"), REPEAT_CASES)
def test_one_fault_of_repeating_gives_one_sentence(old, new, named):
    (sentence,) = sentences(GOOD + REPEAT.replace(old, new))
    assert all(word in sentence for word in named), sentence


def test_a_level_above_the_one_before_treatment_is_never_reached():
    text = GOOD.replace("glabellar_lines = 3", "glabellar_lines = 2")
    (sentence,) = sentences(text + REPEAT.replace("= 2", "= 3"))
    assert "at most 2" in sentence


def test_without_a_label_interval_the_least_one_must_be_stated():
    text = GOOD.replace('indication = "glabellar_lines"', 'indication = "strabismus"')
    (sentence,) = sentences(text + REPEAT)
    assert "not_before_d is missing" in sentence
    stated = Plan.loads(text + REPEAT + "not_before_d = 100\n")
    assert least_interval_d(stated) == 100


def test_the_least_interval_is_the_label_s_unless_stated():
    assert least_interval_d(Plan.loads(GOOD + REPEAT)) == 90
    assert least_interval_d(Plan.loads(GOOD + REPEAT + "not_before_d = 60\n")) == 60
    migraine = GOOD.replace('indication = "glabellar_lines"', 'indication = "chronic_migraine"')
    assert least_interval_d(Plan.loads(migraine + REPEAT)) == 84


def test_all_faults_come_at_once():
    text = GOOD.replace("46", "-1").replace("vial_u = 100", "vial_u = 0").replace("18", "99")
    assert len(sentences(text)) == 3


def test_two_sites_at_one_position():
    again = '[[treatment.site]]\nside = "left"\ndose_u = 2\nat_mm = [18, 8.5, 4]\n'
    (sentence,) = sentences(GOOD + again)
    assert "site[2] and treatment.site[3]" in sentence


def test_an_entered_site_on_a_label_spot():
    text = GOOD.replace("diluent_ml = 2.5", 'diluent_ml = 2.5\nprotocol = "label"')
    (sentence,) = sentences(text.replace("[18, 8, 4]", "[12, 4, 5]"))
    assert "the label's site in corrugator_supercilii (left)" in sentence


def test_many_faults_are_cut_short_and_quick():
    keys = "\n".join(f"glabella{n} = {n}" for n in range(30_000))
    sites = '[[treatment.site]]\nmuscle = "x"\nside = "y"\ndose_u = "z"\n' * 200
    faults = sentences(GOOD.replace("age_y = 46", keys) + sites)
    assert len(faults) < 110
    assert any("more faults" in sentence for sentence in faults)


def test_two_hundred_sites_at_one_place_get_one_sentence_each():
    again = '[[treatment.site]]\nside = "left"\ndose_u = 2\nat_mm = [18, 8, 4]\n'
    assert len(sentences(GOOD + again * 198)) == 198


def test_no_sites_at_all():
    text = GOOD[: GOOD.index("[[treatment.site]]")]
    (sentence,) = sentences(text)
    assert 'protocol = "label"' in sentence


def test_files_that_are_no_plan(tmp_path):
    (tmp_path / "big.toml").write_bytes(os.urandom(10_000_000))
    (tmp_path / "latin.toml").write_bytes(b'[patient]\nsex = "\xe9"')
    (tmp_path / "broken.toml").write_text("[patient\nage_y = 3")
    (tmp_path / "deep.toml").write_text("a = " + "[" * 100_000)
    for name, word in {
        "none.toml": "does not exist",
        "": "directory",
        "big.toml": "larger than 1 MB",
        "latin.toml": "UTF-8",
        "broken.toml": "line 1",
        "deep.toml": "not",
        "nul\0.toml": "cannot be read",
        "a" * 300 + ".toml": "cannot be read",
    }.items():
        with pytest.raises(PlanFaults) as caught:
            Plan.load(str(tmp_path / name) if name else tmp_path)
        (sentence,) = caught.value.sentences
        assert word in sentence


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300) | st.binary(max_size=300).map(lambda b: b.decode("latin-1")))
def test_any_text_is_a_plan_or_has_faults(text):
    assert outcome(text)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


def toml_of(value):
    if isinstance(value, dict):
        return "{" + ",".join(f"{quoted(k)}={toml_of(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(toml_of, value)) + "]"
    if isinstance(value, bool) or value is None:
        return str(bool(value)).lower()
    return quoted(value) if isinstance(value, str) else repr(value)


def quoted(text):
    return '"' + "".join(f"\\U{ord(c):08x}" for c in text if not 0xD800 <= ord(c) < 0xE000) + '"'


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(GOOD.splitlines()) - 1), VALUES)
def test_a_plan_with_one_value_changed_loads_or_has_faults(line, value):
    lines = GOOD.splitlines()
    if "=" in lines[line]:
        lines[line] = lines[line].split("=")[0] + "= " + toml_of(value)
    else:
        lines[line] = ""
    result = outcome("\n".join(lines))
    assert result
    assert not isinstance(result, Plan) or Plan.loads(result.dumps()) == result
