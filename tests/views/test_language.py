"""The sheet in Spanish: every sentence has a translation, and it is read with ease."""

import importlib.util
import json
import re
import string
from dataclasses import replace

import pytest
from html_reading import Page
from readability import perspicuity
from sample import read
from sample import result as sample_result

from endplate.case import DEMO_PLAN, Plan
from endplate.errors import ArgumentFault, NotTranslated
from endplate.facts.label import label_rules
from endplate.facts.table import facts_hash
from endplate.forecast.journey import follow
from endplate.safety import check
from endplate.views import fact_sheet_page, html, language, page_text, sheet_page, sheet_words
from endplate.views.article import STEPS, step
from endplate.views.article import words as article_words
from endplate.views.guide.page import guide_text
from endplate.views.language import LANGUAGES, gettext, known_language, speaking
from endplate.views.quantity import date_text, number, people_range, plain_range, read_date
from endplate.views.sheet_notes import SheetNotes
from labelled_plans import LABELLED, labelled_plan

SPANISH = "es"
EASY = 65  # INFLESZ: from here on a text is "rather easy" for adults
ONA = "onabotulinumtoxinA"
SCALE = "Ашцкнч"


def page_of(name, region, area, age_y=46):
    plan = labelled_plan(name, region, area, age_y=age_y)
    return fact_sheet_page(plan, check(plan), language=SPANISH)


class Marked:
    """A catalogue that knows every sentence and leaves no Latin letter of it."""

    def gettext(self, message: str) -> str:
        parts = string.Formatter().parse(message)
        return "".join(
            re.sub("[^\\W\\d_]", "ж", text) + (f"{{{key}}}" if key else "")
            for text, key, _, _ in parts
        )

    def ngettext(self, one: str, many: str, count: int) -> str:
        return self.gettext(one if count == 1 else many)


def forget():
    sheet_words._words.cache_clear()
    html._parts.cache_clear()
    article_words._words.cache_clear()


@pytest.fixture
def marked(monkeypatch):
    monkeypatch.setattr(language, "catalogue", lambda code: Marked())
    forget()
    yield
    forget()


def untranslated(text: str, *allowed: str) -> list[str]:
    """Words of a page in Latin letters that are no source, product, date or address."""
    shown = re.sub(
        r'<ol class="(?:sources|g-sources)">.*?</ol>|<style>.*?</style>', "", text, flags=re.DOTALL
    )
    page = Page(shown)
    told = [*page.words]
    told += [
        str(attributes[key])
        for _, attributes in page.elements
        for key in ("aria-label", "title", "data-k", "alt")
        if attributes.get(key)
    ]
    words = {word for part in told for word in re.findall(r"\b[A-Za-z]{2,}[\w-]*", part)}
    words = {word for word in words if not any(word in one for one in allowed)}
    return sorted(words - {"endplate", "nov"})


@pytest.mark.parametrize(("name", "region", "area"), LABELLED)
@pytest.mark.parametrize("age_y", [46, 15])
def test_a_sheet_prints_nothing_that_no_catalogue_holds(marked, name, region, area, age_y):
    page = page_of(name, region, area, age_y)
    assert untranslated(page_text(page), name, facts_hash()) == []


def test_a_forecast_and_notes_print_nothing_that_no_catalogue_holds(marked):
    document = sample_result(stop=True)
    document["findings"] = [f for f in document["findings"] if f["rule"] != "dose_total"]
    document["findings"][-1]["rule"] = "conditions"
    page = replace(
        sheet_page(read(document), language=SPANISH), notes=SheetNotes(follow_up="2026-12-22")
    )
    latin = ("Procerus", "Corrugator supercilii", "dic")
    assert untranslated(page_text(page), ONA, page.made, *latin) == []


