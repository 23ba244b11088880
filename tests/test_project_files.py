"""What others cite is what is released, and the draft of the paper cites what it lists."""

import re

from endplate import __version__


def test_the_citation_names_this_version(root):
    text = (root / "CITATION.cff").read_text(encoding="utf-8")
    assert re.search(r"^version: (.+)$", text, re.MULTILINE)[1] == __version__
    assert re.search(r"^license: (.+)$", text, re.MULTILINE)[1] == "Apache-2.0"


def test_the_paper_cites_what_it_lists(root):
    text = (root / "paper/paper.md").read_text(encoding="utf-8")
    listed = re.findall(r"^@\w+\{(\w+),", (root / "paper/paper.bib").read_text(), re.MULTILINE)
    cited = set(re.findall(r"@([a-z]\w+)", text.split("---", 2)[2]))
    assert len(listed) == len(set(listed))
    assert cited == set(listed)


def test_forms_of_issues_are_whole(root):
    """Each is YAML that names itself and asks for something."""
    import yaml

    forms = [path for path in root.glob(".github/ISSUE_TEMPLATE/*.yml") if path.stem != "config"]
    assert len(forms) == 3
    for path in forms:
        form = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert {"name", "description", "body"} <= set(form)
        ids = [part["id"] for part in form["body"] if part["type"] != "markdown"]
        assert ids
        assert len(ids) == len(set(ids))
