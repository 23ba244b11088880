"""`endplate prepare`: what to draw up for a plan."""

import sys
from typing import TYPE_CHECKING

from endplate.cli.findings import printable
from endplate.facts.sources import source

if TYPE_CHECKING:
    import typer

    from endplate.case.sheet import PreparationSheet

MAX_MARK_ERROR = 0.05


def register(app: "typer.Typer") -> None:
    """Add the command."""
    from typing import Annotated

    import typer

    @app.command()
    def prepare(
        plan: Annotated[str, typer.Argument(help="Plan file (TOML).", show_default=False)],
        syringe: Annotated[
            float | None, typer.Option("--syringe", help="Size of the syringe in mL.")
        ] = None,
        json: Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")] = False,
    ) -> None:
        """Show how to draw up a plan: dilution, volumes, syringe marks, time to use it."""
        from endplate.case import Plan
        from endplate.case.sheet import preparation_sheet

        sheet = preparation_sheet(Plan.load(plan), syringe)
        if json:
            from json import dumps

            sys.stdout.write(dumps(sheet.as_dict(), indent=2, allow_nan=False) + "\n")
        else:
            sys.stdout.write("\n".join(map(printable, sheet_lines(sheet))) + "\n")


def sheet_lines(sheet: "PreparationSheet") -> list[str]:
    """Sheet as lines to read."""
    mixed = f"{sheet.vial_u:g} U in {sheet.diluent_ml:g} mL"
    rows = [
        f"{sheet.product}, {sheet.region} label, {sheet.form}",
        f"{mixed}: {sheet.dose_per_tenth_ml_u:.3g} U in 0.1 mL",
        f"{sheet.dose_u:g} U in {sheet.volume_ml:.3g} mL from {sheet.vials} "
        f"{'vial' if sheet.vials == 1 else 'vials'}; {sheet.left_u:g} U are left over",
        "",
        f"Syringe of {sheet.syringe.size_ml:g} mL, a mark every {sheet.syringe.mark_ml:g} mL, "
        f"filled {sheet.fills} {'time' if sheet.fills == 1 else 'times'}"
        " (usual marks: look at your syringe)",
        f"{'muscle':32}{'side':9}{'sites':>6}{'dose':>10}{'volume':>11}{'draw':>11}{'marks':>7}",
    ]
    for draw in sheet.draws:
        is_off = abs(draw.drawn_u - draw.dose_u) > MAX_MARK_ERROR * draw.dose_u
        rows.append(
            f"{draw.muscle.replace('_', ' '):32}{draw.side:9}{draw.count:6d}{draw.dose_u:8.4g} U"
            f"{draw.volume_ml:8.3f} mL{draw.drawn_ml:8.3f} mL{draw.marks:7d}"
            + (f"  = {draw.drawn_u:.3g} U, more than 5 % off" if is_off else "")
        )
    return [*rows, "", *_storage_lines(sheet), "", *_dilution_lines(sheet), *_note_lines(sheet)]


def _mark(verified: bool) -> str:
    return "" if verified else " [not verified]"


def _storage_lines(sheet: "PreparationSheet") -> list[str]:
    storage = sheet.storage
    if storage is None:
        return ["Unknown: how long and where the content may be stored; no label text is known."]
    within = (
        "no time is given" if storage.use_within_h is None else f"{storage.use_within_h:g} hours"
    )
    whom = (
        "one person, one session" if storage.one_person == "yes" else "not stated: take one person"
    )
    return [
        f"Use within: {within}. Keep: {storage.store}. Vial for: {whom}.{_mark(storage.verified)}",
        f"  Source: {source(storage.source).title}, {storage.locator}",
    ]


def _dilution_lines(sheet: "PreparationSheet") -> list[str]:
    if not sheet.dilutions:
        return ["Unknown: no label table of dilutions is known."]
    rows = ["Dilutions on the label:"]
    for row in sheet.dilutions:
        per_tenth_u = row.vial_u / row.diluent_ml / 10
        rows.append(
            f"  {row.vial_u:6g} U in {row.diluent_ml:6g} mL {per_tenth_u:8.3g} U in 0.1 mL  "
            f"{row.use}{_mark(row.verified)}"
        )
    return rows


def _note_lines(sheet: "PreparationSheet") -> list[str]:
    rows = [f"  {note.topic}: {note.text}{_mark(note.verified)}" for note in sheet.notes]
    return ["", "The label on technique:", *rows] if rows else []
