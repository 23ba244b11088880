"""The charts of the body: every site of every label protocol is drawn, and can be read."""

import math
import re
from dataclasses import replace

import pytest
from html_reading import Page
from protocol_result import protocol_result
from sample import read

from endplate.facts.atlas import chart_blocks, landmarks
from endplate.facts.indications import charts, indication
from endplate.views import write_report
from endplate.views.chart import art_face, drawings, has_chart, spots
from endplate.views.chart.art_muscle import MUSCLE_ART, ORBICULARIS_OCULI
from endplate.views.chart.drawing import body
from endplate.views.chart.site import dots, settled
from endplate.views.chart.views import NECK_BACK, UPPER_FACE, VIEWS

PROTOCOLS = [
    ("glabellar_lines", 20, ""),
    ("platysma_bands", 36, ""),
    ("chronic_migraine", 155, ""),
    ("axillary_hyperhidrosis", 100, ""),
    ("palmar_hyperhidrosis", 100, ""),
    ("cervical_dystonia", 236, ""),
    ("upper_limb_spasticity", 240, ""),
    ("upper_limb_elbow_wrist_fingers", 400, "upper_limb_spasticity"),
    ("lower_limb_spasticity", 300, ""),
    ("lower_limb_ankle_toes", 400, "lower_limb_spasticity"),
    ("overactive_bladder", 100, ""),
    ("neurogenic_detrusor_overactivity", 200, ""),
    ("blepharospasm", 15, ""),
]
CIRCLE = re.compile(r'<circle cx="(-?[\d.]+)" cy="(-?[\d.]+)" r="([\d.]+)" class="site"/><text')


def circles(svg):
    return [tuple(map(float, found)) for found in CIRCLE.findall(svg)]


def box_of(svg):
    return [float(n) for n in re.findall(r'viewBox="([^"]+)"', svg)[0].split()]


def numbers(path: str) -> list[float]:
    return [float(n) for n in re.findall(r"-?\d*\.?\d+", path)]


@pytest.fixture(params=PROTOCOLS, ids=lambda case: case[0])
def treated(request):
    return protocol_result(*request.param)


def test_every_site_of_a_protocol_is_drawn(treated):
    assert has_chart(read(treated))
    pictures = drawings(read(treated))
    shown = sum(len(circles(one.svg)) for one in pictures if one.close)
    alike = sum(len(circles(one.svg)) for one in pictures if "alike" in one.words)
    assert shown + alike >= len(treated["plan"]["sites"])


def test_doses_lie_in_the_picture_and_never_on_each_other(treated):
    for one in drawings(read(treated)):
        left, top, width, height = box_of(one.svg)
        found = circles(one.svg)
        for i, (x, y, r) in enumerate(found):
            assert left <= x - r + 0.1
            assert x + r <= left + width + 0.1
            assert top <= y - r + 0.1
            assert y + r <= top + height + 0.1
            for a, b, s in found[:i]:
                assert math.dist((x, y), (a, b)) >= r + s - 0.05


def test_pictures_name_themselves_and_ids_are_unique(treated, tmp_path):
    pictures = drawings(read(treated))
    titles = [re.findall(r"<title>([^<]+)</title>", one.svg)[0] for one in pictures]
    assert all("injected sites" in title for title in titles)
    assert len(set(titles)) == len(titles)
    parsed = Page(write_report(read(treated), tmp_path / "r.html").read_text(encoding="utf-8"))
    assert parsed.faults == []
    assert len(parsed.ids) == len(set(parsed.ids))


def test_every_injected_muscle_has_its_letter(treated):
    page = "".join(one.svg for one in drawings(read(treated)))
    injected = {site["muscle"] for site in treated["plan"]["sites"]}
    assert page.count('class="letter"') >= len(injected)


def test_every_chart_with_muscles_beside_the_reference_is_drawn():
    assert {chart.name for chart in charts()} - {"foot"} == set(VIEWS)


@pytest.mark.parametrize("chart", sorted(VIEWS))
def test_every_muscle_of_a_chart_is_seen_in_one_of_its_views(chart):
    for block in chart_blocks(chart):
        x, y, _ = block.centre_mm
        seen = [v for v in VIEWS[chart] if v.seen(abs(x), y) and v.inside(v.at(x, y))]
        assert seen, block.muscle


