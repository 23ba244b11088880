"""What every page has: title, navigation, the desk, and the sentence on what this is for."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from nicegui import ui

from endplate.case import DEMO_PLAN, Plan
from endplate.report.html import PURPOSE
from endplate.web.desk import Desk
from endplate.web.desk.keeper import Keeper
from endplate.web.pages import discuss, evidence, forecast, how_it_works, plan
from endplate.web.place import Place

REPORT_LOOK = Path(__file__).parents[1] / "report" / "templates" / "look.css"
APP_LOOK = Path(__file__).parent / "look" / "app.css"

PAGES: dict[str, tuple[str, Callable[[Place], None]]] = {
    "/": ("Plan", plan.build),
    "/forecast": ("Forecast", forecast.build),
    "/how-it-works": ("How it works", how_it_works.build),
    "/discuss": ("Discuss", discuss.build),
    "/evidence": ("Evidence", evidence.build),
}


def shell() -> None:
    """Build the frame of the app and the page that the address names."""
    ui.add_css(_look())
    desk = Desk.with_plan(Plan.load(DEMO_PLAN))
    place = Place(desk)
    with ui.element("div").classes("app"):
        main_id = "content"
        ui.link("Skip to content", f"#{main_id}").classes("skip")
        with ui.element("header").classes("a-bar"):
            ui.link("endplate", "/").classes("brand")
            with ui.element("nav").props('aria-label="Pages"'):
                for path, (name, _) in PAGES.items():
                    place.mark(path, ui.link(name, path))
        with ui.element("main").props(f"id={main_id} tabindex=-1"):
            ui.sub_pages({path: _opened(place, path) for path in PAGES}, data={})
        with ui.element("footer"):
            ui.label(PURPOSE)
        place.keeper = Keeper(desk, place.settled)


def _opened(place: Place, path: str) -> Callable[[], None]:
    name, build = PAGES[path]

    def page() -> None:
        place.enter(path, name)
        build(place)

    return page


@cache
def _look() -> str:
    return REPORT_LOOK.read_text(encoding="utf-8") + APP_LOOK.read_text(encoding="utf-8")
