"""`endplate sensitivity`: which unknown matters most for an outcome of a plan."""

from typing import Annotated, Any

import typer

from endplate.cli.progress import with_progress
from endplate.cli.simulation import SEED, Json, PlanFile, write_json

Outcome = Annotated[
    str,
    typer.Option(
        help="onset_d, peak_d, duration_d, an endpoint or a weakness of the plan; NAME:AREA where "
        "several areas have it."
    ),
]
Day = Annotated[float, typer.Option(help="Day on which an endpoint is read.")]
Samples = Annotated[int, typer.Option(help="Base samples; more make the intervals narrower.")]
Seed = Annotated[int, typer.Option(help="Seed of the design.")]
_BAR = 30


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command()
    def sensitivity(
        plan: PlanFile,
        outcome: Outcome = "duration_d",
        day: Day = 30.0,
        samples: Samples = 128,
        seed: Seed = SEED,
        json: Json = False,
    ) -> None:
        """Tell which unknown of the science, and which of the person, matters most (Sobol)."""
        from endplate.case import Plan
        from endplate.sensitivity import sensitivity as run

        loaded = Plan.load(plan)
        result = with_progress(
            "people", lambda progress: run(loaded, outcome, day, samples, seed, progress)
        ).as_dict()
        if json:
            write_json(result)
        else:
            typer.echo("\n".join(_lines(result)))


def _lines(result: dict[str, Any]) -> list[str]:
    outcome = result["outcome"]
    lines = [f"Which unknown matters most: {outcome['name']}, {outcome['indication']}"]
    for table in (result["science"], result["person"]):
        lines += ["", *_table(table)]
    lines += ["", "first: share of the variance that the unknown makes by itself; total: with its"]
    lines += ["interactions; each with half its 90 % interval (both may leave 0 to 1 by chance)."]
    return [*lines, *result["limits"]]


def _table(table: dict[str, Any]) -> list[str]:
    lines = [table["title"].capitalize()]
    if table["mean"] is not None:
        unit = "" if table["unit"] == "1" else f" {table['unit']}"
        lines.append(
            f"  {table['outcome']}: mean {table['mean']:.3g}{unit}, sd {table['sd']:.2g}{unit}, "
            f"{table['runs']} runs"
        )
    width = max((len(row["name"]) for row in table["rows"]), default=0)
    if table["rows"]:
        lines.append(f"  {'unknown':{width}}  {'first':>13}  {'total':>13}")
    for row in table["rows"]:
        bar = "#" * round(_BAR * min(max(row["total"], 0.0), 1.0))
        lines.append(
            f"  {row['name']:{width}}  {row['first']:>6.2f} ± {row['first_ci']:.2f}"
            f"  {row['total']:>6.2f} ± {row['total_ci']:.2f}  {bar}"
        )
        if row["meaning"]:
            lines.append(f"      {row['meaning']}")
    return lines + [f"  {note}" for note in table["notes"]]
