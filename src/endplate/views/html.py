"""Renders pages: templates filled with the fields of a page."""

from dataclasses import field, fields
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from endplate.files.output import maker
from endplate.views.language import gettext, language, ngettext, speaking

TEMPLATES = Path(__file__).parent / "templates"
PURPOSE = (
    "For education, research and review of a plan by the professional who made it. "
    "It is no medical device and recommends no dose."
)


def page_field(help_: str) -> Any:
    """A field of a page, with what it shows."""
    return field(metadata={"help": help_})


def render(template: str, page: Any) -> str:
    """A template filled with the fields of a page context, in the language of the page."""
    with speaking(getattr(page, "language", language())):
        return (
            _environment()
            .get_template(template)
            .render({f.name: getattr(page, f.name) for f in fields(page)})
        )


def fragment(template: str, macro: str, *arguments: Any) -> str:
    """One part of a page, for a page that is renewed part by part."""
    return str(getattr(_parts(template, language()), macro)(*arguments))


@cache
def _parts(template: str, code: str) -> Any:
    """The macros of a template; what it sets once is set for each language."""
    return _environment().get_template(template).make_module()


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"maker": maker(), "_": gettext, "ngettext": ngettext}
    environment.filters["drawn"] = Markup  # pictures are made by our own escaping writer
    return environment