@pytest.fixture(scope="module")
def translations(request):
    path = request.config.rootpath / "scripts" / "translations.py"
    spec = importlib.util.spec_from_file_location("translations", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def catalogues(translations):
    return {
        path.parts[-3]: translations.read(path)
        for path in translations.LOCALE.glob("*/LC_MESSAGES/endplate.po")
    }


def test_there_is_a_catalogue_for_each_language(catalogues):
    assert {"en", *catalogues} == set(LANGUAGES)


def test_every_sentence_is_translated_and_none_that_nobody_says(translations, catalogues):
    every = {message.id for message in translations.template() if message.id}
    for catalogue in catalogues.values():
        assert {message.id for message in catalogue if message.id} == every
        assert translations.missing(catalogue) == []


def places(text: str) -> list[str]:
    return sorted(key for _, key, _, _ in string.Formatter().parse(text) if key)


def test_a_translation_fills_the_places_of_its_sentence(catalogues):
    for catalogue in catalogues.values():
        for message in catalogue:
            if not message.id:
                continue
            ids = message.id if isinstance(message.id, tuple) else (message.id,)
            said = message.string if isinstance(message.string, tuple) else (message.string,)
            for text in said:
                assert places(text) == places(ids[-1]), ids[-1]
                if "EE. UU." not in text:
                    assert text.endswith(".") is ids[-1].endswith("."), ids[-1]


@pytest.mark.parametrize(("name", "region", "area"), LABELLED)
@pytest.mark.parametrize("age_y", [46, 9])
def test_every_spanish_sheet_is_read_with_ease(name, region, area, age_y):
    shown = Page(page_text(page_of(name, region, area, age_y)))
    assert shown.faults == []
    assert not re.search(r"\b(nan|None|inf)\b|%|\{", shown.text)
    told = [" ".join(words.split()).replace(name, "fármaco") for words in shown.words]
    text = "\n".join(t for t in told if len(t.split()) >= 6 and "Hecho con" not in t)
    assert len(text.split()) > 120
    assert perspicuity(text) >= EASY


def test_a_spanish_sheet_is_marked_as_such_and_says_numbers_and_dates_as_its_readers_do():
    page = page_of(ONA, "US", "glabellar_lines")
    assert page.as_dict()["language"] == SPANISH
    text = page_text(page)
    assert text.startswith('<!DOCTYPE html>\n<html lang="es">')
    assert "22 nov 2026" in text
    assert "Usted elige: inyecciones para las líneas del ceño" in text
    with speaking(SPANISH):
        assert number(7.84) == "7,8"
        assert people_range(71.5, 89.6) == "72 a 90"
        assert plain_range(1.2, 8.8) == "1 a 9 días"
        assert date_text(read_date("2026-01-05")) == "5 ene 2026"
    assert number(7.84) == "7.8"


def test_other_choices_stand_in_the_alphabet_of_the_language():
    page = page_of(ONA, "US", "cervical_dystonia")
    assert page.alternatives == tuple(sorted(page.alternatives, key=language.alphabetical))
    assert "ningún tratamiento" in page.alternatives
    assert "; ningún tratamiento" not in page_text(page)


@pytest.fixture(scope="module")
def journey():
    return follow(Plan.load(DEMO_PLAN))


def without_scripts(text: str) -> str:
    return re.sub(r"<script.*?</script>", "", text, flags=re.DOTALL)


def spoken_in_drawings(text: str) -> str:
    """What the drawings of a guide say from stop to stop."""
    props = re.findall(r'<script type="application/json">(.*?)</script>', text)
    return " ".join(" ".join([*one["says"], one["label"]]) for one in map(json.loads, props))


def test_a_guide_prints_nothing_that_no_catalogue_holds(marked, journey):
    text = guide_text(journey, "US", SPANISH)
    cited = re.compile(r'<details class="hw-basis">.*?</details>', re.DOTALL)
    products = {row.product for row in label_rules()}
    kept = (*products, facts_hash(), "EU", "UK", "US", "mL", "mm", "corrugator", "supercilii")
    assert untranslated(cited.sub("", without_scripts(text)), *kept) == []
    assert untranslated(spoken_in_drawings(text), "mL", "mm") == []
    with speaking(SPANISH):
        rows = [row for name in STEPS for row in step(name, journey).basis]
    assert untranslated(" ".join(f"{row.what} {row.mark}" for row in rows)) == []


def test_a_spanish_guide_is_read_with_ease(journey):
    text = guide_text(journey, "US", SPANISH)
    assert text.startswith('<!DOCTYPE html>\n<html lang="es">')
    page = Page(without_scripts(text))
    assert page.faults == []
    assert "{" not in page.text
    told = [" ".join(words.split()) for words in page.words]
    assert perspicuity("\n".join(t for t in told if len(t.split()) >= 6)) >= EASY
    assert "Pausa: " in text


def test_what_has_no_translation_refuses_the_language():
    result = read(sample_result())  # its finding has a title that no rule of ours gives
    with pytest.raises(NotTranslated, match="Total dose is above"):
        sheet_page(result, language=SPANISH)
    with speaking(SPANISH), pytest.raises(NotTranslated, match="Spanish has no words yet for: X"):
        gettext("X")


def test_a_language_that_there_is_not_is_refused():
    with pytest.raises(ArgumentFault, match=r"allowed: en \(English\) or es \(Spanish\)"):
        known_language("fr")
