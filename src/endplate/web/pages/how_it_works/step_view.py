"""One step of the article on the screen: words, animated drawings, tables, sources."""

from html import escape

from nicegui import ui
from nicegui.element import Element

from endplate.results.result import Result
from endplate.views.article import Scene, Step
from endplate.views.article.basis import StepBasis
from endplate.views.article.words import html, words

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
            f'<span class="hw-no">{self._number}</span> {step.title}{_tags(step)}'
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
                table.set_content(table_html(scene, _name(step, scene.name)))
        self._step = step

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
                self._step = None


def _name(step: Step, scene: str) -> str:
    return "What people see" if scene == "seen" else step.title


def _tags(step: Step) -> str:
    """Where the numbers of a step come from."""
    origins = ("model", "trial") if step.name == "others" else ("model",)
    return "".join(f' <span class="tag">{origin}</span>' for origin in origins)


def _forecast_note(step: Step, result: Result | None) -> str:
    """Number of people of the forecast, for the steps that use one."""
    if step.name not in FORECAST_STEPS:
        return ""
    if result is None:
        return "The forecast of many people is still being computed."
    people = result.provenance.people
    return f"The numbers of people come from a forecast with {people} virtual people."


class Player(Element, component="player.js"):
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
        self.show(scene)

    def show(self, scene: Scene) -> None:
        """Show the same drawing with other numbers; the reader stays at the same time."""
        self._props.update(scene.props())
        self.update()


def text_html(step: Step) -> str:
    """The paragraphs of a step, and the call for help where it has one."""
    parts = [f"<p>{html(line)}</p>" for line in step.text]
    if step.urgent:
        title, signs, time = step.urgent
        items = "".join(f"<li>{escape(sign)}</li>" for sign in signs)
        parts.append(
            f'<div class="hw-urgent"><h3>{escape(title)}</h3><ul>{items}</ul>'
            f"<p>{escape(time)}</p></div>"
        )
    for title, lines in step.after:
        parts.append(f"<h3>{escape(title)}</h3>")
        parts += [f"<p>{html(line)}</p>" for line in lines]
    return "".join(parts)


def legend_html(scene: Scene) -> str:
    """What the curves under a drawing are."""
    items = "".join(
        f'<li><span class="hw-key {escape(kind)}"></span>{escape(text)}</li>'
        for kind, text in scene.legend
    )
    return f'<ul class="hw-legend">{items}</ul>' if items else ""


def table_html(scene: Scene, name: str) -> str:
    """The drawing in numbers, for readers who cannot or will not watch it."""
    heads = "".join(f'<th scope="col">{escape(head)}</th>' for head in scene.heads)
    rows = "".join(
        f'<tr><th scope="row">{escape(first)}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in rest)
        + "</tr>"
        for first, *rest in scene.rows
    )
    return (
        f'<details class="hw-numbers"><summary>The drawing in numbers: {escape(name)}</summary>'
        f'<p class="quiet">{escape(scene.label)}</p><table><thead><tr>{heads}</tr></thead>'
        f"<tbody>{rows}</tbody></table></details>"
    )


def basis_html(rows: tuple[StepBasis, ...]) -> str:
    """What a step rests on."""
    return (
        '<details class="hw-basis"><summary>Where this comes from</summary><ul>'
        + "".join(f"<li>{_basis(row)}</li>" for row in rows)
        + "</ul></details>"
    )


def _basis(row: StepBasis) -> str:
    source = escape(row.source.words)
    if row.source.url:
        source = f'<a href="{escape(row.source.url, quote=True)}">{source}</a>'
    where = f", {escape(row.where)}" if row.where else ""
    mark = f' <span class="unverified">{escape(row.mark)}</span>' if row.mark else ""
    return f"{escape(row.what[:1].upper() + row.what[1:])}: {source}{where}{mark}"


def glossary_html() -> str:
    """The scientific words in alphabetical order."""
    rows = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(meaning)}</dd></div>"
        for name, meaning in sorted(words()["glossary"].items(), key=lambda entry: entry[0].lower())
    )
    return f'<dl class="hw-glossary">{rows}</dl>'
