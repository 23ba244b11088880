"""What the tables hold that a page needs to show: words, products, uses, charts, parameters."""

from dataclasses import asdict
from datetime import date
from typing import Any

from endplate._version import __version__
from endplate.case import Patient, Plan, Treatment
from endplate.facts.atlas import chart_blocks, chart_limits, landmarks
from endplate.facts.indications import chart as chart_named
from endplate.facts.indications import indication as use_named
from endplate.facts.indications import indications as charted_uses
from endplate.facts.indications import is_charted
from endplate.facts.label import label_rules
from endplate.facts.parameters import fit_rows, parameters
from endplate.facts.preparation import vials
from endplate.facts.products import product
from endplate.facts.table import facts_hash, text_rows
from endplate.facts.vocabulary import preferred_words
from endplate.safety.guides import Guide, guides
from endplate.views.words import word

Told = dict[str, Any]


def health() -> Told:
    """That the server answers, and with what code and facts."""
    return {"status": "ok", "version": __version__, "facts_hash": facts_hash()}


def vocabulary(kind: str | None = None) -> Told:
    """Words a plan may use by kind, each with its synonyms; of one kind or of all."""
    kinds: dict[str, dict[str, Told]] = {}
    for row in text_rows("vocabulary"):
        if kind is not None and row["kind"] != kind:
            continue
        words = kinds.setdefault(row["kind"], {})
        own = words.setdefault(
            row["preferred"],
            {"word": row["preferred"], "label": word(row["kind"], row["preferred"]), "group": ""},
        )
        if row["word"] == row["preferred"]:
            own |= {
                "group": row["class"],
                "source": row["source"],
                "verified": row["verified"] == "yes",
                "note": row["note"],
            }
        own.setdefault("synonyms", [])
        if row["word"] != row["preferred"]:
            own["synonyms"].append(row["word"])
    return {"kinds": {name: list(words.values()) for name, words in kinds.items()}}


def products() -> Told:
    """Every product with its vials and labelled uses; units are each product's own."""
    return {
        "products": [
            {
                "product": name,
                "serotype": product(name).serotype,
                "vials": [asdict(vial) for vial in vials(name)],
                "labelled": _labelled(name),
            }
            for name in preferred_words("product")
        ]
    }


def _labelled(name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for row in label_rules(product=name):
        if row.product == name and "any" not in (row.region, row.indication):
            uses = found.setdefault(row.region, [])
            if row.indication not in uses:
                uses.append(row.indication)
    return found


def indications() -> Told:
    """Every use: its chart and tissue where it has one, the products labelled for it."""
    return {"indications": [_use(name) for name in preferred_words("indication")]}


def _use(name: str) -> Told:
    charted = use_named(name) if is_charted(name) else None
    labelled: dict[str, list[str]] = {}
    for row in label_rules(indication=name):
        if row.indication == name and "any" not in (row.region, row.product):
            products = labelled.setdefault(row.region, [])
            if row.product not in products:
                products.append(row.product)
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


def chart(name: str) -> Told:
    """One chart in millimetres: bounds, blocks, landmarks, lines that labels tell not to cross.

    Raises
    ------
    FactMissing
        There is no chart of that name.
    """
    own = chart_named(name)
    return {
        "chart": own.name,
        "title": own.title,
        "note": own.note,
        "sides_apart": own.sides_apart,
        "limits": [asdict(chart_limits(region)) for region in own.regions],
        "blocks": [
            asdict(block) | {"label": word("muscle", block.muscle)} for block in chart_blocks(name)
        ],
        "landmarks": [asdict(mark) for region in own.regions for mark in landmarks(region)],
        "guides": [asdict(guide) for guide in _guides(name)],
    }


def _guides(name: str) -> list[Guide]:
    """Lines of a chart, for every use that is drawn on it."""
    uses = tuple(one.name for one in charted_uses())
    asked = Treatment(date.today(), "any", uses, vial_u=1.0, diluent_ml=1.0)
    return [guide for guide in guides(Plan(Patient(), asked)) if guide.chart == name]


def every_parameter() -> Told:
    """Every number of the model: fixed ones with source, fitted ones with prior and interval."""
    fitted = {row["id"]: row for row in text_rows("fitted")}
    return {
        "fixed": [asdict(row) for row in parameters()],
        "fitted": [
            asdict(row)
            | {
                "value": float(fitted[row.id]["value"]),
                "low": float(fitted[row.id]["low"]),
                "high": float(fitted[row.id]["high"]),
            }
            for row in fit_rows()
        ],
    }
