"""The sections of the page: the stage, the course, people out of 100, and the sources."""

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

from nicegui import events, ui
from nicegui.element import Element

from endplate.views.stage import Stage
from endplate.web.forecasts import FULL_PEOPLE
from endplate.web.pages.forecast.view import (
    NARROW_COURSES,
    Front,
    Rest,
    course_key,
    harm_key,
    origin_key,
)

CAPTION = (
    "The drawing shows the middle of people like this patient, not this patient. What still works "
    "and how severe it is comes from the model, as the mean over each muscle; how far a drawn "
    "part moves at full strength is drawn freely."
)
OPEN_BLOCKS = 2  # of a comparison: the plans, and the times of the first area
OUTDATED = (
    "<b>The plan has changed.</b> Figures in grey italics are of the plan before the change; the "
    "new ones are being made."
)
WAITING = "The forecast is being made; the first one takes some seconds."


class Screen:
    """The sections of the page; each is renewed in place, so that nothing jumps."""

    def __init__(self, title: ui.html, on_resize: Callable[[bool], None]) -> None:
        """Lay out the empty page.

        Parameters
        ----------
        title : ui.html
            Where the plan is named.
        on_resize : callable
            Called with whether the window is narrow.
        """
        self._title = title
        self._has_front = False
        self._renewals = 0  # how often everything was renewed, for tests
        self._status = ui.html(WAITING, sanitize=False, tag="p").classes("quiet fc-status")
        self._status.props("role=status")
        self._refusal = ui.html(sanitize=False).classes("fc-refusal")
        self._refusal.visible = False
        with ui.element("div").classes("fc-body") as self._body:
            self._lay_out(on_resize)
        self._body.classes("waiting")

    def _lay_out(self, on_resize: Callable[[bool], None]) -> None:
        with ui.element("section").classes("fc-at-a-glance") as self._glance_section:
            ui.html("At a glance <span class=tag>model</span>", tag="h2", sanitize=False)
            self._glance = ui.html(sanitize=False)
            self._syringe = ui.html(sanitize=False, tag="p").classes("quiet")
        with section("Week by week", "fc-on-stage") as self._stage_section:
            self._ramp = ui.html(sanitize=False)
            self._stage = StageView(on_resize)
            ui.html(escape(CAPTION), tag="p", sanitize=False).classes("quiet")
        with section("Side by side", "fc-beside") as self._comparison_section:
            self._comparison = Pieces(ui.element("div"), "fc-block")
        self._comparison_section.visible = False
        with section("When it starts, peaks and wears off <span class=tag>model</span>", "fc-when"):
            ui.html(course_key(), sanitize=False)
            self._lines = ui.element("div").classes("fc-courses")
            self._courses = Pieces(self._lines, "fc-course")
        with section("What gets better"):
            self._benefits = Pieces(ui.element("div").classes("fc-benefits"), "fc-benefit")
        with section("Side effects out of 100 people"):
            ui.html(harm_key(), sanitize=False)
            self._harms = Pieces(ui.element("div").classes("harms"))
            self._no_harm = ui.html(
                "No side effect was computed for this plan. That is not the same as none.",
                tag="p",
                sanitize=False,
            )
        with section("Check against the label"):
            self._findings = ui.html(sanitize=False)
        with section("What is not known"):
            self._limits = ui.html(sanitize=False)
        with section("Where the numbers come from"):
            ui.html(origin_key(), sanitize=False)
            self._run = ui.html(sanitize=False)

    def wait(self) -> None:
        """Show that a result is being made; figures that are there are of the plan before."""
        self._set_refused(False)
        if self._renewals or self._has_front:
            self._status.set_content(OUTDATED)
            self._title.classes("fc-outdated")
            self._body.classes("outdated")

    def show_drawing_up(self, sentence: str) -> None:
        """Show how the plan is drawn up; it needs no forecast."""
        self._syringe.set_content(escape(sentence))

    def refuse(self, message: str, reasons: tuple[str, ...]) -> None:
        """Say why there is no forecast, and where the plan can be changed."""
        items = "".join(f"<li>{escape(reason)}</li>" for reason in reasons)
        self._refusal.set_content(
            f"<p><b>{escape(message)}</b></p><ul>{items}</ul>"
            '<p>The plan can be changed on the page <a href="/">Plan</a>.</p>'
        )
        self._set_refused(True)

    def _set_refused(self, refused: bool) -> None:
        self._refusal.visible = refused
        self._body.visible = self._status.visible = self._title.visible = not refused

    def show_front(self, front: Front) -> None:
        """Show the stage."""
        self._set_refused(False)
        self._has_front = True
        self._body.classes(remove="waiting")
        self._title.classes(remove="fc-outdated").set_content(escape(front.title))
        for part in (self._glance_section, self._stage_section):
            part.classes(add="current")
        self._status.set_content(_status(front.people))
        self._ramp.set_content(
            f'<ul class="legend"><li><span class="ramp"></span> {escape(front.silenced)} silenced, '
            '0 to 100 % <span class="tag">model</span></li>'
            '<li><svg width="16" height="16" aria-hidden="true"><circle cx="8" cy="8" r="4.5" '
            'class="site"/></svg> injected site</li></ul>'
        )
        self._glance.set_content(front.glance)
        self._stage.show(front.stages, front.drawings, front.index)

    def show_rest(self, rest: Rest) -> None:
        """Show what stands below the stage."""
        self._comparison_section.visible = bool(rest.compared)
        plans = f' style="--plans:{rest.plans}"'
        self._comparison.show(
            [
                f"<details{plans}{' open' * (i < OPEN_BLOCKS)}><summary>{escape(name)}</summary>"
                f"{grid}</details>"
                for i, (name, grid) in enumerate(rest.compared)
            ]
            + [f'<p class="quiet">{escape(note)}</p>' for note in rest.notes]
        )
        has_headings = len(rest.courses) > 1
        is_narrow = len(rest.courses) >= NARROW_COURSES
        self._lines.classes(add="many" if is_narrow else "", remove="" if is_narrow else "many")
        self._courses.show(
            [
                (f"<h3>{escape(course.name)}</h3>" if has_headings else "")
                + course.times
                + course.picture
                for course in rest.courses
            ]
        )
        self._benefits.show(rest.benefits or ("<p>No outcome was computed for this plan.</p>",))
        self._harms.show(rest.harms)
        self._no_harm.visible = not rest.harms
        self._findings.set_content(_findings(rest))
        self._limits.set_content(rest.limits)
        self._run.set_content(rest.run)
        self._body.classes(remove="outdated")
        for part in (self._glance_section, self._stage_section):
            part.classes(remove="current")
        self._renewals += 1
        self._body.props(f"data-whole={self._renewals}")


