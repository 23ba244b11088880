"""What may be dangerous, what a check cautions of and what is still to ask, in plain words."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from endplate.facts.guide import statements
from endplate.safety import Finding
from endplate.views.language import ENGLISH, gettext_if_known, language
from endplate.views.language import gettext as _
from endplate.views.sheet_words import sheet_words
from endplate.views.source import References, Said

CHILD_BELOW_Y, TEEN_FROM_Y = 18, 13
FACE = "face"
NOT_MET, CONTRADICTION = "Not met: ", "Two statements that exclude each other: "
"""How the titles of two kinds of findings begin."""


def cautions(findings: Sequence[Finding]) -> tuple[str, ...]:
    """Every caution in plain words, each once; a rule without words shows the finding's title."""
    say = sheet_words()["caution"]
    return tuple(
        dict.fromkeys(
            plain_finding(finding, say.get(finding.rule, "{title}."))
            for finding in findings
            if finding.level == "caution"
        )
    )


def stop_words(finding: Finding) -> str:
    """The title of a finding that stops; in other languages than English the words of patients."""
    if language() == ENGLISH:
        return finding.title
    words = sheet_words()["caution"].get(finding.rule, "{title}.")
    return plain_finding(finding, words).removesuffix(".")


def plain_finding(finding: Finding, words: str) -> str:
    """The words for patients on one finding, with its title where they ask for it."""
    return words.format(title=plain_title(finding.title)) if "{title}" in words else words


def plain_title(title: str) -> str:
    """The title of a finding in the language spoken; its parts are translated one by one.

    Examples
    --------
    >>> plain_title("Muscle relaxant (baclofen)")
    'Muscle relaxant (baclofen)'
    """
    if language() == ENGLISH:
        return title
    if title.startswith(NOT_MET):
        rest = title.removeprefix(NOT_MET)
        return _("Not met: {what}").format(what=_lower(_(rest[:1].upper() + rest[1:])))
    if title.startswith(CONTRADICTION):
        return gettext_if_known(title.removeprefix(CONTRADICTION))
    head, bracket, word = title.partition(" (")
    return f"{_(head)} ({gettext_if_known(word.removesuffix(')'))})" if bracket else _(title)


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def not_noted(findings: Sequence[Finding]) -> tuple[str, ...]:
    """What of the person nobody has noted yet, in plain words."""
    say = sheet_words()["not_noted"]
    return tuple(
        dict.fromkeys(
            say[finding.rule]
            for finding in findings
            if finding.level == "unknown" and finding.rule in say
        )
    )


def boxed_warning(age_y: float | None, references: References) -> tuple[Said, ...]:
    """The label's boxed warning; children get what it says of them."""
    about = ("any", "paediatric") if is_child(age_y) else ("any",)
    return tuple(references.said(row) for name in about for row in statements("boxed", name))


def before_shots(references: References) -> tuple[Said, ...]:
    """What to tell the provider before: pregnancy, illnesses, medicines, past shots."""
    return tuple(references.said(row) for row in statements("before"))


def for_children(age_y: float | None) -> tuple[str, ...]:
    """What is said to parents, and to those old enough to read the sheet themselves."""
    if not is_child(age_y):
        return ()
    about = ("parent", "teen") if (age_y or 0.0) >= TEEN_FROM_Y else ("parent",)
    return tuple(_(row.text) for name in about for row in statements("child", name))


def is_child(age_y: float | None) -> bool:
    """Whether an age is known and below that at which one signs for oneself."""
    return age_y is not None and age_y < CHILD_BELOW_Y


def urgent(region: str | None, first: Iterable[str] = ()) -> Mapping[str, Any]:
    """Danger signs, those of the use first, with the call for help of the region."""
    say = sheet_words()["urgent"]
    call = say["call"].get(region or "", say["call"]["default"])
    return {
        "title": _("Get help right away: {call}").format(call=call),
        "signs": [*first, *say["signs"]],
        "time": say["time"],
    }


def families(areas: Sequence[str]) -> list[str]:
    """Families of uses, such as `limb`, that the areas belong to; face where nothing is known."""
    known = sheet_words()["use"]
    return once(known[area]["family"] if area in known else FACE for area in areas)


def signs(areas: Sequence[str]) -> list[str]:
    """Danger signs that belong to the areas."""
    return once(s for name in families(areas) for s in sheet_words()["family"][name]["signs"])


def once(parts: Iterable[str]) -> list[str]:
    """The parts in their order, none twice."""
    return list(dict.fromkeys(parts))
