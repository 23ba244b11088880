"""The chart as an element of the page: shows sites, and hands on what is done to them."""

from collections.abc import Callable
from typing import Any

from nicegui import events
from nicegui.element import Element

from endplate.web.desk.edit import Edit
from endplate.web.pages.plan.picture import Sheet


class Chart(Element, component="chart.js"):
    """Sites on the pictures of a plan, moved by pointer or by keys."""

    def __init__(
        self,
        edit: Callable[[Edit], None],
        dragged: Callable[[Edit], None],
        chosen: Callable[[int], None],
    ) -> None:
        """Make an empty chart.

        Parameters
        ----------
        edit, dragged : callable
            Told of an edit that was made, and of one that is being made.
        chosen : callable
            Told of the site that was picked.
        """
        super().__init__()
        self._props.update(sheets=[], sites=[], selected=-1, acked=0, dose=1.0)

        def made(event: events.GenericEventArguments) -> None:
            edit(event.args)
            self._props["acked"] = max(int(event.args.get("n", 0)), self._props["acked"])
            self.update()

        self.on("edit", made)
        self.on("dragged", lambda event: dragged(event.args))
        self.on("chosen", lambda event: chosen(int(event.args.get("site", -1))))

    def show(
        self, sheets: tuple[Sheet, ...], sites: list[dict[str, Any]], selected: int, dose_u: float
    ) -> None:
        """Show pictures and sites; `dose_u` [U] is what a new site gets."""
        told = [sheet.as_props() for sheet in sheets]
        if told != self._props["sheets"]:  # the drawings are large: sent only when they change
            self._props["sheets"] = told
        self._props.update(sites=sites, selected=selected, dose=dose_u)
        self.update()
