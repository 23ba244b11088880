"""From a plan and a follow-up to one person's forecast: when it wears off, when to come back."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from endplate._version import __version__
from endplate.arguments import one_of
from endplate.case import Plan, least_interval_d, placed_sites
from endplate.errors import CaseError
from endplate.facts.table import facts_hash
from endplate.forecast.cohort_run import CHUNK
from endplate.forecast.simulate import MOST_SEED
from endplate.personalise.candidates import PEOPLE, Course, candidates, course_of, effect
from endplate.personalise.follow_up import FollowUp, Given, Visit, read_follow_up
from endplate.personalise.posterior import Posterior, posterior, unlearned
from endplate.results.frames import pandas_frame, polars_frame
from endplate.results.told import table_html

MOST_PEOPLE = 65_536
_SHOWN_PEOPLE = 8  # in short
_AT = (0.5, 0.05, 0.95)
_AHEAD_D = tuple(range(0, 366, 14))
_STEP_D, _SHOWN_D = 7.0, 182.0  # of the band of a cycle
_LEARNED = {
    "sensitivity": ("load", "how much toxin reaches the endings from the same dose"),
    "persistence": ("persistence", "how long it acts"),
    "onset": ("release", "how fast it comes to act"),
    "reach": ("response", "how much of the score the treated tissue makes"),
    "placebo": ("placebo", "what comes of being treated at all"),
}
_LOST_Z = 1.645  # one in twenty people who respond as before shows as little
_WHAT_TELLS = (
    "Before antibodies are thought of: dose, dilution, storage, muscles and sites as before? a new "
    "medicine or disease? Then a test that does not rest on the scale, as an injection into one "
    "side of the forehead or the extensor digitorum brevis, and an assay of neutralising "
    "antibodies, tell antibodies from the rest."
)


@dataclass(frozen=True)
class Quantiles:
    """Median and 90 % band of one figure; None where most people never reach it."""

    median: float | None
    p05: float | None
    p95: float | None

    @classmethod
    def of(cls, values: Sequence[float]) -> "Quantiles":
        """From values in the order median, low, high."""
        return cls(*(round(v, 4) if math.isfinite(v) else None for v in values))

    def as_dict(self) -> dict[str, float | None]:
        """Return it as plain values."""
        return {"median": self.median, "p05": self.p05, "p95": self.p95}


@dataclass(frozen=True)
class Scores:
    """How near the forecasts of held-out visits came, beside the population's own."""

    n: int
    mae: float
    mae_population: float
    coverage_90: float

    def as_dict(self) -> dict[str, float]:
        """Return it as plain values."""
        return {
            "n": self.n,
            "mae": round(self.mae, 4),
            "mae_population": round(self.mae_population, 4),
            "coverage_90": round(self.coverage_90, 4),
        }


@dataclass(frozen=True)
class Person:
    """What was learned of one person, as JSON tells it; `held_out` has each visit not looked at:
    its value, our median and band, and the population's median."""

    told: dict[str, Any]
    held_out: tuple[tuple[float, float, float, float, float], ...]


