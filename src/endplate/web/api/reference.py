"""The page at /api/docs: every route of the description as one page that fetches nothing."""

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


def reference_page(described: dict[str, Any]) -> Response:
    """The description of the interface as a page to read."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, methods in described["paths"].items():
        for method, route in methods.items():
            told = _route(path, method, route, described["components"]["schemas"])
            groups.setdefault((route.get("tags") or ["Other"])[0], []).append(told)
    text = (
        _templates().get_template("reference.html.j2").render(info=described["info"], groups=groups)
    )
    return Response(text, headers=security_headers(page=True), media_type="text/html")


def _route(path: str, method: str, route: dict[str, Any], schemas: dict[str, Any]) -> dict:
    ok = route["responses"].get("200", {})
    kinds = ok.get("content", {})
    return {
        "method": method.upper(),
        "path": path,
        "summary": route.get("description") or route.get("summary", ""),
        "parameters": [
            {"name": one["name"], "where": one["in"], "needed": one.get("required", False)}
            | {"type": _type(one["schema"]), "text": one["schema"].get("description", "")}
            for one in route.get("parameters", ())
        ],
        "fields": _fields(_body(route, schemas), schemas),
        "answers": ", ".join(kinds),
        "answer_fields": _fields(
            _target(kinds.get("application/json", {}).get("schema", {}), schemas), schemas
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
    needed = schema.get("required", ())
    return [
        {"name": name, "needed": name in needed, "type": _type(one)}
        | {"text": one.get("description", ""), "default": one.get("default")}
        for name, one in schema.get("properties", {}).items()
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
    found = {
        name: one["examples"][0]
        for name, one in body.get("properties", {}).items()
        if one.get("examples") and name in body.get("required", ())
    }
    return json.dumps(found, indent=2) if found else ""


def _coded(text: str) -> Markup:
    """Text with what stands between backticks as code."""
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
