"""One step of the article on the screen."""

from nicegui import ui

from endplate.views.article import Step
from endplate.web.forecasts import Answer
from endplate.web.pages.how_it_works.markup import (
    basis_html,
    legend_html,
    table_html,
    text_html,
)
from endplate.web.pages.how_it_works.player import Player

FORECAST_STEPS = ("rest", "others")  # those that say something of the forecast


class StepView:
    """Title, words, drawings, numbers and sources of one step; changed in place."""

    def __init__(self, number: int) -> None:
        """Lay out an empty step."""
        self._number = number
        self._shown: Step | None = None
        self._players: dict[str, tuple[Player, ui.html, ui.html]] = {}
        with ui.element("section").classes("hw-step"):
            with ui.element("div").classes("hw-text"):
                self._title = ui.html("", sanitize=False, tag="h2")
                self._text = ui.html("", sanitize=False)
                self._small = ui.label("").classes("quiet")
            self._figures = ui.element("div").classes("hw-figures")
            with ui.element("div").classes("hw-more"):
                self._basis = ui.html("", sanitize=False)
                self._tables = ui.element("div")

    def show(self, step: Step, answer: Answer | None) -> None:
        """Show a step; what has not changed is left alone."""
        self._small.set_text(_small(step, answer))
        if step == self._shown:
            return
        self._title.set_content(
            f'<span class="hw-no">{self._number}</span> {step.title}{_tags(step)}'
        )
        self._text.set_content(text_html(step))
        self._basis.set_content(basis_html(step.basis))
        if list(self._players) != [scene.name for scene in step.scenes]:
            self._lay_out(step)
        for scene in step.scenes:
            player, legend, table = self._players[scene.name]
            if self._shown is None or scene not in self._shown.scenes:
                player.show(scene)
                legend.set_content(legend_html(scene))
                table.set_content(table_html(scene, _name(step, scene.name)))
        self._shown = step

    def _lay_out(self, step: Step) -> None:
        """Make a player for each drawing; the ones that are there stay."""
        for name in [n for n in self._players if n not in [s.name for s in step.scenes]]:
            for element in self._players.pop(name):
                element.delete()
        for scene in step.scenes:
            if scene.name not in self._players:
                with self._figures:
                    player = Player(scene, _name(step, scene.name))
                    legend = ui.html("", sanitize=False)
                with self._tables:
                    table = ui.html("", sanitize=False)
                self._players[scene.name] = player, legend, table
                self._shown = None


def _name(step: Step, scene: str) -> str:
    return "What people see" if scene == "seen" else step.title


def _tags(step: Step) -> str:
    """Where the numbers of a step come from."""
    origins = ("model", "trial") if step.name == "others" else ("model",)
    return "".join(f' <span class="tag">{origin}</span>' for origin in origins)


def _small(step: Step, answer: Answer | None) -> str:
    """Which forecast is told, in the steps that tell one."""
    if step.name not in FORECAST_STEPS:
        return ""
    if answer is None:
        return "The forecast of many people is still being worked out."
    people = answer.provenance.people
    return f"The numbers of people come from a forecast with {people} made-up people."
