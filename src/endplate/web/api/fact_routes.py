"""Routes on what the tables hold: words, products, uses, charts."""

from dataclasses import asdict
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from endplate._version import __version__
from endplate.case import Patient, Plan, Treatment
from endplate.errors import FactMissing
from endplate.facts.atlas import chart_blocks, chart_limits, landmarks
from endplate.facts.indications import chart as chart_named
from endplate.facts.indications import indication as charted_use
from endplate.facts.indications import indications as charted_uses
from endplate.facts.indications import is_charted
from endplate.facts.label import label_rules
from endplate.facts.preparation import vials
from endplate.facts.products import product
from endplate.facts.table import facts_hash, text_rows
from endplate.facts.vocabulary import preferred_words
from endplate.safety.guides import Guide, guides
from endplate.views.words import word
from endplate.web.api.errors import ApiError
from endplate.web.api.responses import Chart, Health, Indications, Products, Vocabulary
from endplate.web.api.workers import WorkersDep, json_response

routes = APIRouter(tags=["Facts"])
CHARTS = tuple(dict.fromkeys(use.chart for use in charted_uses()))
KINDS = tuple(dict.fromkeys(row["kind"] for row in text_rows("vocabulary")))
ChartName = Annotated[
    str, Path(max_length=100, examples=["upper_face"], json_schema_extra={"enum": list(CHARTS)})
]
Kind = Annotated[
    str | None,
    Query(max_length=100, examples=["condition"], json_schema_extra={"enum": list(KINDS)}),
]
Fields = dict[str, Any]


@routes.get("/health", responses={200: {"model": Health}})
async def health(workers: WorkersDep) -> Response:
    """Say that the server answers, with the version of code and facts."""
    return await json_response(
        workers.quick,
        lambda: {"status": "ok", "version": __version__, "facts_hash": facts_hash()},
    )


@routes.get("/vocabulary", responses={200: {"model": Vocabulary}})
async def vocabulary(
    workers: WorkersDep,
    kind: Kind = None,
) -> Response:
    """List the words that a plan may use, with what else is understood."""
    if kind is not None and kind not in KINDS:
        raise ApiError(404, "not_found", "There are no words of that kind.")
    return await json_response(workers.quick, lambda: _vocabulary(kind))


@routes.get("/products", responses={200: {"model": Products}})
async def products(workers: WorkersDep) -> Response:
    """List the products with their vials and labelled uses."""
    return await json_response(
        workers.quick, lambda: {"products": [_product(name) for name in preferred_words("product")]}
    )


@routes.get("/indications", responses={200: {"model": Indications}})
async def indications(workers: WorkersDep) -> Response:
    """List the uses with chart, tissue and the products labelled for them."""
    return await json_response(
        workers.quick,
        lambda: {"indications": [_indication(name) for name in preferred_words("indication")]},
    )


@routes.get("/charts/{chart}", responses={200: {"model": Chart}})
async def chart(chart: ChartName, workers: WorkersDep) -> Response:
    """Give one chart of the body in millimetres: muscles, landmarks, lines not to cross."""
    try:
        return await json_response(workers.quick, lambda: _chart(chart))
    except FactMissing:
        raise ApiError(404, "not_found", "There is no chart of that name.") from None


def _vocabulary(kind: str | None) -> Fields:
    """Words a plan may use by kind, each with its synonyms; of one kind or of all."""
    kinds: dict[str, dict[str, Fields]] = {}
    for row in text_rows("vocabulary"):
        if kind is not None and row["kind"] != kind:
            continue
        words, preferred = kinds.setdefault(row["kind"], {}), row["preferred"]
        entry = words.setdefault(
            preferred, {"word": preferred, "label": word(row["kind"], preferred), "group": ""}
        )
        if row["word"] == preferred:
            entry |= {
                "group": row["class"],
                "source": row["source"],
                "verified": row["verified"] == "yes",
                "note": row["note"],
            }
        entry.setdefault("synonyms", [])
        if row["word"] != preferred:
            entry["synonyms"].append(row["word"])
    return {"kinds": {name: list(words.values()) for name, words in kinds.items()}}


def _product(name: str) -> Fields:
    labelled: dict[str, list[str]] = {}
    for row in label_rules(product=name):
        if row.product == name and "any" not in (row.region, row.indication):
            uses = labelled.setdefault(row.region, [])
            if row.indication not in uses:
                uses.append(row.indication)
    return {
        "product": name,
        "serotype": product(name).serotype,
        "vials": [asdict(vial) for vial in vials(name)],
        "labelled": labelled,
    }


def _indication(name: str) -> Fields:
    charted = charted_use(name) if is_charted(name) else None
    labelled: dict[str, list[str]] = {}
    for row in label_rules(indication=name):
        if row.indication == name and "any" not in (row.region, row.product):
            names = labelled.setdefault(row.region, [])
            if row.product not in names:
                names.append(row.product)
    return {
        "indication": name,
        "label": word("indication", name),
        "plain": word("indication", name, "plain"),
        "chart": charted.chart if charted else None,
        "tissue": charted.tissue if charted else None,
        "family": charted.family if charted else None,
        "simulated": charted is not None,
        "labelled": labelled,
    }


def _chart(name: str) -> Fields:
    """One chart in millimetres: bounds, blocks, landmarks, lines that labels say not to cross.

    Raises
    ------
    FactMissing
        There is no chart of that name.
    """
    row = chart_named(name)
    return {
        "chart": row.name,
        "title": row.title,
        "note": row.note,
        "sides_apart": row.sides_apart,
        "limits": [asdict(chart_limits(region)) for region in row.regions],
        "blocks": [
            asdict(block) | {"label": word("muscle", block.muscle)} for block in chart_blocks(name)
        ],
        "landmarks": [asdict(mark) for region in row.regions for mark in landmarks(region)],
        "guides": [asdict(guide) for guide in _guides(name)],
    }


def _guides(name: str) -> list[Guide]:
    """Lines of a chart, for every use that is drawn on it."""
    uses = tuple(use.name for use in charted_uses())
    treatment = Treatment(date.today(), "any", uses, vial_u=1.0, diluent_ml=1.0)
    return [guide for guide in guides(Plan(Patient(), treatment)) if guide.chart == name]
