"""Burdens other than facial lines: who has how much, how they scatter, how trials read them."""

from dataclasses import dataclass
from functools import cache

from endplate.facts.record import records
from endplate.facts.scales import ScaleAtEntry, scale_at_entry


@dataclass(frozen=True)
class Burden:
    """One scale of one indication: people at entry, and how it scatters, in the scale's unit.

    The burden follows the silence of its drive with the time `follow_d`: posture, tone, habits and
    pain settle more slowly than junctions fall silent. `visit_sd` is the scatter of a visit (a
    share of the start where the burden is log-normal), `response_sd` that between people of the
    log odds of the share the drug can reach, `placebo_sd` that of what placebo takes off;
    `lost_share` of the peak benefit must be gone for a response to count as lost.
    """

    indication: str
    scale: str
    follow_d: float
    visit_sd: float
    response_sd: float
    placebo_sd: float
    placebo_onset_d: float
    placebo_fade_d: float
    lost_share: float
    kind: str
    source: str
    verified: bool
    note: str

    @property
    def entry(self) -> ScaleAtEntry:
        """The people that trials enrol, on this scale."""
        return scale_at_entry(self.scale, self.indication)


@dataclass(frozen=True)
class Reading:
    """How one published endpoint reads a burden.

    `how` names the reading, `threshold` and `gain` are its constants; `window_d` is the number of
    days up to the visit over which a diary is averaged.
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
    source: str
    verified: bool
    note: str


@cache
def burdens(indication: str) -> tuple[Burden, ...]:
    """Scales of one indication, in file order; empty for facial lines."""
    return tuple(row for row in records(Burden, "burdens") if row.indication == indication)


@cache
def readings(indication: str) -> tuple[Reading, ...]:
    """Endpoints of one indication, in file order."""
    return tuple(row for row in records(Reading, "readings") if row.indication == indication)
