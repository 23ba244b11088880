"""The desk: up to four plans, one of them open, with undo, redo and listeners."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from endplate.case import Plan
from endplate.views.sheet_notes import SheetNotes
from endplate.web.desk.draft import Draft

MOST_PLANS = 4
MOST_STEPS = 200


_numbers = count()


@dataclass(frozen=True)
class _State:
    """Drafts, the number of each one's sheet of notes, and the place of the open draft."""

    drafts: tuple[Draft, ...]
    sheets: tuple[int, ...] = field(compare=False)
    at: int

    @classmethod
    def of(cls, drafts: tuple[Draft, ...], at: int = 0) -> "_State":
        """Drafts with blank sheets."""
        return cls(drafts, tuple(next(_numbers) for _ in drafts), at)


@dataclass
class Desk:
    """Plans side by side; every change goes through `put`, so that all of it can be undone.

    Beside each plan lie the notes of the talk. They go with their plan and its changes, not with
    a plan that takes its place, and no undo touches what was written.
    """

    state: _State
    listeners: list[Callable[[], None]] = field(default_factory=list)
    _done: list[_State] = field(default_factory=list)
    _undone: list[_State] = field(default_factory=list)
    _notes: dict[int, SheetNotes] = field(default_factory=dict)

    @classmethod
    def with_plan(cls, plan: Plan) -> "Desk":
        """A desk with one plan on it."""
        return cls(_State.of((Draft.of_plan(plan),)))

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

    @property
    def notes(self) -> SheetNotes:
        """Notes beside the open draft."""
        return self._notes.get(self.state.sheets[self.at], SheetNotes())

    def write(self, notes: SheetNotes) -> None:
        """Write the notes beside the open draft; this is no change to undo."""
        if notes != self.notes:
            self._notes[self.state.sheets[self.at]] = notes
            self._tell()

    def put(self, draft: Draft) -> None:
        """Put a changed draft in the place of the open one."""
        if draft != self.draft:
            self._set(draft, self.state.sheets[self.at])

    def swap(self, draft: Draft) -> None:
        """Put another plan in the place of the open one, with a blank sheet beside it."""
        self._set(draft, next(_numbers))

    def _set(self, draft: Draft, sheet: int) -> None:
        drafts, sheets = list(self.drafts), list(self.state.sheets)
        drafts[self.at], sheets[self.at] = draft, sheet
        self._go(_State(tuple(drafts), tuple(sheets), self.at))

    def open(self, place: int) -> None:
        """Open another draft of the desk; this is no change to undo."""
        if place != self.at and 0 <= place < len(self.drafts):
            self.state = _State(self.drafts, self.state.sheets, place)
            self._tell()

    def add(self, draft: Draft) -> bool:
        """Lay one more draft on the desk and open it; False where there is no room."""
        if len(self.drafts) >= MOST_PLANS:
            return False
        sheets = (*self.state.sheets, next(_numbers))
        self._go(_State((*self.drafts, draft), sheets, len(self.drafts)))
        return True

    def remove(self, place: int) -> None:
        """Take a draft from the desk; the last one stays."""
        if len(self.drafts) > 1 and 0 <= place < len(self.drafts):
            kept = [i for i in range(len(self.drafts)) if i != place]
            at = self.at - (self.at > place)
            self._go(
                _State(
                    tuple(self.drafts[i] for i in kept),
                    tuple(self.state.sheets[i] for i in kept),
                    min(at, len(kept) - 1),
                )
            )

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
        plans = [
            {"name": d.name, "tables": d.tables, "notes": self._notes[sheet].as_dict()}
            if sheet in self._notes
            else {"name": d.name, "tables": d.tables}
            for d, sheet in zip(self.drafts, self.state.sheets, strict=True)
        ]
        return json.dumps({"plans": plans, "at": self.at}, separators=(",", ":"))

    def lay_out(self, drafts: tuple[Draft, ...]) -> None:
        """Lay other drafts out and forget what was done before; there is no way back."""
        self._done.clear()
        self._undone.clear()
        self._notes.clear()
        self.state = _State.of(drafts)
        self._tell()

    def restore(self, text: str) -> bool:
        """Lay the desk as it was kept; False, and nothing changed, where the text is no desk."""
        found = _read(text)
        if found is None:
            return False
        self.state, notes = found
        self._notes = dict(zip(self.state.sheets, notes, strict=True))
        self._tell()
        return True

    def follow(self, text: str) -> bool:
        """Lay the desk of a link in place of the one at hand, which an undo brings back.

        A link holds no notes: they are for the people of one talk.
        """
        found = _read(text)
        if found is None:
            return False
        state = found[0]
        if state != self.state:
            self._go(state)
        return True

    def _go(self, state: _State) -> None:
        self._done = [*self._done[-MOST_STEPS + 1 :], self.state]
        self._undone.clear()
        self.state = state
        self._tell()

    def _tell(self) -> None:
        for listener in tuple(self.listeners):
            listener()


def _read(text: str) -> tuple[_State, tuple[SheetNotes, ...]] | None:
    """A desk from its text, with the notes of each draft; None where it is none."""
    try:
        kept = json.loads(text)
        plans: list[dict[str, Any]] = list(kept["plans"])
        drafts = tuple(Draft.of(str(p["name"])[:80], dict(p["tables"])) for p in plans)
        notes = tuple(SheetNotes.read(p.get("notes")) for p in plans)
        at = int(kept["at"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    fits = 0 < len(drafts) <= MOST_PLANS and 0 <= at < len(drafts)
    return (_State.of(drafts, at), notes) if fits else None
