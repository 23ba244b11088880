"""The patient's sheet of a plan: from the model, or from labels and trials alone."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from endplate.case import Plan
from endplate.errors import NotCovered
from endplate.safety import check
from endplate.views.fact_sheet import fact_sheet_page
from endplate.views.sheet import SheetPage, sheet_page


@dataclass(frozen=True)
class Discussion:
    """A sheet, the findings behind it, and why the model did not answer, empty where it did."""

    page: SheetPage
    result: dict[str, Any]
    not_covered: str = ""


def discussion(
    plan: Plan, forecast: Callable[[], dict[str, Any]], large_print: bool = False
) -> Discussion:
    """Sheet of a plan; a use that the model does not cover gets figures of labels and trials.

    `forecast` simulates the plan; its NotCovered is what says that the model does not answer.
    """
    try:
        result = forecast()
        return Discussion(sheet_page(result, large_print), result)
    except NotCovered as reason:
        checked = check(plan)
        page = fact_sheet_page(plan, checked, large_print)
        return Discussion(page, checked.as_dict(), str(reason))
