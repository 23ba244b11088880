"""The desk: up to four plans, one of them open, with undo, redo and listeners."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

from endplate.case import Plan
from endplate.web.desk.draft import Draft

MOST_PLANS = 4
MOST_STEPS = 200


@dataclass(frozen=True)
class _State:
    drafts: tuple[Draft, ...]
    at: int


@dataclass
class Desk:
    """Plans side by side; every change goes through `put`, so that all of it can be undone."""

    state: _State
    listeners: list[Callable[[], None]] = field(default_factory=list)
    _done: list[_State] = field(default_factory=list)
    _undone: list[_State] = field(default_factory=list)

    @classmethod
    def with_plan(cls, plan: Plan) -> "Desk":
        """A desk with one plan on it."""
        return cls(_State((Draft.of_plan(plan),), 0))

    @property
    def drafts(self) -> tuple[Draft, ...]:
        """Every draft on the desk."""
        return self.state.drafts

    @property
    def at(self) -> int:
        """Place of the open draft."""
        return self.state.at

    @property
    def draft(self) -> Draft:
        """The open draft."""
        return self.state.drafts[self.state.at]

    @property
    def plan(self) -> Plan | None:
        """The open plan, None while it has faults."""
        return self.draft.plan

    def put(self, draft: Draft) -> None:
        """Put a changed draft in the place of the open one."""
        if draft == self.draft:
            return
        drafts = list(self.drafts)
        drafts[self.at] = draft
        self._go(_State(tuple(drafts), self.at))

    def open(self, place: int) -> None:
        """Open another draft of the desk; this is no change to undo."""
        if place != self.at and 0 <= place < len(self.drafts):
            self.state = _State(self.drafts, place)
            self._tell()

    def add(self, draft: Draft) -> bool:
        """Lay one more draft on the desk and open it; False where there is no room."""
        if len(self.drafts) >= MOST_PLANS:
            return False
        self._go(_State((*self.drafts, draft), len(self.drafts)))
        return True

    def remove(self, place: int) -> None:
        """Take a draft from the desk; the last one stays."""
        if len(self.drafts) > 1 and 0 <= place < len(self.drafts):
            left = tuple(d for i, d in enumerate(self.drafts) if i != place)
            at = self.at - (self.at > place)
            self._go(_State(left, min(at, len(left) - 1)))

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return bool(self._done)

    @property
    def can_redo(self) -> bool:
        """Whether there is a change to make again."""
        return bool(self._undone)

    def undo(self) -> None:
        """Take the last change back."""
        if self._done:
            self._undone.append(self.state)
            self.state = self._done.pop()
            self._tell()

    def redo(self) -> None:
        """Make the last undone change again."""
        if self._undone:
            self._done.append(self.state)
            self.state = self._undone.pop()
            self._tell()

    def dumps(self) -> str:
        """The desk as text that `restore` reads."""
        plans = [{"name": d.name, "tables": d.tables} for d in self.drafts]
        return json.dumps({"plans": plans, "at": self.at}, separators=(",", ":"))

    def lay_out(self, drafts: tuple[Draft, ...]) -> None:
        """Lay other drafts out and forget what was done before; there is no way back."""
        self._done.clear()
        self._undone.clear()
        self.state = _State(drafts, 0)
        self._tell()

    def restore(self, text: str) -> bool:
        """Lay the desk as it was kept; False, and nothing changed, where the text is no desk."""
        state = _read(text)
        if state is not None:
            self.state = state
            self._tell()
        return state is not None

    def follow(self, text: str) -> bool:
        """Lay the desk of a link in place of the one at hand, which an undo brings back."""
        state = _read(text)
        if state is not None and state != self.state:
            self._go(state)
        return state is not None

    def _go(self, state: _State) -> None:
        self._done = [*self._done[-MOST_STEPS + 1 :], self.state]
        self._undone.clear()
        self.state = state
        self._tell()

    def _tell(self) -> None:
        for listener in tuple(self.listeners):
            listener()


def _read(text: str) -> _State | None:
    """A desk from its text; None where it is none."""
    try:
        kept = json.loads(text)
        drafts = tuple(Draft.of(str(p["name"])[:80], dict(p["tables"])) for p in kept["plans"])
        at = int(kept["at"])
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
    fits = 0 < len(drafts) <= MOST_PLANS and 0 <= at < len(drafts)
    return _State(drafts, at) if fits else None
