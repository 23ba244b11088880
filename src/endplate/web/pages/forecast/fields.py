"""The fields of the quick changes, as the browser shows them."""

from collections.abc import Callable
from typing import Any

from nicegui import events
from nicegui.element import Element

from endplate.case import Plan
from endplate.facts.endpoints import BaselineScale
from endplate.views.quantity import number
from endplate.views.timeline import grades_of
from endplate.views.words import known, word
from endplate.web.pages.forecast import change

MOST_GRADES = 6  # a scale of more grades is typed in
Asked = Callable[[dict[str, Any]], None]


def fields_of(plan: Plan) -> dict[str, Any]:
    """What the fields show of a plan, as JSON holds it.

    Raises
    ------
    NotCovered
        The plan has no sites that could be scaled.
    """
    dose_u, usual = change.total_dose_u(plan), change.usual_dose_u(plan)
    stated = dict(plan.patient.baseline)
    return {
        "products": list(change.products_for(plan)),
        "product": plan.treatment.product,
        "dose": number(dose_u, 2),
        "most": change.most_dose_u(plan),
        "step": number(change.step_u(usual[0] if usual else dose_u), 2),
        "usual": f"{usual[1]}: {number(usual[0], 2)} U" if usual else "no dose of a label or trial",
        "scales": [
            _scale(code, scale, stated.get(code))
            for code, scale in change.scales_asked(plan).items()
        ],
    }


def _scale(code: str, scale: BaselineScale, value: float | None) -> dict[str, Any]:
    name = word("indication", code) if code in known("indication") else word("scale", code)
    grades = grades_of(code) if scale.whole and scale.high - scale.low < MOST_GRADES else ()
    return {
        "code": code,
        "name": f"{name} before",
        "grades": [[f"{scale.low + i:g}", words] for i, words in enumerate(grades)],
        "low": scale.low,
        "high": scale.high,
        "value": "" if value is None else number(value, 2),
    }


class Fields(Element, component="fields.js"):
    """Product, total dose and severity before treatment; tells what was asked for."""

    def __init__(self, shown: dict[str, Any], asked: dict[str, Asked]) -> None:
        """Show fields.

        Parameters
        ----------
        shown : dict
            As `fields_of` gives it.
        asked : dict
            What to call for `product`, `dose`, `step` and `grade`.
        """
        super().__init__()
        self._props.update(shown)
        for name, does in asked.items():
            self.on(name, lambda event, does=does: does(_told(event)))

    def show(self, shown: dict[str, Any]) -> None:
        """Show what has changed."""
        if any(self._props.get(key) != value for key, value in shown.items()):
            self._props.update(shown)
            self.update()


def _told(event: events.GenericEventArguments) -> dict[str, Any]:
    return event.args if isinstance(event.args, dict) else {}
