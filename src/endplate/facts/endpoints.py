"""What is measured: endpoints, scales, the people trials enrol, and how trials read the scales."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated

from endplate.facts.table import NO_COLUMN, Columns, SourcedRow, typed_row, typed_rows

OF_LINES = ("grade_at_most", "grades_better")
"""Readings of a line's grade: none or mild, and how many grades better than before."""
SHARES = frozenset(
    ("share_fallen", "points_fallen", "log_fallen", "none_seen", "share_felt", *OF_LINES)
)
"""Readings that are shares of people; the others are means in a unit."""
RETAINED = {"still_ge1": True, "retreated_cum": False}
"""Shares read from visits like a duration: of those still responding, or no longer."""
LINE, BURDEN = "line", "burden"
"""What a duration rule applies to when it names no indication."""


@dataclass(frozen=True)
class Endpoint:
    """One code: whose eyes, which statistics, and what is better.

    `better` is `up` or `down` for the benefit, `harm` for an unwanted effect and empty for what
    only describes the people at entry; `words` finishes the sentence "The figure is the ...".
    """

    code: str
    indications: tuple[str, ...]
    rater: str
    statistics: tuple[str, ...]
    unit: str
    better: str
    words: str


@cache
def endpoints() -> dict[str, Endpoint]:
    """Every endpoint by its code, in file order."""
    return {row.code: row for row in typed_rows(Endpoint, "endpoints")}


@cache
def endpoint(code: str) -> Endpoint:
    """Endpoint of that code.

    Raises
    ------
    FactMissing
        The tables hold no such endpoint.
    """
    return typed_row(Endpoint, "endpoints", f"no endpoint named {code!r}", code=code)


@dataclass(frozen=True)
class BaselineScale:
    """Bounds of one scale in its own unit; `whole` scales have no values between grades."""

    endpoint: str
    name: Annotated[str, Columns("scale")]
    unit: str
    low: float
    high: float
    whole: bool


@cache
def baseline_scales() -> dict[str, BaselineScale]:
    """Every scale by endpoint."""
    return {row.endpoint: row for row in typed_rows(BaselineScale, "baseline_scales")}


@cache
def baseline_scale(endpoint: str) -> BaselineScale:
    """Scale of one endpoint.

    Raises
    ------
    FactMissing
        The tables hold no such scale.
    """
    missing = f"no baseline scale named {endpoint!r}"
    return typed_row(BaselineScale, "baseline_scales", missing, endpoint=endpoint)


@dataclass(frozen=True)
class ScaleAtEntry(SourcedRow):
    """Where people of one use began on one scale, in the scale's own `unit`.

    `distribution` is `normal` or `lognormal`; mean and spread are those of the scale itself, not
    of its logarithm. Values lie between `low` and `high`.
    """

    scale: str
    indication: str
    unit: str
    low: float
    high: float
    baseline_mean: float
    baseline_sd: float
    distribution: str
    kind: str
    locator: str


@cache
def scale_at_entry(scale: str, indication: str) -> ScaleAtEntry:
    """Where people of one use began on one scale.

    Raises
    ------
    FactMissing
        The tables do not tell.
    """
    missing = f"no baseline of {scale!r} for {indication!r}"
    return typed_row(ScaleAtEntry, "scales", missing, scale=scale, indication=indication)


@dataclass(frozen=True)
class SymptomScore(SourcedRow):
    """One scale of one indication other than facial lines: how its score moves and scatters.

    The score follows the silence of its drive with the time `follow_d`: posture, tone, habits and
    pain settle more slowly than junctions fall silent. A share `slow_share` of what the drug does
    follows with `slow_follow_d` instead and so builds up over treatments. In the scale's unit,
    `visit_sd` is the scatter of a change between two visits of one person, as long as the score is
    near its start (a share of the start where the score is log-normal; then it falls with the
    score); `response_sd` is that between people of the log odds of the share the drug can reach,
    `placebo_sd` that of what placebo takes off; `lost_share` of the peak benefit must be gone for a
    response to count as lost.
    """

    indication: str
    scale: str
    follow_d: float
    slow_share: float
    slow_follow_d: float
    visit_sd: float
    response_sd: float
    placebo_sd: float
    placebo_onset_d: float
    placebo_fade_d: float
    lost_share: float
    kind: str

    @property
    def parts_follow_d(self) -> tuple[float, ...]:
        """Times in which the parts of the score follow their drive [d]."""
        return (self.follow_d, self.slow_follow_d) if self.slow_share else (self.follow_d,)

    @property
    def parts_share(self) -> tuple[float, ...]:
        """Shares of the parts in what the drug does [1]."""
        return (1.0 - self.slow_share, self.slow_share) if self.slow_share else (1.0,)

    @property
    def entry(self) -> ScaleAtEntry:
        """The people that trials enrol, on this scale."""
        return scale_at_entry(self.scale, self.indication)


