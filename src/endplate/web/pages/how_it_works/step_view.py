"""One step of the article on the screen: words, animated drawings, tables, sources."""

from nicegui import ui
from nicegui.element import Element

from endplate.results.result import Result
from endplate.views.article import PLAYER, Scene, Step
from endplate.views.article.markup import (
    basis_html,
    legend_html,
    scene_name,
    table_html,
    tags_html,
    text_html,
)
from endplate.views.language import gettext as _

FORECAST_STEPS = ("rest", "others")  # those that use the forecast


class StepView:
    """Title, text, drawings, numbers and sources of one step; updated in place."""

    def __init__(self, number: int) -> None:
        """Lay out an empty step."""
        self._number = number
        self._step: Step | None = None
        self._players: dict[str, tuple[Player, ui.html, ui.html]] = {}
        with ui.element("section").classes("hw-step"):
            with ui.element("div").classes("hw-text"):
                self._title = ui.html("", sanitize=False, tag="h2")
                self._text = ui.html("", sanitize=False)
                self._note = ui.label("").classes("quiet")
            self._figures = ui.element("div").classes("hw-figures")
            with ui.element("div").classes("hw-more"):
                self._basis = ui.html("", sanitize=False)
                self._tables = ui.element("div")

    def show(self, step: Step, result: Result | None) -> None:
        """Show a step; what has not changed is left alone."""
        self._note.set_text(_forecast_note(step, result))
        if step == self._step:
            return
        self._title.set_content(
            f'<span class="hw-no">{self._number}</span> {step.title}{tags_html(step)}'
        )
        self._text.set_content(text_html(step))
        self._basis.set_content(basis_html(step.basis))
        if list(self._players) != [scene.name for scene in step.scenes]:
            self._lay_out(step)
        for scene in step.scenes:
            player, legend, table = self._players[scene.name]
            if self._step is None or scene not in self._step.scenes:
                player.show(scene)
                legend.set_content(legend_html(scene))
                table.set_content(table_html(scene, scene_name(step, scene)))
        self._step = step

    def _lay_out(self, step: Step) -> None:
        """Make a player for each drawing; the ones that are there stay."""
        for name in [n for n in self._players if n not in [s.name for s in step.scenes]]:
            for element in self._players.pop(name):
                element.delete()
        for scene in step.scenes:
            if scene.name not in self._players:
                with self._figures:
                    player = Player(scene, scene_name(step, scene))
                    legend = ui.html("", sanitize=False)
                with self._tables:
                    table = ui.html("", sanitize=False)
                self._players[scene.name] = player, legend, table
                self._step = None


def _forecast_note(step: Step, result: Result | None) -> str:
    """Number of people of the forecast, for the steps that use one."""
    if step.name not in FORECAST_STEPS:
        return ""
    if result is None:
        return _("The forecast of many people is still being computed.")
    told = _("The numbers of people come from a forecast with {people} virtual people.")
    return told.format(people=result.provenance.people)


class Player(Element, component=PLAYER):
    """A drawing with its slider and its play button; it plays without the server."""

    def __init__(self, scene: Scene, name: str) -> None:
        """Show a scene.

        Parameters
        ----------
        scene : Scene
            The drawing.
        name : str
            Its name for screen readers.
        """
        super().__init__()
        self._props["name"] = name
        self._props["words"] = {
            "play": _("Play:"),
            "pause": _("Pause:"),
            "slider": _("Time in the drawing: {name}").format(name=name),
        }
        self.show(scene)

    def show(self, scene: Scene) -> None:
        """Show the same drawing with other numbers; the reader stays at the same time."""
        self._props.update(scene.props())
        self.update()
