"""One animated drawing of the article, played in the browser."""

from nicegui.element import Element

from endplate.views.article import Scene


class Player(Element, component="player.js"):
    """A drawing with its slider and its play button; nothing is asked of the server meanwhile."""

    def __init__(self, scene: Scene, name: str) -> None:
        """Show a scene.

        Parameters
        ----------
        scene : Scene
            The drawing.
        name : str
            What it is called where it is heard and not seen.
        """
        super().__init__()
        self._props["name"] = name
        self.show(scene)

    def show(self, scene: Scene) -> None:
        """Show the same drawing with other numbers; the reader stays at the same time."""
        self._props.update(scene.props())
        self.update()
