"""What `endplate sources` prints: sources as fields and as lines, a result's in groups."""

import textwrap
from collections.abc import Iterator
from typing import Any

from endplate.facts.citing import cited, keys_by_part
from endplate.facts.sources import source, source_keys

WIDTH = 88
Fields = dict[str, Any]

_HEADINGS = {
    "label": "What the label and the protocol say of this plan",
    "parameters": "Numbers of the model and of the body",
    "fit": "Trials that set the fitted parameters",
    "figures": "Published figures shown beside the forecast",
    "harms": "Side effects",
}
_ROLES = {
    "use": "set the parameters of this use",
    "product": "set what is the product's own, in other uses",
    "tissue": "set what is the tissue's own, in other uses",
    "shared": "set only what all uses share",
}


def every_source() -> Fields:
    """Every source of the tables."""
    uses = cited()
    return {"sources": [_source(key, uses) for key in source_keys()]}


def resting_on(result: Fields) -> Fields:
    """Sources that a result rests on, by part, and the trials behind its parameters."""
    trials: tuple[Any, ...] = ()
    if "course" in result:  # only a forecast rests on the fit; a check answers without loading it
        from endplate.learn.basis import sources_by_part, trials_behind

        trials = trials_behind(result)
        parts = sources_by_part(result, trials)
    else:
        parts = {part: tuple(sorted(keys)) for part, keys in keys_by_part(result).items()}
    uses = cited()
    keys = [key for key in source_keys() if any(key in own for own in parts.values())]
    return {
        "sources": [
            _source(key, uses) | {"parts": [part for part, own in parts.items() if key in own]}
            for key in keys
        ],
        "trials": [
            {
                "trial_id": one.trial_id,
                "indication": one.indication,
                "rows": one.rows,
                "role": one.role,
                "parameters": list(one.parameters),
                "sources": list(one.sources),
            }
            for one in trials
        ],
    }


def _source(key: str, uses: dict[str, dict[str, int]]) -> Fields:
    entry = source(key)
    return {
        "key": entry.key,
        "title": entry.title,
        "kind": entry.kind,
        "year": entry.year,
        "link": entry.link,
        "rows": uses.get(key, {}),
    }


def source_lines(sources: list[Fields]) -> Iterator[str]:
    """Every source with its link and the rows that rest on it."""
    for entry in sources:
        where = ", ".join(f"{table} ({rows})" for table, rows in entry["rows"].items())
        yield from _named(entry)
        yield f"    rows: {where}" if where else "    no rows"


def resting_lines(told: Fields) -> Iterator[str]:
    """What a result rests on, under a heading for each part."""
    for part, heading in _HEADINGS.items():
        own = [entry for entry in told["sources"] if part in entry["parts"]]
        if not own:
            continue
        yield heading
        if part == "fit":
            yield from _trial_lines(told["trials"])
            yield "  published in"
        for entry in own:
            yield from _named(entry, "    " if part == "fit" else "  ")
        yield ""


def _trial_lines(trials: list[Fields]) -> Iterator[str]:
    """Trials by what they set; those of other uses on one line a use."""
    shared = {n for trial in trials if trial["role"] == "shared" for n in trial["parameters"]}
    for role, words in _ROLES.items():
        own = [trial for trial in trials if trial["role"] == role]
        if not own:
            continue
        every = dict.fromkeys(name for trial in own for name in trial["parameters"])
        names = [name for name in every if role == "shared" or name not in shared]
        names += [] if role == "shared" or not shared else ["and what uses share (below)"]
        yield from _wrapped(f"{words}: {', '.join(names)}", "  ")
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
