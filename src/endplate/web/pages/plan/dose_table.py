"""The table beside the chart: muscle by muscle what each side gets, and in how many sites."""

from collections.abc import Callable
from typing import Any

from nicegui.element import Element

from endplate.facts.indications import is_charted
from endplate.views.finding import counts
from endplate.views.quantity import number
from endplate.views.words import spaced, word
from endplate.web.pages.plan.forms import card
from endplate.web.session import Session
from endplate.web.workspace import Draft
from endplate.web.workspace.dose_rows import DoseCell, DoseRow, dose_rows, other_muscles, sides_of
from endplate.web.workspace.site_edits import Edit, areas_of, planned_areas


class DoseTable(Element, component="dose_table.js"):
    """Doses by muscle and side, typed into a table; its edits go by the chart's own way."""

    def __init__(self, on_edit: Callable[[Edit], None], on_select: Callable[[int], None]) -> None:
        """Make an empty table.

        Parameters
        ----------
        on_edit : callable
            Called with an edit where the page has no chart to send it by.
        on_select : callable
            Called with the index of the first site of the cell that is worked on.
        """
        super().__init__()
        self._props.update(areas=[], total="", check="", uneven=False, shown=0)
        self.on("edit", lambda event: on_edit(event.args))
        self.on("select", lambda event: on_select(int(event.args.get("site", -1))))

    def show(self, areas: list[dict[str, Any]], total: str, findings: str, is_uneven: bool) -> None:
        """Show areas with their rows, what all sites hold, and how many findings there are.

        `is_uneven` says that some dose is no whole unit.
        """
        shown = self._props["shown"] + 1  # also where nothing changed: what was typed is done with
        self._props.update(areas=areas, total=total, check=findings, uneven=is_uneven, shown=shown)
        self.update()


class DoseTableCard:
    """The card with the table of the open draft."""

    def __init__(
        self,
        session: Session,
        on_edit: Callable[[Edit], None],
        on_select: Callable[[int], None],
    ) -> None:
        self._session = session
        with card("Muscles and doses", "pl-doses"):
            self._table = DoseTable(on_edit, on_select)

    def refresh(self) -> None:
        """Show the open draft."""
        draft = self._session.workspace.draft
        plan = draft.plan
        areas = list(planned_areas(plan)) if plan is not None else areas_of(draft.tables)
        rows = dose_rows(draft, areas)
        cells = [cell for row in rows for cell in row.cells]
        dose_u, sites = sum(c.dose_u for c in cells), sum(c.sites for c in cells)
        total = f"{number(dose_u, 2)} U in {sites} site{'' if sites == 1 else 's'}"
        is_uneven = any(c.dose_u != round(c.dose_u) for c in cells) and dose_u >= 1.0
        found = ", ".join(f"{n} {name.lower()}" for _, name, n in counts(draft.findings))
        self._table.show(
            _areas(draft, areas, rows),
            total if sites else "No site yet",
            f"Label check: {found}." if found else "",
            is_uneven,
        )


def _areas(draft: Draft, areas: list[str], rows: tuple[DoseRow, ...]) -> list[dict[str, Any]]:
    """Plain values for the browser, area by area."""
    shown = []
    for area in (name for name in areas if is_charted(name)):
        own = [row for row in rows if row.area == area]
        there = {row.muscle for row in own}
        others = [m for m in other_muscles(area, tuple(areas)) if m not in there]
        shown.append(
            {
                "area": area,
                "name": word("indication", area),
                "rows": [_row(row) for row in own],
                "others": [
                    {"muscle": m, "name": spaced(m), "sides": next(sides_of(m, area))}
                    for m in others
                ],
            }
        )
    return shown


def _row(row: DoseRow) -> dict[str, Any]:
    return {
        "muscle": row.muscle,
        "name": spaced(row.muscle),
        "range": row.label_range,
        "cells": [_cell(cell) for cell in row.cells],
    }


def _cell(cell: DoseCell) -> dict[str, Any]:
    dose = number(cell.dose_u, 2) if cell.sites else ""
    return {"side": cell.side, "dose": dose, "sites": cell.sites, "first": cell.first_site}
