"""What a forecast rests on, in groups, as the app shows it."""

from dataclasses import dataclass
from typing import Any

from endplate.views.html import _told, render
from endplate.views.resting import resting_on
from endplate.views.words import known, word


@dataclass(frozen=True)
class Group:
    """Trials of one role and use, with the number of their figures."""

    role: str
    use: str
    trials: str


@dataclass(frozen=True)
class Part:
    """One part of a result: trials if it is the fit, and the sources, title and address."""

    name: str
    groups: tuple[Group, ...]
    sources: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class RestingPage:
    """Everything that is shown of what a forecast rests on."""

    parts: tuple[Part, ...] = _told("one entry per part that has sources")

    @property
    def markup(self) -> str:
        """The page as HTML."""
        return render("resting.html.j2", self)


def resting_page(result: dict[str, Any]) -> RestingPage:
    """What a result rests on."""
    told = resting_on(result)
    found = []
    for code in known("basis"):
        own = [one for one in told["sources"] if code in one["parts"]]
        groups = _groups(told["trials"]) if code == "fit" else ()
        if own:
            found.append(
                Part(word("basis", code), groups, tuple((_title(one), one["link"]) for one in own))
            )
    return RestingPage(tuple(found))


def _groups(trials: list[dict[str, Any]]) -> tuple[Group, ...]:
    found: dict[tuple[str, str], list[str]] = {}
    for one in trials:
        key = (one["role"], one["indication"])
        found.setdefault(key, []).append(f"{one['trial_id']} ({one['rows']})")
    ordered = sorted(found.items(), key=lambda item: known("trial_role").index(item[0][0]))
    return tuple(
        Group(word("trial_role", role), word("indication", use), ", ".join(names))
        for (role, use), names in ordered
    )


def _title(one: dict[str, Any]) -> str:
    year = f" ({one['year']})" if one["year"] else ""
    return f"{one['title']}{year}"
