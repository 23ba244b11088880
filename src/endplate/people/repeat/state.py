"""What goes into one treatment of a chunk of people and what comes out of it; arrays only."""

from typing import NamedTuple

from jax import Array

from endplate.model.cycle import CycleState
from endplate.observe import LineState
from endplate.people.antibodies import Hazards, Immunity
from endplate.people.repeat.policy import Policy


class People(NamedTuple):
    """A chunk of people as all treatments find them.

    `vectors` (people, parameters), `normals` (people, purposes); `reading` (people, blocks and
    gates, nodes) are the weights with which a person's blocks read a table, `pain` the same for
    the pain fibres of an area.
    """

    vectors: Array
    normals: Array
    reading: Array
    pain: dict[str, Array]


class State(NamedTuple):
    """What one treatment leaves for the next.

    `endings` are the nerve endings of each tissue, `lost` (people, blocks) the cross-section lost,
    `lines` those of each facial area, `drive` (scales, people) the silence that each burden has
    followed so far; `start_d` and `gap_d` [d] (people,) the day of the treatment
    since the first and the days since the one before.
    """

    endings: dict[str, CycleState]
    lost: Array
    lines: dict[str, LineState]
    drive: dict[str, Array]
    immunity: Immunity
    start_d: Array
    gap_d: Array


class Schedule(NamedTuple):
    """What all treatments have in common: when, how likely antibodies are, and the days looked at.

    `time_d` [d] are the times of a window, `visit_d` [d] the visit of the endpoints, `course_d`
    [d] the days of the course.
    """

    policy: Policy
    hazards: Hazards
    time_d: Array
    visit_d: Array
    course_d: Array


class AreaTreated(NamedTuple):
    """One area after one treatment, people first.

    `level` (people, times) is the latent level of the main scale and `fall` the share of it that
    the drug takes away, `latent` (people,) the level before the first treatment; `before`, `best`
    and `at_next` (people,) what the professional sees then, at best and right before the next one;
    `endpoints` (endpoints, people, 2) on the visit day and right before the next treatment,
    `asked` (endpoints, people).
    """

    level: Array
    fall: Array
    latent: Array
    before: Array
    best: Array
    at_next: Array
    endpoints: Array
    asked: Array


class Treated(NamedTuple):
    """One treatment of a chunk, people first.

    `gates` (people, times, gates) are working fractions; `start_d` and `gap_d` [d] the day of the
    treatment and the days to the next; `immunity` is that before this treatment.
    """

    areas: dict[str, AreaTreated]
    gates: Array
    start_d: Array
    gap_d: Array
    immunity: Immunity