def _status(people: int) -> str:
    if people >= FULL_PEOPLE:
        return f"Forecast over {people:,} virtual people."
    return f"Preview over {people:,} virtual people; the forecast over {FULL_PEOPLE:,} follows."


def _findings(rest: Rest) -> str:
    badges = "".join(
        f'<span class="badge {level}">{count} {escape(name.lower())}</span>'
        for level, name, count in rest.findings
    )
    summary = f'<div class="badges">{badges}</div>' if badges else "<p>No findings.</p>"
    return f'{summary}<p>What they say, with sources, is on the page <a href="/">Plan</a>.</p>'


class StageView(Element, component="stage.js"):
    """Pictures of one to four plans, moved by one slider; each picture is sent once."""

    def __init__(self, on_resize: Callable[[bool], None]) -> None:
        """Set up an empty stage.

        Parameters
        ----------
        on_resize : callable
            Called with whether the window is narrow, at first and after every change of that.
        """
        super().__init__()
        self._props["stages"] = []
        self._props["version"] = 0
        self._drawings: list[ui.html] = []
        self._on_resize = on_resize
        self.on("size", self._resized)

    def _resized(self, event: events.GenericEventArguments) -> None:
        self._on_resize(bool(event.args.get("narrow")))

    def show(self, stages: Sequence[Stage], drawings: Sequence[str], index: int) -> None:
        """Show these stages; drawings that did not change stay as they are in the browser.

        Parameters
        ----------
        stages : sequence
            What moves, one for each plan.
        drawings : sequence
            The still parts, in the same order.
        index : int
            The plan whose words go with the slider.
        """
        while len(self._drawings) > len(drawings):
            self._drawings.pop().delete()
        while len(self._drawings) < len(drawings):
            with self:
                self._drawings.append(ui.html(sanitize=False).classes("fc-look"))
            self._drawings[-1].props(f"data-stage={len(self._drawings) - 1}")
        for element, markup in zip(self._drawings, drawings, strict=True):
            element.set_content(markup)
        moves: list[dict[str, Any]] = [stage.moves() for stage in stages]
        self._props["stages"] = moves
        self._props["at"] = index
        self._props["version"] += 1
        self.update()


class Pieces:
    """Pieces of escaped HTML in a row, one element for each; only those that changed are sent."""

    def __init__(self, parent: Element, classes: str = "") -> None:
        self._parent, self._classes = parent, classes
        self._elements: list[ui.html] = []

    def show(self, pieces: Sequence[str]) -> None:
        """Show these pieces in their order; those that did not change are not sent again."""
        while len(self._elements) > len(pieces):
            self._elements.pop().delete()
        while len(self._elements) < len(pieces):
            with self._parent:
                self._elements.append(ui.html(sanitize=False).classes(self._classes))
        for element, markup in zip(self._elements, pieces, strict=True):
            element.set_content(markup)


def section(name: str, classes: str = "") -> Element:
    """A section with its heading; use it as a context."""
    element = ui.element("section").classes(classes)
    with element:
        ui.html(name, tag="h2", sanitize=False)
    return element


def button(label: str, classes: str = "fc-button") -> Element:
    """A plain button."""
    return ui.html(label, tag="button", sanitize=False).classes(classes).props("type=button")
