"""Looks through the built site: every link lands, and no page loads anything from elsewhere."""

import sys
from collections.abc import Iterator
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit

SITE = Path(__file__).parents[1] / "build" / "site"
# What a browser fetches by itself, and what a reader follows.
LOADED = {("script", "src"), ("img", "src"), ("link", "href"), ("source", "src"), ("iframe", "src")}
FOLLOWED = {("a", "href")}


class Page(HTMLParser):
    """The anchors of one page and what it points at."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.anchors: set[str] = {"", "top"}
        self.loaded: list[str] = []
        self.followed: list[str] = []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep what matters of one element."""
        for name, value in attrs:
            if name in ("id", "name") and value:
                self.anchors.add(value)
            elif value and (tag, name) in LOADED and ("rel", "canonical") not in attrs:
                self.loaded.append(value)
            elif value and (tag, name) in FOLLOWED:
                self.followed.append(value)


@cache
def page(path: Path) -> Page:
    """One page, read once."""
    return Page(path)


def faults(site: Path) -> Iterator[str]:
    """One sentence for each link that leads nowhere and each thing loaded from elsewhere."""
    for path in sorted(site.rglob("*.html")):
        if "_static" in path.relative_to(site).parts:
            continue
        told = path.relative_to(site)
        for target in page(path).loaded:
            if urlsplit(target).scheme not in ("", "data"):
                yield f"{told} loads {target}"
        for target in dict.fromkeys([*page(path).loaded, *page(path).followed]):
            parts = urlsplit(target)
            if not parts.scheme and not parts.netloc and not lands(path, parts, site):
                yield f"{told}: {target} leads nowhere"


def lands(path: Path, parts, site: Path) -> bool:
    """Whether a link of a page leads to a file of the site, and to a place in it."""
    goal = (path.parent / unquote(parts.path)).resolve() if parts.path else path
    if goal.is_dir():
        goal /= "index.html"
    if not goal.is_file() or not goal.is_relative_to(site.resolve()):
        return False
    # the search page makes its own anchors
    return goal.suffix != ".html" or unquote(parts.fragment) in page(goal).anchors


def main(site: Path = SITE) -> int:
    """Print the faults; 1 where there is one, or no page."""
    found = list(faults(site))
    if not (site / "index.html").is_file():
        found.append(f"{site} holds no site")
    print(*found, sep="\n", end="\n" if found else "", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
