"""`endplate why`: the basis of one rule in one plan."""

import sys
from typing import TYPE_CHECKING

from endplate.cli.findings import printable

if TYPE_CHECKING:
    import typer

    from endplate.safety.why import Why


def register(app: "typer.Typer") -> None:
    """Add the command."""
    from typing import Annotated

    import typer

    @app.command()
    def why(
        plan: Annotated[str, typer.Argument(help="Plan file (TOML).", show_default=False)],
        rule: Annotated[
            str, typer.Argument(help="Rule, as a finding names it.", show_default=False)
        ],
        json: Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")] = False,
    ) -> None:
        """Show what a rule rests on: label text in own words, inputs, sources."""
        from endplate.case import Plan
        from endplate.safety.why import why

        told = why(Plan.load(plan), rule)
        if json:
            from json import dumps

            sys.stdout.write(dumps(told.as_dict(), indent=2, allow_nan=False) + "\n")
        else:
            sys.stdout.write("\n".join(map(printable, lines(told))) + "\n")


def lines(told: "Why") -> list[str]:
    """Basis of a rule as lines to read."""
    found = [f"{told.rule}: {told.statement}", "", "Says of this plan:"]
    for finding in told.findings:
        found.append(f"  {finding.level}: {finding.title}")
        found.append(f"    {finding.reason}")
        if finding.override:
            found.append(f"    set aside: {finding.override}")
    found += [] if told.findings else ["  nothing"]
    found += ["", "Read from the plan:"]
    found += [f"  {path} = {value}" for path, value in told.inputs.items()] or ["  nothing"]
    found += ["", "Missing:", *([f"  {path}" for path in told.missing] or ["  nothing"])]
    found += ["", "Rests on:"]
    for row in told.basis:
        where = f", {row.locator}" if row.locator else ""
        revision = f", {row.revision}" if row.revision else ""
        mark = "verified" if row.verified else "unverified: no second source seen"
        found += [f"  {row.text}", f"    {row.title}{where}{revision} ({mark})"]
    return found if told.basis else [*found, "  the plan alone: no row of the facts tables applies"]
