"""The drawing at the top of `errors.py` is the tree of classes."""

import inspect
import re

from endplate import errors


def drawn_tree(text: str) -> dict[str, str]:
    """Child and parent of each line of the drawing, by its indentation of four per step."""
    parents: dict[str, str] = {}
    above: list[str] = []
    for line in text.split("::\n", 1)[1].splitlines():
        if match := re.match(r"^(?P<rail>[ |`-]*)(?P<name>[A-Z]\w+)$", line.removeprefix("    ")):
            depth = len(match["rail"]) // 4
            above[depth:] = [match["name"]]
            parents[match["name"]] = above[depth - 1] if depth else "Exception"
    return parents


def test_drawing_equals_classes():
    classes = {
        name: one.__base__.__name__
        for name, one in inspect.getmembers(errors, inspect.isclass)
        if one.__module__ == errors.__name__
    }
    assert drawn_tree(errors.__doc__) == classes


def test_drawing_is_read_by_depth():
    text = "::\n\n    Aa\n    |-- Bb\n    |   `-- Cc\n    `-- Dd\n"
    assert drawn_tree(text) == {"Aa": "Exception", "Bb": "Aa", "Cc": "Bb", "Dd": "Aa"}
