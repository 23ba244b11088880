"""`endplate plan`: a plan file with the label's sites, doses left to the provider."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from endplate.errors import CaseError

if TYPE_CHECKING:
    import typer


def register(app: "typer.Typer") -> None:
    """Add the command."""
    from typing import Annotated

    import typer

    @app.command()
    def plan(
        indication: Annotated[str, typer.Option("--indication", help="What is treated.")],
        product: Annotated[str, typer.Option("--product", help="Product, by any of its names.")],
        region: Annotated[str, typer.Option("--region", help="Whose label: US, EU or UK.")] = "US",
        age: Annotated[float | None, typer.Option("--age", help="Age in years.")] = None,
        weight: Annotated[float | None, typer.Option("--weight", help="Weight in kg.")] = None,
        vial: Annotated[float | None, typer.Option("--vial", help="Content of the vial.")] = None,
        diluent: Annotated[
            float | None, typer.Option("--diluent", help="Diluent put into the vial, in mL.")
        ] = None,
        date: Annotated[
            str | None, typer.Option("--date", help="Day of treatment; today if left out.")
        ] = None,
        out: Annotated[
            str | None, typer.Option("--out", help="File to write; must not exist yet.")
        ] = None,
    ) -> None:
        """Write a plan file with the label's sites; a range stays open for the provider."""
        from endplate.case.draft import DraftRequest, draft_text
        from endplate.facts.vocabulary import known_word

        wish = DraftRequest(
            known_word("product", product),
            known_word("indication", indication),
            day(date),
            known_word("region", region),
            within("--age", age, 0, 120),
            within("--weight", weight, 1, 500),
            within("--vial", vial, 0.001, 50000),
            within("--diluent", diluent, 0.001, 100),
        )
        text = draft_text(wish)
        if out is None:
            sys.stdout.write(text)
        else:
            written(out, text)


def day(text: str | None):
    """Date from a text such as 2026-11-22, today for None."""
    import datetime

    if text is None:
        return datetime.date.today()
    try:
        return datetime.date.fromisoformat(text)
    except ValueError:
        raise CaseError(f"--date is {text[:60]!r}; it must be a date such as 2026-11-22.") from None


def within(name: str, value: float | None, low: float, high: float) -> float | None:
    """Value of an option, or a sentence about its bounds."""
    if value is not None and not low <= value <= high:
        raise CaseError(f"{name} is {value:g}; it must be from {low:g} to {high:g}.")
    return value


def written(path: str, text: str) -> None:
    """Write a new file; an existing one is never overwritten."""
    try:
        with Path(path).open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        raise CaseError(f"{path} exists; give another name or remove it.") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "the name is no path"
        raise CaseError(f"{path!r} cannot be written: {reason}.") from None
    sys.stderr.write(f"wrote {path}\n")
