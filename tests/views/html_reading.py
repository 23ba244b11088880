"""Reads a page with the standard parser: balance of elements, words, addresses."""

from html.parser import HTMLParser

VOID = {"meta", "br", "link", "input", "img", "hr"}
LOADS = {
    "script": "src",
    "img": "src",
    "iframe": "src",
    "link": "href",
    "image": "href",
    "use": "href",
    "source": "src",
}


class Page(HTMLParser):
    """Collects faults of nesting, visible words, ids, links and what a browser would load."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.faults: list[str] = []
        self.words: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.loads: list[str] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        self.faults += [f"<{tag}> is never closed" for tag in self._open]

    def handle_starttag(self, tag, attrs):
        self._note(tag, dict(attrs))
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self._note(tag, dict(attrs))

    def handle_endtag(self, tag):
        if not self._open or self._open[-1] != tag:
            self.faults.append(f"</{tag}> at {self.getpos()} closes {self._open[-1:]}")
        else:
            self._open.pop()

    def handle_data(self, data):
        if "style" not in self._open:
            self.words.append(data)

    @property
    def text(self) -> str:
        """Visible words, white space collapsed."""
        return " ".join(" ".join(self.words).split())

    def _note(self, tag, attrs):
        self.elements.append((tag, attrs))
        if "id" in attrs:
            self.ids.append(attrs["id"])
        if tag == "a":
            self.links.append(attrs.get("href") or "")
        elif tag in LOADS and attrs.get(LOADS[tag]):
            self.loads.append(attrs[LOADS[tag]])
