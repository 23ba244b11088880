"""`endplate export`: one virtual person's chain in a form that other programs read."""

from pathlib import Path
from typing import Annotated

import typer

from endplate.cli.output import CSV, SBML, Force, output_file
from endplate.cli.simulation import DAYS, SEED, Days, PlanFile, Seed

Person = Annotated[int, typer.Option(help="Number of the virtual person, from 0.")]
Sbml = Annotated[
    Path | None,
    typer.Option(
        help="Where to write the model (SBML Level 3 Version 2): .xml or .sbml.",
        show_default=False,
    ),
]
Courses = Annotated[
    Path | None,
    typer.Option(
        help="Where to write our own daily courses: .csv, names as in the model, with units.",
        show_default=False,
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command."""

    @app.command()
    def export(
        plan: PlanFile,
        sbml: Sbml = None,
        courses: Courses = None,
        person: Person = 0,
        seed: Seed = SEED,
        days: Days = DAYS,
        force: Force = False,
    ) -> None:
        """Write the chain of one virtual person, so that any other simulator can check it.

        Person K of a seed is the person that `simulate` runs. SBML needs the extra `sbml`.
        """
        if sbml is None and courses is None:
            raise typer.BadParameter("nothing to write: give --sbml, --courses or both")
        output_file(sbml, SBML, force, "--sbml")
        output_file(courses, CSV, force, "--courses")
        from endplate.case import Plan
        from endplate.export.sbml import exported_person, write_courses, write_sbml

        loaded = Plan.load(plan)
        chain = exported_person(loaded, person, seed, days)
        for path, write in (
            (sbml, lambda target: write_sbml(chain, target, loaded.name)),
            (courses, lambda target: write_courses(chain, target, days)),
        ):
            if path is not None:
                typer.echo(f"Written: {write(path).resolve()}", err=True)