@dataclass(frozen=True, repr=False)
class Personalised:
    """Every person of a follow-up, and the scores where visits were held out."""

    people: tuple[Person, ...]
    scores: Scores | None
    provenance: dict[str, Any]

    def __repr__(self) -> str:
        told = [f"Personalised: {len(self.people)} people of a follow-up"]
        for one in (person.told for person in self.people[:_SHOWN_PEOPLE]):
            back = one["next_treatment"]["come_back_d"]
            told.append(
                f"  {one['patient']}: {one['visits_used']} visits, come back on "
                f"{'no known day' if back is None else f'day {back:g}'}"
            )
        return "\n".join(told)

    def _repr_html_(self) -> str:
        """When each is to come back, for a notebook."""
        return table_html(repr(self).splitlines()[0], self._columns("next"))

    def to_polars(self, table: str = "forecast") -> Any:
        """One table as a polars frame.

        Parameters
        ----------
        table : str
            `forecast`, what was `learned` of each, or when each comes `next`.

        Raises
        ------
        EndplateError
            There is no such table, or polars is not installed.
        """
        return polars_frame(self._columns(table))

    def to_pandas(self, table: str = "forecast") -> Any:
        """One table as a pandas frame.

        Parameters
        ----------
        table : str
            `forecast`, what was `learned` of each, or when each comes `next`.

        Raises
        ------
        EndplateError
            There is no such table, or pandas is not installed.
        """
        return pandas_frame(self._columns(table))

    def _columns(self, table: str) -> dict[str, list[Any]]:
        rows: list[dict[str, Any]] = []
        chosen = one_of("table", table, ("forecast", "learned", "next"))
        for one in (person.told for person in self.people):
            who = {"patient": one["patient"]}
            if chosen == "forecast":
                rows += [who | row for row in one["forecast"]]
            elif chosen == "learned":
                rows += [who | {"effect": name} | row for name, row in one["posterior"].items()]
            else:
                worn = {f"wears_off_{name}_d": v for name, v in one["wears_off_d"].items()}
                back = {k: v for k, v in one["next_treatment"].items() if k != "band_d"}
                rows.append(who | worn | back)
        return {name: [row[name] for row in rows] for name in (rows[0] if rows else ())}

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values for JSON."""
        value: dict[str, Any] = {
            "provenance": self.provenance,
            "patients": [person.told for person in self.people],
        }
        return value | ({"scores": self.scores.as_dict()} if self.scores else {})


def personalise(
    plan: Plan,
    follow_up: Path,
    hold_out_after: float | None = None,
    people: int = PEOPLE,
    seed: int = 0,
    command: str = "personalise",
) -> Personalised:
    """Learn how people respond from their follow-up, and forecast what comes.

    Parameters
    ----------
    plan : Plan
        What is treated and how; its treatment is the next one, its sites the pattern of all.
    follow_up : Path
        CSV of visits and injections.
    hold_out_after : float
        Day after which visits are not looked at but forecast, and the forecasts scored.
    people : int
        Virtual people to look among, 256 to 65,536; rounded up to whole chunks.
    seed : int
        Their seed.
    command : str
        What to name in the provenance.

    Returns
    -------
    Personalised
        Per person: forecast, wearing off, posterior, the next treatment.

    Raises
    ------
    CaseError
        The follow-up has faults, or a bound is not kept.
    NotCovered
        There is no evidence for the product or the indication.
    """
    bounds = (("people", people, CHUNK, MOST_PEOPLE), ("seed", seed, 0, MOST_SEED))
    for name, value, low, high in bounds:
        if not low <= value <= high:
            raise CaseError(f"{name} is {value}; allowed are {low} to {high}.")
    course = course_of(plan)
    every = read_follow_up(follow_up, course.scales)
    people = -(-people // CHUNK) * CHUNK
    found = tuple(_person(course, one, hold_out_after, people, seed) for one in every)
    provenance = {
        "version": __version__,
        "facts_hash": facts_hash(),
        "seed": seed,
        "people": people,
        "command": command,
    }
    scores = None if hold_out_after is None else _scores(found)
    return Personalised(found, scores, provenance)


def response_over_cycles(
    plan: Plan, record: FollowUp, people: int = PEOPLE, seed: int = 0
) -> dict[str, Any]:
    """One person's response as `personalise` tells it, with the band of every cycle.

    Parameters
    ----------
    plan : Plan
        The next treatment; its sites are the pattern of all.
    record : FollowUp
        Visits and injections of the person, each in order of day.
    people : int
        Virtual people to look among, whole chunks of them.
    seed : int
        Their seed.

    Returns
    -------
    dict
        As of one patient of `personalise`, and `cycles`: per injection, `day`, `median`, `p05` and
        `p95` of the first scale until the next injection.

    Raises
    ------
    NotCovered
        There is no evidence for the product or the indication.
    """
    course = course_of(plan)
    told, own, _ = _learn(course, record, None, people, seed)
    return told | {"cycles": _cycles(own, tuple(record.given))}


def _cycles(own: Posterior, given: tuple[Given, ...]) -> list[dict[str, Any]]:
    ends = [*(one.day for one in given[1:]), given[-1].day + _SHOWN_D]
    cycles = []
    for one, end in zip(given, ends, strict=True):
        # a visit precedes the injection of its day: the band begins the day after
        days = [one.day + 1.0, *np.arange(one.day + _STEP_D, end, _STEP_D), end]
        bands = [own.forecast(own.course.scales[0], day, _AT) for day in days]
        names = ("median", "p05", "p95")
        values = zip(*bands, strict=True)
        told = {n: [round(v, 4) for v in row] for n, row in zip(names, values, strict=True)}
        cycles.append({"day": [float(day) for day in days], **told})
    return cycles


def _scores(people: Sequence[Person]) -> Scores:
    rows = np.array([row for person in people for row in person.held_out])
    if not len(rows):
        raise CaseError("there is no visit after that day; --hold-out-after must leave some.")
    value, median, low, high, population = rows.T
    return Scores(
        len(rows),
        float(np.abs(value - median).mean()),
        float(np.abs(value - population).mean()),
        float(((low <= value) & (value <= high)).mean()),
    )


def _person(
    course: Course, record: FollowUp, hold_out_after: float | None, people: int, seed: int
) -> Person:
    told, own, usual = _learn(course, record, hold_out_after, people, seed)
    hidden = _hidden(record, hold_out_after)
    return Person(told, tuple(_held_out_forecast(own, usual, visit) for visit in hidden))


def _hidden(record: FollowUp, hold_out_after: float | None) -> list[Visit]:
    last_seen_d = math.inf if hold_out_after is None else hold_out_after
    return [visit for visit in record.visits if visit.day > last_seen_d]


def _learn(
    course: Course, record: FollowUp, hold_out_after: float | None, people: int, seed: int
) -> tuple[dict[str, Any], Posterior, Posterior]:
    """What was learned, told; the person's own people, and those of anybody like them."""
    # What is given is decided, not observed: later injections are known, later visits are not.
    given = tuple(record.given) or (_as_planned(course.plan),)
    last_seen_d = math.inf if hold_out_after is None else hold_out_after
    seen = [visit for visit in record.visits if visit.day <= last_seen_d]
    hidden = _hidden(record, hold_out_after)
    latest = max((n for n, one in enumerate(given) if one.day <= last_seen_d), default=0)
    stated = _stated_lines(course, record, given[0].day)
    virtual = candidates(course, given, stated, people, seed)
    own = posterior(course, virtual, seen)
    usual = unlearned(course, virtual, [v for v in seen if v.day <= given[0].day])
    told: dict[str, Any] = {
        "patient": record.patient,
        "forecast": _forecast(own, given, hidden, hold_out_after is not None),
        "wears_off_d": _wears_off(own, latest).as_dict(),
        "wears_off_population_d": _wears_off(usual, latest).as_dict(),
        "responding_percent": round(100.0 * _responding(own, latest), 1),
        "posterior": _learned(own),
        "effective_people": round(own.effective, 1),
        "visits_used": len(seen),
    }
    told["next_treatment"] = _next(own, given)
    told["response"] = _response(course, virtual, given, seen)
    return told, own, usual


