"""The article says in plain words, and draws, what the model computes, with its sources."""

import re

import numpy as np
import pytest
from html_reading import Page
from readability import grade
from sample import read

from endplate.case import DEMO_PLAN, Plan
from endplate.facts.parameters import parameter, parameters
from endplate.facts.sources import source_keys
from endplate.forecast.journey import follow
from endplate.views.article import STEPS, lead, step
from endplate.views.article.basis import basis
from endplate.views.article.observed import observed_scale, observed_scene
from endplate.views.article.scene import moved, of_100, rule
from endplate.views.article.words import html, place_words, plain, words
from endplate.views.source import link
from one_area_plan import plan

ASSUMED, UNVERIFIED, FITTED = "assumed", "not verified", "fitted to trials"
AREAS = ("glabellar_lines", "chronic_migraine", "axillary_hyperhidrosis", "overactive_bladder")
MOST_GRADE = 8.0


@pytest.fixture(scope="module")
def journeys():
    found = {area: follow(plan(indication=area, baseline="")) for area in AREAS}
    return {**found, "again": follow(Plan.load(DEMO_PLAN))}


@pytest.fixture
def told_of(journeys, result):
    """Every step of one area, with the sample's forecast where it is of that area."""

    def tell(area: str):
        own = read(result) if area in ("glabellar_lines", "again") else None
        return [step(name, journeys[area], own, "US") for name in STEPS]

    return tell


@pytest.mark.parametrize("area", [*AREAS, "again"])
def test_every_step_is_read_with_ease(told_of, journeys, area):
    for one in told_of(area):
        text = plain("\n".join(one.text)).replace(journeys[area].product, "drug")
        assert len(text.split()) > 15
        assert grade(text) <= MOST_GRADE, one.title
        assert "{" not in text
        assert "[[" not in text
    assert all("{" not in line for line in lead(journeys[area]))


@pytest.mark.parametrize("area", AREAS)
def test_every_step_has_sources_that_exist(journeys, area):
    known = {link(key) for key in source_keys()}
    for name in STEPS:
        rows = basis(name, journeys[area])
        assert rows
        assert all(row.source in known or row.mark == FITTED for row in rows)


def test_marks_are_those_of_the_tables(journeys):
    marks = {row.what: row.mark for name in STEPS for row in basis(name, journeys[AREAS[0]])}
    say = words()["basis"]
    for one in parameters():
        if one.id in say and say[one.id] in marks:
            wanted = ASSUMED if one.kind == "assumed" else "" if one.verified else UNVERIFIED
            assert marks[say[one.id]] == wanted
    assert marks[say["fascia_loss"]] == UNVERIFIED
    assert parameter("fascia_loss").verified is False


def test_every_muscle_of_the_atlas_has_plain_words():
    from endplate.facts.atlas import muscle_blocks

    assert [b.muscle for b in muscle_blocks() if b.muscle not in words()["muscle"]] == []
    assert place_words("corrugator_supercilii") == "frown muscle"


@pytest.mark.parametrize("area", [*AREAS, "again"])
def test_a_drawing_ends_where_the_model_does(told_of, journeys, area):
    course = journeys[area].course
    scenes = {scene.name: scene for one in told_of(area) for scene in one.scenes}
    assert min(scenes["hooks"].tracks["intact"]) == course.intact.min()
    assert min(scenes["signal"].tracks["working"]) == course.working.min()
    assert scenes["fade"].tracks["working"][0] == course.working[0]
    assert scenes["ending"].tracks["light_chain"][-1] == journeys[area].stages["light_chain"][-1]
    assert np.all(np.diff(scenes["ending"].tracks["bulk"]) < 0)
    assert np.all(np.diff(scenes["ending"].tracks["cleared"]) > 0)
    light = scenes["fade"].tracks["light"]
    assert np.all(np.diff(light[int(np.argmax(light)) :]) < 0)


