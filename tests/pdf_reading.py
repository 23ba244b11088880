"""What is in a PDF that WeasyPrint wrote: streams unpacked, glyphs named by their maps."""

import re
import zlib

_SHOWN = r"<([0-9a-fA-F]+)>\s*(?:Tj|-?\d|\])"


def _unpacked(content: bytes) -> list[str]:
    found = []
    # what ends a stream may be its own last byte or a line break: what follows is left alone
    for raw in re.findall(rb"stream\r?\n(.*?)endstream", content, re.DOTALL):
        try:
            found.append(zlib.decompressobj().decompress(raw).decode("latin-1"))
        except zlib.error:
            continue
    return found


def page_count(content: bytes) -> int:
    """Pages; their objects stand in the file itself or in a packed stream."""
    return sum(
        len(re.findall(r"/Type\s*/Page\b", text))
        for text in (content.decode("latin-1"), *_unpacked(content))
    )


def words(content: bytes) -> str:
    """Text of all pages; spaces between runs are not kept."""
    found = _unpacked(content)
    glyphs: dict[str, str] = {}
    for text in found:
        for code, letters in re.findall(r"<([0-9a-fA-F]{4})> <([0-9a-fA-F]+)>", text):
            glyphs.setdefault(code.lower(), bytes.fromhex(letters).decode("utf-16-be"))
    shown = "".join(run for text in found for run in re.findall(_SHOWN, text)).lower()
    return "".join(glyphs.get(shown[i : i + 4], "") for i in range(0, len(shown), 4))
