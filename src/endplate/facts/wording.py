"""How people write: an entry's words, without what does not change which disease it is."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from endplate.facts.codes import phrase_words, record_phrases
from endplate.facts.table import text_rows
from endplate.facts.vocabulary import find_word, unaccented

MAX_TEXT = 300
Tokens = tuple[str, ...]

# SNOMED CT ends its names with the kind of thing in brackets; other brackets hold words.
_TAG = re.compile(
    r"\s*\((disorder|finding|situation|procedure|substance|product|event|person|observable entity"
    r"|morphologic abnormality|regime/therapy|qualifier value|medicinal product|context-dependent"
    r" category|clinical drug|physical object|body structure)\)\s*$"
)
# What an entry says that it is not: "without aura", "not intractable", up to the next comma.
_CLAUSE = re.compile(r"\b(?:without|w/o|not|excluding)\b[^,;.]*")
# Too common to tell one entry from another; phrases and entries are compared without them.
_COMMON = {"of", "the", "an", "in", "and", "to", "by", "for", "with", "on", "or", "due"}
_NEGATION = {"no", "not", "denie", "none", "without", "nil", "negative", "never", "absent"}


def tokens(text: str) -> Tokens:
    """Words of a text in small letters, without plural s and the vowels that spellings differ in.

    >>> tokens("Haemophilia, crow's feet (disorder)")
    ('hemophilia', 'crow', 'feet')
    """
    plain = _TAG.sub("", unaccented(text[:MAX_TEXT].casefold()))
    plain = plain.replace("'", "").replace("’", "")
    return tuple(_stem(word) for word in re.findall(r"[^\W_]+", plain))


def _stem(word: str) -> str:
    word = word.replace("ae", "e").replace("oe", "e").replace("isation", "ization")
    is_plural = len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is"))
    return word[:-1] if is_plural else word


def _core(text: str) -> Tokens:
    return tuple(word for word in tokens(text) if word not in _COMMON)


def stated(text: str) -> Tokens:
    """Words of an entry without the clauses that say what it is not."""
    plain = _TAG.sub("", unaccented(text[:MAX_TEXT].casefold())).replace("(", " ").replace(")", " ")
    return _core(_CLAUSE.sub(" ", plain))


def is_negated(text: str) -> bool:
    """Whether an entry begins by saying that something is not there."""
    return next(iter(tokens(text)), "") in _NEGATION


# Phrases and what they mean, by the word they begin with: an entry meets few of them.
_Phrases = dict[str, list[tuple[Tokens, tuple[str, ...]]]]


@cache
def _phrases(kind: str) -> _Phrases:
    """Phrases of a kind and the plan's words for them."""
    found: dict[Tokens, list[str]] = {}
    for row in phrase_words(kind):
        found.setdefault(_core(row.code), []).append(row.word)
    for row in text_rows("vocabulary"):
        if row["kind"] == kind:
            found.setdefault(_core(row["word"].replace("_", " ")), [row["preferred"]])
    return _indexed(found)


@cache
def _effect(*effects: str) -> _Phrases:
    """Phrases of some effects, which mean no word of a plan."""
    return _indexed({_core(row.phrase): [] for row in record_phrases(*effects)})


def _indexed(found: dict[Tokens, list[str]]) -> _Phrases:
    index: _Phrases = {}
    for phrase, meaning in found.items():
        if phrase:
            index.setdefault(phrase[0], []).append((phrase, tuple(meaning)))
    return index


def _met(phrases: _Phrases, words: Sequence[str]) -> list[tuple[Tokens, tuple[str, ...]]]:
    """Phrases that begin with one of the words, the longest first."""
    rows = [row for word in dict.fromkeys(words) for row in phrases.get(word, ())]
    return sorted(rows, key=lambda row: -len(row[0]))


def _place(phrase: Tokens, words: Sequence[str]) -> int | None:
    size = len(phrase)
    return next(
        (n for n in range(len(words) - size + 1) if tuple(words[n : n + size]) == phrase), None
    )


def _without(phrases: _Phrases, words: list[str]) -> list[str]:
    """Words without those of some phrases; a mark keeps apart what stood on either side."""
    for phrase, _ in _met(phrases, words):
        while (at := _place(phrase, words)) is not None:
            words = [*words[:at], "|", *words[at + len(phrase) :]]
    return words


def has_phrase(effect: str, text: str) -> bool:
    """Whether a text holds a phrase of an effect."""
    words = _core(text)
    return any(_place(phrase, words) is not None for phrase, _ in _met(_effect(effect), words))


