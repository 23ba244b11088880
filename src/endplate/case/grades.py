"""Baseline scores of one person: a mapping that never changes and can be hashed."""

from collections.abc import Iterator, Mapping


class Grades(Mapping[str, float]):
    """Score by endpoint, as `{"glabellar_lines": 3.0}`."""

    def __init__(self, scores: Mapping[str, float] | None = None) -> None:
        self._scores = dict(scores or {})

    def __getitem__(self, endpoint: str) -> float:
        return self._scores[endpoint]

    def __iter__(self) -> Iterator[str]:
        return iter(self._scores)

    def __len__(self) -> int:
        return len(self._scores)

    def __hash__(self) -> int:
        return hash(frozenset(self._scores.items()))

    def __repr__(self) -> str:
        return f"Grades({self._scores!r})"
