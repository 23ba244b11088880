"""Label tables: shape, sums, words and sources hang together."""

import pytest

from endplate.errors import SourceUnknown
from endplate.facts.endpoints import baseline_scales
from endplate.facts.harms import adverse_reactions
from endplate.facts.label import label_rules
from endplate.facts.precautions import ingredients, person_rules
from endplate.facts.preparation import reconstitutions
from endplate.facts.protocols import protocol_sites
from endplate.facts.sources import cited, source, source_keys
from endplate.facts.table import TABLES, document, section, text_rows
from endplate.facts.vocabulary import find_word, key_of, nearest_words, preferred_words

LABEL_TABLES = (
    "label_rules",
    "adverse_reactions",
    "person_rules",
    "ingredients",
    "reconstitution",
    "protocol_sites",
    "vocabulary",
    "products",
    "baseline_scales",
)


@pytest.mark.parametrize("name", LABEL_TABLES)
def test_every_row_names_a_source_that_exists(name):
    assert all(source(row["source"]).title for row in text_rows(name))


def test_every_source_is_complete_and_has_a_way_to_find_it():
    for key in source_keys():
        entry = source(key)
        findable = entry.link or entry.kind in {"assumption", "review"}
        assert entry.title, key
        assert findable, key


def test_every_source_is_used_by_some_table():
    keys = {
        key.strip()
        for path in TABLES.glob("*.csv")
        for row in text_rows(path.stem)
        for column in ("source", "zone_source")
        for key in (row.get(column) or "").split(";")
    }
    used = {source(key).key for key in keys & set(document("sources"))}
    assert set(source_keys()) <= used


def test_unknown_source_is_refused():
    with pytest.raises(SourceUnknown):
        source("nobody_1900")


@pytest.mark.parametrize("name", ["label_rules", "adverse_reactions", "person_rules"])
def test_ids_are_unique(name):
    ids = [row["id"] for row in text_rows(name)]
    assert len(ids) == len(set(ids))


def test_products_and_indications_of_the_tables_are_known_words():
    products = {*preferred_words("product"), "any"}
    indications = {*preferred_words("indication"), "any", "upper_face"}
    for rule in label_rules():
        assert rule.product in products
        assert rule.indication in indications
        assert rule.region in {*preferred_words("region"), "any"}
    for reaction in adverse_reactions():
        assert reaction.product in products
        assert set(reaction.indication.split("+")) <= indications


def test_rules_about_people_match_known_words():
    for family in ("condition", "medication", "allergy"):
        groups = {row["class"] for row in text_rows("vocabulary") if row["kind"] == family}
        for rule in person_rules(family):
            is_group = rule.match.startswith("class:")
            known = rule.match[6:] in groups if is_group else find_word(family, rule.match)
            assert known, rule.id
            assert rule.level in {"note", "unknown", "caution", "stop"}
            groups_of_uses = {"any", "face", "cosmetic", "bladder"}
            assert rule.indication in {*groups_of_uses, *preferred_words("indication")}
            assert rule.product in {"any", *preferred_words("product")}
            assert rule.region in {"any", *preferred_words("region")}
    for product in preferred_words("product"):
        assert all(find_word("allergy", item.allergy) for item in ingredients(product))


def test_numbers_have_units_and_words_have_none():
    for rule in label_rules():
        assert (rule.value is None) == (rule.unit == ""), rule.id


def test_shares_of_each_protocol_sum_to_one():
    for name in {spot.protocol for spot in protocol_sites()}:
        total = sum(spot.fraction_of_dose for spot in protocol_sites(name))
        assert total == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize(
    ("product", "indication", "dose_u"),
    [
        ("onabotulinumtoxinA", "glabellar_lines", 20),
        ("onabotulinumtoxinA", "lateral_canthal_lines", 24),
        ("onabotulinumtoxinA", "forehead_lines", 20),
        ("abobotulinumtoxinA", "glabellar_lines", 50),
        ("daxibotulinumtoxinA", "glabellar_lines", 40),
    ],
)
def test_label_dose_equals_its_sites_times_their_dose(product, indication, dose_u):
    rules = {
        rule.quantity: rule.value
        for rule in label_rules(product, "US", indication)
        if (rule.product, rule.indication) == (product, indication)
    }
    assert rules["session_dose"] == dose_u == rules["site_count"] * rules["site_dose"]


def test_a_missing_label_fact_has_no_default():
    assert label_rules("prabotulinumtoxinA", "US", "forehead_lines", "session_dose") == ()


