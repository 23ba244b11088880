"""The basis of one rule in one plan: what it says, what it read, the rows that it rests on."""

from dataclasses import asdict, dataclass
from typing import Any

from endplate.case import Plan, ProtocolBasis
from endplate.errors import CaseError
from endplate.facts.label import Coverage, DoseCap, LabelRule, MuscleDose, WeightBand
from endplate.facts.precautions import (
    Ingredient,
    Opposite,
    PersonRule,
    ReactionWord,
    Requirement,
)
from endplate.facts.preparation import Reconstitution, Vial
from endplate.facts.sources import source
from endplate.facts.targets import HarmMuscle
from endplate.facts.vocabulary import nearest
from endplate.safety.check import RULES, check
from endplate.safety.finding import Finding, plain
from endplate.safety.reads import paths_of, value_at
from endplate.safety.view import View


@dataclass(frozen=True)
class Basis:
    """One row that a rule looked at, in own words, with where it comes from."""

    id: str
    text: str
    source: str
    title: str
    locator: str
    revision: str
    verified: bool


@dataclass(frozen=True)
class Why:
    """Why one rule says what it says about a plan."""

    rule: str
    statement: str
    findings: tuple[Finding, ...]
    inputs: dict[str, str]
    missing: tuple[str, ...]
    basis: tuple[Basis, ...]

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return asdict(self)


def why(plan: Plan, rule: str) -> Why:
    """Basis of one rule in one plan.

    Raises
    ------
    CaseError
        There is no such rule.
    """
    if rule not in RULES:
        near = nearest(rule, list(RULES)) or tuple(RULES)
        raise CaseError(f"{rule[:60]!r} is not a rule; the nearest: {', '.join(near)}.")
    view = View.of(plan)
    list(RULES[rule](view))
    findings = tuple(finding for finding in check(plan).findings if finding.rule == rule)
    values = {path: value_at(plan, path) for path in paths_of(rule)}
    # A treatment field left out is a choice of form; a fact about the person left out is missing.
    missing = [p for p, value in values.items() if value is None and p.startswith("patient.")]
    missing += [finding.missing for finding in findings if finding.missing]
    rows = {_id(row): row for row in view.consulted}
    return Why(
        rule,
        (RULES[rule].__doc__ or "").strip(),
        findings,
        {path: _shown(value) for path, value in values.items() if value is not None},
        tuple(dict.fromkeys(missing)),
        tuple(_basis(name, row) for name, row in rows.items()),
    )


def _id(row: Any) -> str:
    if isinstance(row, HarmMuscle | ReactionWord):
        return f"harm:{row.muscle}" if isinstance(row, HarmMuscle) else f"word:{row.words}"
    return row.id if hasattr(row, "id") else f"{row.product}:{row.allergy}"


def _shown(value: Any) -> str:
    if isinstance(value, tuple):
        return f"{len(value)} stated" if value and hasattr(value[0], "dose_u") else str(list(value))
    return str(dict(value)) if hasattr(value, "items") else str(value)


def _basis(name: str, row: Any) -> Basis:
    return Basis(
        name,
        words(row),
        row.source,
        source(row.source).title,
        getattr(row, "locator", ""),
        getattr(row, "revision", "") or str(source(row.source).year or ""),
        row.verified,
    )


def words(row: Any) -> str:
    """A row of a facts table as a phrase."""
    note = f"; {row.note}" if getattr(row, "note", "") else ""
    match row:
        case LabelRule():
            low = "" if row.low is None else f"{row.low:g} to "
            value = row.text if row.value is None else f"{low}{row.value:g} {row.unit}"
            area = f" for {plain(row.indication)}" if row.indication != "any" else ""
            return f"{plain(row.quantity)}{area}: {value}{note}"
        case DoseCap():
            return f"limit per {row.per}: {_limit(row)}{_uses(row)}{note}"
        case MuscleDose():
            return f"{plain(row.muscle)}: {row.low:g} to {row.high:g} {row.unit} a side{note}"
        case WeightBand():
            over = "" if row.below_kg is None else f" to below {row.below_kg:g}"
            what = "session" if row.muscle == "any" else f"each {plain(row.muscle)}"
            return f"{what}, from {row.from_kg:g}{over} kg: {row.dose_u:g} U{note}"
        case PersonRule() | Requirement():
            return f"{row.title}: {row.reason}"
        case Vial():
            return f"{row.brand}: vial of {row.vial_u:g} U, {row.form}{note}"
        case Reconstitution():
            return f"{row.vial_u:g} U in {row.diluent_ml:g} mL for {row.use} use{note}"
        case Coverage():
            which = "all uses" if row.complete else "not all uses"
            return f"{which} of {row.product} on the {row.region} label are at hand{note}"
        case ProtocolBasis():
            whose = "a trial" if row.basis == "trial" else "the label"
            return f"{row.dose_u:g} U, the dose of {whose}{note}"
        case ReactionWord():
            return f"words such as {row.words!r} tell of {row.meaning}"
        case Opposite():
            return f"{plain(row.requirement)} excludes {plain(row.condition)}"
        case HarmMuscle():
            return f"{plain(row.muscle)} {row.harm}"
        case Ingredient():
            return f"{row.product} contains {plain(row.allergy)}{note}"
    raise CaseError(f"no words for {type(row).__name__}")


def _limit(cap: DoseCap) -> str:
    parts = [] if cap.max_u is None else [f"{cap.max_u:g} U"]
    parts += [] if cap.max_u_per_kg is None else [f"{cap.max_u_per_kg:g} U/kg"]
    span = f" in {cap.window_d:g} days" if cap.window_d else ""
    return " or ".join(parts) + span


def _uses(cap: DoseCap) -> str:
    muscle = "" if cap.muscle == "any" else f", {plain(cap.muscle)}"
    return f" for {', '.join(map(plain, cap.scope)) or 'all uses'}{muscle}"
