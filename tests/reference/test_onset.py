"""Times of onset of the published three- and four-step schemes."""

import csv
from pathlib import Path

import jax.numpy as jnp
import pytest
from scipy.optimize import brentq

from endplate.facts.parameters import value
from endplate.model.uptake import Lebeda3, Lebeda4

MINUTES_PER_DAY = 1440.0
with Path(__file__).with_name("onset.csv").open(newline="", encoding="utf-8") as lines:
    FIGURES = list(csv.DictReader(lines))


def scheme(release):
    steps = [
        value(f"lebeda_{step}_per_min") * MINUTES_PER_DAY
        for step in ("binding", "translocation", "lytic")
    ]
    return Lebeda4(value(release) * MINUTES_PER_DAY, *steps) if release else Lebeda3(*steps)


@pytest.mark.parametrize("figure", FIGURES, ids=lambda figure: figure["id"])
def test_time_to_a_level(figure):
    uptake = scheme(figure["release"])
    quantity = {"lytic": uptake.light_chain, "outside": uptake.outside}[figure["quantity"]]
    level = float(figure["level"])
    reached_d = brentq(lambda time_d: float(quantity(jnp.asarray(time_d))) - level, 1e-6, 60.0)
    assert reached_d * MINUTES_PER_DAY == pytest.approx(
        float(figure["value_min"]), rel=float(figure["tolerance_percent"]) / 100
    )


def test_the_published_schemes_know_no_recovery():
    late = scheme("lebeda_release_human_per_min").light_chain(jnp.array([60.0, 365.0]))
    assert float(late[0]) > 0.999
    assert float(late[1]) >= float(late[0])