def test_migraine_is_drawn_from_three_sides_and_one_side_stands_for_both():
    result = protocol_result("chronic_migraine", 155)
    words = [one.words for one in drawings(read(result))]
    assert words == ["Front", "Side, left; the right is treated alike", "Back"]
    result["plan"]["sites"] = [
        {**site, "dose_u": 10.0} if site["side"] == "right" else site
        for site in result["plan"]["sites"]
    ]
    assert [one.words for one in drawings(read(result))] == [
        "Front",
        "Side, right",
        "Side, left",
        "Back",
    ]


def test_a_treated_limb_is_mirrored_for_the_other_side():
    right = protocol_result("upper_limb_spasticity", 240)
    left = protocol_result("upper_limb_spasticity", 240)
    for site in left["plan"]["sites"]:
        site["side"], site["x_mm"] = "left", -site["x_mm"]
    pairs = zip(drawings(read(right)), drawings(read(left)), strict=True)
    for one, other in pairs:
        assert "right" in one.words
        assert "left" in other.words
        mirrored = sorted((-x, y) for x, y, _ in circles(one.svg))
        for (x, y), (a, b, _) in zip(mirrored, sorted(circles(other.svg)), strict=True):
            assert (x, y) == pytest.approx((a, b), abs=0.6)


def test_from_behind_the_patients_left_is_on_the_left():
    x, _ = NECK_BACK.at(160, 80)
    assert x < 0
    assert NECK_BACK.at(-160, 80)[0] == pytest.approx(-x)


def test_circles_that_crowd_step_aside_and_stay_near():
    homes = [(0.0, 0.0), (0.0, 0.0), (1.0, 0.0), (30.0, 0.0)]
    places = settled(homes, [5.0] * 4, (-50, -50, 100, 100))
    assert places[3] == homes[3]
    assert min(math.dist(places[i], places[j]) for i in range(4) for j in range(i)) > 9.99
    assert max(math.dist(a, b) for a, b in zip(homes, places, strict=True)) < 12


def test_the_patients_left_is_on_the_right(result):
    result["plan"]["sites"] = [s for s in result["plan"]["sites"] if s["side"] == "left"]
    for one in (*drawings(read(result)), *spots(read(result))):
        drawn = re.findall(r'<circle cx="(-?[\d.]+)"[^>]*class="site"', one.svg)
        assert [float(x) for x in drawn] == [12, 27]


def test_each_dose_stands_in_its_site(result):
    for dose, site in enumerate(result["plan"]["sites"], start=1):
        site["dose_u"] = dose + 0.5
    (close,) = spots(read(result))
    assert re.findall(r'class="dose"[^>]*>([\d.]+)<', close.svg) == "1.5 2.5 3.5 4.5 5.5".split()
    found = dots(read(result).plan.sites, UPPER_FACE)
    assert [dot.dose_u for dot in found] == [1.5, 2.5, 3.5, 4.5, 5.5]
    assert found[3].y_mm == -11


def test_a_stronger_block_is_drawn_darker(result):
    whole, _ = drawings(read(result))
    shade = {
        name: float(opacity)
        for name, opacity in re.findall(
            r"<title>([^:<]+): \d+ % of junctions.*?fill-opacity=\"([\d.]+)\"", whole.svg
        )
    }
    assert shade["Corrugator supercilii, left"] > shade["Procerus"] > shade["Frontalis, left"]


def test_a_muscle_that_crosses_charts_is_shaded_by_its_own_chart():
    result = protocol_result("cervical_dystonia", 236)
    result["reach"].append(
        {"chart": "head", "muscle": "trapezius", "side": "left", "peak_block": 0.99}
    )
    assert "Trapezius, left: 10 % of junctions" in "".join(d.svg for d in drawings(read(result)))


def test_a_plan_off_the_charts_draws_nothing(result):
    result["plan"]["sites"][0]["muscle"] = "detrusor"
    assert not has_chart(read(result))


