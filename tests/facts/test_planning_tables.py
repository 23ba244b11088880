"""Tables of limits, muscles, weights, vials and steps: shape, sums, words, known values."""

import pytest

from endplate.errors import FactMissing
from endplate.facts.label import (
    DoseCap,
    MuscleDose,
    WeightBand,
    dose_caps,
    muscle_doses,
    weight_bands,
)
from endplate.facts.precautions import Requirement
from endplate.facts.preparation import (
    Storage,
    TechniqueNote,
    Vial,
    storage,
    syringes,
    technique_notes,
)
from endplate.facts.table import text_rows, typed_rows
from endplate.facts.vocabulary import find_word, preferred_words

ONA, ABO, INCO = "onabotulinumtoxinA", "abobotulinumtoxinA", "incobotulinumtoxinA"
TABLES = {
    "dose_caps": (DoseCap, 41),
    "muscle_doses": (MuscleDose, 152),
    "weight_bands": (WeightBand, 48),
    "requirements": (Requirement, 46),
    "technique": (TechniqueNote, 61),
    "vials": (Vial, 47),
    "storage": (Storage, 9),
}


def total(name, column):
    return sum(float(row[column]) for row in text_rows(name) if row[column])


@pytest.mark.parametrize("name", TABLES)
def test_each_table_has_its_rows_and_they_read(name):
    cls, count = TABLES[name]
    assert len(typed_rows(cls, name)) == count


@pytest.mark.parametrize(
    ("name", "column", "sum_"),
    [
        ("dose_caps", "max_u", 14793),
        ("dose_caps", "max_u_per_kg", 197),
        ("muscle_doses", "high", 19184.5),
        ("weight_bands", "dose", 2477),
        ("vials", "vial", 41150),
    ],
)
def test_sums_of_the_columns_are_as_entered(name, column, sum_):
    assert total(name, column) == sum_


def test_words_of_the_tables_are_known():
    products, areas = set(preferred_words("product")), set(preferred_words("indication"))
    regions, muscles = set(preferred_words("region")), set(preferred_words("muscle"))
    for cap in typed_rows(DoseCap, "dose_caps"):
        assert {cap.product} <= products
        assert {cap.region} <= regions
        assert set(cap.scope) <= areas
        assert cap.muscle in {"any"} | muscles
        assert cap.per in {"session", "side", "muscle", "site", "window"}
        assert (cap.window_d is not None) == (cap.per == "window")
        assert cap.level in {"caution", "stop"}
        assert cap.max_u is not None or cap.max_u_per_kg is not None
    for row in typed_rows(MuscleDose, "muscle_doses"):
        assert row.muscle in muscles
        assert row.indication in areas
        assert row.side in {"each", "either", "midline"}
        assert 0 < row.low <= row.high
        assert row.unit in {"U", "U/kg"}
    for row in typed_rows(Requirement, "requirements"):
        assert find_word("requirement", row.requirement)
        assert row.level in {"note", "caution", "stop"}


def test_bands_of_weight_follow_on_each_other():
    for key in {
        (b.product, b.region, b.indication) for b in typed_rows(WeightBand, "weight_bands")
    }:
        for muscle in {band.muscle for band in weight_bands(*key)}:
            bands = [band for band in weight_bands(*key) if band.muscle == muscle]
            ends = [band.below_kg for band in bands]
            assert ends == [*(band.from_kg for band in bands[1:]), None]
            doses_u = [band.dose_u for band in bands]
            assert doses_u == sorted(doses_u)


def test_glands_of_each_band_sum_to_the_session():
    for region in ("US", "EU"):
        bands = weight_bands(INCO, region, "sialorrhea")
        for whole in (band for band in bands if band.muscle == "any"):
            parts = [b for b in bands if b.from_kg == whole.from_kg and b.muscle != "any"]
            assert 2 * sum(band.dose_u for band in parts) == whole.dose_u


@pytest.mark.parametrize(
    ("area", "session_u", "count"),
    [
        ("chronic_migraine", 155, 31),
        ("overactive_bladder", 100, 20),
        ("neurogenic_detrusor_overactivity", 200, 30),
    ],
)
def test_muscles_of_a_fixed_protocol_sum_to_the_session(area, session_u, count):
    rows = muscle_doses(ONA, "US", area, "adult")
    sides = {row.id: 2 if row.side == "each" else 1 for row in rows}
    assert sum(sides[row.id] * row.high for row in rows) == session_u
    assert sum(sides[row.id] * row.sites_high for row in rows) == count


def test_a_child_has_its_own_limits_and_an_adult_none_of_them():
    child = {cap.id for cap in dose_caps(ONA, "US", "paediatric")}
    adult = {cap.id for cap in dose_caps(ONA, "US", "adult")}
    assert "ona_us_any_paed_window" in child - adult
    assert "ona_us_any_window" in adult - child
    assert "ona_us_str_muscle" in child & adult


def test_the_lower_of_two_limits_counts():
    (cap,) = (c for c in dose_caps(ONA, "US", "paediatric") if c.id == "ona_us_any_paed_window")
    assert cap.limit_u(20) == 200
    assert cap.limit_u(50) == 340
    assert cap.limit_u(None) == 340


def test_storage_and_syringes():
    assert storage(ONA, "powder").use_within_h == 24
    assert storage("daxibotulinumtoxinA", "powder").use_within_h == 72
    with pytest.raises(FactMissing):
        storage("nivobotulinumtoxinA", "powder")
    assert [one.size_ml for one in syringes()] == sorted(one.size_ml for one in syringes())


def test_notes_of_the_product_come_with_each_use():
    topics = [note.topic for note in technique_notes(ONA, "US", "overactive_bladder")]
    assert {"depth", "before", "after", "diluent"} == set(topics)
