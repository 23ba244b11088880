"""A result is written as JSON in one place and read back as it was."""

import dataclasses
import json
import math

import pytest

from endplate import simulate
from endplate.case import DEMO_PLAN, Plan
from endplate.errors import EndplateError
from endplate.results.result import Outcome, Result
from one_area_plan import plan


@pytest.fixture(scope="module")
def result():
    return simulate(Plan.load(DEMO_PLAN), people=64, days=60)


@pytest.fixture(scope="module")
def repeated():
    return simulate(plan(more="[repeat]\ncycles = 2\ninterval_d = 120"), people=32)


def test_a_saved_result_reads_back_as_it_was(result, repeated):
    for made in (result, repeated):
        saved = json.loads(made.as_json())
        again = Result.from_dict(saved)
        assert again == made
        assert again.as_dict() == saved


def test_the_keys_are_the_attributes_in_their_order(result):
    document = result.as_dict()
    *attributes, people = [field.name for field in dataclasses.fields(Result)]
    assert (list(document), people) == (attributes, "people")
    (first, *_) = document["outcomes"]
    assert list(first) == [field.name for field in dataclasses.fields(Outcome)]
    assert type(document["limits"]) is type(document["harms"]) is list


def test_what_lies_outside_every_muscle_has_no_chart(result):
    *muscles, elsewhere = result.as_dict()["spread"]
    assert "chart" not in elsewhere
    assert all(row["chart"] == "upper_face" for row in muscles)


def test_courses_are_handed_over_without_a_copy(result):
    document = result.as_dict()
    assert document["course"]["series"][0]["median"] is result.course.series[0].median


def test_a_result_of_an_earlier_version_lacks_what_came_later(result):
    saved = result.as_dict()
    for row in saved["outcomes"]:
        del row["people_low"], row["widened"]
    del saved["cycles"]
    read = Result.from_dict({**saved, "what_comes_later": 1})
    assert read.cycles is None
    assert {(row.people_low, row.widened) for row in read.outcomes} == {(None, 1.0)}


@pytest.mark.parametrize(
    ("part", "named"), [("plan", r"result\.plan"), ("provenance", r"result\.provenance")]
)
def test_a_part_that_is_needed_is_named(result, part, named):
    saved = result.as_dict()
    del saved[part]
    with pytest.raises(EndplateError, match=named):
        Result.from_dict(saved)


def test_what_is_no_table_is_refused(result):
    with pytest.raises(EndplateError, match=r"result\.outcomes\[0\]"):
        Result.from_dict(result.as_dict() | {"outcomes": ["x"]})


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_a_number_that_is_not_finite_is_refused(result, number):
    harm = dataclasses.replace(result.harms[0], percent=number)
    broken = dataclasses.replace(result, harms=(harm,))
    with pytest.raises(ValueError, match=r"result\.harms\[0\]\.percent"):
        broken.require_finite()
    with pytest.raises(ValueError, match="not JSON compliant"):
        broken.as_json()
    result.require_finite()
