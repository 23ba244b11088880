"""What was promised, as the report, the terminal and the README tell it."""

from dataclasses import dataclass

from endplate.validation.results import Target
from endplate.views.qualification import words


@dataclass(frozen=True)
class TargetTold:
    """One promise as it is told."""

    words: str
    n: int
    measured: str
    asked: str
    met: bool | None

    @property
    def verdict(self) -> str:
        """Met, missed, or not measured."""
        return {True: "met", False: "missed", None: "not measured"}[self.met]


def target_told(target: Target) -> TargetTold:
    """A promise in words and figures."""
    unit = "" if target.unit == "1" else target.unit
    asked = f"at most {target.most:g}"
    if target.least is not None:
        asked = f"{target.least:g} to {target.most:g}"
    measured = "no figures" if target.measured is None else words.figure(target.measured)
    return TargetTold(
        target.words,
        target.n,
        words.with_unit(measured, unit if target.measured is not None else ""),
        words.with_unit(asked, unit),
        target.met,
    )
