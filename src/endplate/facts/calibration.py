"""How the stored fit was made, and the tables it was made from."""

import hashlib
from dataclasses import dataclass

from endplate.facts.store import document, hash_of, table

INPUTS = (
    "burdens",
    "charts",
    "drivers",
    "durations",
    "endpoints",
    "fit_priors",
    "indications",
    "muscles",
    "parameters",
    "protocol_sites",
    "readings",
    "scales",
    "trial_protocols",
    "trials",
)
"""Tables that a calibration reads; when one changes, the stored fit is of other facts."""
_AFTER = "reference"  # rows of the parameters that are read off a fit, not by it


@dataclass(frozen=True)
class CalibrationRecord:
    """The stored fit: what it was made from and how its checks came out.

    `facts_hash` is `inputs_hash` when it was made; `minutes` [min] what it took.
    """

    version: str
    command: str
    facts_hash: str
    seed: int
    minutes: float
    figures: int
    trials: int
    draws: int
    r_hat: float
    effective_sample_size: float
    divergent: int
    pareto_k_hat: float

    @property
    def is_of_these_facts(self) -> bool:
        """Whether the tables it was made from are still the same."""
        return self.facts_hash == inputs_hash()


def inputs_hash() -> str:
    """Hash of what a calibration reads: its tables, but for parameters set after a fit."""
    digest = hashlib.sha256(hash_of(tuple(n for n in INPUTS if n != "parameters")).encode())
    for row in table("parameters"):
        if row["step"] != _AFTER:
            digest.update("\x1f".join(row.values()).encode())
    return digest.hexdigest()[:16]


def calibration_record() -> CalibrationRecord:
    """Record of the stored fit."""
    told = document("calibration")
    return CalibrationRecord(**{k: v for k, v in told.items() if k != "surrogate_misfit"})
