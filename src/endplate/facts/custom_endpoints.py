"""Endpoints of a user's own: a CSV with the columns of `readings.csv`, and whose eyes they are."""

import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from endplate.arguments import printable
from endplate.facts.endpoints import (
    BURDEN,
    LINE,
    OF_LINES,
    SHARES,
    CustomEndpoint,
    Reading,
    duration_rules,
    endpoints,
    symptom_scores,
)
from endplate.facts.indications import indications
from endplate.facts.table import typed_rows
from endplate.facts.user_table import Faults, user_rows

NEEDED = ("endpoint", "indication", "how")
USUAL = {
    "scale": "",
    "threshold": "0",
    "gain": "1",
    "window_d": "1",
    "unit": "",
    "rater": "investigator",
    "better": "",
    "told": "yes",
    "kind": "assumed",
    "source": "user",
    "verified": "no",
    "note": "",
}
"""What a column that is left out, or an empty cell, stands for."""
RATERS_OF_LINES = ("investigator", "subject", "both", "either")
RATERS_OF_SCORES = ("investigator", "subject", "diary", "instrument")
_CODE = re.compile(r"[a-z][a-z0-9_]{0,59}")
_MOST_DAYS = 365.0
# least and most threshold; a reading that is not here takes none, or any
_THRESHOLDS = {
    "share_fallen": (0.0, 1.0),
    "share_felt": (0.0, 1.0),
    "none_seen": (0.001, 100.0),
    "grade_at_most": (0.0, 2.0),
    "grades_better": (1.0, 3.0),
}


def read_endpoints(path: Path) -> tuple[CustomEndpoint, ...]:
    """Endpoints in a user's CSV.

    Parameters
    ----------
    path : Path
        Table with at least the columns of `NEEDED`; those of `USUAL` where they are wanted.

    Raises
    ------
    TableFaults
        The file or some rows cannot be read: one sentence per fault, nothing is taken.
    """
    faults, found = Faults(), []
    for where, row in user_rows(CustomEndpoint, path, NEEDED, USUAL, faults):
        own = [f"{where}: {sentence}" for sentence in _faults(row)]
        if any((row.indication, row.endpoint) == (one.indication, one.endpoint) for one in found):
            own.append(f"{where}: {row.endpoint} of {row.indication} is there twice.")
        faults += own
        found.append(row if own else _filled(row))
    faults.stop()
    return tuple(found)


def known_codes() -> frozenset[str]:
    """Codes of the endpoints that are shipped: a user's own has another name."""
    rows = typed_rows(Reading, "readings")
    rules = (code for sort in (LINE, BURDEN) for code in duration_rules("", sort))
    return frozenset((*endpoints(), *(row.endpoint for row in rows), *rules))


def _faults(row: CustomEndpoint) -> list[str]:
    charted = [one.name for one in indications()]
    if row.indication not in charted:
        return [_must("indication", row.indication, charted)]
    scores = [scale.scale for scale in symptom_scores(row.indication)]
    hows = sorted({one.how for one in typed_rows(Reading, "readings")}) if scores else OF_LINES
    raters = RATERS_OF_SCORES if scores else RATERS_OF_LINES
    # where the most dosed of several scales is meant, as the shipped spasticity endpoints have it
    scales = [*scores, "primary"] if scores else ["", row.indication]
    found = []
    if not _CODE.fullmatch(row.endpoint):
        found.append(
            f"endpoint is {printable(row.endpoint)}; allowed are small letters, digits and _, "
            "at most 60."
        )
    elif row.endpoint in known_codes() or row.endpoint.startswith(("ae_", "baseline_")):
        found.append(f"endpoint {row.endpoint} is one of endplate's; another name is needed.")
    if row.scale not in scales and not (scores and not row.scale):
        found.append(
            _must("scale", row.scale, scales if scores else ["the line's own, left empty"])
        )
    if row.how not in hows:
        return [*found, _must("how", row.how, hows)]
    if row.rater not in raters:
        found.append(_must("rater", row.rater, raters))
    if row.better not in ("", "up", "down"):
        found.append(_must("better", row.better, ("up", "down")))
    low, high = _THRESHOLDS.get(row.how, (-1e6, 1e6))
    if not low <= row.threshold <= high:
        found.append(_between("threshold", row.threshold, low, high))
    if not 1.0 <= row.window_d <= _MOST_DAYS:
        found.append(_between("window_d", row.window_d, 1.0, _MOST_DAYS))
    if not 1e-6 <= abs(row.gain) <= 1e6:
        found.append(f"gain is {row.gain:g}; allowed is a factor of 1e-6 to 1e6, or minus that.")
    if row.how in ("none_seen", "share_felt", "log_fallen") and row.gain < 0:
        found.append(f"gain is {row.gain:g}; {row.how} takes one above 0.")
    if row.how in SHARES and row.unit not in ("", "%"):
        found.append(_must("unit", row.unit, ("%",)))
    return found


def _filled(row: CustomEndpoint) -> CustomEndpoint:
    """The row with what an empty unit, scale and direction stand for."""
    share = row.how in SHARES
    scores = symptom_scores(row.indication)
    scale = row.scale or (scores[0].scale if scores else row.indication)
    unit = row.unit or ("%" if share else _unit(row, scale))
    falls = row.how in ("change", "level") and row.gain > 0
    return replace(row, scale=scale, unit=unit, better=row.better or ("down" if falls else "up"))


def _unit(row: CustomEndpoint, scale: str) -> str:
    if row.how == "percent_fall":
        return "%"
    scores = symptom_scores(row.indication)
    return next((one for one in scores if one.scale == scale), scores[0]).entry.unit


def _must(name: str, value: str, allowed: Iterable[str]) -> str:
    words = ", ".join(word for word in allowed if word)
    return f"{name} is {printable(value)}; allowed are {words}."


def _between(name: str, value: float, low: float, high: float) -> str:
    return f"{name} is {value:g}; a number from {low:g} to {high:g} is allowed."
