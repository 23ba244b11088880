"""Which muscles a use treats, and which are never one of its targets."""

from dataclasses import dataclass
from functools import cache

from endplate.facts.atlas import drivers
from endplate.facts.label import MuscleDose
from endplate.facts.protocols import TrialProtocol, protocol_sites
from endplate.facts.table import SourcedRow, typed_rows


@dataclass(frozen=True)
class UseMuscle(SourcedRow):
    """A muscle that belongs to a use beside those of its protocols, labels and scales.

    `role` is treated where practice treats it; near where it lies in the same part of the body,
    no chart shows it and the use does not treat it.
    """

    indication: str
    muscle: str
    role: str


@dataclass(frozen=True)
class HarmMuscle(SourcedRow):
    """A muscle whose weakness is a named harm wherever its use is another one; on these charts."""

    muscle: str
    charts: tuple[str, ...]
    harm: str
    locator: str


@cache
def harm_muscles() -> dict[str, HarmMuscle]:
    """Muscles whose weakness is a named harm, by name."""
    return {row.muscle: row for row in typed_rows(HarmMuscle, "harm_muscles")}


@cache
def targets(indication: str) -> frozenset[str]:
    """Muscles that labels, protocols, scales or practice name for one use; empty if none do."""
    patterns = {
        row.pattern for row in typed_rows(TrialProtocol, "trial_protocols", indication=indication)
    }
    named = {row.muscle for row in drivers(indication)}
    named |= {s.muscle for pattern in {indication, *patterns} for s in protocol_sites(pattern)}
    named |= {row.muscle for row in typed_rows(MuscleDose, "muscle_doses", indication=indication)}
    return frozenset(named | _of_role(indication, "treated"))


def is_target(muscle: str, indication: str) -> bool:
    """Whether a use treats a muscle, one of its heads or the muscle that a head belongs to.

    Examples
    --------
    >>> is_target("gastrocnemius", "lower_limb_spasticity")
    True
    >>> is_target("levator_palpebrae_superioris", "glabellar_lines")
    False
    """
    return any(
        muscle == name or muscle.startswith(f"{name}_") or name.startswith(f"{muscle}_")
        for name in targets(indication)
    )


def is_near(muscle: str, indication: str) -> bool:
    """Whether a muscle that no chart shows lies in the part of the body that a use treats."""
    return muscle in _of_role(indication, "near")


@cache
def _of_role(indication: str, role: str) -> frozenset[str]:
    rows = typed_rows(UseMuscle, "use_muscles", indication=indication, role=role)
    return frozenset(row.muscle for row in rows)
