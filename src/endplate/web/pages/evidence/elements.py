"""Elements that run in the browser: plots with keyboard access, a table that sorts, a panel."""

from collections.abc import Callable
from typing import Any

from nicegui import events
from nicegui.element import Element


class ScatterPlots(Element, component="scatter.js"):
    """Square plots side by side; each is one stop of the Tab key, arrows go from point to point."""

    def __init__(self, panels: list[dict[str, Any]], on_open: Callable[[int], None]) -> None:
        """Draw.

        Parameters
        ----------
        panels
            As `explorer.panels` gives them.
        on_open : callable
            Called with the index of a figure that was clicked or entered.
        """
        super().__init__()
        self._props["panels"] = panels
        self._props["selected"] = None
        self.on("open", lambda event: on_open(_index(event)))

    def show(self, panels: list[dict[str, Any]]) -> None:
        """Draw other rows."""
        self._props["panels"] = panels
        self.update()

    def select(self, index: int | None) -> None:
        """Mark the figure whose trial is open."""
        self._props["selected"] = index
        self.update()


class DataTable(Element, component="table.js"):
    """A table that sorts and searches in the browser; a cell marked `open` is a button."""

    def __init__(
        self,
        name: str,
        columns: tuple[dict[str, Any], ...],
        rows: list[dict[str, Any]],
        on_open: Callable[[int], None] = lambda _: None,
        search: str = "",
    ) -> None:
        """Show a table.

        Parameters
        ----------
        name : str
            What the table holds.
        columns, rows
            `name` and whether it is a `number`; `id` and `cells` of `text`, and what to sort `by`.
        on_open : callable
            Called with the `id` of a row whose button was pressed.
        search : str
            Name of the field that searches it; without one there is none.
        """
        super().__init__()
        self._props.update({"name": name, "columns": list(columns), "rows": rows})
        self._props["search"] = search
        self.on("open", lambda event: on_open(_index(event)))

    def show(self, rows: list[dict[str, Any]]) -> None:
        """Show other rows."""
        self._props["rows"] = rows
        self.update()


class TrialPanel(Element, component="trial_panel.js"):
    """A panel beside the plots; on a narrow screen it covers them until it is closed."""

    def __init__(self, on_close: Callable[[], None], on_pick: Callable[[int], None]) -> None:
        """Make the panel; its children are its content.

        Parameters
        ----------
        on_close : callable
            Called after it was closed.
        on_pick : callable
            Called with the index of a figure that was pressed in it.
        """
        super().__init__()
        self.on("closed", on_close)
        self.on("pick", lambda event: on_pick(_index(event)))

    def open(self, focus: bool = True) -> None:
        """Open it; with `focus`, the keyboard focus moves there."""
        self.run_method("open", focus)


def _index(event: events.GenericEventArguments) -> int:
    return int(event.args)
