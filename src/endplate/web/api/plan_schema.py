"""The plan file as JSON Schema, from the descriptions that the reader itself uses."""

from typing import Any

from endplate.case import Plan
from endplate.case.schema import entries, expected, is_required, key_in_file
from endplate.facts.vocabulary import preferred_words

Schema = dict[str, Any]
EXAMPLES = 4


def plan_schema() -> Schema:
    """Schema of a plan as an object; its words are told as examples, as synonyms will do too."""
    return _record(Plan) | {"title": "Plan", "description": "the tables of a plan file"}


def _record(cls: type) -> Schema:
    described = entries(cls)
    return {
        "type": "object",
        "properties": {key_in_file(one): _field(one) for one in described},
        "required": [key_in_file(one) for one in described if is_required(one)],
        "additionalProperties": False,
    }


def _field(described: Any) -> Schema:
    rule = described.metadata
    words = f"{rule['help']}; {expected(described)}"
    return _shape(rule) | {"description": words}


def _shape(rule: Any) -> Schema:
    match rule["kind"]:
        case "number":
            return _number(rule)
        case "date":
            return {"type": "string", "format": "date", "examples": ["2026-11-22"]}
        case "choice":
            return {"type": "string", "enum": list(rule["choices"])}
        case "word":
            return _word(rule["vocabulary"])
        case "words":
            one = _word(rule["vocabulary"])
            return {"anyOf": [one, {"type": "array", "items": one, "minItems": 1}]}
        case "names":
            return {"type": "array", "items": {"type": "string", "minLength": 1}, "maxItems": 200}
        case "position":
            number = {"type": "number"}
            return {"type": "array", "items": number, "minItems": 3, "maxItems": 3}
        case "grades":
            return {"type": "object", "additionalProperties": {"type": "number"}}
        case "table":
            return _record(rule["of"])
        case "tables":
            return {"type": "array", "items": _record(rule["of"]), "maxItems": 200}
    return {"type": "string", "maxLength": 2000}


def _word(vocabulary: str) -> Schema:
    return {"type": "string", "examples": list(preferred_words(vocabulary)[:EXAMPLES])}


def _number(rule: Any) -> Schema:
    bounds = {"minimum": "low", "maximum": "high", "exclusiveMinimum": "above"}
    found = {name: rule[key] for name, key in bounds.items() if rule[key] is not None}
    return {"type": "integer" if rule["whole"] else "number", **found}
