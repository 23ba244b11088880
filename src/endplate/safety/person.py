"""The person: age, conditions, medicines, allergies against what labels say of them."""

from collections.abc import Iterator

from endplate.facts.label import LabelRule, label_rules
from endplate.facts.precautions import PersonRule, ingredients, person_rules
from endplate.facts.vocabulary import Word, find_word, nearest_words
from endplate.safety.finding import LEVELS, Finding, from_label, level_held, plain, unknown
from endplate.safety.reads import reads
from endplate.safety.view import BLADDER, COSMETIC, FACE, View

_GROUPS = {"face": FACE, "cosmetic": set(COSMETIC), "bladder": BLADDER}
"""Names for several uses at once in the table of rules about people."""
PLURAL = {"condition": "conditions", "medication": "medications", "allergy": "allergies"}


@reads("patient.conditions", "treatment.indications")
def conditions(view: View) -> Iterator[Finding]:
    """Diseases and states against contraindications and warnings."""
    yield from _stated(view, "condition", view.plan.patient.conditions)


@reads("patient.medications", "treatment.indications")
def medications(view: View) -> Iterator[Finding]:
    """Medicines against interactions."""
    yield from _stated(view, "medication", view.plan.patient.medications)


@reads("patient.allergies", "treatment.product")
def allergies(view: View) -> Iterator[Finding]:
    """Allergies against the product's ingredients and toxins as such."""
    stated = view.plan.patient.allergies
    yield from _stated(view, "allergy", stated)
    view.consulted.extend(ingredients(view.plan.treatment.product))
    for item in ingredients(view.plan.treatment.product):
        if item.allergy in (stated or ()):
            note = f" ({item.note})" if item.note else ""
            yield Finding(
                "allergies",
                level_held("stop", item.verified),
                f"Allergy to an ingredient: {plain(item.allergy)}",
                f"{view.plan.treatment.product} contains it{note}; contraindicated in people who "
                "are allergic to any ingredient.",
                value=item.allergy,
                source=item.source,
                locator="ingredients",
                verified=item.verified,
            )


def _stated(view: View, family: str, stated: tuple[str, ...] | None) -> Iterator[Finding]:
    rule, missing = PLURAL[family], f"patient.{PLURAL[family]}"
    if stated is None:
        reason = f"{rule} = [] says that you asked and there are none."
        yield unknown(rule, f"{rule.capitalize()} not stated", reason, missing)
        return
    for word in stated:
        known = find_word(family, word)
        if known is not None:
            yield from _against_rules(view, family, word, known)
            continue
        parts = _known_parts(family, word)
        for part in parts:
            yield from _against_rules(view, family, part.preferred, part)
        yield _not_understood(family, word, parts)


def _not_understood(family: str, word: str, parts: list[Word]) -> Finding:
    """Finding that an entry was not understood, or not all of it."""
    rule, missing = PLURAL[family], f"patient.{PLURAL[family]}"
    if parts:
        names = ", ".join(plain(part.preferred) for part in parts)
        reason = f"Of it {names} was understood and is checked; the rest cannot be."
        return unknown(rule, f"Understood in part: {word[:60]}", reason, missing)
    near = nearest_words(family, word)
    hint = f"the nearest known are {', '.join(near)}" if near else "nothing is spelled so"
    title = f"Unknown {family}: {word[:60]}"
    return unknown(rule, title, f"It cannot be checked; {hint}.", missing)


def _known_parts(family: str, text: str) -> list[Word]:
    """Words that a longer entry holds, in one that does not say that they are not there."""
    from endplate.facts.wording import words_within

    found = (find_word(family, word) for word in words_within(family, text))
    return [word for word in found if word is not None]


def _against_rules(view: View, family: str, word: str, known: Word) -> Iterator[Finding]:
    row = _rules_for(view, family, known.preferred, f"class:{known.group}")
    if row is None:
        return
    # Class membership written from memory is as weak as the figure itself.
    verified = row.verified and (known.verified or not row.match.startswith("class:"))
    yield Finding(
        PLURAL[family],
        level_held(row.level, verified),
        row.title if row.match == word else f"{row.title} ({plain(word)})",
        row.reason,
        value=word,
        source=row.source,
        locator=row.locator,
        verified=verified,
    )


def _rules_for(view: View, family: str, word: str, group: str) -> PersonRule | None:
    """Strictest rule that applies; one for the word itself goes before one for its class."""
    treatment = view.plan.treatment
    uses = {"any", *view.areas}
    uses |= {name for name, group in _GROUPS.items() if group & set(view.areas)}
    if any(shot.muscle == "detrusor" for shot in view.shots):
        uses.add("bladder")  # whatever the use is called
    fitting = [
        rule
        for rule in person_rules(family)
        if rule.match in (word, group)
        and rule.product in ("any", treatment.product)
        and rule.region in ("any", treatment.region)
        and rule.indication in uses
        and (not rule.unless or rule.unless not in (view.plan.patient.conditions or ()))
    ]

    def rank(rule: PersonRule) -> tuple[int, bool, bool]:
        level = level_held(rule.level, rule.verified)
        return (LEVELS.index(level), rule.match == word, rule.verified)

    view.consulted.extend(fitting)
    return max(fitting, key=rank, default=None)


@reads("patient.age_y", "treatment.indications")
def age(view: View) -> Iterator[Finding]:
    """Age against the label's bounds for each area."""
    age_y = view.plan.patient.age_y
    if age_y is None:
        reason = "Labels give bounds of age; without the age they cannot be checked."
        yield unknown("age", "Age not stated", reason, "patient.age_y")
        return
    yield from _too_young(view, age_y)
    yield from _too_old(view, age_y)


def _too_young(view: View, age_y: float) -> Iterator[Finding]:
    for area in view.areas:
        fact = view.fact("age_min", area) or _least_age(view, area)
        if fact is not None and fact.value is not None and age_y < fact.value:
            title = f"Younger than the label allows for {plain(area)}"
            reason = f"{age_y:g} years; the label starts at {fact.value:g} years."
            yield from_label("age", "stop", title, reason, fact, age_y)
            return


def _least_age(view: View, area: str) -> LabelRule | None:
    """Lowest labelled age of the product, for areas that its label does not name."""
    treatment = view.plan.treatment
    rows = [
        row
        for row in label_rules(treatment.product, treatment.region, None, "age_min")
        if area not in COSMETIC or row.indication in COSMETIC
    ]
    least = min(rows, key=lambda row: row.value or 0.0, default=None)
    view.consulted.extend(row for row in [least] if row is not None)
    return least


def _too_old(view: View, age_y: float) -> Iterator[Finding]:
    for area in view.areas:
        barred, most = view.fact("age_contraindicated", area), view.fact("age_max", area)
        if barred is not None and barred.value is not None and age_y >= barred.value:
            title = f"Older than the label allows for {plain(area)}"
            reason = f"{age_y:g} years; contraindicated from {barred.value:g} years."
            yield from_label("age", "stop", title, reason, barred, age_y)
            return
        if most is not None and most.value is not None and age_y >= most.value + 1:
            title = f"Older than the labelled range for {plain(area)}"
            reason = f"{age_y:g} years; labelled up to {most.value:g} years."
            yield from_label("age", "caution", title, reason, most, age_y)
            return
    older = view.fact("age_older")
    if older is not None and older.value is not None and age_y >= older.value:
        title = "Older than most people in the trials"
        reason = f"Fewer people respond from {older.value:g} years on, as the label says."
        yield from_label("age", "note", title, reason, older, age_y)
