"""The result that the tests of this room show."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

import sample


@pytest.fixture
def result():
    return sample.result()


@pytest.fixture
def stopped():
    return sample.result(stop=True)