def test_the_drawing_follows_the_landmarks_of_the_chart():
    at = {mark.name: (mark.x_mm, -mark.y_mm) for mark in landmarks("upper_face")}
    eye = numbers(art_face.EYE)
    assert min(eye[::2]) == pytest.approx(at["medial_canthus"][0], abs=1)
    assert max(eye[::2]) == pytest.approx(at["lateral_canthus"][0], abs=1)
    mouth = numbers(art_face.MOUTH)
    assert mouth[-2:] == pytest.approx(at["mouth_corner"], abs=1)
    brow = numbers(art_face.BROW)
    assert brow[0] == pytest.approx(at["brow_medial"][0], abs=2.5)
    assert max(brow[::2]) == pytest.approx(at["brow_lateral"][0], abs=2.5)
    assert min(brow[1::2]) == pytest.approx(at["brow_peak"][1], abs=3.5)


def on_skin(view, x_mm, y_mm, slack_mm=0.0):
    """Whether a place of the chart lies on the body that a view draws, or this near to it."""
    x, y = view.at(x_mm, y_mm)
    inside, nearest = False, math.inf
    for piece in view.art().skin.split("M")[1:]:
        start, *curves = piece.rstrip("Z").split("C")
        ends = [start, *(re.split(r"[ ]", curve.strip())[-1] for curve in curves)]
        corners = [tuple(map(float, end.strip("Z ").split(","))) for end in ends]
        for (a, b), (c, d) in zip(corners, [*corners[1:], corners[0]], strict=True):
            if (b > y) != (d > y) and x < a + (y - b) / (d - b) * (c - a):
                inside = not inside
            nearest = min(nearest, math.dist((x, y), ((a + c) / 2, (b + d) / 2)))
            nearest = min(nearest, math.dist((x, y), (a, b)))
    return inside or nearest <= slack_mm


def test_every_site_lies_on_the_body_that_is_drawn(treated):
    area = treated["plan"]["indications"][0]
    for site in treated["plan"]["sites"]:
        x, y = site["x_mm"], site["y_mm"]
        side = "right" if x < 0 else "left"
        views = [replace(v, side=side) if v.side else v for v in VIEWS[indication(area).chart]]
        assert any(v.seen(abs(x), y) and on_skin(v, x, y) for v in views), site


@pytest.mark.parametrize("chart", sorted(VIEWS))
def test_landmarks_lie_on_the_body_that_is_drawn(chart):
    """Within 6 mm: an edge such as a malleolus lies on the outline itself."""
    for mark in landmarks(chart):
        views = [v for v in VIEWS[chart] if v.seen(abs(mark.x_mm), mark.y_mm)]
        under_hair = mark.name == "crown"  # the face is drawn with hair above its skin
        assert under_hair or any(on_skin(v, mark.x_mm, mark.y_mm, 6) for v in views), mark.name


def inside(point, outline):
    """Whether a point lies in a polygon (even-odd)."""
    x, y = point
    crossed = False
    for (x0, y0), (x1, y1) in zip(outline, [*outline[1:], outline[0]], strict=True):
        if (y0 > y) != (y1 > y) and x < x0 + (y - y0) * (x1 - x0) / (y1 - y0):
            crossed = not crossed
    return crossed


@pytest.mark.parametrize("key", MUSCLE_ART, ids=str)
def test_a_muscle_is_drawn_around_the_blocks_that_are_computed(key):
    art, (region, muscle) = MUSCLE_ART[key], key
    blocks = [b for b in chart_blocks(region) if (b.region, b.muscle) == key]
    assert blocks, muscle
    for block in blocks:
        assert inside(block.centre_mm[:2], art.outline)
    for fibre in art.fibres:
        assert all(inside(point, art.outline) for point in fibre)
        assert not any(inside(point, art.hole) for point in fibre if art.hole)


def test_the_ring_of_the_lids_is_open_at_the_pupil():
    pupil = next((m.x_mm, m.y_mm) for m in landmarks("upper_face") if m.name == "pupil")
    assert inside(pupil, ORBICULARIS_OCULI.hole)
    assert inside(pupil, ORBICULARIS_OCULI.outline)


def test_a_muscle_of_several_blocks_is_drawn_once_a_side():
    drawn, _ = body(UPPER_FACE, list(chart_blocks("upper_face")), {}, "key")
    assert drawn.count("Orbicularis oculi, right") == 1
    assert drawn.count("Orbicularis oculi, left") == 1
