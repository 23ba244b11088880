"""What every page has: title, navigation, the workspace, and the sentence on what this is for."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from nicegui import ui

from endplate.case import DEMO_PLAN, Plan
from endplate.errors import CaseError
from endplate.views.html import PURPOSE, TEMPLATES
from endplate.web.notices import Notices
from endplate.web.pages import discuss, evidence, forecast, how_it_works, plan
from endplate.web.session import Session
from endplate.web.workspace import Workspace
from endplate.web.workspace.plan_edits import draft_from_query
from endplate.web.workspace.storage import BrowserStorage

REPORT_STYLE = TEMPLATES / "look.css"
ARTICLE_STYLE, GUIDE_STYLE = TEMPLATES / "article.css", TEMPLATES / "guide.css"
MATTERS_STYLE = TEMPLATES / "matters.css"
STYLES = Path(__file__).parent / "look"

PAGES: dict[str, tuple[str, Callable[[Session], None]]] = {
    "/": ("Plan", plan.build),
    "/forecast": ("Forecast", forecast.build),
    "/how-it-works": ("How it works", how_it_works.build),
    "/discuss": ("Discuss", discuss.build),
    "/evidence": ("Evidence", evidence.build),
}


def shell() -> None:
    """Build the frame of the app and the page that the address names."""
    ui.add_css(_styles())
    workspace = Workspace.with_plan(Plan.load(DEMO_PLAN))
    session, fault = Session(workspace), ""
    try:
        session.requested_draft = draft_from_query(ui.context.client.request.query_params)
    except CaseError as error:
        fault = str(error)
    client = ui.context.client
    client.on_disconnect(session.stop_work)
    client.on_connect(session.resume_work)
    content = ui.element("div").classes("app")
    ui.skip_link("Skip to content", target=content)
    with ui.header(fixed=False, add_scroll_padding=False).classes("a-bar"):
        ui.link("endplate", "/").classes("brand")
        with ui.element("nav").props('aria-label="Pages"'):
            for path, (name, _) in PAGES.items():
                session.add_link(path, ui.link(name, path))
    with content:
        with ui.element("div").classes("a-page"):
            Notices(session)
            ui.sub_pages({path: _page_builder(session, path) for path in PAGES}, data={})
        ui.label(PURPOSE).classes("a-purpose quiet")
        session.storage = BrowserStorage(workspace, session.on_restored, session.on_elsewhere)
    if fault:
        session.notify(fault)


def _page_builder(session: Session, path: str) -> Callable[[], None]:
    name, build = PAGES[path]

    def page() -> None:
        session.enter(path, name)
        build(session)

    return page


@cache
def _styles() -> str:
    files = [REPORT_STYLE, ARTICLE_STYLE, GUIDE_STYLE, MATTERS_STYLE, *sorted(STYLES.glob("*.css"))]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)
