"""The words of a PDF that WeasyPrint wrote: streams unpacked, glyphs named by their maps."""

import re
import zlib

_SHOWN = r"<([0-9a-fA-F]+)>\s*(?:Tj|-?\d|\])"


def words(content: bytes) -> str:
    """Text of all pages; spaces between runs are not kept."""
    found = []
    for raw in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
        try:
            found.append(zlib.decompress(raw).decode("latin-1"))
        except zlib.error:
            continue
    glyphs: dict[str, str] = {}
    for text in found:
        for code, letters in re.findall(r"<([0-9a-fA-F]{4})> <([0-9a-fA-F]+)>", text):
            glyphs.setdefault(code.lower(), bytes.fromhex(letters).decode("utf-16-be"))
    shown = "".join(run for text in found for run in re.findall(_SHOWN, text)).lower()
    return "".join(glyphs.get(shown[i : i + 4], "") for i in range(0, len(shown), 4))
