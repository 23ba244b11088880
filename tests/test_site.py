"""The site of the docs: what can break it is found at once, and a slow test builds it whole."""

import re
import shutil
import subprocess
import sys

import pytest


@pytest.fixture(scope="module")
def checker(root):
    return loaded(root / "scripts/check_site.py")


def loaded(path):
    from importlib.util import module_from_spec, spec_from_file_location

    spec = spec_from_file_location(path.stem, path)
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def pages(root):
    return {path.stem: path.read_text(encoding="utf-8") for path in root.glob("docs/*.md")}


def test_every_page_is_in_a_list(root):
    texts = [*pages(root).values()]
    texts += [path.read_text(encoding="utf-8") for path in root.glob("examples/*/*.rst")]
    listed = set()
    for text in texts:
        blocks = re.findall(r"```\{toctree\}\n(.*?)```", text, re.DOTALL)
        blocks += re.findall(r"\.\. toctree::\n((?:   .*\n|\n)+)", text)
        for block in blocks:
            listed |= set(re.findall(r"^\s*(?:.*<)?/?([\w-]+)>?$", block, re.MULTILINE))
    assert set(pages(root)) - listed == {"index"}


def test_every_formula_is_understood(root):
    from docutils.utils.math.latex2mathml import tex2mathml

    found = []
    for text in pages(root).values():
        plain = re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)
        found += re.findall(r"\$\$(.+?)\$\$", plain, re.DOTALL)
        found += re.findall(r"(?<![\$\\])\$([^$\n]+)\$(?!\$)", plain)
    assert len(found) > 60
    for formula in found:
        assert tex2mathml(formula, as_block=False).startswith("<math")


def test_modules_of_the_reference_are_there(root):
    named = re.findall(r"^   (endplate\.[\w.]+)$", pages(root)["python"], re.MULTILINE)
    assert len(named) > 40
    for name in named:
        path = root / "src" / name.replace(".", "/")
        assert path.with_suffix(".py").is_file(), name


@pytest.mark.parametrize(
    ("markup", "told"),
    [
        ('<a href="b.html#there">', None),
        ('<a href="b.html">', None),
        ('<a href="#here"><p id="here">', None),
        ('<a href="https://example.org/x">', None),
        ('<img src="data:image/png;base64,xx">', None),
        ('<a href="c.html">', "a.html: c.html leads nowhere"),
        ('<a href="b.html#nowhere">', "a.html: b.html#nowhere leads nowhere"),
        ('<a href="#nowhere">', "a.html: #nowhere leads nowhere"),
        ('<a href="../outside.txt">', "a.html: ../outside.txt leads nowhere"),
        ('<script src="https://example.org/x.js">', "a.html loads https://example.org/x.js"),
        ('<img src="b.png">', "a.html: b.png leads nowhere"),
    ],
)
def test_the_checker_of_links_tells(checker, tmp_path, markup, told):
    (tmp_path / "outside.txt").write_text("x")
    site = tmp_path / "site"
    site.mkdir()
    (site / "a.html").write_text(f"<!DOCTYPE html><body>{markup}</body>")
    (site / "b.html").write_text('<!DOCTYPE html><body><p id="there">x</p></body>')
    assert list(checker.faults(site)) == ([told] if told else [])


@pytest.mark.slow
def test_the_site_is_built_without_a_warning(root, checker, tmp_path):
    """In a copy, so that nothing is written beside the sources; `make docs` runs the examples."""
    for name in ("docs", "examples", "benchmarks"):
        without = shutil.ignore_patterns("tutorials", "how-to", "generated")
        shutil.copytree(root / name, tmp_path / name, ignore=without if name == "docs" else None)
    for name in (
        "README.md",
        "CHANGELOG.md",
        "CONTRIBUTING.md",
        "SECURITY.md",
        "CODE_OF_CONDUCT.md",
        "CITATION.cff",
        "LICENSE",
        "src",
    ):
        (tmp_path / name).symlink_to(root / name)
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-n", "-W", "--keep-going", "-b", "html",
         "-D", "plot_gallery=0", "docs", "site"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    site = tmp_path / "site"
    assert list(checker.faults(site)) == []
    for path in root.glob("examples/*/*.py"):
        assert (site / path.parent.name / f"{path.stem}.html").is_file()
    for name in pages(root):
        assert (site / f"{name}.html").is_file()
