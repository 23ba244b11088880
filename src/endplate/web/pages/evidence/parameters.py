"""The part Parameters: every number of the model, what set it, and how sure it is."""

import asyncio
from typing import Any

from nicegui import ui

from endplate.views.parameters import (
    TIERS,
    fitted_parameters,
    fixed_parameters,
)
from endplate.views.parameters import (
    FittedRow as FittedTold,
)
from endplate.views.parameters import (
    FixedRow as FixedTold,
)
from endplate.views.parameters import (
    trial_count_words as told_by,
)
from endplate.views.source import link
from endplate.views.words import spaced, word
from endplate.web.pages.evidence.parts import Rows

INTRO = (
    "A <b>fitted</b> parameter is set by published trial figures, from the prior beside it; in "
    "brackets is its 90 % interval. A <b>fixed</b> one comes from the literature (measured, or "
    "derived from what was) or is assumed: an assumed one rests on nothing but the reason given. "
    "Product ratios are those of this model at the nerve ending and no dose conversion."
)
COLUMNS = (
    {"name": "Parameter"},
    {"name": "Value"},
    {"name": "Kind"},
    {"name": "Rests on"},
    {"name": "What it is"},
)


async def build() -> None:
    """Build the part where the caller stands."""
    spot = ui.element("section")
    rows = await asyncio.to_thread(table_rows)
    if spot.is_deleted:
        return
    with spot:
        ui.html(f"<h2>Parameters of the model</h2><p>{INTRO}</p>", sanitize=False)
        Rows("Parameters", COLUMNS, rows, search="Search parameters")


def table_rows() -> list[dict[str, Any]]:
    """Fitted parameters, then fixed ones."""
    told = [_fitted(row) for row in fitted_parameters()] + [_fixed(r) for r in fixed_parameters()]
    return [{"id": place, "cells": cells} for place, cells in enumerate(told)]


def _fitted(row: FittedTold) -> list[dict[str, Any]]:
    trials = ", ".join(
        f"{one.trial_id} ({word('indication', one.indication)}, {one.rows})" for one in row.trials
    )
    tier = TIERS.get(row.tier, (spaced(row.tier), ""))[0]
    return [
        {"text": row.id, "small": tier, "class": "ev-code"},
        {"text": row.value, "small": f"prior {row.prior}"},
        {"text": "fitted"},
        {"text": told_by(row.trials), "more": trials},
        {"text": row.note},
    ]


def _fixed(row: FixedTold) -> list[dict[str, Any]]:
    sources = "; ".join(link(key).words for key in row.sources)
    return [
        {"text": row.id, "small": spaced(row.step), "class": "ev-code"},
        {"text": row.value},
        {"text": row.kind},
        {
            "text": f"{sources}, {row.locator}" if row.locator else sources,
            "mark": "not verified" if row.unread else "",
        },
        {"text": row.note},
    ]
