"""The stage: what the weeks do to the drawn body follows what the model says of its muscles."""

import copy
import json
import re

import pytest
from protocol_result import burden, protocol_result
from sample import read

from endplate.views.chart import art_face
from endplate.views.stage import stage
from endplate.views.stage.actor import LASH_SHUT, acting_face, bending, moved, parted
from endplate.views.stage.channel import ALWAYS, last_week, spell, weekly, working_by_week
from endplate.views.stage.picture import filled
from endplate.views.stage.pose import face_acting, line_opacity, strength

SIDES = ("left", "right")
BURDENS = {
    "cervical_dystonia": ("twstrs_total", "points", 44.0),
    "axillary_hyperhidrosis": ("sweat_mg_min", "mg/min", 190.0),
    "overactive_bladder": ("ui_per_day", "1/d", 5.5),
    "chronic_migraine": ("headache_days_28d", "d per 28 d", 19.0),
}


def _markup(one) -> str:
    drawn = [p.svg for p in one.pictures]
    for group in one.groups:
        drawn += [bar.svg for bar in group.bars] + [extra.svg for extra in group.extras]
    return "".join(drawn)


def _words(one) -> set[str]:
    """Parts that are words of the page and stand in no picture."""
    return {g.share for g in one.groups} | {bar.part for g in one.groups for bar in g.bars}


def _weakened(result, muscle: str, left: float):
    """The result with this much of a muscle working on every day but the first."""
    changed = copy.deepcopy(result)
    for item in changed["course"]["series"]:
        if item["name"].startswith(f"working_fraction:{muscle}:"):
            item["median"] = [1.0] + [left] * (len(item["median"]) - 1)
    return changed


def _channel(one, part: str, sets: str):
    (found,) = (c for c in one.channels if (c.part, c.sets) == (part, sets))
    return found


def test_a_week_is_its_day_of_the_course():
    daily = [float(day) for day in range(366)]
    assert weekly(daily, 52) == [7.0 * week for week in range(53)]
    assert weekly([1.0, 2.0], 2) == [1.0, 2.0, 2.0]


@pytest.mark.parametrize("length_d", [0.0, 1.0, 4.0, 21.0, 400.0])
def test_a_spell_touches_the_weeks_it_overlaps(length_d):
    shares = spell(10.0, length_d, 30)
    assert all(0 <= share <= 1 for share in shares)
    assert shares[0] == 0
    touched = [week for week, share in enumerate(shares) if share > 0]
    assert all(7 * week + 3.5 > 10 and 7 * week - 3.5 < 10 + length_d for week in touched)
    if length_d >= 14:  # longer than two weeks, it holds one week whole
        assert max(shares) == 1


@pytest.mark.parametrize("area", ["glabellar_lines", "forehead_lines", "lateral_canthal_lines"])
@pytest.mark.parametrize("side", SIDES)
def test_less_works_means_less_movement(area, side):
    def left(share: float) -> float:
        muscles = (
            "corrugator_supercilii",
            "depressor_supercilii",
            "frontalis",
            "orbicularis_oculi",
        )
        places = {("", m, s): [1.0, share] for m in muscles for s in SIDES}
        places["", "procerus", "midline"] = [1.0, share]
        return strength(area, side, places, 1)[1]

    found = [left(share) for share in (0.0, 0.2, 0.5, 0.9, 1.0)]
    assert found[0] == 0
    assert found[-1] == 1
    assert found == sorted(set(found))


def test_a_muscle_that_no_one_followed_counts_as_untouched(result):
    assert strength("forehead_lines", "left", working_by_week(read(result), 8), 8) == [1.0] * 9


def test_one_weak_side_leaves_the_other(result):
    places = {("", "corrugator_supercilii", "left"): [1.0, 0.1]}
    weak, whole = (strength("glabellar_lines", side, places, 1)[1] for side in SIDES)
    assert weak < 0.5 < whole == 1


def test_the_brow_frowns_by_what_the_corrugators_still_can(result):
    weak = stage(read(_weakened(result, "corrugator_supercilii", 0.1)))
    well = stage(read(_weakened(result, "corrugator_supercilii", 0.9)))
    for side in SIDES:
        less, more = (_channel(s, f"brow:{side}", "form").on["frown/"][4][0] for s in (weak, well))
        assert 0 < less < more <= 1
        # asked for something else, the frown does nothing
        assert _channel(weak, f"brow:{side}", "form").on["raise/"][4][0] == 0


def test_lines_are_deeper_and_more_with_the_grade():
    for place in range(3):
        drawn = [line_opacity(grade / 10, place) for grade in range(31)]
        assert drawn == sorted(drawn)
        assert (drawn[0], drawn[-1]) == (0, 1)
    assert line_opacity(1.0, 0) > line_opacity(1.0, 1) > line_opacity(1.0, 2)


def test_lines_follow_the_grade_of_the_middle_person(result):
    one = stage(read(result))
    asked = _channel(one, "line:glabellar_lines:0", "opacity").on
    deep = _channel(one, "lines:glabellar_lines", "stroke-width").on
    best = min(range(one.weeks + 1), key=lambda week: asked["frown/"][week])
    assert asked["frown/"][best] < asked["frown/"][0]
    assert deep["frown/"][best] < deep["frown/"][0]
    assert deep[ALWAYS][0] < deep["frown/"][0]  # at rest they are shallower


