"""Where every fact comes from, and what one result rests on: as plain values and as a page."""

from dataclasses import dataclass
from typing import Any

from endplate.facts.sources import cited, keys_by_part, source, source_keys
from endplate.results.result import Result
from endplate.views.html import page_field, render
from endplate.views.words import known, word

JsonTable = dict[str, Any]


def every_source() -> JsonTable:
    """Every source of the tables."""
    uses = cited()
    return {"sources": [_source(key, uses) for key in source_keys()]}


def citations_of(document: JsonTable) -> JsonTable:
    """Sources that a result rests on, by part, and the trials behind its parameters.

    Parameters
    ----------
    document : dict
        A forecast or a label check as its JSON holds it.
    """
    trials: tuple[Any, ...] = ()
    if "course" in document:  # only a forecast rests on the fit; a check needs no model
        from endplate.fit.provenance import sources_by_part, trials_behind

        trials = trials_behind(document)
        parts = sources_by_part(document, trials)
    else:
        parts = {part: tuple(sorted(keys)) for part, keys in keys_by_part(document).items()}
    uses = cited()
    keys = [key for key in source_keys() if any(key in of_part for of_part in parts.values())]
    return {
        "sources": [
            _source(key, uses) | {"parts": [part for part, named in parts.items() if key in named]}
            for key in keys
        ],
        "trials": [
            {
                "trial_id": trial.trial_id,
                "indication": trial.indication,
                "rows": trial.rows,
                "role": trial.role,
                "parameters": list(trial.parameters),
                "sources": list(trial.sources),
            }
            for trial in trials
        ],
    }


def _source(key: str, uses: dict[str, dict[str, int]]) -> JsonTable:
    entry = source(key)
    return {
        "key": entry.key,
        "title": entry.title,
        "kind": entry.kind,
        "year": entry.year,
        "link": entry.link,
        "rows": uses.get(key, {}),
    }


@dataclass(frozen=True)
class CitedTrials:
    """Trials of one role and use, with the number of their figures."""

    role: str
    use: str
    trials: str


@dataclass(frozen=True)
class CitedPart:
    """One part of a result: trials if it is the fit, and the sources, title and address."""

    name: str
    groups: tuple[CitedTrials, ...]
    sources: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class CitationsPage:
    """Everything that is shown of what a forecast rests on."""

    parts: tuple[CitedPart, ...] = page_field("one entry per part that has sources")

    @property
    def markup(self) -> str:
        """The page as HTML."""
        return render("citations.html.j2", self)


def citations_page(result: Result) -> CitationsPage:
    """What a result rests on."""
    cited_by = citations_of(result.as_dict())
    parts = []
    for code in known("basis"):
        sources = [entry for entry in cited_by["sources"] if code in entry["parts"]]
        groups = _groups(cited_by["trials"]) if code == "fit" else ()
        if sources:
            named = tuple((_title(entry), entry["link"]) for entry in sources)
            parts.append(CitedPart(word("basis", code), groups, named))
    return CitationsPage(tuple(parts))


def _groups(trials: list[JsonTable]) -> tuple[CitedTrials, ...]:
    by_use: dict[tuple[str, str], list[str]] = {}
    for trial in trials:
        key = (trial["role"], trial["indication"])
        by_use.setdefault(key, []).append(f"{trial['trial_id']} ({trial['rows']})")
    ordered = sorted(by_use.items(), key=lambda item: known("trial_role").index(item[0][0]))
    return tuple(
        CitedTrials(word("trial_role", role), word("indication", use), ", ".join(names))
        for (role, use), names in ordered
    )


def _title(entry: JsonTable) -> str:
    year = f" ({entry['year']})" if entry["year"] else ""
    return f"{entry['title']}{year}"
