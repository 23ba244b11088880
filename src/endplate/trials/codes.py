"""What the parts of a run hold at each visit, in which order: without the simulator."""

from endplate.facts.endpoints import DurationRule, symptom_scores
from endplate.trials.design import TIME, Design
from endplate.trials.regimen import ONSET, durations, endpoint_kinds, is_line


def codes_of(design: Design) -> tuple[str, ...]:
    """Endpoints that every visit observes."""
    kinds = endpoint_kinds(design.trial.indication)
    codes = [one.code for one in design.endpoints if kinds[one.code] != TIME]
    if any(one.code == ONSET for one in design.endpoints):
        codes.append("onset_cum")
    return tuple(dict.fromkeys(codes))


def rules_of_times(design: Design) -> tuple[tuple[str, int], ...]:
    """Durations by code, with the index of the first visit that each is read at."""
    known = durations(design.trial.indication)
    names = [one.code for one in design.endpoints if one.code in known]
    return tuple((name, first_visit(known[name], design.visits.days)) for name in names)


def first_visit(rule: DurationRule, days: tuple[float, ...]) -> int:
    """Index of the first visit that a duration is read at."""
    return next(i for i, day in enumerate(days) if day >= rule.first_visits_d[0] - 1.0)


def measures_of(design: Design) -> tuple[tuple[str, str], ...]:
    """What every visit measures: code and name of each."""
    if is_line(design.trial.indication):
        return (
            ("INVGRADE", "Grade at contraction, investigator"),
            ("SUBGRADE", "Grade at contraction, subject"),
        )
    return tuple(
        (row.scale, row.scale.replace("_", " ")) for row in symptom_scores(design.trial.indication)
    )