def test_no_side_effect_is_drawn_unless_it_is_asked_for(result):
    result["harms"] += [
        {
            "term": term, "percent": 3.0, "low": 1.0, "high": 7.0, "background_percent": 0.0,
            "start_d": 4.0, "length_d": 25.0, "kind": "neighbour", "origin": "model",
        }
        for term in ("brow_ptosis", "smile_asymmetry")
    ]  # fmt: skip
    one = stage(read(result))
    assert {code for code, _ in one.cases} == {"eyelid_ptosis", "brow_ptosis", "smile_asymmetry"}
    assert all("of 100" in words for _, words in one.cases)
    lid = _channel(one, "lid:left", "form").on
    assert all(weights[0] <= 0 for key, v in lid.items() if "ptosis" not in key for weights in v)
    assert max(weights[0] for weights in lid["/eyelid_ptosis"]) > 0
    assert set(_channel(one, "brow-drop", "shift").on) == {"/brow_ptosis", ALWAYS}
    assert _channel(one, "brow-drop", "shift").on[ALWAYS] == [0.0]
    smile = _channel(one, "mouth:left", "form").on
    assert min(w[0] for w in smile["smile/smile_asymmetry"]) < min(w[0] for w in smile["smile/"])


@pytest.mark.parametrize("use", [None, "platysma_bands", *BURDENS])
def test_everything_that_moves_is_drawn_and_the_other_way_round(result, use):
    if use in BURDENS:
        result = burden(protocol_result(use, 100), *BURDENS[use])
    elif use:
        course = result["course"]
        result = protocol_result(use, 36)
        for item in course["series"]:
            item["name"] = item["name"].replace("glabellar_lines", use)
        result["course"] = course
    one = stage(read(result))
    drawn = set(re.findall(r'data-part="([^"]+)"', _markup(one))) | _words(one)
    moved_parts = {channel.part for channel in one.channels}
    followed = {f"{m}:{s}" for _, m, s in working_by_week(read(result), one.weeks)}
    assert drawn - moved_parts - {"brow-drop"} == set()
    assert moved_parts - drawn - followed - {"brow-drop"} == set()
    for channel in one.channels:
        for values in channel.on.values():
            assert len(values) in (1, one.weeks + 1)
    json.dumps(one.moves(), allow_nan=False)


def test_the_drawn_face_at_rest_is_the_face_of_the_report():
    told = acting_face(("glabellar_lines",), "key")
    for outline in (art_face.BROW, art_face.MOUTH, art_face.UPPER_LID, art_face.NOSE_WING):
        assert told.over.count(f' d="{outline}"') == 2


def test_a_form_is_bent_between_shapes_of_the_same_commands():
    assert parted(art_face.UPPER_LID)[0] == parted(LASH_SHUT)[0]
    assert moved("M1,2C3,4 5,6 7,8", lambda x, y: (x, y)) == "M1,2C3,4 5,6 7,8"
    with pytest.raises(ValueError, match="commands"):
        bending("part", "M0,0C1,1 2,2 3,3", "M0,0L1,1")


def test_plans_beside_each_other_have_the_same_weeks_and_axes(result):
    other = copy.deepcopy(result)
    other["timing_by_indication"]["glabellar_lines"]["duration_d"]["p95"] = 120.0
    one, two = (
        stage(read(result), "a", [read(other)]),
        stage(read(other), "b", [read(result)]),
    )
    assert one.weeks == two.weeks == last_week([read(result), read(other)])
    bars = [[bar.svg for group in s.groups for bar in group.bars] for s in (one, two)]
    assert bars[0] == bars[1]
    ids = [set(re.findall(r'id="([^"]+)"', _markup(s))) for s in (one, two)]
    assert not ids[0] & ids[1]


def test_each_week_is_told_in_one_sentence(result):
    one = stage(read(result))
    assert len(one.spoken) == one.weeks + 1
    assert one.spoken[0].startswith("Week 0: 0 % of junctions silenced in corrugator supercilii")
    assert "frown lines severe in the middle person" in one.spoken[0]
    assert "frown lines mild in the middle person" in one.spoken[one.first]
    share = _channel(one, "share:glabellar_lines", "text").on[ALWAYS]
    assert share[0] == ""
    assert share[4].startswith("Day 30: ")
    assert "of 100 people (range " in share[4]


def test_signs_are_filled_as_far_as_they_count():
    counts = [0.0, 1.4, 3.0]
    assert [sum(filled(counts, i)[k] for i in range(5)) for k in range(3)] == counts


def test_a_lid_in_a_spasm_closes_as_the_score_tells(result):
    spasm = burden(protocol_result("blepharospasm", 50), "jrs_total", "points", 6.0)
    acting = face_acting(read(spasm), {}, 20)
    assert list(acting.asks) == ["rest", "spasm"]
    shut = [c.on["spasm/"] for c in acting.channels if "spasm/" in c.on]
    assert len(shut) == 2
    assert shut[0][0] == [0.75]
    assert shut[0][8][0] < 0.75