def test_percentages_are_counts_of_whole_people():
    for row in adverse_reactions():
        assert 0 <= row.drug_percent <= 100
        if row.source == "jaad_int_2023":
            people = row.drug_percent * row.drug_n / 100
            assert people == pytest.approx(round(people), abs=0.2), row.id


def test_preferred_row_comes_first():
    ptosis = adverse_reactions("onabotulinumtoxinA", "glabellar_lines", "eyelid_ptosis")
    assert [row.preference for row in ptosis] == sorted(row.preference for row in ptosis)
    assert ptosis[0].drug_percent == pytest.approx(100 * 16 / 665, abs=0.01)
    assert ptosis[0].placebo_percent == 0


def test_label_dilution_gives_the_label_volume():
    rows = reconstitutions("onabotulinumtoxinA", "US")
    cosmetic = {(row.vial_u, row.diluent_ml) for row in rows if row.use == "cosmetic"}
    assert cosmetic == {(50, 1.25), (100, 2.5)}


def test_words_resolve_by_synonym_case_and_hyphen():
    for written in ("Botox", "BOTOX cosmetic", "OnabotulinumtoxinA", "botox-cosmetic"):
        assert find_word("product", written).preferred == "onabotulinumtoxinA"
    assert find_word("indication", "Crow’s feet").preferred == "lateral_canthal_lines"
    assert find_word("condition", "nonsense") is None
    assert nearest_words("condition", "miastenia gravis")[0] == "myasthenia_gravis"


@pytest.mark.parametrize(
    ("written", "preferred"),
    [
        ("BOTOX®", "onabotulinumtoxinA"),
        ("Botox ® Cosmetic", "onabotulinumtoxinA"),
        ("BOTOX (R) Cosmetic", "onabotulinumtoxinA"),
        ("Dysport™", "abobotulinumtoxinA"),
        ("xeomin(tm)", "incobotulinumtoxinA"),
    ],
)
def test_a_brand_is_known_with_its_mark(written, preferred):
    assert find_word("product", written).preferred == preferred


def test_vocabulary_has_one_meaning_per_word_and_enough_medicines():
    words = [(row["kind"], key_of(row["word"])) for row in text_rows("vocabulary")]
    assert len(words) == len(set(words))
    for row in text_rows("vocabulary"):
        assert find_word(row["kind"], row["preferred"]).preferred == row["preferred"]
    assert len(preferred_words("medication")) >= 80


def test_every_baseline_scale_is_a_known_endpoint():
    assert set(baseline_scales()) == set(preferred_words("endpoint"))


def test_every_source_reads_by_itself_as_in_the_whole_document():
    whole = document("sources")
    assert {key: section("sources", key) for key in whole} == dict(whole)
    assert section("sources", "nobody") is None


@pytest.mark.parametrize(
    ("table", "row", "column", "value"),
    [
        ("muscle_doses", "abo_eu_uls_biceps_brachii", "low", "200"),
        ("muscle_doses", "abo_eu_uls_flexor_carpi_radialis", "low", "100"),
        ("label_rules", "inco_beb_studied", "value", "100"),
        ("label_rules", "ona_pp_studied", "value", "36"),
        ("label_rules", "rima_us_sial_interval_min", "value", "84"),
        ("dose_caps", "abo_eu_lls_paed_side", "max_u", "1000"),
        ("expected_courses", "pra_gl_adult_duration", "low", "149"),
        ("expected_courses", "inco_beb_adult_duration", "high", "140"),
        ("adverse_reactions", "ona_ndo_catheter_started_ona_ndo_safety", "preference", "1"),
    ],
)
def test_contradictions_are_settled_as_named(table, row, column, value):
    (found,) = [one for one in text_rows(table) if one["id"] == row]
    assert found[column] == value
    assert found["verified"] == "yes"


def test_competing_counts_of_one_trial_are_kept_beside_each_other():
    rows = adverse_reactions("abobotulinumtoxinA", "cervical_dystonia", "dysphagia")
    at_500 = [row for row in rows if row.dose_u == 500 and row.drug_n == 17]
    assert [(row.placebo_percent, row.source) for row in at_500] == [
        (10, "poewe_1998"),
        (5, "abo_label_2016"),
    ]


def test_sources_are_cited_by_title_year_and_section():
    assert source("ona_pi").cited("4.3") == (
        "BOTOX US prescribing information, rev. 11/2023, section 4.3"
    )
    assert source("axilla_repeat_2015").cited("abstract").endswith("101 people (2015), abstract")
    assert not [key for key in source_keys() if "remembered" in source(key).title]


def test_a_source_is_cited_by_the_tables_that_rest_on_it():
    assert cited()["axilla_repeat_2015"] == {"trials": 3}
