"""What a health record's codes, units and turns of phrase mean in the words of a plan."""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from endplate.facts.table import typed_rows

# Systems by the names that records give them; WHO and German ICD-10 share most of their codes.
SYSTEMS = {
    "http://hl7.org/fhir/sid/icd-10-cm": "icd10cm",
    "urn:oid:2.16.840.1.113883.6.90": "icd10cm",
    "http://hl7.org/fhir/sid/icd-10": "icd10",
    "urn:oid:2.16.840.1.113883.6.3": "icd10",
    "http://hl7.org/fhir/sid/icd-10-gm": "icd10",
    "http://hl7.org/fhir/sid/icd-10-uk": "icd10",
    "http://fhir.de/codesystem/bfarm/icd-10-gm": "icd10",
    "http://fhir.de/codesystem/dimdi/icd-10-gm": "icd10",
    "http://snomed.info/sct": "snomed",
    "urn:oid:2.16.840.1.113883.6.96": "snomed",
    "http://www.nlm.nih.gov/research/umls/rxnorm": "rxnorm",
    "urn:oid:2.16.840.1.113883.6.88": "rxnorm",
    "http://loinc.org": "loinc",
    "urn:oid:2.16.840.1.113883.6.1": "loinc",
}
# Systems whose rows answer for another: a code of three or four places means the same in both.
_ALSO = {"icd10": "icd10cm"}


@dataclass(frozen=True)
class CodeWord:
    """What one code, or every code that begins so, means; system `text` holds turns of phrase.

    `match` is exact or prefix; `word_kind` a kind of the vocabulary, or `standing` for what is
    past, of the family or a stated absence.
    """

    system: str
    code: str
    match: str
    word_kind: str
    word: str
    display: str
    source: str
    verified: bool


@dataclass(frozen=True)
class _WrittenCode:
    """Names a row of `codes` whose code says no more than the word."""

    word_kind: str
    word: str
    system: str
    code: str


@dataclass(frozen=True)
class RecordCode:
    """A public code that may be written for a word; `address` is that of its system."""

    address: str
    code: str
    display: str
    verified: bool


@dataclass(frozen=True)
class RecordPhrase:
    """Words of a record's entry that are no disease: `effect` says what they do to it."""

    phrase: str
    effect: str


@dataclass(frozen=True)
class RecordUnit:
    """A unit of mass, length or potency: its UCUM code, other spellings, and its size in `unit`."""

    code: str
    spellings: tuple[str, ...]
    quantity: str
    value: float
    unit: str
    source: str
    locator: str
    verified: bool


def system_of(address: str | None) -> str:
    """Short name of a coding system, empty where none of its codes is known here."""
    return SYSTEMS.get((address or "").strip().rstrip("/").casefold(), "")


def code_words(kind: str, system: str, code: str) -> tuple[CodeWord, ...]:
    """Words of a kind that a code means: those of the exact code, else of its longest prefix."""
    plain = code.strip().replace(".", "").upper() if system.startswith("icd") else code.strip()
    own = _by_code(kind, system)
    for length in range(len(plain), 0, -1):
        rows = own.get(plain[:length], ())
        fitting = tuple(r for r in rows if r.match == "prefix" or length == len(plain))
        if fitting:
            return fitting
    return code_words(kind, _ALSO[system], code) if system in _ALSO else ()


@cache
def record_codes(kind: str, word: str) -> tuple[RecordCode, ...]:
    """Codes of public systems that may be written for a word: as narrow as the word, or wider."""
    addresses = {name: address for address, name in reversed(SYSTEMS.items())}
    return tuple(
        RecordCode(addresses[one.system], row.code, row.display, row.verified)
        for one in typed_rows(_WrittenCode, "record_codes", word_kind=kind, word=word)
        for row in typed_rows(CodeWord, "codes", system=one.system, code=one.code, word_kind=kind)
        if row.word == word
    )


@cache
def _by_code(kind: str, system: str) -> dict[str, tuple[CodeWord, ...]]:
    found: dict[str, list[CodeWord]] = {}
    for row in typed_rows(CodeWord, "codes", system=system, word_kind=kind):
        found.setdefault(row.code.replace(".", ""), []).append(row)
    return {code: tuple(rows) for code, rows in found.items()}


@cache
def phrase_words(kind: str) -> tuple[CodeWord, ...]:
    """Turns of phrase that mean words of a kind, where no single word of a plan is theirs."""
    return typed_rows(CodeWord, "codes", system="text", word_kind=kind)


@cache
def record_phrases(*effects: str) -> tuple[RecordPhrase, ...]:
    """Phrases of some effects."""
    return typed_rows(RecordPhrase, "record_phrases", effect=effects)


@cache
def _units(quantity: str) -> tuple[dict[str, RecordUnit], dict[str, RecordUnit]]:
    rows = typed_rows(RecordUnit, "record_units", quantity=quantity)
    by_code = {row.code: row for row in rows}
    return by_code, {text.casefold(): row for row in rows for text in (row.code, *row.spellings)}


def units_named(quantity: str, code: str | None, texts: Iterable[str | None]) -> list[RecordUnit]:
    """Units of a quantity by UCUM code and by spelling, each once; UCUM codes heed case."""
    by_code, by_text = _units(quantity)
    named = [by_code.get(code.strip())] if code and code.strip() in by_code else []
    named += [by_text.get(text.strip().rstrip(".").casefold()) for text in texts if text]
    return list(dict.fromkeys(unit for unit in named if unit is not None))
