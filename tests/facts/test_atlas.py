"""The atlas: every use has a chart, drivers on it, and a protocol inside its blocks."""

from math import isclose

import pytest

from endplate.facts.atlas import (
    blocks_of,
    chart_blocks,
    chart_limits,
    drivers,
    landmarks,
    line_muscles,
    muscle_blocks,
    scales_of,
    volume_ratio,
)
from endplate.facts.indications import chart, charts, indication, indications
from endplate.facts.label import MuscleDose
from endplate.facts.protocols import TrialProtocol, protocol_sites
from endplate.facts.table import typed_rows

USES = [one.name for one in indications()]
TISSUES = {
    "muscle": {"muscle"},
    "nociceptor": {"muscle"},
    "gland": {"gland"},
    "bladder": {"bladder"},
}
# Shoulder, upper arm and foot muscles of one European label; their sites then say that no chart has
# them.
LEFT_OUT = {
    "triceps_brachii", "pectoralis_major", "latissimus_dorsi", "subscapularis",
    "flexor_digitorum_brevis", "flexor_hallucis_brevis",
}  # fmt: skip
# Published volumes in cm3 (Handsfield 2014 at the reference adult, Fukunaga 1992 beside it,
# Holzbaur 2007, sternocleidomastoid from its cross-section and length).
VOLUMES_CM3 = {
    "soleus": (436, 489), "gastrocnemius_medial": (255, 245), "gastrocnemius_lateral": (149, 140),
    "tibialis_posterior": (104,), "flexor_hallucis_longus": (78,), "flexor_digitorum_longus": (30,),
    "biceps_brachii": (143.7,), "brachialis": (143.7,), "brachioradialis": (65.1,),
    "flexor_carpi_radialis": (34.8,), "flexor_carpi_ulnaris": (37.1,),
    "flexor_digitorum_superficialis": (74.2,), "flexor_digitorum_profundus": (91.6,),
    "flexor_pollicis_longus": (17.1,), "sternocleidomastoid": (50,),
}  # fmt: skip


def pattern_of(use):
    return [
        *protocol_sites(use),
        *(
            spot
            for row in typed_rows(TrialProtocol, "trial_protocols")
            if row.indication == use and row.pattern != use
            for spot in protocol_sites(row.pattern)
        ),
    ]


@pytest.mark.parametrize("use", USES)
def test_a_use_has_a_chart_with_limits_and_drivers_of_its_tissue(use):
    one = indication(use)
    chart_limits(one.chart)
    blocks = {(block.muscle, block.part): block for block in chart_blocks(one.chart)}
    assert drivers(use)
    for scale in scales_of(use):
        rows = [row for row in drivers(use) if row.scale == scale]
        assert isclose(sum(row.share for row in rows), 1.0, abs_tol=1e-9)
        assert len({(row.muscle, row.part, row.side) for row in rows}) == len(rows)
        for row in rows:
            block = blocks[row.muscle, row.part]
            assert block.tissue in TISSUES[one.tissue]
            assert row.side in (("left", "right") if block.paired else ("midline",))


@pytest.mark.parametrize("use", USES)
def test_a_protocol_lies_inside_its_chart_and_its_muscles(use):
    one = indication(use)
    limits = chart_limits(one.chart)
    spots = pattern_of(use)
    assert spots
    for spot in spots:
        at = (spot.x_mm, spot.y_mm, spot.z_mm)
        for value, (low, high) in zip(at, (limits.x_mm, limits.y_mm, limits.z_mm), strict=True):
            assert low <= value <= high, spot
        blocks = [b for b in chart_blocks(one.chart) if b.muscle == spot.muscle]
        assert min(block.distance_mm(at) for block in blocks) <= 1.0, spot


@pytest.mark.parametrize("use", USES)
def test_the_shares_of_a_protocol_sum_to_one(use):
    assert sum(spot.fraction_of_dose for spot in protocol_sites(use)) == pytest.approx(1, abs=1e-8)


@pytest.mark.parametrize(
    ("use", "sites", "muscles"),
    [
        ("chronic_migraine", 31, 7),
        ("overactive_bladder", 20, 1),
        ("neurogenic_detrusor_overactivity", 30, 1),
        ("axillary_hyperhidrosis", 20, 1),
        ("blepharospasm", 6, 1),
    ],
)
def test_a_fixed_label_pattern_is_whole(use, sites, muscles):
    spots = protocol_sites(use)
    assert len(spots) == sites
    assert len({spot.muscle for spot in spots}) == muscles
    assert len({spot.fraction_of_dose for spot in spots}) == 1


@pytest.mark.parametrize("name", sorted(VOLUMES_CM3))
def test_the_volume_of_a_block_is_the_published_one(name):
    (block,) = blocks_of(name)
    volume_cm3 = block.length_mm * block.width_mm * block.thickness_mm / 1000
    for published_cm3 in VOLUMES_CM3[name]:
        assert volume_cm3 == pytest.approx(published_cm3, rel=0.15)


def test_every_adult_muscle_of_a_label_is_on_the_chart_of_its_use():
    for row in typed_rows(MuscleDose, "muscle_doses"):
        if row.population == "adult" and row.indication in USES and row.muscle not in LEFT_OUT:
            muscles = {block.muscle for block in chart_blocks(indication(row.indication).chart)}
            assert row.muscle in muscles, row.id


def test_blocks_are_well_formed_and_lie_on_their_chart():
    names = [(block.region, block.muscle, block.part) for block in muscle_blocks()]
    assert len(set(names)) == len(names)
    for block in muscle_blocks():
        assert sum(f * f for f in block.fibre) == pytest.approx(1, abs=2e-3)
        assert 0 < block.zone_centre < 1 < 1 + block.zone_sd
        limits = chart_limits(block.region)
        assert limits.x_mm[0] <= block.centre_mm[0] <= limits.x_mm[1]
        assert limits.y_mm[0] <= block.centre_mm[1] <= limits.y_mm[1]


def test_every_region_belongs_to_a_chart_and_has_landmarks():
    regions = {region for one in charts() for region in one.regions}
    assert {block.region for block in muscle_blocks()} == regions
    for region in regions - {"foot"}:
        assert landmarks(region)
    assert chart("head").regions == ("upper_face", "head")


def test_lines_of_the_upper_face_read_as_before():
    assert [m.share for m in line_muscles("forehead_lines")] == [0.5, 0.5]
    assert line_muscles("platysma_bands") == line_muscles("cervical_dystonia") == ()


def test_muscles_grow_with_the_body_where_a_law_is_known():
    assert volume_ratio("soleus", None, 171, 71.8) == pytest.approx(1)
    small, large = (volume_ratio("soleus", None, cm, kg) for cm, kg in ((150, 45), (195, 110)))
    assert small < 0.8 < 1.3 < large
    # Handsfield 2014 at 1.71 m and 71.8 kg: 436 cm3, and the law itself at 1.9 m and 90 kg.
    assert volume_ratio("soleus", None, 190, 90) * 436 == pytest.approx(
        0.0507 * (47 * 1.9 * 90 + 1285) + 78.2, rel=0.005
    )
    assert volume_ratio("biceps_brachii", None, 150, 45) < 1
    assert volume_ratio("sternocleidomastoid", "female", 165, 60) == pytest.approx(0.65)
    assert volume_ratio("sternocleidomastoid", None, None, None) == 1
    assert volume_ratio("corrugator_supercilii", "female", 165, 60) == 1
    assert 0.3 < volume_ratio("flexor_hallucis_longus", None, 140, 38)
