"""What is seen of a view: the stage, the course, people out of 100, and where it all comes from."""

from collections.abc import Callable
from html import escape

from nicegui import ui

from endplate.web.forecasts import FULL_PEOPLE
from endplate.web.pages.forecast.parts import Pieces, section
from endplate.web.pages.forecast.stage import StageView
from endplate.web.pages.forecast.view import MANY, Front, Rest, course_key, harm_key, origin_key

CAPTION = (
    "The drawing shows the middle of people like this patient, not this patient. What still works "
    "and how severe it is comes from the model, as the mean over each muscle; how far a drawn "
    "part moves at full strength is art."
)
OPEN_BLOCKS = 2  # of a comparison: the plans, and when the first area starts, peaks and wears off
WAITING = "The forecast is being made; the first one of a kind of plan takes some seconds."


class Screen:
    """The sections of the page; each is renewed in place, so that nothing jumps."""

    def __init__(self, title: ui.html, sized: Callable[[bool], None]) -> None:
        """Lay out the empty page.

        Parameters
        ----------
        title : ui.html
            Where the plan is named.
        sized : callable
            Told whether the window is narrow.
        """
        self._title = title
        self._whole = 0  # counts how often everything was renewed, for who measures it
        self._status = ui.html(WAITING, sanitize=False, tag="p").classes("quiet fc-status")
        self._status.props("role=status")
        self._refusal = ui.html(sanitize=False).classes("fc-refusal")
        self._refusal.visible = False
        with ui.element("div").classes("fc-body") as self._body:
            self._lay_out(sized)
        self._body.classes("waiting")

    def _lay_out(self, sized: Callable[[bool], None]) -> None:
        with section("Week by week", "fc-on-stage") as self._on_stage:
            self._ramp = ui.html(sanitize=False)
            self._stage = StageView(sized)
            ui.html(escape(CAPTION), tag="p", sanitize=False).classes("quiet")
        with section("Side by side", "fc-beside") as self._beside:
            self._compared = Pieces(ui.element("div"), "fc-block")
        self._beside.visible = False
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
        """Say that an answer is on its way, where there is none yet."""
        self._refused(False)

    def refuse(self, words: str, told: tuple[str, ...]) -> None:
        """Say why there is no forecast, and where the plan can be changed."""
        listed = "".join(f"<li>{escape(one)}</li>" for one in told)
        self._refusal.set_content(
            f"<p><b>{escape(words)}</b></p><ul>{listed}</ul>"
            '<p>The plan can be changed on the page <a href="/">Plan</a>.</p>'
        )
        self._refused(True)

    def _refused(self, so: bool) -> None:
        self._refusal.visible = so
        self._body.visible = self._status.visible = self._title.visible = not so

    def show_front(self, made: Front) -> None:
        """Show the stage."""
        self._refused(False)
        self._body.classes(remove="waiting")
        self._title.set_content(escape(made.title))
        self._status.set_content(_status(made.people))
        self._ramp.set_content(
            f'<ul class="legend"><li><span class="ramp"></span> {escape(made.silenced)} silenced, '
            '0 to 100 % <span class="tag">model</span></li>'
            '<li><svg width="16" height="16" aria-hidden="true"><circle cx="8" cy="8" r="4.5" '
            'class="site"/></svg> injected site</li></ul>'
        )
        self._stage.show(made.stages, made.looks, made.at)

    def show_rest(self, made: Rest) -> None:
        """Show what stands below the stage."""
        self._beside.visible = bool(made.compared)
        plans = f' style="--plans:{made.plans}"'
        self._compared.show(
            [
                f"<details{plans}{' open' * (i < OPEN_BLOCKS)}><summary>{escape(name)}</summary>"
                f"{grid}</details>"
                for i, (name, grid) in enumerate(made.compared)
            ]
            + [f'<p class="quiet">{escape(note)}</p>' for note in made.notes]
        )
        heads = len(made.courses) > 1
        many = len(made.courses) >= MANY
        self._lines.classes(add="many" if many else "", remove="" if many else "many")
        self._courses.show(
            [
                (f"<h3>{escape(one.name)}</h3>" if heads else "") + one.answers + one.picture
                for one in made.courses
            ]
        )
        self._benefits.show(made.benefits or ("<p>No outcome was computed for this plan.</p>",))
        self._harms.show(made.harms)
        self._no_harm.visible = not made.harms
        self._findings.set_content(_findings(made))
        self._limits.set_content(made.limits)
        self._run.set_content(made.run)
        self._whole += 1
        self._body.props(f"data-whole={self._whole}")


def _status(people: int) -> str:
    if people >= FULL_PEOPLE:
        return f"Forecast over {people:,} virtual people."
    return f"Preview over {people:,} virtual people; that of {FULL_PEOPLE:,} follows."


def _findings(made: Rest) -> str:
    badges = "".join(
        f'<span class="badge {level}">{count} {escape(name.lower())}</span>'
        for level, name, count in made.findings
    )
    told = f'<div class="badges">{badges}</div>' if badges else "<p>No findings.</p>"
    return f'{told}<p>What they say and where it stands is on the page <a href="/">Plan</a>.</p>'
