"""Marks a rule with the parts of a plan that it reads, so that `why` can show them."""

from collections.abc import Callable, Iterator
from typing import Any

from endplate.safety.finding import Finding
from endplate.safety.view import View

Rule = Callable[[View], Iterator[Finding]]
_READS: dict[str, tuple[str, ...]] = {}


def reads(*paths: str) -> Callable[[Rule], Rule]:
    """Mark a rule with the paths that it reads, such as `patient.age_y`."""

    def mark(rule: Rule) -> Rule:
        _READS[rule.__name__] = paths
        return rule

    return mark


def paths_of(rule: str) -> tuple[str, ...]:
    """Paths that a rule reads."""
    return _READS[rule]


def value_at(plan: Any, path: str) -> Any:
    """What a plan holds at a path such as `treatment.dose_u`."""
    value = plan
    for name in path.split("."):
        value = getattr(value, name)
    return value
