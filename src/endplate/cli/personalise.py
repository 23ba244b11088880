"""`endplate personalise`: one person's own response, learned from what came of the treatments."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from endplate.cli.findings import printable
from endplate.cli.simulation import Json, PlanFile, Seed, write_json

if TYPE_CHECKING:
    from endplate.personalise.personalise import Personalised

PEOPLE = 2048


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command()
    def personalise(
        plan: PlanFile,
        follow_up: Annotated[
            Path,
            typer.Option(
                help="CSV with patient, day, endpoint, value, and product, dose_u of injections.",
                show_default=False,
            ),
        ],
        hold_out_after: Annotated[
            float | None,
            typer.Option(
                help="Forecast the visits after this day without looking at them, and score that.",
                show_default=False,
            ),
        ] = None,
        people: Annotated[int, typer.Option(help="Virtual people to look among.")] = PEOPLE,
        seed: Seed = 0,
        json: Json = False,
    ) -> None:
        """Learn how each person responds from the follow-up: what to expect, when to come back."""
        from endplate.case import Plan

        loaded = Plan.load(plan)
        from endplate.personalise import personalise as learn

        held = "" if hold_out_after is None else f" --hold-out-after {hold_out_after:g}"
        command = (
            f"endplate personalise {plan.name} --follow-up {follow_up.name}{held} "
            f"--people {people} --seed {seed}"
        )
        found = learn(loaded, follow_up, hold_out_after, people, seed, command)
        if json:
            write_json(found.as_dict())
        else:
            typer.echo("\n".join(map(printable, lines(found))))


def lines(found: "Personalised") -> list[str]:
    """What was learned as lines to read."""
    said = []
    for one in (person.told for person in found.people):
        worn, usual = one["wears_off_d"], one["wears_off_population_d"]
        said.append(
            f"{one['patient']}: wears off {_span(worn)} after the injection "
            f"(in people like this one {_span(usual)})"
            if one["responding_percent"]
            else f"{one['patient']}: no response to wear off"
        )
        told = one.get("next_treatment")
        if told and told["come_back_d"] is not None:
            said.append(f"  come back on day {told['come_back_d']:.0f}: {told['reason']}")
        if one.get("response", {}).get("less_than_before"):
            said.append(f"  less than before: {one['response']['reason']}")
    if found.scores is not None:
        own = found.scores
        said += [
            "",
            f"{own.n} visits held out: mean absolute error {own.mae:.2f}, of the population's "
            f"forecast {own.mae_population:.2f}; {100 * own.coverage_90:.0f} % inside the band",
        ]
    return said


def _span(told: dict[str, float]) -> str:
    return f"{told['median']:.0f} d ({told['p05']:.0f} to {told['p95']:.0f})"
