"""What entries of a record mean: by code, by wording, and what they must not be taken for."""

import csv
from pathlib import Path

import pytest
from fhir.resources.R4B.codeableconcept import CodeableConcept

from endplate.facts.codes import code_words, system_of
from endplate.facts.table import text_rows
from endplate.facts.vocabulary import preferred_words
from endplate.fhir.concept import (
    absent_allergy,
    is_toxin,
    rests_on_unverified_code,
    standing_of,
    words_of,
)

ICD, SNOMED = "http://hl7.org/fhir/sid/icd-10-cm", "http://snomed.info/sct"
LINES = (Path(__file__).parent / "record_entries.csv").read_text(encoding="utf-8")
ENTRIES = list(csv.DictReader(LINES.splitlines()))


def concept(text=None, system=None, code=None, display=None):
    coding = [{"system": system, "code": code, "display": display}] if code else None
    return CodeableConcept(text=text, coding=coding)


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: f"{entry['kind']}: {entry['text']}")
def test_everyday_entries_are_understood_by_their_wording(entry):
    words = words_of(entry["kind"], concept(entry["text"]))
    assert set(words) == set(entry["word"].split(";"))


@pytest.mark.parametrize(
    "entry", [row for row in ENTRIES if row["icd10cm"]], ids=lambda entry: entry["icd10cm"]
)
def test_everyday_entries_are_understood_by_their_code_alone(entry):
    for code in (entry["icd10cm"], entry["icd10cm"].replace(".", "")):
        words = words_of(entry["kind"], concept(None, ICD, code))
        assert set(words) == set(entry["word"].split(";"))


@pytest.mark.parametrize(
    ("kind", "code", "word"),
    [
        ("condition", "91637004", "myasthenia_gravis"),
        ("condition", "77471000119103", "myasthenia_gravis"),
        ("condition", "56989000", "lambert_eaton_syndrome"),
        ("condition", "86044005", "amyotrophic_lateral_sclerosis"),
        ("condition", "13645005", "copd"),
        ("condition", "40739000", "dysphagia"),
        ("condition", "267064002", "urinary_retention"),
        ("indication", "281411007", "lower_limb_spasticity"),
        ("allergy", "782555009", "cows_milk_protein"),
    ],
)
def test_snomed_codes_are_understood_without_a_display(kind, code, word):
    assert words_of(kind, concept(None, SNOMED, code)) == (word,)


def test_a_code_goes_before_wording_and_one_not_confirmed_behind_it():
    asthma = concept("Emphysema", ICD, "J45.909")
    assert words_of("condition", asthma) == ("asthma",)
    rows = {row.code: row for row in code_words("condition", "snomed", "37796009")}
    assert not rows["37796009"].verified
    assert words_of("condition", concept("Asthma", SNOMED, "37796009")) == ("asthma",)
    assert words_of("condition", concept(None, SNOMED, "37796009")) == ("migraine",)


def test_a_code_of_another_system_means_nothing():
    assert words_of("condition", concept(None, "http://example.org", "G70.00")) == ()
    assert words_of("condition", concept(None, SNOMED, "x")) == ()


def test_the_longest_prefix_decides_and_shared_codes_of_icd_10_are_read():
    assert {row.word for row in code_words("condition", "icd10cm", "N30.10")} == {
        "bladder_pain_syndrome"
    }
    assert {row.word for row in code_words("condition", "icd10cm", "N30.90")} == {
        "urinary_tract_infection"
    }
    assert {row.word for row in code_words("condition", "icd10", "G70.0")} == {"myasthenia_gravis"}
    assert system_of("urn:oid:2.16.840.1.113883.6.90") == "icd10cm"


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("condition", "No myasthenia gravis"),
        ("condition", "Rule out ALS"),
        ("condition", "Ptosis of breast"),
        ("condition", "Screening for diabetes mellitus"),
        ("condition", "Not pregnant"),
        ("condition", "MS Contin"),
        ("condition", "Cellulitis of left lower limb"),
        ("indication", "Spasm of the big toe"),
        ("indication", "Cyst of forehead"),
        ("indication", "Rule out cervical dystonia"),
        ("indication", "Family history of chronic migraine"),
        ("indication", "Flaccid neuropathic bladder of the dog"),
        ("allergy", "Milk thistle"),
        ("allergy", "Milk of magnesia"),
        ("allergy", "No known allergy to milk"),
        ("allergy", "Bovine albumin"),
    ],
)
def test_what_only_holds_the_words_of_something_is_not_taken_for_it(kind, text):
    assert words_of(kind, concept(text)) == ()


@pytest.mark.parametrize(
    ("text", "standing"),
    [
        ("Family history of myasthenia gravis", "family"),
        ("FH: stroke", "family"),
        ("Personal history of urinary (tract) infections", "past"),
        ("H/O: stroke", "past"),
        ("Myasthenia gravis", ""),
    ],
)
def test_the_family_and_the_past_are_told_apart(text, standing):
    assert standing_of(concept(text)) == standing
    assert standing_of(concept(None, ICD, "Z82.49")) == "family"
    assert standing_of(concept(None, ICD, "Z87.440")) == "past"


@pytest.mark.parametrize(
    ("text", "code", "scope"),
    [
        ("No known allergy (situation)", None, "any"),
        ("No Known Allergies", None, "any"),
        ("NKA", None, "any"),
        ("Patient has no known allergies", None, "any"),
        ("None known", None, "any"),
        ("NKDA", None, "medicines"),
        ("No known drug allergies", None, "medicines"),
        ("No known food allergy (situation)", None, "foods"),
        (None, "716186003", "any"),
        (None, "409137002", "medicines"),
        (None, "429625007", "foods"),
        ("No known allergy to milk", None, ""),
        ("Penicillin", None, ""),
    ],
)
def test_no_known_allergy_in_its_usual_wordings_and_codes(text, code, scope):
    assert absent_allergy(concept(text, SNOMED, code)) == scope


def test_an_antitoxin_is_no_toxin():
    assert is_toxin(["Botulinum toxin type A"])
    assert not is_toxin(["Botulinum antitoxin heptavalent"])


def test_every_word_of_the_table_is_a_word_of_a_plan():
    strange = [
        (row["code"], row["word"])
        for row in text_rows("codes")
        if row["word_kind"] not in ("standing", "measure")
        and row["word"] not in preferred_words(row["word_kind"])
    ]
    assert strange == []


def test_what_an_unverified_code_alone_says_is_marked():
    alone = concept(system="http://www.nlm.nih.gov/research/umls/rxnorm", code="1292")
    seen = concept(system="http://www.nlm.nih.gov/research/umls/rxnorm", code="82122")
    assert words_of("medication", alone) == ("baclofen",)
    assert rests_on_unverified_code("medication", alone)
    assert words_of("medication", seen) == ("levofloxacin",)
    assert not rests_on_unverified_code("medication", seen)
