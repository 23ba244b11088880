"""Edits of sites: what is put on a picture lies there, inside the chart, and nothing else moves."""

import math
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from endplate.case import DEMO_PLAN, Plan, placed_sites, site_blocks
from endplate.errors import CannotEdit
from endplate.facts.atlas import chart_limits
from endplate.facts.indications import indications
from endplate.safety import check
from endplate.views.chart.views import VIEWS
from endplate.web.pages.plan.chart import charts, key_of, pictures, sites, views
from endplate.web.workspace import Draft
from endplate.web.workspace.dose_rows import dose_rows
from endplate.web.workspace.plan_edits import with_use
from endplate.web.workspace.site_edits import (
    EDITS,
    apply_edit,
    planned_areas,
    view_of,
    with_sites,
)

DEMO = Draft.of_plan(Plan.load(DEMO_PLAN))
USES = [one.name for one in indications() if with_use(DEMO, [one.name]).plan is not None]
FACE = "upper_face/upper/"


def listed(draft: Draft) -> list[dict]:
    return draft.tables["treatment"]["site"]


@pytest.mark.parametrize("use", USES)
def test_listing_the_protocols_sites_changes_no_site_and_no_finding(use):
    draft = with_use(DEMO, [use])
    own = Draft.of("own", with_sites(draft))
    was, now = placed_sites(draft.plan), placed_sites(own.plan)
    for a, b in zip(was, now, strict=True):
        assert (a.muscle, a.side, a.indication) == (b.muscle, b.side, b.indication)
        assert a.dose_u == pytest.approx(b.dose_u, abs=1e-4)
        place = [(a.x_mm, a.y_mm, a.z_mm), (b.x_mm, b.y_mm, b.z_mm)]
        assert math.dist(*place) < 0.01  # places are written to a hundredth of a millimetre
    told = [[f for f in check(one).findings if f.level != "note"] for one in (draft.plan, own.plan)]
    assert {f.rule for f in told[1]} == {f.rule for f in told[0]}


@pytest.mark.parametrize("use", USES)
@given(data=st.data())
def test_a_new_site_lies_where_it_was_put(use, data):
    draft = with_use(DEMO, [use])
    chart = data.draw(st.sampled_from(charts([use])))
    view = data.draw(st.sampled_from(views(chart)))
    left, top, width, height = view.frame
    x = data.draw(st.floats(left, left + width))
    y = data.draw(st.floats(top, top + height))
    key = key_of(chart, view)
    try:
        changed = apply_edit(draft, {"do": "add", "view": key, "x": x, "y": y, "dose_u": 2.0})
    except CannotEdit:
        raise AssertionError("a point of the picture can be given a site") from None
    site, limits = listed(changed)[-1], chart_limits(chart)
    bounds = (limits.x_mm, limits.y_mm, limits.z_mm)
    assert all(lo <= v <= hi for v, (lo, hi) in zip(site["at_mm"], bounds, strict=True))
    sign = -1.0 if site["side"] == "right" else 1.0
    back = view.at(sign * site["at_mm"][0], site["at_mm"][1])
    inside = all(lo < v < hi for v, (lo, hi) in zip(site["at_mm"][:2], bounds[:2], strict=True))
    midline = site["side"] == "midline" and limits.x_mm[0] == 0
    skin = view.seen(site["at_mm"][0] - 0.2, site["at_mm"][1])
    edge = view.seen(site["at_mm"][0] + 0.2, site["at_mm"][1])
    if inside and not midline and skin and edge and _on_skin(view, chart, (x, y)):
        stretch = abs(view.stretch(site["at_mm"][0], site["at_mm"][1]))
        # places are rounded to a tenth of a millimetre
        assert math.dist(back, (x, y)) <= 0.08 * max(1.0, stretch) + 0.02
    assert len(listed(changed)) == len(placed_sites(draft.plan)) + 1


def _on_skin(view, chart: str, point: tuple[float, float]) -> bool:
    """Whether the point is one that some place of the chart lands on."""
    x_mm, y_mm = view.back(point, chart_limits(chart).x_mm)
    return math.dist(view.at(x_mm, y_mm), point) < 0.01


def test_a_moved_site_keeps_its_dose_depth_and_place_in_the_list():
    changed = apply_edit(DEMO, {"do": "move", "site": 1, "view": FACE, "x": 15, "y": -8})
    was, now = with_sites(DEMO)["treatment"]["site"], listed(changed)
    assert [s for i, s in enumerate(was) if i != 1] == [s for i, s in enumerate(now) if i != 1]
    assert now[1] == {**was[1], "at_mm": [15.0, 8.0, was[1]["at_mm"][2]]}


def test_a_site_moved_out_of_its_muscle_is_in_another():
    changed = apply_edit(DEMO, {"do": "move", "site": 1, "view": FACE, "x": 25, "y": -45})
    assert listed(changed)[1]["muscle"] == "frontalis"


