"""What the commands that simulate a plan share: options, the run, JSON output, the exit code."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from endplate.results.result import Result
    from endplate.safety import CheckResult

PlanFile = Annotated[Path, typer.Argument(help="Plan file (TOML).", show_default=False)]
People = Annotated[int, typer.Option(help="Number of virtual people.")]
Seed = Annotated[int, typer.Option(help="Seed of the virtual people.")]
Days = Annotated[int, typer.Option(help="Days to follow.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")]

PEOPLE, SEED, DAYS = 2000, 0, 365
STOPPED = 1


def result_of(plan_file: Path, people: int, seed: int, days: int) -> "Result":
    """Simulate a plan file."""
    from endplate.case import Plan
    from endplate.people import command_of, simulate

    command = command_of(plan_file.name, people, seed, days)
    plan = Plan.load(plan_file)
    return simulate(plan, people=people, seed=seed, days=days, command=command)


def writable(path: Path | None) -> Path | None:
    """The path, if a file can be written there; checked before a long run, not after it."""
    if path is None:
        return None
    if path.is_dir():
        raise typer.BadParameter(f"{path} is a folder, not a file")
    if not path.parent.is_dir():
        raise typer.BadParameter(f"there is no folder {path.parent}")
    return path


def write_json(value: Any) -> None:
    """Print a value as JSON; a number that is not finite is refused."""
    import json

    typer.echo(json.dumps(value, indent=2, allow_nan=False))


def leave(result: "Result | CheckResult") -> None:
    """End with the exit code of the findings."""
    if any(f.level == "stop" and not f.override for f in result.findings):
        raise typer.Exit(STOPPED)
