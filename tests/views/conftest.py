"""The result that the tests of this room show."""

import copy
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


def quantiles(median, low, high):
    return {"median": median, "p05": low, "p95": high}


@pytest.fixture
def repeated(result):
    """The sample result with three treatments of its first area, 100 days apart."""
    told = copy.deepcopy(result)
    code = told["plan"]["indications"][0]
    long = copy.deepcopy(told["course"])
    long["day"] = [4.0 * day for day in long["day"]]
    told["cycles"] = {
        "count": 3,
        "antibodies": "trial_like",
        "visit_day": 30.0,
        "rows": [
            {
                "cycle": place + 1,
                "indication": code,
                "unit": "grade",
                "day": quantiles(100.0 * place, 90.0 * place, 120.0 * place),
                "next_after_d": quantiles(100.0, 90.0, 120.0),
                "peak_benefit": quantiles(2.25, 1.0, 2.75),
                "benefit_before_next": quantiles(0.5, -0.25, 1.5),
                "duration_d": quantiles(110.0 + place, 60.0, 200.0),
                "percent_responding": 91.0 - place,
                "percent_antibodies": 0.2 * place,
                "percent_secondary_nonresponse": 3.0 * place,
                "percent_secondary_nonresponse_without_antibodies": 2.0 * place,
                "outcomes": [],
                "harms": [],
            }
            for place in range(3)
        ],
        "course": long,
    }
    return told