def test_a_site_moved_over_the_midline_changes_its_side():
    changed = apply_edit(DEMO, {"do": "move", "site": 1, "view": FACE, "x": -14, "y": -6})
    assert listed(changed)[1]["side"] == "right"


def test_the_muscle_of_the_midline_stays_there():
    changed = apply_edit(DEMO, {"do": "move", "site": 0, "view": FACE, "x": 1.2, "y": 2})
    assert listed(changed)[0]["at_mm"][:2] == [0.0, -2.0]
    assert listed(changed)[0]["side"] == "midline"


def test_mirroring_makes_both_sides_alike_and_twice_is_once():
    moved = apply_edit(DEMO, {"do": "move", "site": 1, "view": FACE, "x": 15, "y": -8})
    once = apply_edit(moved, {"do": "mirror", "from": "left"})
    by_side = {
        side: sorted(
            (s["muscle"], *s["at_mm"], s["dose_u"]) for s in listed(once) if s["side"] == side
        )
        for side in ("left", "right", "midline")
    }
    assert by_side["left"] == by_side["right"]
    assert len(by_side["midline"]) == 1
    again = apply_edit(once, {"do": "mirror", "from": "left"})
    assert sorted(map(str, listed(again))) == sorted(map(str, listed(once)))


def test_dose_depth_and_nudge():
    changed = apply_edit(DEMO, {"do": "dose", "site": 2, "dose_u": 5})
    changed = apply_edit(changed, {"do": "depth", "site": 2, "depth_mm": 99})
    changed = apply_edit(changed, {"do": "nudge", "site": 2, "across_mm": -50, "up_mm": 1})
    site = listed(changed)[2]
    assert site["dose_u"] == 5
    assert site["at_mm"] == [0.0, 5.0, 25.0]  # held at the edges of the chart


def test_removing_every_site_leaves_a_draft_that_says_so():
    draft = DEMO
    for _ in range(5):
        draft = apply_edit(draft, {"do": "remove", "site": 0})
    assert (listed(draft), draft.plan) == ([], None)
    back = apply_edit(draft, {"do": "add", "view": FACE, "x": 0, "y": 3, "dose_u": 4})
    assert back.plan is not None


NECK = "cervical_dystonia"
ROW = {"do": "row", "area": NECK, "muscle": "sternocleidomastoid", "side": "right"}


def in_muscle(draft: Draft, muscle: str, side: str) -> list[float]:
    return [s["dose_u"] for s in listed(draft) if (s["muscle"], s["side"]) == (muscle, side)]


def test_a_row_of_the_table_sets_doses_and_sites_of_one_side_alone():
    before = with_use(DEMO, [NECK])
    once = apply_edit(before, ROW | {"dose_u": 50})
    assert in_muscle(once, "sternocleidomastoid", "right") == [25, 25]  # as many as the protocol
    thrice = apply_edit(once, ROW | {"sites": 3})
    assert in_muscle(thrice, "sternocleidomastoid", "right") == [17, 17, 16]
    points = [(s.x_mm, s.y_mm) for s in placed_sites(thrice.plan) if s.side == "right"]
    assert len(points) == len(set(points))
    fewer = apply_edit(thrice, ROW | {"dose_u": 40, "sites": 1})
    assert in_muscle(fewer, "sternocleidomastoid", "right") == [40]
    none = apply_edit(fewer, ROW | {"dose_u": 0})
    assert listed(none) == with_sites(before)["treatment"]["site"]


def test_sites_that_stay_keep_their_place_and_share():
    draft = apply_edit(with_use(DEMO, [NECK]), ROW | {"dose_u": 60})
    (first, _) = [
        i for i, s in enumerate(listed(draft)) if s["side"] == "right" and "sterno" in s["muscle"]
    ]
    draft = apply_edit(draft, {"do": "nudge", "site": first, "across_mm": 2, "up_mm": 3})
    draft = apply_edit(draft, {"do": "dose", "site": first, "dose_u": 10})
    changed = apply_edit(draft, ROW | {"dose_u": 20})
    assert in_muscle(changed, "sternocleidomastoid", "right") == [5, 15]
    assert listed(changed)[first]["at_mm"] == listed(draft)[first]["at_mm"]


def test_doses_become_whole_and_all_sites_go():
    draft = with_use(DEMO, [NECK])
    whole = apply_edit(draft, {"do": "whole"})
    doses = [site["dose_u"] for site in listed(whole)]
    assert all(dose == round(dose) for dose in doses)
    assert sum(doses) == 236
    assert listed(apply_edit(whole, {"do": "clear"})) == []


@pytest.mark.parametrize("use", USES)
def test_the_table_holds_every_site_of_a_protocol(use):
    draft = with_use(DEMO, [use])
    areas = planned_areas(draft.plan)
    cells = [cell for row in dose_rows(draft, areas) for cell in row.cells]
    placed = placed_sites(draft.plan)
    assert sum(cell.sites for cell in cells) == len(placed)
    assert sum(cell.dose_u for cell in cells) == pytest.approx(sum(s.dose_u for s in placed))


