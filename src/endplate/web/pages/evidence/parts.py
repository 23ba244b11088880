"""What only the browser can do: plots walked through by keys, a table that sorts, a sheet."""

from collections.abc import Callable
from typing import Any

from nicegui import events
from nicegui.element import Element


class Scatter(Element, component="scatter.js"):
    """Square plots side by side; each is one stop of the Tab key, arrows go from point to point."""

    def __init__(self, panels: list[dict[str, Any]], opened: Callable[[int], None]) -> None:
        """Draw.

        Parameters
        ----------
        panels
            As `panels.panels` gives them.
        opened : callable
            Called with the place of a figure that was clicked or entered.
        """
        super().__init__()
        self._props["panels"] = panels
        self._props["chosen"] = None
        self.on("open", lambda event: opened(_place(event)))

    def show(self, panels: list[dict[str, Any]]) -> None:
        """Draw other rows."""
        self._props["panels"] = panels
        self.update()

    def choose(self, place: int | None) -> None:
        """Mark the figure whose trial is open."""
        self._props["chosen"] = place
        self.update()


class Rows(Element, component="rows.js"):
    """A table that sorts and searches in the browser; a cell marked `open` is a button."""

    def __init__(
        self,
        name: str,
        columns: tuple[dict[str, Any], ...],
        rows: list[dict[str, Any]],
        opened: Callable[[int], None] = lambda _: None,
        search: str = "",
    ) -> None:
        """Show a table.

        Parameters
        ----------
        name : str
            What the table holds.
        columns, rows
            `name` and whether it is a `number`; `id` and `cells` of `text`, and what to sort `by`.
        opened : callable
            Called with the `id` of a row whose button was pressed.
        search : str
            Name of the field that searches it; without one there is none.
        """
        super().__init__()
        self._props.update({"name": name, "columns": list(columns), "rows": rows})
        self._props["search"] = search
        self.on("open", lambda event: opened(_place(event)))

    def show(self, rows: list[dict[str, Any]]) -> None:
        """Show other rows."""
        self._props["rows"] = rows
        self.update()


class Sheet(Element, component="sheet.js"):
    """What is open beside the pictures; on a narrow screen it lies over them until it is closed."""

    def __init__(self, closed: Callable[[], None], picked: Callable[[int], None]) -> None:
        """Make the sheet; what is in it are its children.

        Parameters
        ----------
        closed : callable
            Called after it was closed.
        picked : callable
            Called with the place of a figure that was pressed in it.
        """
        super().__init__()
        self.on("closed", closed)
        self.on("pick", lambda event: picked(_place(event)))

    def open(self, grab: bool = True) -> None:
        """Open it; with `grab`, the keyboard goes there."""
        self.run_method("open", grab)

    def close(self) -> None:
        """Close it."""
        self.run_method("shut")


def _place(event: events.GenericEventArguments) -> int:
    return int(event.args)
