"""The docs say what the code does: generated pages are current, examples load."""

import re
import subprocess
import sys

import pytest

from endplate.case import Plan
from endplate.facts.parameters import fit_rows, parameters
from endplate.facts.sources import source

PAGES = ("README.md", "docs/plan-file.md", "docs/tour.md")


def examples(root, page):
    return re.findall(r"```toml\n(.*?)```", (root / page).read_text(encoding="utf-8"), re.DOTALL)


def test_generated_pages_are_current(root):
    done = subprocess.run(
        [sys.executable, "scripts/generate_docs.py", "--check"],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_page_of_parameters_is_whole(root):
    """Every parameter stands in it once, and every link to a trial lands in its list."""
    text = (root / "docs/parameters.md").read_text(encoding="utf-8")
    named = re.findall(r"^\| `([^`]+)` \|", text, re.MULTILINE)
    fitted, fixed = [row.id for row in fit_rows()], [row.id for row in parameters()]
    assert sorted(named) == sorted(fitted + fixed)
    links, lands = re.findall(r'href="#([^"]+)"', text), re.findall(r'<a id="([^"]+)"', text)
    assert set(links) == set(lands)
    assert len(lands) == len(set(lands)) > 50
    for row in parameters():
        (line,) = (one for one in text.splitlines() if one.startswith(f"| `{row.id}` |"))
        assert row.unit == "1" or f" {row.unit} |" in line
        assert ("not read" in line) == (not row.verified and row.kind != "assumed")
        assert not source(row.source).link or f"({source(row.source).link} " in line


@pytest.mark.parametrize("page", PAGES)
def test_plans_in_the_docs_load(root, page):
    found = examples(root, page)
    assert found
    for text in found:
        plan = Plan.loads(text)
        assert Plan.loads(plan.dumps()) == plan


def test_links_inside_the_repository_lead_somewhere(root):
    dead = []
    for page in [*root.glob("*.md"), *root.glob("docs/*.md"), *root.glob("benchmarks/*.md")]:
        text = page.read_text(encoding="utf-8")
        for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)|src=\"([^\"]+)\"", text):
            name = target[0] or target[1]
            if "://" not in name and not (page.parent / name).exists():
                dead.append(f"{page.name}: {name}")
    assert dead == []


def test_the_map_of_the_house_is_whole(root):
    """Each module stands on the map, by itself or by its folder, and nothing else does."""
    text = (root / "CONTRIBUTING.md").read_text(encoding="utf-8")
    mapped = set(re.findall(r"`((?:src|tests|scripts|docs|benchmarks)/[\w/.]*)`", text))
    assert [name for name in sorted(mapped) if not (root / name).exists()] == []
    # The steps of the journey are what people look for: one line for their room is not enough.
    mapped -= {"src/endplate/model/", "src/endplate/"}
    missing = []
    for path in sorted((root / "src" / "endplate").rglob("*.py")):
        place = path.relative_to(root)
        above = {f"{folder.as_posix()}/" for folder in place.parents}
        if not path.stem.startswith("_") and not ({place.as_posix()} | above) & mapped:
            missing.append(place.as_posix())
    assert missing == []