def test_the_table_shows_the_sites_of_a_draft_with_faults():
    tables = with_sites(with_use(DEMO, [NECK]))
    del tables["treatment"]["vial_u"]
    draft = Draft.of("unfinished", tables)
    assert draft.plan is None
    assert sum(cell.sites for row in dose_rows(draft, [NECK]) for cell in row.cells) == 8


@pytest.mark.parametrize(
    ("view", "x", "y", "muscle"),
    [
        ("neck/front/", 45, -75, "sternocleidomastoid"),  # not the platysma over it
        ("neck/front/", 30, -110, "platysma"),  # where nothing else is
        ("neck/back/", 30, -80, "trapezius"),
        ("upper_face/upper/", 25, -45, "frontalis"),
    ],
)
def test_a_point_means_the_muscle_under_it_at_its_usual_depth(view, x, y, muscle):
    use = NECK if view.startswith("neck") else "glabellar_lines"
    draft = apply_edit(
        with_use(DEMO, [use]), {"do": "add", "view": view, "x": x, "y": y, "dose_u": 5}
    )
    site = listed(draft)[-1]
    assert site["muscle"] == muscle
    block = min(site_blocks(muscle, charts([use])), key=lambda b: b.distance_mm(site["at_mm"]))
    assert block.distance_mm(site["at_mm"]) < 3.0


@pytest.mark.parametrize(
    ("edit", "words"),
    [
        ({"do": "fly"}, "'fly' is not an edit; known are " + ", ".join(EDITS)),
        ({}, "None is not an edit"),
        (
            {"do": "move", "site": 9, "view": FACE, "x": 0, "y": 0},
            "there is no site 9; the plan has 5",
        ),
        ({"do": "move", "site": True, "view": FACE, "x": 0, "y": 0}, "there is no site True"),
        ({"do": "dose", "site": 0, "dose_u": -1}, "dose_u is -1; it must be a number from 0.01"),
        ({"do": "dose", "site": 0, "dose_u": float("nan")}, "dose_u is nan; it must be a number"),
        ({"do": "add", "view": "moon//", "x": 0, "y": 0, "dose_u": 1}, "no picture 'moon//'"),
        ({"do": "muscle", "site": 0, "muscle": "wing"}, "'wing' is not a known muscle"),
        (ROW | {"dose_u": 5}, "'cervical_dystonia' is not treated here"),
        (ROW | {"area": "glabellar_lines", "side": "up"}, "is no side of a muscle"),
        (ROW | {"area": "glabellar_lines", "dose_u": -5}, "dose_u is -5; it must be a number"),
        (ROW | {"area": "glabellar_lines", "dose_u": 5, "sites": 500}, "sites is 500; it must be"),
        ({"do": "mirror", "from": "up"}, "mirrored from left or right, not from 'up'"),
    ],
)
def test_an_edit_that_cannot_be_is_told_in_one_sentence(edit, words):
    with pytest.raises(CannotEdit) as fault:
        apply_edit(DEMO, edit)
    assert words in str(fault.value)


@pytest.mark.parametrize("use", USES)
def test_every_site_of_a_protocol_stands_on_a_picture(use):
    draft = with_use(DEMO, [use])
    told = sites(draft.plan)
    assert {dot["site"] for dot in told} == set(range(len(placed_sites(draft.plan))))
    keys = {picture.key for picture in pictures([use], ())}
    assert {dot["picture"] for dot in told} <= keys
    assert all(dot["long"] >= dot["short"] > 0 for dot in told)


def test_a_picture_is_found_by_its_name():
    for chart in VIEWS:
        for view in views(chart):
            name, found = view_of(key_of(chart, view))
            assert (name, found.key, found.side) == (chart, view.key, view.side)


def test_the_inverse_of_a_view_is_the_inverse():
    for chart, every in VIEWS.items():
        limits = chart_limits(chart)
        for view in every:
            for side in ("left", "right") if view.side else ("",):
                own = replace(view, side=side) if side else view
                _check_inverse(own, limits, side)


def _check_inverse(view, limits, side: str) -> None:
    least = max(0.0, limits.x_mm[0])
    for i in range(1, 20):
        x_mm = least + (limits.x_mm[1] - least) * i / 20
        for sign in (1, -1) if not side else ((1,) if side == "left" else (-1,)):
            for y_mm in (limits.y_mm[0] * 0.5, 10.0, limits.y_mm[1] * 0.8):
                point = view.at(sign * x_mm, y_mm)
                if not view.seen(x_mm, y_mm) or not view.inside(point):
                    continue
                # past the midline at the back the other side has a name for the same place
                back = view.back(point, limits.x_mm)
                assert math.dist(view.at(*back), point) < 1e-6
