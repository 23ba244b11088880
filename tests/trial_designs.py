"""Designs that tests run: small, of one shape, so that code is compiled once."""

GLABELLA = """\
[trial]
indication = "glabellar_lines"
title = "Two arms"
people = {people}
replicates = {replicates}
seed = 3

[[arm]]
name = "20 U"
product = "onabotulinumtoxinA"
dose_u = 20

[[arm]]
name = "placebo"
placebo = true

[visits]
days = [7, 30, 90]

[[endpoint]]
code = "inv_none_mild"
day = 30

[[endpoint]]
code = "median_duration_ge1"

[[dropout]]
share = 0.1
"""


def glabella(people=64, replicates=1, **extra):
    """The design as text, with tables added at its end."""
    return GLABELLA.format(people=people, replicates=replicates) + extra.get("more", "")
