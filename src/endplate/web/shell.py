"""What every page has: title, navigation, the desk, and the sentence on what this is for."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from nicegui import ui

from endplate.case import DEMO_PLAN, Plan
from endplate.errors import CaseError
from endplate.views.html import PURPOSE
from endplate.web.desk import Desk
from endplate.web.desk.address import draft_of
from endplate.web.desk.keeper import Keeper
from endplate.web.pages import discuss, evidence, forecast, how_it_works, plan
from endplate.web.place import Place

REPORT_LOOK = Path(__file__).parents[1] / "report" / "templates" / "look.css"
LOOK = Path(__file__).parent / "look"

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
    place, fault = Place(desk), ""
    try:
        place.wanted = draft_of(ui.context.client.request.query_params)
    except CaseError as reason:
        fault = str(reason)
    content = ui.element("div").classes("app")
    ui.skip_link("Skip to content", target=content)
    with ui.header(fixed=False, add_scroll_padding=False).classes("a-bar"):
        ui.link("endplate", "/").classes("brand")
        with ui.element("nav").props('aria-label="Pages"'):
            for path, (name, _) in PAGES.items():
                place.mark(path, ui.link(name, path))
    with content:
        with ui.element("div").classes("a-page"):
            ui.sub_pages({path: _opened(place, path) for path in PAGES}, data={})
        ui.label(PURPOSE).classes("a-purpose quiet")
        place.keeper = Keeper(desk, place.settled)
    if fault:
        place.say(fault)


def _opened(place: Place, path: str) -> Callable[[], None]:
    name, build = PAGES[path]

    def page() -> None:
        place.enter(path, name)
        build(place)

    return page


@cache
def _look() -> str:
    files = [REPORT_LOOK, *sorted(LOOK.glob("*.css"))]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)