def _as_planned(plan: Plan) -> Given:
    return Given(0.0, plan.treatment.product, sum(site.dose_u for site in placed_sites(plan)))


def _stated_lines(course: Course, record: FollowUp, first_d: float) -> dict[str, float]:
    """Grades of lines before the first injection: the person's, else those of the plan."""
    if not course.is_line:
        return {}
    stated = {n: v for n, v in course.plan.patient.baseline.items() if n in course.scales}
    before = {v.endpoint: v.value for v in record.visits if v.day <= first_d}
    return stated | before


def _held_out_forecast(
    own: Posterior, usual: Posterior, visit: Visit
) -> tuple[float, float, float, float, float]:
    median, low, high = own.forecast(visit.endpoint, visit.day, _AT)
    (population,) = usual.forecast(visit.endpoint, visit.day, (0.5,))
    return visit.value, median, low, high, population


def _forecast(
    own: Posterior, given: tuple[Given, ...], hidden: Sequence[Visit], held_out: bool
) -> list[dict[str, Any]]:
    """Forecast of the visits held out, else of every endpoint from the last injection on."""
    wanted = [(visit.day, visit.endpoint) for visit in hidden]
    if not held_out:
        last_d = given[-1].day
        wanted = [(last_d + d, name) for name in own.course.scales for d in _AHEAD_D[1:]]
    return [
        {"day": day, "endpoint": name, **Quantiles.of(own.forecast(name, day, _AT)).as_dict()}
        for day, name in sorted(set(wanted))
    ]


