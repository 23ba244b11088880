"""The stage on the page: the browser lets the weeks go by without asking the server."""

from collections.abc import Callable, Sequence
from typing import Any

from nicegui import events, ui
from nicegui.element import Element

from endplate.views.stage import Stage


class StageView(Element, component="stage.js"):
    """Pictures of one to four plans, moved by one slider; each picture is sent once."""

    def __init__(self, sized: Callable[[bool], None]) -> None:
        """Set up an empty stage.

        Parameters
        ----------
        sized : callable
            Told whether the window is narrow, at first and after every change of that.
        """
        super().__init__()
        self._props["stages"] = []
        self._props["version"] = 0
        self._looks: list[ui.html] = []
        self._sized = sized
        self.on("size", self._told)

    def _told(self, event: events.GenericEventArguments) -> None:
        self._sized(bool(event.args.get("narrow")))

    def show(self, stages: Sequence[Stage], pictures: Sequence[str], at: int) -> None:
        """Show these stages; pictures that did not change stay as they are in the browser.

        Parameters
        ----------
        stages : sequence
            What moves, one for each plan.
        pictures : sequence
            The still parts, in the same order.
        at : int
            The plan whose words go with the slider.
        """
        while len(self._looks) > len(pictures):
            self._looks.pop().delete()
        while len(self._looks) < len(pictures):
            with self:
                self._looks.append(ui.html(sanitize=False).classes("fc-look"))
            self._looks[-1].props(f"data-stage={len(self._looks) - 1}")
        for look, markup in zip(self._looks, pictures, strict=True):
            look.set_content(markup)
        moves: list[dict[str, Any]] = [one.moves() for one in stages]
        self._props["stages"] = moves
        self._props["at"] = at
        self._props["version"] += 1
        self.update()
