"""The patient's sheet of a plan: from the model, or from labels and trials alone."""

from dataclasses import dataclass
from typing import Any

from endplate.case import Plan
from endplate.errors import NotCovered
from endplate.report.fact_sheet import fact_sheet_page
from endplate.report.sheet import SheetPage, sheet_page
from endplate.safety import check


@dataclass(frozen=True)
class Discussion:
    """A sheet, the findings behind it, and why the model did not answer, empty where it did."""

    page: SheetPage
    result: dict[str, Any]
    not_covered: str = ""


def discussion(
    plan: Plan, large_print: bool = False, people: int = 2000, seed: int = 0, days: int = 365
) -> Discussion:
    """Sheet of a plan; a use that the model does not cover gets figures of labels and trials."""
    from endplate.people import simulate

    try:
        result = simulate(plan, people=people, seed=seed, days=days).as_dict()
        return Discussion(sheet_page(result, large_print), result)
    except NotCovered as reason:
        checked = check(plan)
        page = fact_sheet_page(plan, checked, large_print)
        return Discussion(page, checked.as_dict(), str(reason))
