"""What a validation tells: rows predicted, figures skipped, and what was promised of them."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from endplate.validation.row import Row
from endplate.validation.summary import summary
from endplate.validation.targets import Target, targets_of


@dataclass(frozen=True)
class Validation:
    """Rows predicted, figures skipped with the reason, and a summary by area and kind."""

    rows: tuple[Row, ...]
    skipped: tuple[dict[str, Any], ...]
    summary: tuple[dict[str, Any], ...]

    @property
    def targets(self) -> tuple[Target, ...]:
        """What the project promised, met or not."""
        return targets_of(self.summary)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "rows": [asdict(row) for row in self.rows],
            "skipped": list(self.skipped),
            "summary": list(self.summary),
            "targets": [asdict(target) for target in self.targets],
        }


@dataclass(frozen=True)
class LeftOutTrials:
    """Rows predicted by fits that have not seen their trial; `k_hat` and `refitted` by trial."""

    rows: tuple[Row, ...]
    k_hat: Mapping[str, float]
    refitted: frozenset[str]

    @property
    def summary(self) -> Sequence[Mapping[str, Any]]:
        """Errors by area and kind, as those of a validation."""
        return summary(self.rows)

    @property
    def targets(self) -> tuple[Target, ...]:
        """What the project promised of trials left out, met or not."""
        return targets_of(self.summary, left_out=True)

    def as_dict(self) -> dict[str, Any]:
        """Return plain values for JSON."""
        return {
            "summary": list(self.summary),
            "targets": [asdict(target) for target in self.targets],
            "trials": [
                {"trial_id": name, "k_hat": k_hat, "refitted": name in self.refitted}
                for name, k_hat in self.k_hat.items()
            ],
        }
