"""Where every fact comes from, and what one result rests on, as plain values for JSON."""

from typing import Any

from endplate.facts.sources import cited, keys_by_part, source, source_keys

Fields = dict[str, Any]


def every_source() -> Fields:
    """Every source of the tables."""
    uses = cited()
    return {"sources": [_source(key, uses) for key in source_keys()]}


def resting_on(result: Fields) -> Fields:
    """Sources that a result rests on, by part, and the trials behind its parameters."""
    trials: tuple[Any, ...] = ()
    if "course" in result:  # only a forecast rests on the fit; a check answers without loading it
        from endplate.fit.provenance import sources_by_part, trials_behind

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
