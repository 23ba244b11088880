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

        explanation = why(Plan.load(plan), rule)
        if json:
            from json import dumps

            sys.stdout.write(dumps(explanation.as_dict(), indent=2, allow_nan=False) + "\n")
        else:
            sys.stdout.write("\n".join(map(printable, lines(explanation))) + "\n")


def lines(explanation: "Why") -> list[str]:
    """Basis of a rule as lines to read."""
    rows = [f"{explanation.rule}: {explanation.statement}", "", "Says of this plan:"]
    for finding in explanation.findings:
        rows.append(f"  {finding.level}: {finding.title}")
        rows.append(f"    {finding.reason}")
        if finding.override:
            rows.append(f"    set aside: {finding.override}")
    rows += [] if explanation.findings else ["  nothing"]
    rows += ["", "Read from the plan:"]
    rows += [f"  {path} = {value}" for path, value in explanation.inputs.items()] or ["  nothing"]
    rows += ["", "Missing:", *([f"  {path}" for path in explanation.missing] or ["  nothing"])]
    rows += ["", "Rests on:"]
    for row in explanation.basis:
        where = f", {row.locator}" if row.locator else ""
        revision = f", {row.revision}" if row.revision else ""
        mark = "verified" if row.verified else "not verified"
        rows += [f"  {row.text}", f"    {row.title}{where}{revision} ({mark})"]
    return (
        rows
        if explanation.basis
        else [*rows, "  the plan alone: no row of the facts tables applies"]
    )
