"""Who was studied, and which published figures the model does not predict."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass

from endplate.facts.trials import TrialFigure
from endplate.views.words import word


@dataclass(frozen=True)
class Studied:
    """Trials, groups and people of one use; `unstated` groups do not say how many they were."""

    name: str
    trials: int
    groups: int
    people: int
    unstated: int
    products: str
    figures: int
    verified: str


def studied(figures: Sequence[TrialFigure]) -> tuple[Studied, ...]:
    """Every use of a table in its order, then all of them."""
    uses = dict.fromkeys(figure.indication for figure in figures)
    told = [
        _studied(word("indication", use), [f for f in figures if f.indication == use])
        for use in uses
    ]
    return (*told, _studied("All uses", figures))


def table_hash(figures: Iterable[TrialFigure]) -> str:
    """First 16 hex digits of the SHA-256 over the figures of a table, in their order."""
    digest = hashlib.sha256()
    for figure in figures:
        digest.update(repr(astuple(figure)).encode())
    return digest.hexdigest()[:16]


def reasons(skipped: Iterable[dict[str, str]]) -> tuple[tuple[str, int, str], ...]:
    """Why figures were not predicted: reason, how many, and of which trials; the most first."""
    rows = tuple(skipped)
    counted = Counter(row["reason"] for row in rows)
    return tuple(
        (
            reason,
            count,
            ", ".join(dict.fromkeys(r["trial_id"] for r in rows if r["reason"] == reason)),
        )
        for reason, count in counted.most_common()
    )


def _studied(name: str, figures: Sequence[TrialFigure]) -> Studied:
    sizes: dict[tuple[str, str, str], int] = {}
    for figure in figures:
        group = (figure.trial_id, figure.indication, figure.arm)
        sizes[group] = max(sizes.get(group, 0), figure.n or 0)
    products = dict.fromkeys(f.product for f in figures if f.product != "placebo")
    verified = 100 * sum(f.verified for f in figures) / max(len(figures), 1)
    return Studied(
        name=name,
        trials=len({figure.trial_id for figure in figures}),
        groups=len(sizes),
        people=sum(sizes.values()),
        unstated=sum(1 for size in sizes.values() if not size),
        products=", ".join(products) if name != "All uses" else f"{len(products)} products",
        figures=len(figures),
        verified=f"{verified:.0f} %",
    )
