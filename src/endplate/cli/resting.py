"""What `endplate sources` prints: sources as lines, a result's in groups."""

import textwrap
from collections.abc import Iterator
from typing import Any

from endplate.views.words import known, word

WIDTH = 88
Fields = dict[str, Any]


def source_lines(sources: list[Fields]) -> Iterator[str]:
    """Every source with its link and the rows that rest on it."""
    for entry in sources:
        where = ", ".join(f"{table} ({rows})" for table, rows in entry["rows"].items())
        yield from _named(entry)
        yield f"    rows: {where}" if where else "    no rows"


def resting_lines(told: Fields) -> Iterator[str]:
    """What a result rests on, under a heading for each part."""
    for part in known("basis"):
        own = [entry for entry in told["sources"] if part in entry["parts"]]
        if not own:
            continue
        yield word("basis", part)
        if part == "fit":
            yield from _trial_lines(told["trials"])
            yield "  published in"
        for entry in own:
            yield from _named(entry, "    " if part == "fit" else "  ")
        yield ""


def _trial_lines(trials: list[Fields]) -> Iterator[str]:
    """Trials by what they set; those of other uses on one line a use."""
    shared = {n for trial in trials if trial["role"] == "shared" for n in trial["parameters"]}
    for role in known("trial_role"):
        own = [trial for trial in trials if trial["role"] == role]
        if not own:
            continue
        every = dict.fromkeys(name for trial in own for name in trial["parameters"])
        names = [name for name in every if role == "shared" or name not in shared]
        names += [] if role == "shared" or not shared else ["and what uses share (below)"]
        yield from _wrapped(f"{word('trial_role', role)}: {', '.join(names)}", "  ")
        for use in dict.fromkeys(trial["indication"] for trial in own):
            listed = ", ".join(
                f"{trial['trial_id']} ({trial['rows']})"
                for trial in own
                if trial["indication"] == use
            )
            of = "" if role == "use" else "shared with "
            yield from _wrapped(f"{of}{use.replace('_', ' ')}: {listed}", "    ")


def _named(entry: Fields, indent: str = "") -> Iterator[str]:
    yield f"{indent}{entry['key']} [{entry['kind']}]: {entry['title']}"
    if entry["link"]:
        yield f"{indent}    {entry['link']}"


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=f"{indent}    ",
        break_on_hyphens=False,
        break_long_words=False,
    )