@dataclass(frozen=True)
class BaselineConversion(SourcedRow):
    """A score stated on one scale as that of another: times `factor` [1]."""

    scale: str
    stated: str
    factor: float
    kind: str


def stated_score(scale: str, stated: Mapping[str, float]) -> float | None:
    """What is stated of a person on a scale, in its own words or by a scale that converts to it.

    Examples
    --------
    >>> stated_score("ui_per_day", {"ui_per_week": 7.0})
    1.0
    >>> stated_score("ui_per_day", {"hdss": 3.0}) is None
    True
    """
    if not stated:  # nothing to convert: the people a trial enrolled, of whom a fit reads no table
        return None
    if scale in stated:
        return stated[scale]
    for row in typed_rows(BaselineConversion, "baseline_conversions", scale=scale):
        if row.stated in stated:
            return round(min(stated[row.stated] * row.factor, baseline_scale(scale).high), 6)
    return None


def usable_scales(indication: str) -> tuple[str, ...]:
    """Scales whose stated score a forecast of the indication starts from."""
    names = [row.scale for row in symptom_scores(indication)]
    if not names:
        return (indication, f"{indication}_rest")
    rows = typed_rows(BaselineConversion, "baseline_conversions", scale=tuple(names))
    return (*names, *(row.stated for row in rows))


@dataclass(frozen=True)
class Reading(SourcedRow):
    """How one published endpoint reads a symptom score.

    `how` names the reading, `threshold` and `gain` are its constants; `window_d` is the number of
    days up to the visit over which a diary is averaged. `told` says whether results list it.
    """

    indication: str
    endpoint: str
    scale: str
    how: str
    threshold: float
    gain: float
    window_d: float
    unit: str
    told: bool
    kind: str


@dataclass(frozen=True)
class CustomEndpoint(Reading):
    """One endpoint of a user's table: how it is read, whose eyes, and which way is `better`.

    Of a line `how` is one of `OF_LINES`, `threshold` in grades, and `scale` the line itself.
    """

    rater: str
    better: str


@cache
def symptom_scores(indication: str) -> tuple[SymptomScore, ...]:
    """Scales of one indication, in file order; empty for facial lines."""
    return typed_rows(SymptomScore, "burdens", indication=indication)


def followed_scales(indication: str) -> tuple[str, ...]:
    """Endpoints by which one person's response is followed: the scores, else the line's grades."""
    names = tuple(scale.scale for scale in symptom_scores(indication))
    return names or (indication, f"{indication}_rest")


@cache
def readings(indication: str) -> tuple[Reading, ...]:
    """Endpoints of one indication whose scale is a symptom score, in file order."""
    return typed_rows(Reading, "readings", indication=indication)


@dataclass(frozen=True)
class DurationRule(SourcedRow):
    """How a published duration is read where its trial does not say: in an indication, or a sort.

    What a trial's own row says of its definition stands before it (`TrialFigure.rule`).

    A response is read on the first `visits_d` and then `every_d` apart, and lost at the first visit
    that no longer finds it. Of a line `curve` names the responder definition, and `among` the one
    that must hold at the first visit to count; none: the same. Of a symptom score it is
    lost when the fall from the start is under `kept_share` of the `best` fall so far, or of
    the `start`; no share: what `burdens.csv` has. `least_fall` is the share of the start that must
    be gone at the first visit to count; none: everybody treated counts. `told` is the `visit` at
    which the loss was found, or a point on a straight `line` between visits. `grade_width` [1] is
    that of a trial's own scale of lines, in grades of the usual one.
    """

    applies_to: str
    endpoint: str
    curve: str
    among: str
    of: str
    kept_share: float | None
    least_fall: float | None
    visits_d: str
    every_d: float
    told: str
    kind: str
    grade_width: float = field(default=1.0, metadata=NO_COLUMN)

    @property
    def first_visits_d(self) -> tuple[float, ...]:
        """Days of the first visits; those that are evenly apart begin with the last of them."""
        return tuple(float(day) for day in self.visits_d.split())

    @property
    def conditional(self) -> bool:
        """Whether only those who responded at the first visit count."""
        return self.applies_to == LINE or self.least_fall is not None


@cache
def duration_rules(indication: str, sort: str) -> dict[str, DurationRule]:
    """Rules of an indication by endpoint, in file order; they go before those of its sort.

    Parameters
    ----------
    indication : str
        Code of the indication.
    sort : str
        `line` or `burden`.
    """
    rules = {row.endpoint: row for row in typed_rows(DurationRule, "durations", applies_to=sort)}
    specific = typed_rows(DurationRule, "durations", applies_to=indication)
    return rules | {row.endpoint: row for row in specific}
