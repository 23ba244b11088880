"""`endplate simulate`: what a plan does, how long, how sure, and what may go wrong."""

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command(name="simulate")(simulate)


def simulate(
    plan: Annotated[Path, typer.Argument(help="Plan file (TOML).")],
    json_: Annotated[bool, typer.Option("--json", help="Print the result as JSON.")] = False,
    people: Annotated[int, typer.Option(help="Virtual people, 1 to 1,000,000.")] = 2000,
    seed: Annotated[int, typer.Option(help="Seed of the virtual people.")] = 0,
    days: Annotated[int, typer.Option(help="Days to follow, 30 to 1095.")] = 365,
    out: Annotated[
        Path | None, typer.Option(help="Write the report here as one HTML file.")
    ] = None,
) -> None:
    """Simulate a plan in virtual people like its patient.

    Exit code 1 means that the label check found a stop.
    """
    from endplate.case import Plan
    from endplate.people import simulate as run
    from endplate.report.html import write_report
    from endplate.report.text import summary

    read = Plan.load(plan)
    command = f"simulate {plan.name} --people {people} --seed {seed} --days {days}"
    result = run(read, people=people, seed=seed, days=days, command=command)
    typer.echo(result.as_json() if json_ else summary(result.as_dict()))
    if out is not None:
        write_report(result.as_dict(), out)
        typer.echo(f"Report written to {out}", err=True)
    if any(f["level"] == "stop" and not f.get("override") for f in result.findings):
        raise typer.Exit(1)
