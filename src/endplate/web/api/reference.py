"""The page at /api/docs: every route of the OpenAPI description; it fetches nothing."""

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from endplate.web.origin import security_headers

HERE = Path(__file__).parent


def reference_page(openapi: dict[str, Any]) -> Response:
    """The OpenAPI description as a page to read."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in openapi["paths"].items():
        for method, route in methods.items():
            entry = _route(path, method, route, openapi["components"]["schemas"])
            groups.setdefault((route.get("tags") or ["Other"])[0], []).append(entry)
    text = (
        _templates().get_template("reference.html.j2").render(info=openapi["info"], groups=groups)
    )
    return Response(text, headers=security_headers(page=True), media_type="text/html")


def _route(path: str, method: str, route: dict[str, Any], schemas: dict[str, Any]) -> dict:
    content = route["responses"].get("200", {}).get("content", {})
    return {
        "method": method.upper(),
        "path": path,
        "summary": route.get("description") or route.get("summary", ""),
        "parameters": [
            {"name": entry["name"], "where": entry["in"], "needed": entry.get("required", False)}
            | {"type": _type(entry["schema"]), "text": entry["schema"].get("description", "")}
            for entry in route.get("parameters", ())
        ],
        "fields": _fields(_body(route, schemas), schemas),
        "media_types": ", ".join(content),
        "response_fields": _fields(
            _target(content.get("application/json", {}).get("schema", {}), schemas), schemas
        ),
        "errors": ", ".join(status for status in route["responses"] if status >= "400"),
        "example": _example(_body(route, schemas)),
    }


def _body(route: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    content = route.get("requestBody", {}).get("content", {}).get("application/json", {})
    return _target(content.get("schema", {}), schemas)


def _target(schema: dict[str, Any], schemas: dict[str, Any]) -> dict[str, Any]:
    name = schema.get("$ref", "").rpartition("/")[2]
    return schemas[name] if name else schema


def _fields(schema: dict[str, Any], schemas: dict[str, Any]) -> list[dict[str, Any]]:
    required = schema.get("required", ())
    return [
        {"name": name, "needed": name in required, "type": _type(field)}
        | {"text": field.get("description", ""), "default": field.get("default")}
        for name, field in schema.get("properties", {}).items()
    ]


def _type(schema: dict[str, Any]) -> str:
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(map(_type, schema["anyOf"])))
    if "$ref" in schema:
        return schema["$ref"].rpartition("/")[2]
    if schema.get("type") == "array":
        return f"list of {_type(schema.get('items', {}))}"
    words = str(schema.get("type", "anything"))
    low = schema.get("minimum", schema.get("exclusiveMinimum"))
    high = schema.get("maximum")
    return words if high is None else f"{words}, {low:g} to {high:g}"


def _example(body: dict[str, Any]) -> str:
    example = {
        name: field["examples"][0]
        for name, field in body.get("properties", {}).items()
        if field.get("examples") and name in body.get("required", ())
    }
    return json.dumps(example, indent=2) if example else ""


def _coded(text: str) -> Markup:
    """Text as HTML, with text between backticks as code."""
    return Markup(re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text))))


@cache
def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["coded"] = _coded
    return environment
