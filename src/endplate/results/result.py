"""The answer of a simulation: plain values in the shape of the JSON contract."""

import json
from dataclasses import dataclass, fields
from typing import Any


@dataclass(frozen=True)
class Result:
    """What a plan is forecast to do; every field is plain values, ready for JSON."""

    provenance: dict[str, Any]
    plan: dict[str, Any]
    findings: list[dict[str, Any]]
    timing: dict[str, Any]
    timing_by_indication: dict[str, Any]
    outcomes: list[dict[str, Any]]
    harms: list[dict[str, Any]]
    course: dict[str, Any]
    spread: list[dict[str, Any]]
    reach: list[dict[str, Any]]
    limits: list[str]
    cycles: dict[str, Any] | None = None

    def as_dict(self) -> dict[str, Any]:
        """Return the result as one dictionary; its values are plain already and are not copied."""
        return {field.name: getattr(self, field.name) for field in fields(self)}

    def as_json(self) -> str:
        """Return the result as JSON text; a number that is not finite is a fault, not output."""
        return json.dumps(self.as_dict(), allow_nan=False)
