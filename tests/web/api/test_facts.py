"""What the interface says of the tables, and the page and docs that describe it."""

import json
import re
from html.parser import HTMLParser

import pytest

from api_client import OPEN, get
from endplate.facts.parameters import fit_rows, parameters
from endplate.facts.table import text_rows
from endplate.facts.vocabulary import find_word, preferred_words
from endplate.web.api.install import interface
from endplate.web.api.requests import EXAMPLE_TABLES, EXAMPLE_TEXT, plan_schema


def test_every_word_is_told_with_its_synonyms():
    kinds = get("/api/v1/vocabulary").json()["kinds"]
    told = [word for words in kinds.values() for word in words]
    assert sum(1 + len(word["synonyms"]) for word in told) == len(text_rows("vocabulary"))
    botox = next(word for word in kinds["product"] if "Botox" in word["synonyms"])
    assert botox["word"] == "onabotulinumtoxinA"
    only = get("/api/v1/vocabulary", params={"kind": "sex"}).json()["kinds"]
    assert only == {"sex": kinds["sex"]}


def test_products_and_uses_agree_on_what_is_labelled():
    products = get("/api/v1/products").json()["products"]
    uses = get("/api/v1/indications").json()["indications"]
    assert [one["product"] for one in products] == list(preferred_words("product"))
    assert [one["indication"] for one in uses] == list(preferred_words("indication"))
    of_products = {
        (region, one["product"], use)
        for one in products
        for region, names in one["labelled"].items()
        for use in names
    }
    of_uses = {
        (region, product, one["indication"])
        for one in uses
        for region, names in one["labelled"].items()
        for product in names
    }
    assert of_products == of_uses
    assert ("US", "onabotulinumtoxinA", "chronic_migraine") in of_uses


def test_a_chart_has_muscles_landmarks_bounds_and_lines():
    told = get("/api/v1/charts/upper_face").json()
    assert {"corrugator_supercilii", "frontalis"} <= {block["muscle"] for block in told["blocks"]}
    assert {"brow_peak", "lateral_canthus"} <= {mark["name"] for mark in told["landmarks"]}
    assert {line["rule"] for line in told["guides"]} == {
        "corrugator_height",
        "brow_clearance",
        "orbital_rim",
        "canthal_distance",
        "forehead_height",
    }
    assert told["limits"][0]["x_mm"] == [0.0, 75.0]
    assert {line["rule"] for line in get("/api/v1/charts/bladder").json()["guides"]} == {"trigone"}
    assert {block["region"] for block in get("/api/v1/charts/head").json()["blocks"]} == {
        "upper_face",
        "head",
    }


def test_every_parameter_is_told():
    told = get("/api/v1/parameters").json()
    assert [row["id"] for row in told["fixed"]] == [row.id for row in parameters()]
    assert [row["id"] for row in told["fitted"]] == [row.id for row in fit_rows()]
    assert all(row["low"] <= row["value"] <= row["high"] for row in told["fitted"])


def test_a_template_of_words_nobody_knows_names_the_nearest():
    answer = get("/api/v1/plan/template", params={"indication": "migrane", "product": "Botox"})
    assert answer.status_code == 422
    assert "migraine" in answer.json()["error"]["faults"][0]


def test_the_schema_of_a_plan_is_that_of_the_file():
    told = plan_schema()
    treatment = told["properties"]["treatment"]
    assert treatment["required"] == ["date", "product", "indication", "vial_u", "diluent_ml"]
    assert told["properties"]["patient"]["properties"]["age_y"]["maximum"] == 120
    assert treatment["additionalProperties"] is False
    for name in treatment["properties"]["product"]["examples"]:
        assert find_word("product", name)


def test_the_example_is_one_plan_in_both_forms():
    from endplate.case import Plan

    assert Plan.loads(EXAMPLE_TEXT) == Plan.from_tables(EXAMPLE_TABLES)


class Page(HTMLParser):
    def __init__(self):
        super().__init__()
        self.links, self.tags = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name in ("href", "src", "action")]


def test_the_page_names_every_route_and_fetches_nothing():
    answer = get("/api/docs")
    assert answer.headers["content-type"].startswith("text/html")
    page = Page()
    page.feed(answer.text)
    assert not {"script", "link", "img", "iframe"} & set(page.tags)
    assert [link for link in page.links if not link.startswith(("#", "/openapi.json"))] == []
    for path in interface(OPEN).openapi()["paths"]:
        assert f"<code>{path}</code>" in answer.text


def test_the_docs_name_every_route_and_setting(root):
    from dataclasses import fields

    text = (root / "docs/api.md").read_text(encoding="utf-8")
    told = set(re.findall(r"^\| `(GET|POST) (/[^`]*)` \|", text, re.MULTILINE))
    described = interface(OPEN).openapi()["paths"]
    routes = {(method.upper(), path) for path, methods in described.items() for method in methods}
    assert told == routes | {("GET", "/openapi.json"), ("GET", "/api/docs")}
    settings = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|", text, re.MULTILINE))
    for field in fields(OPEN):
        assert field.name in settings
        shown = settings[field.name].strip("`").replace(",", "")
        assert shown == ("none" if field.default == () else str(field.default))


def test_every_docs_page_that_the_interface_names_exists(root):
    from pathlib import Path

    import endplate.web as web

    folder = Path(web.__file__).parent
    texts = [
        path.read_text(encoding="utf-8")
        for path in folder.rglob("*")
        if path.suffix in (".py", ".js", ".j2")
    ]
    texts.append(json.dumps(interface(OPEN).openapi()))
    pages = {page for text in texts for page in re.findall(r"docs/[\w/-]+\.md", text)}
    assert "docs/api.md" in pages
    assert [page for page in sorted(pages) if not (root / page).is_file()] == []


def test_the_docs_name_every_column_of_a_table_of_trials(root):
    from endplate.fit.trial_table import NEEDED

    text = (root / "docs/api.md").read_text(encoding="utf-8")
    section = text.partition("## A table of trials")[2].partition("## Errors")[0]
    assert set(NEEDED) <= set(re.findall(r"`(\w+)`", section))


@pytest.mark.parametrize("code", ["bad_plan", "not_covered", "bad_table", "busy", "too_large"])
def test_the_docs_name_the_codes(root, code):
    assert f"`{code}`" in (root / "docs/api.md").read_text(encoding="utf-8")
