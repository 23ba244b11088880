"""The workspace: up to four plans, one of them open, with undo, redo and listeners."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from endplate.case import Plan
from endplate.views.sheet_notes import SheetNotes
from endplate.web.workspace.draft import Draft

MAX_PLANS = 4
MAX_UNDO = 200

_note_ids = count()


@dataclass(frozen=True)
class _State:
    """Drafts, the identifier of each one's notes, and the index of the open draft."""

    drafts: tuple[Draft, ...]
    note_ids: tuple[int, ...] = field(compare=False)
    index: int

    @classmethod
    def of(cls, drafts: tuple[Draft, ...], index: int = 0) -> "_State":
        """Drafts without notes."""
        return cls(drafts, tuple(next(_note_ids) for _ in drafts), index)


@dataclass
class Workspace:
    """Plans side by side; every change goes through `update`, so that all of it can be undone.

    Each plan has the notes of its talk. They stay with the plan through its changes, not with a
    plan that takes its place, and no undo touches them.
    """

    state: _State
    listeners: list[Callable[[], None]] = field(default_factory=list)
    _undo_stack: list[_State] = field(default_factory=list)
    _redo_stack: list[_State] = field(default_factory=list)
    _notes: dict[int, SheetNotes] = field(default_factory=dict)

    @classmethod
    def with_plan(cls, plan: Plan) -> "Workspace":
        """A workspace with one plan."""
        return cls(_State.of((Draft.of_plan(plan),)))

    @property
    def drafts(self) -> tuple[Draft, ...]:
        """Every draft of the workspace."""
        return self.state.drafts

    @property
    def index(self) -> int:
        """Index of the open draft."""
        return self.state.index

    @property
    def draft(self) -> Draft:
        """The open draft."""
        return self.state.drafts[self.state.index]

    @property
    def plan(self) -> Plan | None:
        """The open plan, None while it has faults."""
        return self.draft.plan

    @property
    def notes(self) -> SheetNotes:
        """Notes of the open draft."""
        return self._notes.get(self.state.note_ids[self.index], SheetNotes())

    def write_notes(self, notes: SheetNotes) -> None:
        """Write the notes of the open draft; this is no change to undo."""
        if notes != self.notes:
            self._notes[self.state.note_ids[self.index]] = notes
            self._notify()

    def update(self, draft: Draft) -> None:
        """Replace the open draft by a changed version of it."""
        if draft != self.draft:
            self._replace(draft, self.state.note_ids[self.index])

    def replace_open(self, draft: Draft) -> None:
        """Replace the open draft by another plan, without notes."""
        self._replace(draft, next(_note_ids))

    def _replace(self, draft: Draft, note_id: int) -> None:
        drafts, note_ids = list(self.drafts), list(self.state.note_ids)
        drafts[self.index], note_ids[self.index] = draft, note_id
        self._go_to(_State(tuple(drafts), tuple(note_ids), self.index))

    def open(self, index: int) -> None:
        """Open another draft of the workspace; this is no change to undo."""
        if index != self.index and 0 <= index < len(self.drafts):
            self.state = _State(self.drafts, self.state.note_ids, index)
            self._notify()

    def add(self, draft: Draft) -> bool:
        """Add one more draft and open it; False where there is no room."""
        if len(self.drafts) >= MAX_PLANS:
            return False
        note_ids = (*self.state.note_ids, next(_note_ids))
        self._go_to(_State((*self.drafts, draft), note_ids, len(self.drafts)))
        return True

    def remove(self, index: int) -> None:
        """Remove a draft; the last one stays."""
        if len(self.drafts) > 1 and 0 <= index < len(self.drafts):
            rest = [i for i in range(len(self.drafts)) if i != index]
            self._go_to(
                _State(
                    tuple(self.drafts[i] for i in rest),
                    tuple(self.state.note_ids[i] for i in rest),
                    min(self.index - (self.index > index), len(rest) - 1),
                )
            )

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to undo."""
        return bool(self._undo_stack)

    @property
    def can_redo(self) -> bool:
        """Whether there is an undone change to redo."""
        return bool(self._redo_stack)

    def undo(self) -> None:
        """Undo the last change."""
        if self._undo_stack:
            self._redo_stack.append(self.state)
            self.state = self._undo_stack.pop()
            self._notify()

    def redo(self) -> None:
        """Redo the last undone change."""
        if self._redo_stack:
            self._undo_stack.append(self.state)
            self.state = self._redo_stack.pop()
            self._notify()

    def dumps(self) -> str:
        """The workspace as text that `restore` reads."""
        plans = [
            {"name": draft.name, "tables": draft.tables, "notes": self._notes[note_id].as_dict()}
            if note_id in self._notes
            else {"name": draft.name, "tables": draft.tables}
            for draft, note_id in zip(self.drafts, self.state.note_ids, strict=True)
        ]
        return json.dumps({"plans": plans, "at": self.index}, separators=(",", ":"))

    def start(self, drafts: tuple[Draft, ...]) -> None:
        """Put other drafts, without notes, in place of all; an undo brings these back."""
        self._go_to(_State.of(drafts))

    def reset(self, drafts: tuple[Draft, ...]) -> None:
        """Start again with other drafts; history and notes are deleted."""
        self._undo_stack.clear()
        self._redo_stack.clear()
        self._notes.clear()
        self.state = _State.of(drafts)
        self._notify()

    def restore(self, text: str) -> bool:
        """Restore a stored workspace; False, and nothing changed, where the text is not one."""
        parsed = _parse(text)
        if parsed is None:
            return False
        self.state, notes = parsed
        self._notes = dict(zip(self.state.note_ids, notes, strict=True))
        self._notify()
        return True

    def open_link(self, text: str) -> bool:
        """Open the workspace of a link in place of this one; an undo brings this one back.

        A link holds no notes: they are for the people of one talk.
        """
        parsed = _parse(text)
        if parsed is None:
            return False
        state = parsed[0]
        if state != self.state:
            self._go_to(state)
        return True

    def _go_to(self, state: _State) -> None:
        self._undo_stack = [*self._undo_stack[-MAX_UNDO + 1 :], self.state]
        self._redo_stack.clear()
        self.state = state
        self._notify()

    def _notify(self) -> None:
        for listener in tuple(self.listeners):
            listener()


def _parse(text: str) -> tuple[_State, tuple[SheetNotes, ...]] | None:
    """Parse a workspace and the notes of each draft; None where the text is not one."""
    try:
        stored = json.loads(text)
        plans: list[dict[str, Any]] = list(stored["plans"])
        drafts = tuple(Draft.of(str(p["name"])[:80], dict(p["tables"])) for p in plans)
        notes = tuple(SheetNotes.read(p.get("notes")) for p in plans)
        index = int(stored["at"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    is_valid = 0 < len(drafts) <= MAX_PLANS and 0 <= index < len(drafts)
    return (_State.of(drafts, index), notes) if is_valid else None
