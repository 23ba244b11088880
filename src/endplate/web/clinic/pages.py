"""Renders the clinic's pages; every text of a record is escaped."""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from endplate.clinic.sign_in import SignedIn
from endplate.clinic.store.instant import now, units
from endplate.facts.vocabulary import preferred_words
from endplate.views.html import PURPOSE, TEMPLATES
from endplate.web.clinic.permissions import PERMISSIONS, may

HERE = Path(__file__).parent
LINKS = (
    ("/clinic", "Day"),
    ("/clinic/patients", "Patients"),
    ("/clinic/stock", "Stock"),
    ("/clinic/due", "Due"),
    ("/clinic/audit", "Audit"),
)


def signed_in(request: Request) -> SignedIn:
    """Session of a request that the guard let pass."""
    return request.state.signed_in


def form_of(request: Request) -> dict[str, str]:
    """Fields of the posted form; of one that stands twice the last."""
    return dict(request.state.form)


def render(request: Request, template: str, title: str, status: int = 200, **more: Any) -> Response:
    """A page of the clinic."""
    session: SignedIn | None = getattr(request.state, "signed_in", None)
    user = session.user if session else None
    context = {
        "title": title,
        "user": user,
        "form_token": session.form_token if session else "",
        "links": [
            (path, name) for path, name in LINKS if user and may(user, PERMISSIONS["GET", path])
        ],
        "path": request.url.path,
        "purpose": PURPOSE,
        "today": today(),
        "may": lambda method, path: bool(user and may(user, PERMISSIONS[method, path])),
        **more,
    }
    return HTMLResponse(_environment().get_template(template).render(context), status)


def refused(request: Request, sentences: tuple[str, ...], back: str, status: int = 422) -> Response:
    """A page that says why something was not done."""
    return render(request, "refused.html.j2", "Not done", status, sentences=sentences, back=back)


def today() -> date:
    """The day of the records: that of UTC."""
    return now().date()


@cache
def style() -> str:
    """Style of all pages."""
    files = (TEMPLATES / "look.css", HERE / "clinic.css")
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["units"] = lambda held: f"{units(held):g}"
    environment.filters["words"] = lambda name: str(name).replace("_", " ")
    environment.globals["indications"] = preferred_words("indication")
    environment.globals["products"] = preferred_words("product")
    return environment
