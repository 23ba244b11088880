"""The error response of every route, and the status of each exception of endplate."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field

from endplate.arguments import printable
from endplate.errors import (
    CannotWrite,
    CaseError,
    EndplateError,
    FactMissing,
    FactsError,
    NotCovered,
    NotTranslated,
    PlanFaults,
    TrialTableFaults,
)


class ErrorDetail(BaseModel):
    """What went wrong, for programs and for people."""

    model_config = ConfigDict(extra="forbid")
    code: str = Field(description="a word for programs, such as bad_plan or not_covered")
    message: str = Field(description="one sentence for people")
    faults: list[str] = Field(description="one sentence per fault; those of the command line")


class ErrorResponse(BaseModel):
    """The body of every response that is not a success."""

    model_config = ConfigDict(extra="forbid")
    error: ErrorDetail


@dataclass(eq=False)
class ApiError(Exception):
    """An error response; without `faults`, the message is the only one."""

    status: int
    code: str
    message: str
    faults: Sequence[str] = ()
    headers: Mapping[str, str] | None = None

    def body(self) -> bytes:
        """Return the error as JSON."""
        detail = {
            "code": self.code,
            "message": self.message,
            "faults": list(self.faults) or [self.message],
        }
        return json.dumps({"error": detail}, allow_nan=False).encode()

    def response(self) -> Response:
        """Return the error as a response."""
        return Response(
            self.body(), self.status, dict(self.headers or {}), media_type="application/json"
        )


STATUS_WORDS = {
    400: ("bad_request", "The request cannot be read."),
    403: ("forbidden", "This is not allowed."),
    404: ("not_found", "There is nothing at this address."),
    405: ("method_not_allowed", "This address does not answer that method."),
    408: ("too_slow", "The request did not arrive in time."),
    413: ("too_large", "The request is too large."),
    415: ("unsupported_media_type", "The body must be JSON: content-type application/json."),
    422: ("bad_input", "The request cannot be answered as it is."),
    429: ("too_many_requests", "Too many requests from this address; try again later."),
    500: ("internal", "Something went wrong inside the server; it has been logged there."),
    501: ("not_installed", "A package that this response needs is not installed."),
    503: ("busy", "The server is busy; try again later."),
}

# Every route may respond with these; which one depends on the request alone.
RESPONSES: dict[int | str, dict[str, Any]] = {
    status: {"model": ErrorResponse, "description": message}
    for status, (_, message) in STATUS_WORDS.items()
}


def plain(status: int, headers: Mapping[str, str] | None = None) -> ApiError:
    """Error of a status, with its standard message."""
    code, message = STATUS_WORDS.get(status, ("error", "The request was refused."))
    return ApiError(status, code, message, headers=headers)


def from_endplate(fault: EndplateError) -> ApiError:
    """Error response for an exception of endplate."""
    sentences = tuple(getattr(fault, "sentences", ())) or (str(fault),)
    match fault:
        case PlanFaults():
            return ApiError(422, "bad_plan", "The plan has faults.", sentences)
        case TrialTableFaults():
            return ApiError(422, "bad_table", "The table has faults.", sentences)
        case NotTranslated():
            return ApiError(422, "not_translated", sentences[0], sentences)
        case NotCovered():
            return ApiError(422, "not_covered", "The model does not cover this.", sentences)
        case CaseError():
            return ApiError(422, "bad_input", STATUS_WORDS[422][1], sentences)
        case FactMissing():
            return ApiError(422, "fact_missing", "The tables do not hold this.", sentences)
        case CannotWrite():
            return ApiError(501, "not_installed", STATUS_WORDS[501][1], sentences)
        case FactsError():
            raise fault  # a table that contradicts itself is our fault, not the caller's
    return ApiError(422, "bad_input", STATUS_WORDS[422][1], sentences)


_RULES = {
    "greater_than_equal": "it must be at least {ge}",
    "greater_than": "it must be above {gt}",
    "less_than_equal": "it must be at most {le}",
    "less_than": "it must be below {lt}",
    "string_pattern_mismatch": "it must fit the pattern {pattern}",
    "string_too_long": "it must have at most {max_length} characters",
    "string_too_short": "it must have at least {min_length} characters",
    "too_long": "it must have at most {max_length} entries",
    "too_short": "it must have at least {min_length} entries",
    "literal_error": "it must be {expected}",
    "enum": "it must be {expected}",
    "string_unicode": "it must be text of whole characters",
}


def sentence(fault: Mapping[str, Any]) -> str:
    """One sentence for one fault that pydantic found."""
    field = _field_path(fault["loc"])
    if fault["type"] == "missing":
        return f"{field} is missing."
    if fault["type"] == "extra_forbidden":
        return f"{field} is not a known field."
    rule = _RULES.get(fault["type"], "").format_map(_Context(fault.get("ctx") or {}))
    if not rule:
        rule = str(fault["msg"]).removeprefix("Value error, ")
        rule = rule.replace("Input should be", "it must be").rstrip(".")
    return f"{field} is {printable(fault.get('input'))}; {rule}."


class _Context(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "?"


def _field_path(steps: Sequence[Any]) -> str:
    path = ""
    for step in steps[1:]:
        path += f"[{step + 1}]" if isinstance(step, int) else f".{step}"
    return printable(path.lstrip("."))[1:-1] or "the body"
