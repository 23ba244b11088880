"""Brings the catalogues of `src/endplate/views/locale` up to what the sheet and the guide say.

`translations.py` adds new sentences, drops those that nobody says any more and lists what still
has no translation; `--check` writes nothing and fails where a catalogue is behind.
"""

import csv
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_file
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[1]
SOURCE = ROOT / "src" / "endplate"
VIEWS, TABLES = SOURCE / "views", SOURCE / "facts" / "tables"
LOCALE = VIEWS / "locale"
PAGE = SOURCE / "web" / "pages" / "how_it_works"
KEYWORDS = {"_": None, "gettext": None, "ngettext": (1, 2)}
TEMPLATES = (
    "sheet.html.j2",
    "sheet_body.html.j2",
    "matters.html.j2",
    "guide_parts.html.j2",
    "guide.html.j2",
)
COLUMNS = (
    ("guide.csv", "title", {}),
    ("guide.csv", "text", {}),
    ("options.csv", "answer", {}),
    ("value_scales.csv", "text", {}),
    ("provider_rules.csv", "text", {}),
    ("harm_warnings.csv", "text", {}),
    ("charts.csv", "title", {}),
    ("requirements.csv", "title", {"level": ("caution", "stop")}),
    ("person_rules.csv", "title", {"level": ("caution", "stop")}),
)
"""Columns that are printed for patients, and which rows."""
FORMS = {"indication": ("plain", "short"), "endpoint": ("plain",), "harm": ("plain",)}
Message = str | tuple[str, str]


def messages() -> Iterator[tuple[Message, str]]:
    """Every sentence with where it stands."""
    for path in sorted([*VIEWS.rglob("*.py"), *PAGE.rglob("*.py")]):
        yield from _called(path, "python")
    for name in TEMPLATES:
        yield from _called(VIEWS / "templates" / name, "jinja2")
    yield from _leaves(_toml(VIEWS / "sheet.toml"), "views/sheet.toml")
    article = _toml(VIEWS / "article" / "words.toml")
    yield from _leaves(article, "views/article/words.toml")
    yield from ((name, "views/article/words.toml") for name in article["glossary"])
    words = _toml(VIEWS / "words.toml")
    for table, forms in FORMS.items():
        for entry in words[table].values():
            for form in forms:
                yield entry.get(form) or entry["name"], "views/words.toml"
    for name, column, chosen in COLUMNS:
        for row in _rows(name):
            if row[column] and all(row[key] in values for key, values in chosen.items()):
                yield (
                    row[column].partition(" (")[0]
                    if "rules.csv" in name and column == "title"
                    else row[column],
                    f"facts/tables/{name}",
                )
    yield from _views()
    yield from _muscles()
    yield from _words_of_rules()


def _called(path: Path, method: str) -> Iterator[tuple[Message, str]]:
    for _line, message, _comments, _context in extract_from_file(method, path, keywords=KEYWORDS):
        yield message, str(path.relative_to(SOURCE))


def _leaves(value: object, where: str) -> Iterator[tuple[Message, str]]:
    from endplate.views.sheet_words import CODES

    if isinstance(value, str) and value.strip():
        yield value, where
    elif isinstance(value, dict):
        for key, item in value.items():
            if key not in CODES or not isinstance(item, str):
                yield from _leaves(item, where)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item, where)


def _views() -> Iterator[tuple[Message, str]]:
    """Names of the views of a chart."""
    from endplate.views.chart.views import VIEWS as BODY_VIEWS

    for views in BODY_VIEWS.values():
        for view in views:
            yield view.words, "views/chart/views.py"


def _muscles() -> Iterator[tuple[Message, str]]:
    """Names of muscles and fields that are not Latin."""
    from endplate.views.words import NOT_LATIN, spaced

    yield from ((spaced(code), "views/words.py") for code in NOT_LATIN)


def _words_of_rules() -> Iterator[tuple[Message, str]]:
    """Conditions that a rule about people names in brackets, and opposites.

    Medicines keep the name that the plan gives them.
    """
    rules = [row for row in _rows("person_rules.csv") if row["family"] == "condition"]
    groups = {row["match"].removeprefix("class:") for row in rules if "class:" in row["match"]}
    words = {row["match"] for row in rules if "class:" not in row["match"]}
    words |= {row["condition"] for row in _rows("opposites.csv")}
    for row in _rows("vocabulary.csv"):
        fits = row["preferred"] in words or row["class"] in groups
        if row["kind"] == "condition" and fits:
            yield row["preferred"].replace("_", " "), "facts/tables/vocabulary.csv"


def _rows(name: str) -> list[dict[str, str]]:
    with (TABLES / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _toml(path: Path) -> dict:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def template() -> Catalog:
    """All sentences as a catalogue without translations."""
    made = Catalog(project="endplate", charset="utf-8", fuzzy=False)
    for message, where in messages():
        made.add(message, locations=[(where, 0)])
    return made


def read(path: Path) -> Catalog:
    """One catalogue."""
    with path.open("rb") as file:
        return read_po(file, locale=path.parts[-3])


def brought_up(old: Catalog, every: Catalog) -> Catalog:
    """A catalogue with the sentences that are said now, in their order."""
    new = Catalog(
        locale=old.locale,
        project="endplate",
        charset="utf-8",
        fuzzy=False,
        header_comment="# Sentences of the sheet and of the guide; scripts/translations.py.",
        creation_date=old.creation_date,
        revision_date=old.revision_date,
        last_translator="The endplate developers",
        language_team="The endplate developers",
    )
    for message in every:
        if message.id:
            known = old.get(message.id)
            flags = ["python-brace-format"] if "{" in str(message.id) else []
            new.add(message.id, known.string if known else None, message.locations, flags)
    return new


def missing(catalogue: Catalog) -> list[str]:
    """Sentences without a translation."""
    return [
        str(message.id) for message in catalogue if message.id and not all(_strings(message.string))
    ]


def _strings(said: object) -> tuple[str, ...]:
    return said if isinstance(said, tuple) else (str(said or ""),)


def main() -> int:
    """Write or check the catalogues."""
    every, behind = template(), 0
    for path in sorted(LOCALE.glob("*/LC_MESSAGES/endplate.po")):
        old = read(path)
        new = brought_up(old, every)
        left = missing(new)
        gone = {str(m.id) for m in old if m.id} - {str(m.id) for m in new if m.id}
        if "--check" not in sys.argv:
            with path.open("wb") as file:
                write_po(file, new, width=100, include_lineno=False)
        behind += len(left) + len(gone) * ("--check" in sys.argv)
        print(f"{path.parts[-3]}: {len(left)} of {len(new)} sentences have no translation")
        for text in left:
            print(f"  {text}")
    return 1 if behind else 0


if __name__ == "__main__":
    sys.exit(main())
