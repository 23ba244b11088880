"""Who may give what to whom: pure functions from the records to blocks, each with its reason.

A block that `may_be_overridden` yields to a written reason, which the chart keeps; the others do
not yield. What a plan itself may do is decided by the label check (`endplate.safety`), not here.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from endplate.clinic.people import Credential, User
from endplate.clinic.store.instant import moment_of, units
from endplate.errors import NotAllowed, RecordError
from endplate.safety import CheckResult

LEAST_REASON = 10  # characters of a reason that can be called one


@dataclass(frozen=True)
class Block:
    """One reason against an act; `about` tells blocks of one rule apart."""

    rule: str
    reason: str
    about: str = ""
    may_be_overridden: bool = False

    @property
    def key(self) -> str:
        """By what an override names it."""
        return f"{self.rule}:{self.about}" if self.about else self.rule


@dataclass(frozen=True)
class Clearance:
    """A good-faith examination that lets one person be treated for one indication."""

    id: int
    indication: str
    examined_on: date
    expires_on: date


@dataclass(frozen=True)
class Consent:
    """What one person agreed to for one indication."""

    id: int
    indication: str
    given_on: date
    withdrawn_on: date | None


@dataclass(frozen=True)
class VialState:
    """What is known of a vial at one moment; `given_to` are the persons it served."""

    id: int
    product: str
    lot: str
    state: str
    left_milliunits: int
    expires_on: date
    opened_at: str | None
    use_until: str | None
    one_person: bool
    given_to: frozenset[str]


def blocks_of_injector(
    user: User, held: Sequence[Credential], uses: Sequence[str], on: date
) -> list[Block]:
    """What keeps a user from giving for some uses on a day."""
    if not user.has("injector"):
        return [Block("role", f"{user.name} is no injector.")]
    return [block for use in uses for block in _credential_blocks(user, held, use, on)]


def blocks_of_supervisor(
    user: User, held: Sequence[Credential], uses: Sequence[str], on: date, injector: str
) -> list[Block]:
    """What keeps a user from signing for another one's treatment."""
    if not user.has("supervisor"):
        return [Block("role", f"{user.name} is no supervisor.")]
    if user.name == injector:
        return [Block("own_chart", "nobody supervises a treatment of their own.")]
    blocks = [block for use in uses for block in _credential_blocks(user, held, use, on)]
    for own in held:
        if own.indication in uses and own.supervised:
            reason = f"the credential of {user.name} for {own.indication} is a supervised one."
            blocks.append(Block("supervised_credential", reason, own.indication))
    return blocks


def _credential_blocks(user: User, held: Sequence[Credential], use: str, on: date) -> list[Block]:
    own = next((credential for credential in held if credential.indication == use), None)
    if own is None:
        return [Block("no_credential", f"{user.name} has no credential for {use}.", use)]
    if own.expires_on < on:
        reason = f"the credential of {user.name} for {use} expired on {own.expires_on}."
        return [Block("credential_expired", reason, use)]
    return []


def blocks_of_subject(
    clearances: Sequence[Clearance], consents: Sequence[Consent], uses: Sequence[str], on: date
) -> list[Block]:
    """What keeps a person from being treated for some uses on a day."""
    blocks = []
    for use in uses:
        cleared = [c for c in clearances if c.indication == use and c.examined_on <= on]
        if not cleared:
            blocks.append(Block("no_clearance", f"nobody cleared this person for {use}.", use))
        elif all(c.expires_on < on for c in cleared):
            last = max(c.expires_on for c in cleared)
            reason = f"the clearance for {use} expired on {last}."
            blocks.append(Block("clearance_expired", reason, use))
        agreed = [c for c in consents if c.indication == use and c.given_on <= on]
        if not any(c.withdrawn_on is None for c in agreed):
            said = "was withdrawn" if agreed else "is not recorded"
            blocks.append(Block("no_consent", f"consent for {use} {said}.", use))
    return blocks


def blocks_of_check(checked: CheckResult) -> list[Block]:
    """Stops of the label check that no written reason in the plan sets aside."""
    return [
        Block(
            "unresolved_stop",
            f"the label check says stop: {finding.title}.",
            f"{finding.rule}:{finding.value}",
            may_be_overridden=True,
        )
        for finding in checked.findings
        if finding.level == "stop" and not finding.override
    ]


def blocks_of_vial(
    vial: VialState, product: str, dose_milliunits: int, subject_id: str, at: datetime
) -> list[Block]:
    """What keeps a dose from being drawn from a vial for a person at a moment."""
    blocks, name = [], f"vial {vial.id} (lot {vial.lot})"
    if vial.product != product:
        reason = f"{name} is {vial.product}, the plan says {product}."
        return [Block("other_product", reason, str(vial.id))]
    if vial.state in ("empty", "discarded"):
        return [Block("vial_gone", f"{name} is {vial.state}.", str(vial.id))]
    if vial.state == "unopened":
        blocks.append(Block("vial_unopened", f"{name} was not opened yet.", str(vial.id)))
    if vial.expires_on < at.date():
        reason = f"{name} expired on {vial.expires_on}."
        blocks.append(Block("vial_expired", reason, str(vial.id)))
    if dose_milliunits > vial.left_milliunits:
        reason = (
            f"{name} holds {units(vial.left_milliunits):g} U, "
            f"{units(dose_milliunits):g} U are to be drawn."
        )
        blocks.append(Block("vial_too_little", reason, str(vial.id)))
    return [*blocks, *_time_blocks(vial, name, at), *_sharing_blocks(vial, name, subject_id)]


def _time_blocks(vial: VialState, name: str, at: datetime) -> list[Block]:
    if vial.opened_at is None:
        return []
    if vial.use_until is None:
        # no text says how long; what was opened on an earlier day is not taken as good
        if moment_of(vial.opened_at).date() == at.date():
            return []
        reason = f"{name} was opened at {vial.opened_at}, and no text says how long it lasts."
        return [Block("vial_time_unknown", reason, str(vial.id), may_be_overridden=True)]
    if at > moment_of(vial.use_until):
        reason = f"{name} was to be used until {vial.use_until}."
        return [Block("vial_over_time", reason, str(vial.id), may_be_overridden=True)]
    return []


def _sharing_blocks(vial: VialState, name: str, subject_id: str) -> list[Block]:
    if vial.one_person and vial.given_to - {subject_id}:
        reason = f"{name} served another person, and its label keeps a vial for one."
        return [Block("vial_shared", reason, str(vial.id), may_be_overridden=True)]
    return []


def settle(blocks: Sequence[Block], reasons: Mapping[str, str]) -> list[tuple[Block, str]]:
    """Blocks that written reasons set aside, with the reasons.

    Parameters
    ----------
    blocks : sequence of Block
        What speaks against the act.
    reasons : mapping
        Reasons by the key of the block.

    Raises
    ------
    NotAllowed
        A block stands: one sentence for each.
    RecordError
        A reason names a block that is not there.
    """
    standing, kept = [], []
    for block in blocks:
        reason = reasons.get(block.key, "").strip()
        if block.may_be_overridden and len(reason) >= LEAST_REASON:
            kept.append((block, reason))
        else:
            hint = (
                f" A reason of at least {LEAST_REASON} characters for {block.key} sets it aside."
                if block.may_be_overridden
                else ""
            )
            standing.append(f"blocked ({block.rule}): {block.reason}{hint}")
    if standing:
        raise NotAllowed(standing)
    if unknown := set(reasons) - {block.key for block in blocks}:
        raise RecordError(
            f"there is a reason for {min(unknown)[:60]!r}, but no such block to set aside."
        )
    return kept