def is_only(effect: str, text: str) -> bool:
    """Whether a text is a phrase of an effect and nothing more that counts."""
    words = list(_core(text))
    for phrase, _ in _met(_effect(effect), words):
        at = _place(phrase, words)
        if at is not None:
            rest = _without(_effect("drop"), [*words[:at], "|", *words[at + len(phrase) :]])
            return all(word == "|" or word.isdigit() for word in rest)
    return False


# What may stand beside a word of one kind and not beside others.
_BESIDE = {"indication": ("arm", "leg"), "allergy": ("allergen",)}


@dataclass(frozen=True)
class Match:
    """Plan's words that a text means; `rest` are the words that none of them accounts for.

    `longest` is the number of words of the longest phrase that was met.
    """

    words: tuple[str, ...]
    rest: Tokens
    longest: int = 0

    @property
    def is_whole(self) -> bool:
        """Whether every word of the text is accounted for."""
        return bool(self.words) and not self.rest


def match(kind: str, text: str, also: str = "") -> Match:
    """Plan's words of a kind in a text.

    Parameters
    ----------
    kind : str
        Kind of the vocabulary.
    text : str
        Entry of a record.
    also : str
        Kind whose words may stand beside them, as the disease behind a use does.
    """
    words, found, longest = list(stated(text)), [], 0
    for phrase, meaning in _met(_phrases(kind), words):
        at = _place(phrase, words)
        if at is not None:
            found += [word for word in meaning if word not in found]
            longest = max(longest, len(phrase))
            words = [*words[:at], "|", *words[at + len(phrase) :]]
    if also:
        words = _without(_phrases(also), words)
    words = _without(_effect("drop", "past", *_BESIDE.get(kind, ())), words)
    rest = tuple(word for word in words if word != "|" and not word.isdigit())
    return Match(tuple(found), rest, longest)


def inside(kind: str, text: str) -> str | None:
    """Plan's word of a kind that stands anywhere in a text, as a drug's name does in an order."""
    words = _core(text)
    return next(
        (
            meaning[0]
            for phrase, meaning in _met(_phrases(kind), words)
            if _place(phrase, words) is not None
        ),
        None,
    )


# Drug names stand inside longer ones, as in "aspirin 81 MG Oral Tablet"; diseases do not: a family
# history of a disease is not the disease.
SUBSTRING_KINDS = ("product", "medication")
_OTHERWISE = ("family", "past", "bars")


def words_for(kind: str, text: str) -> tuple[str, ...]:
    """Plan's words that a text written into a plan means; none where it is not known.

    Examples
    --------
    >>> words_for("condition", "Myasthenia gravis without (acute) exacerbation")
    ('myasthenia_gravis',)
    >>> words_for("medication", "aspirin 81 mg daily"), words_for("condition", "history of stroke")
    (('aspirin',), ())
    """
    known = find_word(kind, text)
    if known is not None:
        return (known.preferred,)
    if _is_of_another(text):
        return ()
    found = match(kind, text)
    if found.is_whole:
        return found.words
    word = inside(kind, text) if kind in SUBSTRING_KINDS else None
    return () if word is None else (word,)


def words_within(kind: str, text: str) -> tuple[str, ...]:
    """Plan's words that a longer text holds, whatever else it says; none of what it rules out.

    Examples
    --------
    >>> words_within("condition", "COPD, wears glasses"), words_within("condition", "no COPD")
    (('copd',), ())
    >>> words_within("condition", "COPD, history of intubation")
    ('copd',)
    """
    if not _is_of_another(text):
        return match(kind, text).words
    passing = {row.phrase for row in record_phrases("passing")}
    words = match(kind, " ".join(_first_part(text))).words
    return tuple(word for word in words if word not in passing)


def _first_part(text: str) -> list[str]:
    """Words of an entry before it goes on to the past, the family or what is not there.

    None where it begins so or says nothing more: "history of stroke", "stroke, resolved".
    """
    words = list(_core(text))
    found = (_place(phrase, words) for phrase, _ in _met(_effect(*_OTHERWISE), words))
    at = min((place for place in found if place is not None), default=0)
    rest = _without(_effect("drop", *_OTHERWISE), words[at:])
    goes_on = any(word != "|" and not word.isdigit() for word in rest)
    is_over = any(_place(phrase, words) is not None for phrase, _ in _met(_effect("over"), words))
    return words[:at] if goes_on and not is_over and not is_negated(text) else []


def _is_of_another(text: str) -> bool:
    """Whether a text is of the family or the past, or says that something is not there."""
    return is_negated(text) or any(has_phrase(effect, text) for effect in _OTHERWISE)
