"""`endplate vials`: the vials to open for a day's plans."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from endplate.cli.findings import printable
from endplate.errors import CaseError

if TYPE_CHECKING:
    import typer

    from endplate.case import Plan
    from endplate.clinic.vial_choice import Opening


def register(app: "typer.Typer") -> None:
    """Add the command."""
    from typing import Annotated

    import typer

    @app.command()
    def vials(
        plans: Annotated[
            list[str], typer.Argument(help="Plan files, or folders of them.", show_default=False)
        ],
        stock: Annotated[
            list[str] | None,
            typer.Option("--stock", help="Vials in stock, as Botox:100=3; may be repeated."),
        ] = None,
        same_person: Annotated[
            list[str] | None,
            typer.Option(
                "--same-person", help="Names of plans of one person, as a,b; may be repeated."
            ),
        ] = None,
        json: Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")] = False,
    ) -> None:
        """Find the vials that waste least without sharing one between people."""
        from endplate.clinic.vial_choice import choose, openings_as_dict, sittings

        loaded = load_all(plans)
        same_person_names = [part.split(",") for part in same_person or ()]
        openings = choose(sittings(loaded, same_person_names), dict(map(stocked, stock or ())))
        if json:
            from json import dumps

            sys.stdout.write(dumps(openings_as_dict(openings), indent=2, allow_nan=False) + "\n")
        else:
            sys.stdout.write("\n".join(map(printable, lines(openings))) + "\n")


def load_all(paths: list[str]) -> list["Plan"]:
    """Plans of all files and of every `.toml` in the folders, in order of name."""
    from endplate.case import Plan

    files: list[Path] = []
    for path in map(Path, paths):
        files += sorted(path.glob("*.toml")) if path.is_dir() else [path]
    if not files:
        raise CaseError("the folder holds no plan; a plan is a .toml file.")
    return [Plan.load(path) for path in files]


def stocked(text: str) -> tuple[tuple[str, float], int]:
    """Product, content and number from a text such as `Botox:100=3`."""
    from endplate.facts.vocabulary import find_word

    name, _, rest = text.partition(":")
    size, _, count = rest.partition("=")
    word = find_word("product", name)
    try:
        if word is None or int(count) < 0 or not 0 < float(size) < float("inf"):
            raise ValueError
        return (word.preferred, float(size)), int(count)
    except ValueError:
        raise CaseError(
            f"--stock {text[:60]!r} is not a product, a content and a number, as in Botox:100=3."
        ) from None


def lines(openings: list["Opening"]) -> list[str]:
    """Vials to open as lines to read."""
    rows = []
    for opening in openings:
        opened = " and ".join(
            f"{count} x {vial_u:g} U in {diluent_ml:.4g} mL"
            for vial_u, diluent_ml, count in opening.vials
        )
        rows += [
            f"{', '.join(opening.plans)}: {opening.dose_u:g} U of {opening.product}",
            f"  open {opened}; {opening.left_u:g} U are thrown away",
            f"  {opening.why}",
        ]
    from endplate.clinic.vial_choice import totals

    left = [f"{left_u:g} U of {product}" for product, left_u in totals(openings).items()]
    return [*rows, "", f"Thrown away in all: {', '.join(left)}"]
