"""The syringe shows what is in it, on marks that are those of the syringe."""

import re

import pytest

from endplate.views.glyphs import SYRINGE_LENGTH, syringe


def fluid(svg: str) -> float:
    return float(re.search(r'width="([\d.]+)"[^>]*class="sy-fluid"', svg)[1])


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
def test_the_fluid_is_as_long_as_its_share(share):
    assert fluid(syringe(1.0, 0.01, share)) == pytest.approx(share * SYRINGE_LENGTH, abs=0.01)


def test_more_than_it_holds_is_full():
    assert fluid(syringe(0.5, 0.01, 3.0)) == SYRINGE_LENGTH


@pytest.mark.parametrize(
    ("size_ml", "mark_ml"), [(0.3, 0.01), (0.5, 0.01), (1.0, 0.01), (10.0, 0.2)]
)
def test_every_mark_is_drawn_and_some_are_told(size_ml, mark_ml):
    svg = syringe(size_ml, mark_ml, size_ml / 3)
    assert svg.count('class="sy-mark"') == round(size_ml / mark_ml) + 1
    assert 4 <= svg.count("</text>") <= 14


def test_it_is_told_in_words():
    assert "Syringe of 1 mL filled to 0.1 mL" in syringe(1.0, 0.01, 0.1)
