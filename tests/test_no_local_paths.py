"""Nothing in the repository points at one machine or one package index."""

import re
import subprocess

import pytest

# Written in pieces, so that this file does not find itself.
LOCAL = re.compile(
    "|".join(
        [
            r"(?<![\w.}/])/(?:wo" + r"rk|ro" + r"ot|tm" + r"p|ho" + r"me|mnt|Users)/\w",
            r"[A-Z]:\\Us" + "ers",
            r"py" + r"pi\.org",
            r"python" + r"hosted",
            r"--(?:extra-)?index" + r"-url[ =]\S*:",
            r"https?://[^\s/]*@",
        ]
    )
)


def tracked(root):
    done = subprocess.run(["git", "ls-files", "-z"], cwd=root, capture_output=True, check=False)
    if done.returncode:
        pytest.skip("not a git checkout")
    return [root / name for name in done.stdout.decode().split("\0") if name]


def test_no_local_paths(root):
    found = []
    for path in tracked(root):
        if path.suffix in {".png", ".jpg"} or not path.is_file():
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if LOCAL.search(line):
                found.append(f"{path.relative_to(root)}:{number}: {line.strip()[:80]}")
    assert found == []


@pytest.mark.parametrize(
    ("line", "local"),
    [
        ("see /wo" + "rk/main/plan.toml", True),
        ('Path("/tm' + 'p/x")', True),
        ("https://example.org/ho" + "me/x", False),
        ("a rate in mL/ho" + "me", False),
        ("https://py" + "pi.org/simple", True),
        ("https://user:secret" + "@example.org", True),
    ],
)
def test_the_pattern_tells(line, local):
    assert bool(LOCAL.search(line)) is local
