"""Each promise to a user names the tests that keep it, and those tests exist."""

import re
import tomllib

STORY_KEYS = {"id", "story", "risk", "tests"}


def stories(root):
    return tomllib.loads((root / "tests" / "stories.toml").read_text(encoding="utf-8"))["story"]


def names_of_tests(root):
    """Every `file::test` of the suite."""
    found = set()
    for path in sorted((root / "tests").rglob("test_*.py")):
        # by its text: ast.parse of Python 3.11 may fail while threads of other tests still run
        for name in re.findall(r"^ *def (test_\w+)\(", path.read_text(encoding="utf-8"), re.M):
            found.add(f"{path.relative_to(root).as_posix()}::{name}")
    return found


def test_every_story_is_kept_by_tests(root):
    known = names_of_tests(root)
    missing = [
        f"{story['id']}: {test}"
        for story in stories(root)
        for test in story["tests"]
        if test not in known
    ]
    assert missing == []


def test_stories_are_whole(root):
    every = stories(root)
    ids = [story["id"] for story in every]
    assert len(ids) == len(set(ids))
    assert [story["id"] for story in every if set(story) != STORY_KEYS] == []
    assert [story["id"] for story in every if not story["tests"]] == []
    assert {story["risk"] for story in every} <= {"low", "medium", "high"}
