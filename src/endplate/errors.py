"""The tree of errors that endplate raises.

::

    EndplateError
    |-- ArgumentFault
    |-- NotInstalled
    |-- HypothesisFaults
    |-- FactsError
    |   |-- FactMissing
    |   `-- SourceUnknown
    |-- CaseError
    |   |-- CannotEdit
    |   |-- PlanFaults
    |   `-- UnitMismatch
    |-- NotCovered
    |-- NotTranslated
    |-- RecordError
    |   `-- NotAllowed
    |-- TableFaults
    |-- TrialTableFaults
    |-- DesignFaults
    |-- CannotRun
    |-- FitFailed
    |-- CannotRead
    |-- CannotWrite
    `-- Stopped

A finding about a plan is a value, not an error: see `endplate.safety`.
"""

from collections.abc import Sequence


class EndplateError(Exception):
    """Root of all errors that endplate raises on purpose."""


class ArgumentFault(EndplateError):
    """An argument of a public function is not what is allowed there, in one sentence."""


class NotInstalled(EndplateError):
    """A package that an extra brings is not there; the sentence names the extra."""


class HypothesisFaults(EndplateError):
    """A hypothesis breaks what every one must keep: one sentence each, in `sentences`."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self.sentences = tuple(sentences)
        super().__init__("\n".join(self.sentences))


class FactsError(EndplateError):
    """A fact could not be given."""


class FactMissing(FactsError):
    """No row of the facts tables answers the question."""


class SourceUnknown(FactsError):
    """A row names a source that `sources.toml` does not hold."""


class CaseError(EndplateError):
    """What the user wrote about a case cannot be read as one."""


class CannotEdit(CaseError):
    """A change of a plan on the chart is not allowed there, in one sentence."""


class PlanFaults(CaseError):
    """A plan file has faults: one sentence each, in `sentences`."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self.sentences = tuple(sentences)
        super().__init__("\n".join(self.sentences))


class UnitMismatch(CaseError):
    """Units of two products were about to be mixed."""


class NotCovered(EndplateError):
    """No evidence lets the model answer: product, indication or dose lies outside it."""


class NotTranslated(EndplateError):
    """A page cannot be said in a language, for a sentence of it was not translated yet."""


class TableFaults(EndplateError):
    """A user's table of endpoints or priors has faults: one sentence each, in `sentences`."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self.sentences = tuple(sentences)
        super().__init__("\n".join(self.sentences))


class TrialTableFaults(EndplateError):
    """A table of trial figures has faults: one sentence each, in `sentences`."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self.sentences = tuple(sentences)
        super().__init__("\n".join(self.sentences))


class DesignFaults(EndplateError):
    """The design of a trial has faults: one sentence each, in `sentences`."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self.sentences = tuple(sentences)
        super().__init__("\n".join(self.sentences))

    def __reduce__(self) -> tuple[type, tuple[tuple[str, ...]]]:
        """Come back whole from another process."""
        return type(self), (self.sentences,)


class RecordError(EndplateError):
    """The clinic's records cannot take or give this, in one sentence."""


class NotAllowed(RecordError):
    """What a person is about to do is blocked: one sentence per reason, in `sentences`."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self.sentences = tuple(sentences)
        super().__init__("\n".join(self.sentences))


class CannotRun(EndplateError):
    """A trial could not be run where it was asked for: a folder, a worker, a scheduler."""


class FitFailed(EndplateError):
    """A fit did not converge or has too little to rest on; its result must not be used."""


class CannotRead(EndplateError):
    """A file of the user is not there, or is not what it should be."""


class CannotWrite(EndplateError):
    """A file could not be written where it was asked for."""


class Stopped(EndplateError):
    """A run was given up, for nobody waits for it any more."""
