"""A plan from an address such as `/?indication=glabellar_lines&product=Botox&age_y=46`."""

from collections.abc import Mapping
from datetime import date

from endplate.errors import CaseError
from endplate.facts.vocabulary import find_word, nearest_words, preferred_words
from endplate.web.desk.draft import Draft
from endplate.web.desk.fields import with_use, with_value

NUMBERS = {
    "age_y": "patient.age_y",
    "weight_kg": "patient.weight_kg",
    "dose_u": "treatment.dose_u",
    "vial_u": "treatment.vial_u",
    "diluent_ml": "treatment.diluent_ml",
}


def draft_of(query: Mapping[str, str]) -> Draft | None:
    """The draft that an address asks for; None where it names no use.

    Raises
    ------
    CaseError
        A word is not known, or a number is none.
    """
    if "indication" not in query:
        return None
    areas = [_word("indication", text) for text in query["indication"].split(",")]
    product = _word("product", query.get("product", "onabotulinumtoxinA"))
    region = _word("region", query.get("region", "US"))
    treatment = {"date": date.today().isoformat(), "product": product, "region": region}
    name = "_".join(areas)[:80]
    draft = with_use(Draft.of(name, {"patient": {}, "treatment": treatment}), areas)
    for key, path in NUMBERS.items():
        if key in query:
            draft = with_value(draft, path, _number(key, query[key]))
    return draft


def _word(kind: str, text: str) -> str:
    found = find_word(kind, text)
    if found is None:
        near = nearest_words(kind, text) or preferred_words(kind)[:12]
        raise CaseError(f"{text[:60]!r} is not a known {kind}; the nearest: {', '.join(near)}.")
    return found.preferred


def _number(key: str, text: str) -> float:
    try:
        return float(text)
    except ValueError:
        raise CaseError(f"{key} is {text[:60]!r}; it must be a number.") from None
