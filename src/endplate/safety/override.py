"""Stops set aside by a written reason: the finding stays and carries the reason."""

from collections.abc import Sequence
from dataclasses import replace

from endplate.case import Override, Plan
from endplate.safety.finding import Finding, unknown


def overridden(plan: Plan, findings: Sequence[Finding]) -> list[Finding]:
    """Findings with the plan's reasons put to the stops that they name."""
    result = list(findings)
    for override in plan.overrides:
        indices = [n for n, finding in enumerate(result) if _meant(override, finding)]
        if len(indices) == 1:
            result[indices[0]] = replace(result[indices[0]], override=override.reason)
        else:
            result.append(_without_stop(override, [result[n] for n in indices]))
    return result


def _meant(override: Override, finding: Finding) -> bool:
    return (
        finding.level == "stop"
        and finding.rule == override.rule
        and override.about in (None, str(finding.value))
    )


def _without_stop(override: Override, stops: list[Finding]) -> Finding:
    """One reason must meet one stop: none and several are reported, and set nothing aside."""
    if stops:
        values = ", ".join(f'"{stop.value}"' for stop in stops)
        reason = f"{len(stops)} stops of this rule are open; say which with about = {values}."
        title = f"Which stop of {override.rule[:60]}?"
    else:
        reason = "No stop of that rule speaks against this plan, so there is nothing to set aside."
        title = f"Reason without a stop: {override.rule[:60]}"
    return unknown("override", title, reason, "override")
