"""Designs that tests run: the example's, small, of one shape, so that code is compiled once."""

import ast
from pathlib import Path

EXAMPLE = Path(__file__).parents[1] / "examples/how-to/plot_4_virtual_trial.py"


def _text_of(script, name):
    """Text that a script gives a name, read without running it."""
    for line in ast.parse(script.read_text(encoding="utf-8")).body:
        if isinstance(line, ast.Assign) and [ast.unparse(one) for one in line.targets] == [name]:
            return ast.literal_eval(line.value)
    raise LookupError(f"{script.name} holds no {name}")


GLABELLA = _text_of(EXAMPLE, "DESIGN").lstrip()


def glabella(people=64, replicates=1, **extra):
    """The design as text, with tables added at its end."""
    return GLABELLA.format(people=people, replicates=replicates) + extra.get("more", "")
