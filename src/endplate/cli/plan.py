"""`endplate plan`: a plan file with the label's sites, doses left to the provider."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from endplate.errors import CaseError, PlanFaults

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
            str | None, typer.Option("--out", help="File to write: .toml; must not exist yet.")
        ] = None,
        force: Annotated[
            bool, typer.Option("--force", help="Overwrite a file that exists.")
        ] = False,
    ) -> None:
        """Write a plan file with the label's sites; a range stays open for the provider.

        Wrong words are answered with all that are known.
        """
        from endplate.case.draft import DraftRequest, draft_text

        if out is not None and not out.lower().endswith(".toml"):
            raise CaseError(f"--out is {out[:200]!r}; a plan file ends in .toml.")
        words = known_words(product=product, indication=indication, region=region)
        wish = DraftRequest(
            words["product"],
            words["indication"],
            day(date),
            words["region"],
            within("--age", age, 0, 120),
            within("--weight", weight, 1, 500),
            within("--vial", vial, 0.001, 50000),
            within("--diluent", diluent, 0.001, 100),
        )
        text = draft_text(wish)
        if out is None:
            sys.stdout.write(text)
        else:
            written(out, text, force)


def known_words(**wanted: str) -> dict[str, str]:
    """Preferred names of words by their kind, or one sentence for each that is not known."""
    from endplate.facts.vocabulary import known_word

    words, faults = {}, []
    for kind, text in wanted.items():
        try:
            words[kind] = known_word(kind, text)
        except CaseError as fault:
            faults.append(str(fault))
    if faults:
        raise PlanFaults(faults)
    return words


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


def written(path: str, text: str, force: bool = False) -> None:
    """Write a new file; an existing one, which holds somebody's choices, only on request."""
    from endplate.files.output import maker, write_whole

    try:
        exists = Path(path).exists()
    except (OSError, ValueError):
        raise CaseError(f"{path[:200]!r} cannot be written: the name is no path.") from None
    if exists and not force:
        raise CaseError(f"{path} exists; give another name, or --force to overwrite it.")
    write_whole(f"# {maker()}\n{text}", path)
    sys.stderr.write(f"wrote {path}\n")