@pytest.mark.parametrize("area", [*AREAS, "again"])
def test_a_drawing_is_whole(told_of, area):
    """As many sentences and numbers as stops; each rule reads a track; the markup is sound."""
    for one in told_of(area):
        for scene in one.scenes:
            count = len(scene.at)
            assert len(scene.says) == count
            assert all(len(track) == count for track in scene.tracks.values())
            assert 0 <= scene.start < count
            rows = {len(row) for row in scene.rows}
            assert rows == {len(scene.heads)}
            props = scene.props()
            markup = props["svg"] + props["curve"]
            assert (
                Page(f"<!DOCTYPE html><html><title>t</title><body>{markup}</body></html>").faults
                == []
            )
            for text in re.findall(r'data-b="([^"]+)"', markup):
                for part in text.split(";"):
                    assert part.split("|")[1] in props["tracks"]


def test_sentences_and_table_tell_the_same_numbers(told_of, journeys):
    (scene,) = told_of("glabellar_lines")[3].scenes
    working = journeys["glabellar_lines"].course.working
    day = float(journeys["glabellar_lines"].day[np.argmin(working)])
    assert scene.says[scene.at.index(day)].endswith(
        f"{of_100(working.min())} of 100 contact points work."
    )
    (row,) = (row for row in scene.rows if row[0] == "7")
    assert row[2] == of_100(np.interp(7, journeys["glabellar_lines"].day, working))


def test_earlier_shots_are_told(told_of, journeys):
    first = plain(" ".join(told_of("again")[2].text))
    whole = of_100(journeys["again"].course.intact[0])
    assert 50 < int(whole) < 100
    assert f"From the last shots, {whole} of 100 are whole on the first day." in first
    assert "From the last shots" not in plain(" ".join(told_of("glabellar_lines")[2].text))


def test_what_people_see_is_that_of_the_forecast(result):
    own = observed_scale(read(result), "glabellar_lines")
    (level,) = (
        item
        for item in result["course"]["series"]
        if item["name"] == "severity_contraction:glabellar_lines"
    )
    assert own.median[30] == pytest.approx(level["median"][60])  # every second day
    scene = observed_scene(own)
    assert max(scene.tracks["high"]) == 1.0
    assert min(scene.tracks["seen"]) == pytest.approx(min(own.median))


def test_neighbours_are_those_of_the_forecast_with_range(told_of):
    last = told_of("glabellar_lines")[-1]
    assert any("3 of 100 people like you get it (range 1 to 5)." in line for line in last.text)
    (scene,) = last.scenes
    day = scene.at.index(10.0)
    assert "a droopy eyelid, 3 of 100" in scene.says[day]
    assert "a droopy eyelid, 0 of 100" in scene.says[0]
    assert last.urgent[0].endswith("call 911 or go to an emergency room")


def test_scientific_words_are_hidden_until_asked_for():
    assert html("a [[hook|SNAP-25]]") == 'a hook<span class="hw-sci"> (SNAP-25)</span>'
    glossary = set(words()["glossary"])
    assert {"SNAP-25", "light chain", "acetylcholine"} <= glossary


def test_a_rule_whose_values_fall_is_refused():
    assert moved(rule("r", "x", (0, 1)), rule("opacity", "x", (0, 0), (1, 1))) == (
        "r|x|0 1;opacity|x|0 0|1 1"
    )
    with pytest.raises(ValueError, match="do not rise"):
        rule("r", "x", (1, 1), (0, 0))


def test_a_plan_that_does_nothing_says_so(journeys):
    """The words hold at the ends of what a course can be."""
    from dataclasses import replace

    one = journeys["glabellar_lines"]
    flat = one.course._replace(working=np.ones_like(one.day), force=np.ones_like(one.day))
    idle = replace(one, course=flat)
    texts = " ".join(plain(" ".join(step(name, idle).text)) for name in STEPS)
    assert "nearly all contact points keep working" in texts
    assert "little to wear off" in texts