def _wears_off(own: Posterior, injection: int) -> Quantiles:
    """Days since an injection until the response to it is lost, of those who respond.

    Where nobody does, as to placebo, there is nothing to lose: it is gone on day 0.
    """
    lasting_d = own.people.windows[injection].times.duration_d
    if not _responding(own, injection):
        lasting_d = np.zeros(len(own.weight))
    return Quantiles.of(own.quantiles(lasting_d, _AT))


def _responding(own: Posterior, injection: int) -> float:
    """Share of the weighted people who respond to an injection and lose the response again."""
    lasting_d = own.people.windows[injection].times.duration_d
    return float(own.weight[np.isfinite(lasting_d)].sum())


def _learned(own: Posterior) -> dict[str, Any]:
    """What was learned of the person, in standard deviations of people."""
    return {
        name: {
            **Quantiles.of(own.quantiles(effect(own.people, row), _AT)).as_dict(),
            "unit": "SD of people",
            "meaning": words,
        }
        for name, (row, words) in _LEARNED.items()
    }


def _next(own: Posterior, given: tuple[Given, ...]) -> dict[str, Any]:
    """When to come back: as it wears off, and never before the interval of plan or label."""
    last_d = given[-1].day
    least_d = least_interval_d(own.course.plan)
    worn = _wears_off(own, len(given) - 1)
    come_d = max(worn.median or 0.0, least_d or 0.0)
    return {
        "not_before_d": None if least_d is None else last_d + least_d,
        "come_back_d": round(last_d + come_d, 1) if come_d else None,
        "band_d": [
            None if edge is None else round(last_d + max(edge, least_d or 0.0), 1)
            for edge in (worn.p05, worn.p95)
        ],
        "reason": "the label's or plan's interval"
        if least_d is not None and (worn.median or 0.0) <= least_d
        else "the median day on which the response is lost",
    }


def _response(
    course: Course, virtual: Any, given: tuple[Given, ...], visits: Sequence[Visit]
) -> dict[str, Any]:
    """Whether the latest treatment did less than the earlier ones let expect."""
    if len(given) < 2 or course.is_line:
        return {
            "less_than_before": None,
            "z": None,
            "reason": "one treatment alone, or graded lines",
        }
    start_d = given[-1].day
    earlier = [visit for visit in visits if visit.day <= start_d]
    later = [visit for visit in visits if visit.day > start_d]
    if not later or len(earlier) < 2:
        return {"less_than_before": None, "z": None, "reason": "too few visits before and after it"}
    expected = posterior(course, virtual, earlier)
    excess = []
    for visit in later:
        median, low, high = expected.forecast(visit.endpoint, visit.day, _AT)
        excess.append((visit.value - median) / max((high - low) / (2 * _LOST_Z), 1e-9))
    z = float(np.mean(excess)) * math.sqrt(len(excess)) / _shared(len(excess))
    lost = z > _LOST_Z
    return {
        "less_than_before": lost,
        "z": round(z, 3),
        "reason": _WHAT_TELLS if lost else "as the earlier treatments let expect",
    }


def _shared(count: int) -> float:
    """How much wider the mean of forecasts scatters than were they independent: half is shared."""
    return math.sqrt(1.0 + 0.5 * (count - 1))
